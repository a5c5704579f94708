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
