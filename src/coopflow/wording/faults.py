"""What is wrong with files, in the language of who reads it."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from coopflow.application.callers import Language
from coopflow.definitions.faults import Fault
from coopflow.wording.fault_words import FRENCH, THINGS

_PLACE: Final = re.compile(r"\{(\w+)\}")
_OURS: Final = frozenset({"by", "expected", "given", "key", "rest", "span", "what"})
"""What holds words of ours; the rest is quoted from files."""

_LONGEST: Final = (
    1000  # what is quoted may be hostile, and several quotes take its length to a power
)


def fault_in(fault: Fault, language: Language) -> Fault:
    """Return a fault as somebody reads it; in English it is as it was made."""
    if language == "en":
        return fault
    message, remedy = (french(text) or text for text in (fault.message, fault.remedy))
    return fault._replace(message=message, remedy=remedy)


def told_in(text: str, language: Language) -> str:
    """Return what is wrong with one value as somebody reads it; in English as it was made."""
    plain = text.removeprefix("Value error, ")
    return plain if language == "en" else french(plain) or plain


def french(text: str) -> str | None:
    """Return the French of what a fault says; None where it is not known, or too long to look for.

    What is quoted from a file stays as it is.
    """
    text = text.strip()
    if not text:
        return ""
    if len(text) > _LONGEST:
        return None
    for pattern, words in _sentences():
        found = pattern.fullmatch(text)
        if found is not None:
            inside = {
                name: _thing(value) if name in _OURS else value
                for name, value in found.groupdict().items()
            }
            if "expected" in inside:  # of several words that may be written
                inside["expected"] = inside["expected"].replace(" or ", " ou ")
            return words.format(**inside)
    return None


def _thing(words: str) -> str:
    """Return what stands in a sentence: a thing or a sentence in French, or what was quoted."""
    if words in THINGS:
        return THINGS[words]
    return (french(words) or words) if " " in words else words


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), words) for english, words in FRENCH.items())


def _pattern(english: str) -> re.Pattern[str]:
    parts = _PLACE.split(english)
    written = "".join(
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    return re.compile(written, re.DOTALL)
