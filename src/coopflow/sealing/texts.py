"""Sealing of texts that stand in rows of the database."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Final

from coopflow.sealing.errors import BrokenSealError
from coopflow.sealing.keys import KeyRing

_SHORTEST: Final = 64
_MARK: Final = b"\x80"
_KEY_ID: Final = re.compile(r"[0-9a-f]{16}")


class TextSeals:
    """Encrypts texts with the keys of a programme, and decrypts them.

    What is sealed is written ``KEY.BASE64``, with the id of the key. Its length says little: short
    texts are all alike, as the answers in a ballot have to be, and longer ones are rounded.
    """

    def __init__(self, keys: Callable[[], KeyRing]) -> None:
        """Use these keys, which are asked for when they are first needed."""
        self._find = keys
        self._found: KeyRing | None = None

    def seal(self, programme: str, text: str, about: str) -> str:
        """Encrypt a text with the current key.

        Args:
            programme: whose keys to use.
            text: what to encrypt.
            about: what it is and where it stands; nowhere else can it be decrypted.

        Raises:
            KeysError: there are no keys, or none for this programme.
        """
        cipher = self._keys().encrypting(programme, "row")
        sealed = cipher.seal(_padded(text.encode()), about.encode())
        return f"{cipher.key}.{base64.b64encode(sealed).decode()}"

    def open(self, programme: str, sealed: str, about: str) -> str:
        """Decrypt what was sealed, about the same.

        Raises:
            KeysError: there are no keys, or this one is not among them.
            BrokenSealError: it was changed, or stands where it does not belong.
        """
        key, _, data = sealed.partition(".")
        cipher = self._keys().decrypting(key, programme, "row")
        try:
            found = cipher.open(base64.b64decode(data, validate=True), about.encode())
        except ValueError as error:  # no Base64
            raise BrokenSealError(f"What is sealed as {about} was changed.") from error
        return found.rstrip(b"\0").removesuffix(_MARK).decode()

    def _keys(self) -> KeyRing:
        if self._found is None:
            self._found = self._find()
        return self._found


class ExportSeals:
    """Encrypts texts of files that are taken elsewhere; the same each time, in the same place."""

    def __init__(self, keys: KeyRing) -> None:
        """Use these keys, which whoever takes the file in has to have."""
        self._keys = keys

    def seal(self, programme: str, text: str, about: str) -> str:
        """Encrypt a text, as ``TextSeals.seal`` does.

        Raises:
            KeysError: there is no key for this programme.
        """
        cipher = self._keys.steady(programme)
        sealed = cipher.seal(_padded(text.encode()), about.encode())
        return f"{cipher.key}.{base64.b64encode(sealed).decode()}"

    def open(self, programme: str, sealed: str, about: str) -> str:
        """Decrypt what was sealed, about the same.

        Raises:
            KeysError: the key is not among these.
            ValueError: it was changed, or stands where it does not belong.
        """
        key, _, data = sealed.partition(".")
        if not _KEY_ID.fullmatch(key):
            raise ValueError("it names no key")
        cipher = self._keys.steady(programme, key)
        try:
            found = cipher.open(base64.b64decode(data, validate=True), about.encode())
        except BrokenSealError as error:
            raise ValueError(str(error)) from None
        return found.rstrip(b"\0").removesuffix(_MARK).decode()


def _padded(plain: bytes) -> bytes:
    """Return something longer: 64 bytes, or at most an eighth more (Padmé), after a mark."""
    marked = plain + _MARK
    exponent = len(marked).bit_length() - 1
    unit = 1 << (exponent - exponent.bit_length())
    return marked.ljust(max(_SHORTEST, -(-len(marked) // unit) * unit), b"\0")
