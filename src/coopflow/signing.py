"""Signing with Ed25519: a private key that one file holds, a public one that others are given.

Both are PEM (PKCS #8, SubjectPublicKeyInfo), so that openssl can make, show and use them too.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from coopflow.application.journal_file import Signature

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LONGEST: Final = 64 * 1024
_SHOWN: Final = 32


class SigningKeyError(ValueError):
    """A key that cannot be used to sign or to verify; the message names its file."""


class SigningKey:
    """A private key.

    Attributes:
        public: the public key that goes with it, raw, in hexadecimal.
        public_pem: the same, as others are given it.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Use a key."""
        self._private = private
        self.public = _raw(private.public_key())
        self.public_pem = _pem(private.public_key())

    @staticmethod
    def at(file: Path) -> SigningKey:
        """Read a private key.

        Raises:
            SigningKeyError: there is none, or it is not good, or others may read it.
        """
        try:
            with file.open("rb") as opened:
                mode = os.fstat(opened.fileno()).st_mode
                if mode & _OTHERS:
                    raise SigningKeyError(
                        f"{file} holds a key, and others than its owner may use it (mode "
                        f"{stat.S_IMODE(mode):04o}). Change that (chmod 600), and use another key "
                        "if somebody may have read it (coopflow journal key)."
                    )
                found = serialization.load_pem_private_key(opened.read(_LONGEST), None)
        except FileNotFoundError as error:
            raise SigningKeyError(
                f"There is no key at {file}. Make one: coopflow journal key {file}"
            ) from error
        except OSError as error:
            raise SigningKeyError(f"The key at {file} cannot be read: {error.strerror}.") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            if isinstance(error, SigningKeyError):
                raise
            raise _no_key(file, "private", "BEGIN PRIVATE KEY, without a password") from None
        if not isinstance(found, Ed25519PrivateKey):
            raise _no_key(file, "private", "another kind of key is there")
        return SigningKey(found)

    @staticmethod
    def make(file: Path) -> SigningKey:
        """Make a private key in a file, for its owner alone.

        Raises:
            SigningKeyError: a file is there already, or cannot be made.
        """
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        try:
            with open(
                file,
                "xb",
                opener=lambda path, flags: os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR),
            ) as opened:
                opened.write(pem)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise SigningKeyError(f"{file} cannot be made: {error.strerror}.") from error
        return SigningKey(private)

    def sign(self, statement: bytes) -> Signature:
        """Sign a statement."""
        value = self._private.sign(statement).hex()
        return Signature(algorithm="Ed25519", key=self.public, value=value)


def public_key(file: Path) -> str:
    """Return the public key of a PEM file, raw, in hexadecimal.

    Raises:
        SigningKeyError: there is none, or it is another kind of key.
    """
    try:
        with file.open("rb") as opened:
            found = serialization.load_pem_public_key(opened.read(_LONGEST))
    except OSError as error:
        raise SigningKeyError(f"The key at {file} cannot be read: {error.strerror}.") from error
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key(file, "public", "BEGIN PUBLIC KEY") from None
    if not isinstance(found, Ed25519PublicKey):
        raise _no_key(file, "public", "another kind of key is there")
    return _raw(found)


def is_genuine(statement: bytes, signature: Signature) -> bool:
    """Whether the key of a signature has signed a statement."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.key))
        key.verify(bytes.fromhex(signature.value), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: str) -> str:
    """Return the id by which people know a public key: the start of the SHA-256 of its DER.

    Args:
        public: the public key, raw, in hexadecimal.
    """
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()[:_SHOWN]


def _raw(key: Ed25519PublicKey) -> str:
    return key.public_bytes_raw().hex()


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _no_key(file: Path, kind: str, why: str) -> SigningKeyError:
    return SigningKeyError(f"{file} holds no {kind} Ed25519 key as PEM ({why}).")
