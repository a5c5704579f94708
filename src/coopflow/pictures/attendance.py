"""Who came to meetings: for each, those present out of the members that were active."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.figures import Scale, marks, seconds
from coopflow.pictures.lettering import SMALL, width_of
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import empty
from coopflow.pictures.telling import about, listed, sentence
from coopflow.wording.phrases import Phrases

_HEIGHT: Final = 130
_TOP: Final = 22
_LEAST: Final = 26  # a bar with the space beside it
_MOST: Final = 72


class Attendance(NamedTuple):
    """A meeting: what it is called, how many came, how many could have."""

    at: date
    label: str
    present: int
    active: int


def attendance_picture(meetings: Sequence[Attendance], say: Phrases, frame: Frame) -> Picture:
    """Draw who came to meetings, the latest ones where not all fit.

    Args:
        meetings: in any order.
        say: the language.
        frame: where it goes.
    """
    title = say("picture.attendance")
    held = sorted(meetings, key=lambda one: seconds(one.at))
    header = tuple(
        say(f"picture.{one}") for one in ("date", "meeting", "present", "active", "share")
    )
    rows = tuple(
        (say.day(one.at), one.label, str(one.present), str(one.active), _share(one, say))
        for one in held
    )
    if not held:
        words = say("picture.no_meetings")
        return Picture(empty(frame, title, words), f"{title}. {sentence(words)}", header, rows)
    levels = marks([0, *(max(one.present, one.active) for one in held)], 4, whole=True)
    left = max(width_of(f"{level:g}", SMALL) for level in levels) + 12
    room = frame.width - left - 4
    shown = held[-max(1, int(room / _LEAST)) :]
    text = f"{title}. {_told(shown, len(held), say)}"
    bars = _Bars(Drawing(frame), frame.width, left, levels)
    bars.draw(shown, room, say)
    low = bars.key(say, len(shown), len(held))
    return Picture(bars.drawing.finished(frame.width, low, title, text), text, header, rows)


def _share(one: Attendance, say: Phrases) -> str:
    if not one.active:
        return ""
    space = "\u00a0" if say.language == "fr" else ""
    return f"{round(100 * one.present / one.active)}{space}%"


def _told(shown: Sequence[Attendance], count: int, say: Phrases) -> str:
    found = [
        about(
            say,
            f"{say.day(one.at)}, {one.label}",
            say("picture.of", part=one.present, whole=one.active),
        )
        for one in shown
    ]
    if len(shown) < count:
        found.append(say("picture.latest_of", shown=len(shown), count=count))
    return listed(say, found) + "."


class _Bars:
    """Bars side by side over an axis."""

    def __init__(
        self, drawing: Drawing, width: float, left: float, levels: Sequence[float]
    ) -> None:
        self.drawing = drawing
        self._width = width
        self._left = left
        self._floor = _TOP + _HEIGHT
        self._scale = Scale(levels[0], levels[-1], self._floor, _TOP)
        for level in levels:
            y = self._scale.at(level)
            drawing.line("p-grid", (left, y), (width - 3, y))
            drawing.text("p-quiet", left - 8, y + 4, f"{level:g}", size=SMALL, anchor="end")

    def draw(self, shown: Sequence[Attendance], room: float, say: Phrases) -> None:
        each = min(room / len(shown), _MOST)
        bar = each * 0.62
        free = 0.0
        for number, one in enumerate(shown):
            x = self._left + number * each + (each - bar) / 2 + 4
            middle = x + bar / 2
            whole, part = self._scale.at(one.active), self._scale.at(one.present)
            self.drawing.rect("p-rest", x, whole, bar, self._floor - whole)
            self.drawing.rect("p-bar", x, part, bar, self._floor - part)
            high = min(whole, part)
            wide = f"{one.present}/{one.active}"
            words = wide if width_of(wide, SMALL) < each else str(one.present)
            self.drawing.text("p-ink", middle, high - 5, words, size=SMALL, anchor="middle")
            free = self._named(middle, say.day(one.at), free)
        self.drawing.line("p-axis", (self._left, self._floor), (self._width - 3, self._floor))

    def _named(self, middle: float, day: str, free: float) -> float:
        """Write a day below its bar where there is room, and return where the next may begin."""
        half = width_of(day, SMALL) / 2
        centre = min(max(middle, half), self._width - half)
        if centre - half < free:
            return free
        y = self._floor + 18
        self.drawing.line("p-axis", (middle, self._floor), (middle, self._floor + 4))
        self.drawing.text("p-quiet", centre, y, day, size=SMALL, anchor="middle")
        return centre + half + 12

    def key(self, say: Phrases, shown: int, count: int) -> float:
        y = self._floor + 42
        x = 3.0
        for look, said in (("p-bar", "picture.present"), ("p-rest", "picture.active")):
            self.drawing.rect(look, x, y - 10, 12, 12)
            self.drawing.text("p-ink", x + 18, y, say(said), size=SMALL)
            x += 18 + width_of(say(said), SMALL) + 18
        if shown < count:
            y += 20
            words = say("picture.latest_of", shown=shown, count=count)
            self.drawing.text("p-quiet", 3, y, words, size=SMALL)
        return y + 8
