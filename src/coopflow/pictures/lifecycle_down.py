"""A lifecycle from top to bottom: boxes below each other, gates between, fall-backs at the left."""

from __future__ import annotations

from typing import Final

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.lettering import LEADING, MAIN, SMALL, wrapped
from coopflow.pictures.picture import Frame
from coopflow.pictures.ways import RADIUS, Place, Plan, Ways, disc

_EDGE: Final = 3
_LANE: Final = 16
_LOOP: Final = 22
_TOP: Final = 22
_WIDEST: Final = 420
_LEAST_GAP: Final = 34
_TEXT: Final = 12 + 2 * RADIUS + 10  # from the left of a box to its words


def drawn_down(ways: Ways, frame: Frame, title: str, text: str) -> str:
    """Draw a lifecycle from top to bottom; it fits whatever it is."""
    return _Column(Plan(ways), frame).drawn(title, text)


class _Column:
    """The boxes and where they are."""

    def __init__(self, plan: Plan, frame: Frame) -> None:
        self._plan = plan
        self._drawing = Drawing(frame)
        lanes = plan.lane_count
        self._left = _EDGE + (lanes * _LANE + 10 if lanes else 0)
        loops = _LOOP if plan.renewals else 0
        self._width = max(min(frame.width - self._left - loops - _EDGE, _WIDEST), 120)
        self._right = self._left + self._width
        self._whole = self._right + loops + _EDGE
        self._bounds: list[tuple[float, float]] = []

    def drawn(self, title: str, text: str) -> str:
        y: float = _EDGE
        for place in self._plan.places:
            height = self._stage(place, y)
            self._bounds.append((y, y + height))
            y = self._steps(place.number, y + height)
        if self._plan.back:
            label = self._plan.back[0].label
            y += 8
            self._drawing.line("p-way-back", (_EDGE, y + 8), (_EDGE + 30, y + 8))
            self._drawing.text("p-quiet", _EDGE + 38, y + 12, label, size=SMALL)
            y += 18
        for way, lane, is_back in self._plan.lanes:
            self._aside(way.source, way.dest, lane, is_back=is_back)
        return self._drawing.finished(self._whole, y + _EDGE, title, text)

    def _stage(self, place: Place, top: float) -> float:
        """Draw a stage, and return how high it is."""
        drawing = self._drawing
        room = self._width - _TEXT - 10
        label = wrapped(place.label, room, MAIN + 1, bold=place.is_current)
        said = wrapped(", ".join(filter(None, (place.said, place.when))), room, SMALL, most=2)
        ways = [
            *self._plan.renewals.get(place.number, ()),
            *self._plan.leaps.get(place.number, ()),
        ]
        notes = [line for way in ways for line in wrapped(self._note(way), room, SMALL)]
        main, small = (MAIN + 1) * LEADING, SMALL * LEADING
        height = max(2 * _TOP, 10 + len(label) * main + (len(said) + len(notes)) * small + 9)
        drawing.rect(place.look, self._left, top, self._width, height, 8)
        disc(drawing, place, self._left + 12 + RADIUS, top + _TOP)
        x = self._left + _TEXT
        alone = not said and not notes and len(label) == 1
        y = top + (height / 2 + 5 if alone else 10 + MAIN)
        look = "p-strong" if place.is_current else "p-ink"
        y = drawing.lines(look, x, y, label, size=MAIN + 1)
        look = "p-ink" if place.is_current else "p-quiet"
        y = drawing.lines(look, x, y - 2, said, size=SMALL)
        drawing.lines("p-ink", x, y, notes, size=SMALL)
        if place.number in self._plan.renewals:
            self._renewal(top, height)
        return height

    def _note(self, way: tuple[int, int, str]) -> str:
        source, dest, label = way
        return label if source == dest else f"{label} → {self._plan.places[dest].label}"

    def _steps(self, number: int, y: float) -> float:
        """Draw what leads to the next stage, and return where that one begins."""
        if number + 1 == len(self._plan.places):
            return y
        steps = self._plan.steps.get(number, ())
        room = self._whole - self._left - _TEXT - _EDGE
        lines = [line for way in steps for line in wrapped(way.label, room, SMALL)]
        gap = max(_LEAST_GAP, len(lines) * SMALL * LEADING + 18)
        if steps:
            x = self._left + 12 + RADIUS
            self._drawing.line("p-way", (x, y + 2), (x, y + gap - 9))
            self._drawing.head((x, y + gap - 2), "down")
            first = y + (gap - len(lines) * SMALL * LEADING) / 2 + SMALL - 1
            self._drawing.lines("p-ink", self._left + _TEXT, first, lines, size=SMALL)
        return y + gap

    def _renewal(self, top: float, height: float) -> None:
        """Draw a loop at the right of a box, back into it."""
        right, out = self._right, self._right + _LOOP - 4
        start, end = top + height / 2 + 12, top + height / 2 - 12
        self._drawing.path(
            "p-way",
            f"M{right:g} {start:g} H{out - 8:g} Q{out:g} {start:g} {out:g} {start - 8:g} "
            f"V{end + 8:g} Q{out:g} {end:g} {out - 8:g} {end:g} H{right + 8:g}",
        )
        self._drawing.head((right + 2, end), "left")

    def _aside(self, source: int, dest: int, lane: int, *, is_back: bool) -> None:
        """Draw a way at the left: out of one box below its middle, into another above it."""
        out = self._left - 10 - lane * _LANE
        start = sum(self._bounds[source]) / 2 + (-9 if dest < source else 9)
        end = sum(self._bounds[dest]) / 2 + (9 if dest < source else -9)
        turn = 7 if end < start else -7
        self._drawing.path(
            "p-way-back" if is_back else "p-way",
            f"M{self._left:g} {start:g} H{out + 7:g} Q{out:g} {start:g} {out:g} {start - turn:g} "
            f"V{end + turn:g} Q{out:g} {end:g} {out + 7:g} {end:g} H{self._left - 8:g}",
        )
        self._drawing.head((self._left - 2, end), "right")
