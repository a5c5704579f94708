"""How much room words take, and where their lines end: fonts are not at hand where one draws.

Widths are those of a wide sans-serif font, so that what is set in another one fits too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

SMALL: Final = 12
MAIN: Final = 14
LEADING: Final = 1.25
"""How far lines stand apart, in sizes of the font."""

_BOLD: Final = 1.09
_ELLIPSIS: Final = "…"
_WIDTHS: Final = {
    **dict.fromkeys("iljI|'.,:;!’", 0.33),
    **dict.fromkeys('ftr()[]{}/\\-–"` ·\u00a0\u202f', 0.41),
    **dict.fromkeys("sczkvxyJ", 0.56),
    **dict.fromkeys("mMW@%—…œŒæÆ", 1.0),
    **dict.fromkeys("wQOGNDHU<>+=~", 0.84),
}
_SPACES: Final = re.compile(r"[ \t\r\n]+")  # a no-break space keeps words together
_LONGEST: Final = 2000  # of what is looked at of a text: nothing longer is drawn


def width_of(text: str, size: float = MAIN, *, bold: bool = False) -> float:
    """Return how wide a text is at most, in pixels."""
    return sum(map(_width, text)) * size * (_BOLD if bold else 1)


def _width(char: str) -> float:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn"}:
        return 0.0
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.05
    plain = unicodedata.normalize("NFD", char)[0]
    if plain != char and plain in _WIDTHS:
        return _WIDTHS[plain]
    return 0.72 if char.isupper() else 0.64 if char.isascii() else 0.8


def wrapped(
    text: str, width: float, size: float = MAIN, *, most: int = 3, bold: bool = False
) -> list[str]:
    """Break a text into lines, as many as it may have; what does not fit ends with an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in _words(text[:_LONGEST], width, size, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
            if len(lines) > most:
                break
        else:
            line = longer
    if line:
        lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(last + _ELLIPSIS, size, bold=bold) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + _ELLIPSIS]


def fits(text: str, width: float, size: float = MAIN, *, most: int = 3, bold: bool = False) -> bool:
    """Whether a text can be written in so many lines without breaking a word or leaving it out."""
    words = _SPACES.split(text[:_LONGEST].strip())
    if any(width_of(word, size, bold=bold) > width for word in words):
        return False
    return " ".join(wrapped(text, width, size, most=most, bold=bold)) == " ".join(words)


def _words(text: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    """Yield words, those in pieces that are wider than a line."""
    for word in _SPACES.split(text.strip()):
        piece = ""
        for char in word:
            if piece and width_of(piece + char, size, bold=bold) > width:
                yield piece
                piece = ""
            piece += char
        yield piece
