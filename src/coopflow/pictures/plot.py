"""The ground of a chart over time: two axes, lines at round numbers, and days below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.figures import Scale, seconds, time_marks
from coopflow.pictures.lettering import SMALL, width_of
from coopflow.pictures.picture import Frame
from coopflow.wording.phrases import Phrases

_EDGE: Final = 3
_RIGHT: Final = 14
_TOP: Final = 26
_BELOW: Final = 24
_APART: Final = 14


class Plot:
    """A drawing with axes.

    Attributes:
        drawing: takes what is drawn.
        x: where instants are, as seconds.
        y: where values are.
        bottom: where the drawing ends, with what was written below it so far.
    """

    def __init__(  # noqa: PLR0913 - two axes in a frame
        self,
        frame: Frame,
        say: Phrases,
        *,
        days: Sequence[date],
        levels: Sequence[float],
        written: Callable[[float], str],
        height: float,
    ) -> None:
        """Draw the axes.

        Args:
            frame: where it goes.
            say: the language.
            days: all that lie in it, one at least.
            levels: where lines are, from the lowest to the highest.
            written: writes the number of a line.
            height: of what is between the axes.
        """
        self.drawing = Drawing(frame)
        self.width = float(frame.width)
        names = [written(level) for level in levels]
        left = max(width_of(name, SMALL) for name in names) + 12
        first, last = min(days, key=seconds), max(days, key=seconds)
        self.x = Scale(seconds(first), seconds(last), left + 6, self.width - _RIGHT)
        self.y = Scale(levels[0], levels[-1], _TOP + height, _TOP)
        for level, name in zip(levels, names, strict=True):
            y = self.y.at(level)
            self.drawing.line("p-grid", (left, y), (self.width - _EDGE, y))
            self.drawing.text("p-quiet", left - 8, y + 4, name, size=SMALL, anchor="end")
        floor = _TOP + height
        self.drawing.line("p-axis", (left, floor), (self.width - _EDGE, floor))
        self._days(first, last, floor, say)
        self.bottom = floor + _BELOW

    def _days(self, first: date, last: date, floor: float, say: Phrases) -> None:
        most = max(2, int((self.x.end - self.x.start) / 110))
        named = time_marks(first, last, most, say)
        if len(named) < 2:  # noqa: PLR2004 - one alone says little
            named = [(seconds(one), say.day(one)) for one in dict.fromkeys((first, last))]
        free = 0.0
        for at, name in named:
            half = width_of(name, SMALL) / 2
            x = self.x.at(at)
            middle = min(max(x, half), self.width - half)
            if middle - half >= free:
                self.drawing.line("p-axis", (x, floor), (x, floor + 4))
                self.drawing.text("p-quiet", middle, floor + 18, name, size=SMALL, anchor="middle")
                free = middle + half + _APART

    def across(self, look: str, level: float) -> None:
        """Draw a line at a level from one side to the other."""
        y = self.y.at(level)
        self.drawing.line(look, (self.x.start - 6, y), (self.width - _EDGE, y))

    def key(self, entries: Sequence[tuple[str, str]]) -> None:
        """Say below what lines mean: each by its class and its words."""
        x, y = 2.0, self.bottom + 18
        for look, words in entries:
            wide = 34 + width_of(words, SMALL)
            if x > 2 and x + wide > self.width:  # noqa: PLR2004 - not the first one
                x, y = 2.0, y + 19
            if look in {"p-point", "p-series"}:
                self.drawing.line("p-series", (x, y - 4), (x + 24, y - 4))
                self.drawing.circle("p-point", (x + 12, y - 4), 3.5)
            elif look:
                self.drawing.line(look, (x, y - 4), (x + 24, y - 4))
            self.drawing.text("p-ink", x + (30 if look else 0), y, words, size=SMALL)
            x += wide + _APART
        if entries:
            self.bottom = y + 8


def empty(frame: Frame, title: str, words: str) -> str:
    """Return a picture that says that there is nothing to show."""
    drawing = Drawing(frame)
    drawing.rect("p-missing", 1.5, 1.5, frame.width - 3, 61, 8)
    drawing.text("p-quiet", frame.width / 2, 36, words, anchor="middle")
    return drawing.finished(frame.width, 64, title, words)
