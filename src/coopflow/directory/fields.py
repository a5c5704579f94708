"""The kinds of values that the records of the directory hold."""

from __future__ import annotations

import re
import string
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, StringConstraints
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, siret

MAX_NAME: Final = 200
MAX_EMAIL: Final = 254
"""The longest address that mail systems carry (RFC 5321, errata 1690)."""

_ADDRESS: Final = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_URL: Final = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)
_RNA: Final = re.compile(r"W\d{9}")
_SIREN_DIGITS: Final = 9
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

Language = Literal["fr", "en"]


def _one_line(text: str) -> str:
    # Neither NUL nor lone surrogates are printable: no database has to hold them.
    if not text.isprintable():
        raise ValueError("write it on one line, without control characters")
    return text


def _address(text: str) -> str:
    is_odd = any(part in text for part in ("..", ".@", "=?"))  # the last hides others (RFC 2047)
    if is_odd or not _ADDRESS.fullmatch(text) or text.startswith("."):
        raise ValueError("this is no e-mail address; write it as name@example.org")
    return text


def _web_address(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError("this is no web address; write it as https://example.org")
    return text


def _registration(text: str) -> str:
    plain = plain_number(text)
    if _RNA.fullmatch(plain):
        return plain
    validate = siren.validate if len(plain) == _SIREN_DIGITS else siret.validate
    try:
        return str(validate(plain))
    except NumberError:
        raise ValueError(
            "this is no registration number: write a SIREN (9 digits), a SIRET (14 digits) or an "
            "RNA (W and 9 digits); look for a digit that is missing or mistyped"
        ) from None


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME),
    AfterValidator(_one_line),
]
"""A name or a title: one line of at most 200 characters."""

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_EMAIL),
    AfterValidator(_one_line),
    AfterValidator(_address),
]
"""An e-mail address that looks like one; whether it takes mail is not asked."""

WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    AfterValidator(_one_line),
    AfterValidator(_web_address),
]
"""The address of a public page."""

Registration = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_registration)
]
"""A French registration number, without spaces: SIREN, SIRET, or RNA of an association."""


def folded(email: str) -> str:
    """Return what two spellings of one address share: people do not tell its case apart.

    Of letters beyond ASCII the case counts: folding them makes one of what two people may have, as
    ``strasse.de`` of ``straße.de``, and an address lets somebody in.
    """
    return email.strip().translate(_LOWER)


def plain_number(registration: str) -> str:
    """Return a registration number as it is kept: without spaces and dots, in capitals."""
    return re.sub(r"[\s.]", "", registration).upper()
