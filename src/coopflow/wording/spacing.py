"""The spaces of French beside punctuation: no line begins with a colon or ends with a quote."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SPACE: Final = "\N{NO-BREAK SPACE}"
_HELD: Final = re.compile(r" (?=[:;?!»%])|(?<=«) ")


@lru_cache(maxsize=4096)
def spaced(french: str) -> str:
    """Return a French text whose spaces beside punctuation do not break."""
    return _HELD.sub(SPACE, french)


def in_language(words: tuple[str, str], language: str) -> str:
    """Return the one of an English and a French text that is in a language, spaced as it has it."""
    english, french = words
    return spaced(french) if language == "fr" else english
