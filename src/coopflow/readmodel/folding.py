"""Texts as they are searched: the same in every database, whatever its locale."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Return a text in small letters without accents, by which others are found or compared."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))
