"""Key sets: which key encrypts what is stored, and which keys can still decrypt it.

A file of keys is JSON: a default key set, and one for each programme that has its own.

    {
      "default": {"current": "5d0c…", "keys": {"91bc…": "BASE64", "5d0c…": "BASE64"}},
      "programmes": {"valley": {"current": "0a7e…", "keys": {"0a7e…": "BASE64"}}}
    }

Keys are 32 random bytes, oldest first; the id of one is a digest of it. Those after the current one
have gone ahead: they decrypt, and the next rotation takes them up.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from coopflow.sealing.errors import BrokenSealError, KeysError, UnknownKeyError

_BYTES: Final = 32
_NONCE: Final = 12
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

KeyStatus = Literal["older", "current", "ahead"]

Purpose = Literal["payload", "row"]
"""What is encrypted: a payload of Temporal, or something in a row of the database.

Each has keys of its own, derived for it: what is taken from the one is of no use in the other.
"""

_log = structlog.get_logger(__name__)


def _from_base64(value: object) -> object:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


Secret = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64),
    Field(min_length=_BYTES, max_length=_BYTES),
]


def id_of(secret: bytes) -> str:
    """Return the id of a key, which tells nothing about it."""
    return hashlib.sha256(b"coopflow key id\0" + secret).hexdigest()[:16]


class KeySet(BaseModel):
    """A key that encrypts, and others that can be needed to decrypt.

    Attributes:
        current: the id of the key that encrypts.
        keys: all of them by id, oldest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    current: str
    keys: dict[str, Secret] = Field(repr=False)

    @model_validator(mode="after")
    def _is_whole(self) -> KeySet:
        for name, secret in self.keys.items():
            if id_of(secret) != name:
                raise ValueError(f"the key by the id {name} is another one: it was copied wrongly")
        if self.current not in self.keys:
            raise ValueError(f"the current key {self.current} is not among the keys")
        return self

    @staticmethod
    def new() -> KeySet:
        """Return a set of one new key."""
        secret = secrets.token_bytes(_BYTES)
        return KeySet(current=id_of(secret), keys={id_of(secret): secret})

    def statuses(self) -> dict[str, KeyStatus]:
        """Return what each key is good for, oldest first."""
        found: dict[str, KeyStatus] = {}
        status: KeyStatus = "older"
        for name in self.keys:
            is_current = name == self.current
            found[name] = "current" if is_current else status
            status = "ahead" if is_current else status
        return found

    def sent_ahead(self) -> KeySet:
        """Return the set with a new key that does not encrypt yet."""
        return self.model_copy(update={"keys": self.keys | KeySet.new().keys})

    def rotated(self) -> KeySet:
        """Return the set with another current key: the last that went ahead, else a new one."""
        last = next(reversed(self.keys))
        ready = self.sent_ahead() if last == self.current else self
        return ready.model_copy(update={"current": next(reversed(ready.keys))})


class KeySets(BaseModel):
    """All key sets of a file.

    Attributes:
        default: that of the programmes without their own; None when there are only those of some.
        programmes: by programme.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: KeySet | None = None
    programmes: dict[str, KeySet] = Field(default_factory=dict)

    def of(self, programme: str) -> KeySet | None:
        """Return the key set of a programme."""
        return self.programmes.get(programme, self.default)


class Cipher(NamedTuple):
    """What encrypts and decrypts for one programme and purpose, and the id of its key."""

    key: str
    programme: str
    aead: AESGCM

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """Encrypt with AES-256-GCM.

        Args:
            plain: what to encrypt.
            about: what it is and where it belongs; authenticated with it, and not stored.

        Returns:
            A new nonce of 96 bits, then what is encrypted; 28 bytes longer than before.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self.aead.encrypt(nonce, plain, self._bound(about))

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt what was encrypted with this key, about the same.

        Raises:
            BrokenSealError: it was changed, or is about something else.
        """
        try:
            return self.aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(about))
        except (InvalidTag, ValueError):  # the latter when it is cut too short
            raise BrokenSealError(
                f"What names key {self.key} and {_named(self.programme)} cannot be decrypted with "
                "them: it was changed, or somebody has moved it."
            ) from None

    def _bound(self, about: bytes) -> bytes:
        return b" ".join((about, self.key.encode(), self.programme.encode()))


class SteadyCipher(NamedTuple):
    """What encrypts one thing in one place to the same each time, and the id of its key.

    That is for files which are compared; all that it tells is that a place holds what it held.
    """

    key: str
    programme: str
    aead: AESSIV

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """Encrypt with AES-256-SIV (RFC 5297).

        Args:
            plain: what to encrypt; not empty.
            about: what it is and where it belongs; authenticated with it, and not stored.
        """
        return self.aead.encrypt(plain, [about])

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt what was encrypted with this key, about the same.

        Raises:
            BrokenSealError: it was changed, or is about something else.
        """
        try:
            return self.aead.decrypt(sealed, [about])
        except (InvalidTag, ValueError):
            raise BrokenSealError(
                f"What names key {self.key} and {_named(self.programme)} cannot be decrypted with "
                "them: it was changed, or somebody has moved it."
            ) from None


class KeyRing:
    """The keys that a process has. A file of keys is read again when it has changed.

    Attributes:
        source: where the keys come from, for messages.
    """

    def __init__(self, sets: KeySets, source: str) -> None:
        """Use these keys, which do not change."""
        self.source = source
        self._file: Path | None = None
        self._seen: tuple[int, ...] | None = None
        self._take(sets)

    @staticmethod
    def at(file: Path) -> KeyRing:
        """Use the keys of a file.

        Raises:
            KeysError: there is none, or it is not good, or others may read it.
        """
        sets, seen = _read(file)
        ring = KeyRing(sets, str(file))
        ring._file, ring._seen = file, seen
        return ring

    def sets(self) -> KeySets:
        """Return the key sets as they are now."""
        self._look_again()
        return self._sets

    def encrypting(self, programme: str, purpose: Purpose = "payload") -> Cipher:
        """Return what encrypts for a programme; the empty name is that of no programme.

        Raises:
            KeysError: there is no key for it.
        """
        found = self.sets().of(programme)
        if found is None:
            raise KeysError(
                f"{self.source} has no key for {_named(programme)} and no default. Make one "
                "(coopflow keys rotate), and give it to every worker and client."
            )
        return self._cipher(found.current, programme, purpose)

    def decrypting(self, key: str, programme: str, purpose: Purpose = "payload") -> Cipher:
        """Return what decrypts what a key encrypted for a programme.

        Raises:
            UnknownKeyError: that key is not among those of this process.
        """
        if key not in self._secrets:
            self._look_again()
        if key not in self._secrets:
            raise UnknownKeyError(
                f"The key {key} is missing, with which data of {_named(programme)} is encrypted: "
                f"{self.source} does not have it. Give this process the same keys as the workers "
                "and clients that have it (coopflow keys list), or bring it back from a backup."
            )
        return self._cipher(key, programme, purpose)

    def steady(self, programme: str, key: str | None = None) -> SteadyCipher:
        """Return what encrypts for a programme to the same each time.

        Args:
            programme: whose keys to use.
            key: the id of the key, to decrypt; None for the current one.

        Raises:
            KeysError: there is no such key.
        """
        cipher = self.decrypting(key, programme) if key else self.encrypting(programme)
        about = f"coopflow export\0{programme}".encode()
        derived = HKDF(SHA256(), 2 * _BYTES, None, about).derive(self._secrets[cipher.key])
        return SteadyCipher(cipher.key, programme, AESSIV(derived))

    def _cipher(self, key: str, programme: str, purpose: Purpose) -> Cipher:
        found = self._ciphers.get((key, programme, purpose))
        if found is None:
            about = f"coopflow {purpose}\0{programme}".encode()
            derived = HKDF(SHA256(), _BYTES, None, about).derive(self._secrets[key])
            found = Cipher(key, programme, AESGCM(derived))
            self._ciphers[key, programme, purpose] = found
        return found

    def _take(self, sets: KeySets) -> None:
        self._sets = sets
        every = [*sets.programmes.values(), *([sets.default] if sets.default else [])]
        self._secrets = {name: secret for one in every for name, secret in one.keys.items()}
        self._ciphers: dict[tuple[str, str, Purpose], Cipher] = {}

    def _look_again(self) -> None:
        """Read the file if it has changed. One that has gone bad does not stop what works."""
        if self._file is None:
            return
        try:
            seen = _signature(self._file.stat())
        except OSError:
            seen = ()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            sets, self._seen = _read(self._file)
        except KeysError as error:
            advice = f"{error} This process goes on with the keys that it has read before."
            _log.error("keys cannot be read again", advice=advice)
        else:
            self._take(sets)
            _log.info("keys read again", count=len(self._secrets))


def keys_from(text: str, source: str) -> KeyRing:
    """Use keys that are given as the content of a file of keys.

    Args:
        text: JSON.
        source: who gave it, for messages.

    Raises:
        KeysError: it is not good.
    """
    return KeyRing(_parsed(text, source), source)


def ensure_keys(file: Path) -> None:
    """Make a file with a default key, for its owner alone, unless there is one.

    Raises:
        KeysError: it cannot be written.
    """
    with _alone(file):
        if not file.exists():
            _write(file, KeySets(default=KeySet.new()))


def rotate(file: Path, programme: str | None = None, *, ahead: bool = False) -> str:
    """Let a new key encrypt from now on; the others stay for what they have encrypted.

    Args:
        file: the file of keys; made when there is none.
        programme: the programme that gets a key of its own; None for the default key set.
        ahead: add the key without using it. The next rotation takes it up.

    Returns:
        The id of the key.

    Raises:
        KeysError: the file is not good, or there is no key to go ahead of.
        KeysError: it cannot be written.
    """
    with _alone(file):
        sets = _read(file)[0] if file.exists() else KeySets()
        old = sets.default if programme is None else sets.programmes.get(programme)
        if old is None:
            if ahead:
                whose = "default" if programme is None else _named(programme)
                raise KeysError(
                    f"{file} has no key set of its own for {whose}: its first key can go ahead of "
                    "no other. Rotate without --ahead, and distribute the file at once."
                )
            new = KeySet.new()
        else:
            new = old.sent_ahead() if ahead else old.rotated()
        if programme is None:
            sets = sets.model_copy(update={"default": new})
        else:
            sets = sets.model_copy(update={"programmes": {**sets.programmes, programme: new}})
        _write(file, sets)
    return next(reversed(new.keys)) if ahead else new.current


def _named(programme: str) -> str:
    return f"programme {programme}" if programme else "no programme"


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def _read(file: Path) -> tuple[KeySets, tuple[int, ...]]:
    """Read a file of keys, and say by what a change of it is seen."""
    try:
        # Without waiting for whoever would write into a pipe.
        with open(
            file, opener=lambda path, _: os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        ) as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeysError(f"{file} holds no keys: it is not a regular file.")
            if status.st_mode & _OTHERS:
                raise KeysError(
                    f"{file} holds keys, and others than its owner may use it "
                    f"(mode {stat.S_IMODE(status.st_mode):04o}). Change that (chmod 600), and "
                    "rotate the keys if somebody may have read them (coopflow keys rotate)."
                )
            return _parsed(opened.read(), str(file)), _signature(status)
    except FileNotFoundError as error:
        raise KeysError(
            f"There are no keys at {file}, and what is stored is encrypted. Use those of "
            "the engine or cluster: COOPFLOW_KEYS_FILE or COOPFLOW_KEYS names them. For a new "
            "one, make some (coopflow keys rotate) and give them to every worker and client."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise KeysError(f"The keys at {file} cannot be read: {reason}.") from error


def _parsed(text: str, source: str) -> KeySets:
    try:
        sets = KeySets.model_validate_json(text)
    except ValidationError as error:
        # Without what was read, which may be a key.
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}" for fault in faults
        )
        raise KeysError(f"{source} holds no good key sets: {said}") from None
    if sets.default is None and not sets.programmes:
        raise KeysError(f"{source} holds no key.")
    return sets


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Let one process at a time write a file of keys; its folder is made when missing."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
    except OSError as error:
        raise KeysError(
            f"{file} cannot be written: {error.strerror}. Name another folder, or make it writable."
        ) from error


def _write(file: Path, sets: KeySets) -> None:
    """Write a file of keys, for its owner alone. Whatever happens, it is the old one or the new."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(sets.model_dump_json(indent=2, exclude_defaults=True) + "\n")
            opened.flush()
            os.fsync(descriptor)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name survives a power cut too
    finally:
        os.close(folder)
