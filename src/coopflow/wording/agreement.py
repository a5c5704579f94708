"""What the engine counts, as it is read: plurals that agree with their numbers, and full words.

Journals keep what they say, and are proved by it: a text that is decided there is put right here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from coopflow.application.callers import Language

_NUMBER_OR_ENDING: Final = re.compile(
    r"(?<![\d.,])\d{1,9}(?![\d]|[.,]\d)|(?<=[^\W\d_])\((?P<ending>s|x)\)"
)
_ONE: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(r"(?<![\d/.,])(1 (?:answer|elector))s\b"),
    "fr": re.compile(r"(?<![\d/.,])([01] (?:réponse|votant))s\b"),
}
"""What journals count in the plural, whatever the number."""

_FULLER: Final[Mapping[Language, tuple[str, str]]] = {
    "en": (", more yes needed", ", more yes than no needed"),
    "fr": (", il faut plus de oui", ", il faut plus de oui que de non"),
}
"""What journals say of a majority, and how it is told: beside the numbers that reached it, the
shorter words read as if it had not."""


def agreed(text: str, language: Language) -> str:
    """Return a text in which ``objection(s)`` agrees with the last number before it.

    In French 0 and 1 are singular, in English 1 alone. An ending without a number before it stays
    open. It is for what the engine itself counts: what people write is theirs.
    """
    text = _ONE[language].sub(r"\1", text)
    if text.endswith(_FULLER[language][0]):
        text = text.replace(*_FULLER[language])
    if "(" not in text:
        return text
    number: int | None = None

    def settle(found: re.Match[str]) -> str:
        nonlocal number
        ending = found["ending"]
        if ending is None:
            number = int(found[0])
        elif number is not None:
            is_one = number < 2 if language == "fr" else number == 1  # noqa: PLR2004 - grammar
            return "" if is_one else ending
        return found[0]

    return _NUMBER_OR_ENDING.sub(settle, text)
