"""Secrets that let somebody in: how they are made, told apart and kept.

Each has 256 random bits. What is stored is its SHA-256: a stolen database lets nobody in, and with
that many bits there is nothing to guess, so that a slow hash would only slow down those who belong.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from typing import Final
from zlib import crc32

TOKEN_PREFIX: Final = "cf_"  # noqa: S105 - not the secret
"""What every API token begins with, so that it is recognised where it was left lying about."""

_BITS: Final = 256
_DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY: Final = 43  # characters of base 62 that hold 256 bits
_CHECK: Final = 6  # and 32 bits
TOKEN_PATTERN: Final = rf"{TOKEN_PREFIX}[0-9A-Za-z]{{{_BODY + _CHECK}}}"
"""What an API token looks like; whether its checksum is right says `is_token`."""


def new_secret() -> str:
    """Make a secret for a cookie or a link."""
    return secrets.token_urlsafe(_BITS // 8)


def new_token() -> str:
    """Make an API token: prefix, secret, and a checksum of both."""
    body = TOKEN_PREFIX + _base62(secrets.randbits(_BITS), _BODY)
    return body + _checksum(body)


def is_token(text: str) -> bool:
    """Return whether something was made by `new_token`, going by its form and checksum alone."""
    if not text.isascii() or len(text) != len(TOKEN_PREFIX) + _BODY + _CHECK:
        return False
    return text.startswith(TOKEN_PREFIX) and text[-_CHECK:] == _checksum(text[:-_CHECK])


def digest_of(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Return another secret that follows from one, for one purpose; it tells nothing about it."""
    code = hmac.new(secret.encode(errors="surrogatepass"), purpose.encode(), hashlib.sha256)
    return code.hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not say where they differ."""
    return hmac.compare_digest(
        one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass")
    )


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(width, _DIGITS[0])
