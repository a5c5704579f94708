"""A lifecycle side by side: boxes in a row, gates in the gaps, fall-backs below."""

from __future__ import annotations

from typing import Final

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.lettering import LEADING, MAIN, SMALL, fits, width_of, wrapped
from coopflow.pictures.picture import Frame
from coopflow.pictures.ways import RADIUS, Plan, Ways, disc

_EDGE: Final = 3
_GAP: Final = 116
_LEAST_BOX: Final = 112
_WIDEST_BOX: Final = 190
_PAD: Final = 12
_TOP: Final = 22  # of a box, to the middle of its disc
_LOOP: Final = 20
_LANE: Final = 24


def drawn_across(ways: Ways, frame: Frame, title: str, text: str) -> str | None:
    """Draw a lifecycle in a row; None when it does not fit, or its gates leap over stages."""
    plan = Plan(ways)
    count = len(plan.places)
    box = min((frame.width - 2 * _EDGE - (count - 1) * _GAP) / count, _WIDEST_BOX)
    if plan.leaps or box < _LEAST_BOX or not _fit(plan, box):
        return None
    return _Row(plan, box, frame).drawn(title, text)


def _fit(plan: Plan, box: float) -> bool:
    inside = box - 2 * _PAD
    return (
        all(fits(one.label, inside, MAIN, bold=True) for one in plan.places)
        and all(width_of(f"{one.said}", SMALL) <= inside - 2 * RADIUS - 6 for one in plan.places)
        and all(fits(one.when, inside, SMALL, most=2) for one in plan.places)
        and all(
            fits(way.label, _GAP - 14, SMALL, most=4)
            for steps in plan.steps.values()
            for way in steps
        )
        and all(len(steps) == 1 for steps in plan.steps.values())
        and all(
            len(those) == 1 and fits(those[0].label, box, SMALL, most=2)
            for those in plan.renewals.values()
        )
    )


class _Row:
    """The boxes and where they are."""

    def __init__(self, plan: Plan, box: float, frame: Frame) -> None:
        self._plan = plan
        self._box = box
        self._drawing = Drawing(frame)
        inside = box - 2 * _PAD
        self._labels = [
            wrapped(one.label, inside, MAIN, bold=one.is_current) for one in plan.places
        ]
        self._whens = [wrapped(one.when, inside, SMALL, most=2) for one in plan.places]
        tall = max(
            len(label) * MAIN * LEADING + len(when) * SMALL * LEADING
            for label, when in zip(self._labels, self._whens, strict=True)
        )
        self._height = _TOP + RADIUS + 8 + tall + 8
        self._top = _EDGE + self._above()
        self._middle = self._top + self._height / 2

    def _above(self) -> float:
        """Return how much room is needed above the boxes: for loops, and tall labels of gates."""
        lines = [
            len(wrapped(way.label, self._box, SMALL, most=2))
            for those in self._plan.renewals.values()
            for way in those
        ]
        loops = max((_LOOP + 6 + one * SMALL * LEADING for one in lines), default=0)
        steps = [
            len(wrapped(way.label, _GAP - 14, SMALL, most=4))
            for those in self._plan.steps.values()
            for way in those
        ]
        tallest = max((one * SMALL * LEADING + 10 for one in steps), default=0)
        return max(loops, tallest - self._height / 2, 0)

    def _left(self, number: int) -> float:
        return _EDGE + number * (self._box + _GAP)

    def drawn(self, title: str, text: str) -> str:
        plan, drawing = self._plan, self._drawing
        bottom = self._top + self._height
        for way, lane, is_back in plan.lanes:
            assert is_back, "leaps are not drawn in a row"
            self._fall_back(way.source, way.dest, bottom, bottom + (lane + 1) * _LANE - 4)
        low = bottom + _EDGE
        if plan.lanes:
            low = bottom + plan.lane_count * _LANE + SMALL + 4
            way, lane, _ = plan.lanes[-1]
            middle = (self._left(way.source) + self._left(way.dest) + self._box) / 2
            drawing.text("p-quiet", middle, low - 5, way.label, size=SMALL, anchor="middle")
        for number in range(len(plan.places)):
            self._stage(number)
        return drawing.finished(self._left(len(plan.places)) - _GAP + _EDGE, low, title, text)

    def _stage(self, number: int) -> None:
        drawing, place = self._drawing, self._plan.places[number]
        left = self._left(number)
        for way in self._plan.renewals.get(number, ()):
            self._renewal(left, way.label)
        drawing.rect(place.look, left, self._top, self._box, self._height, 8)
        disc(drawing, place, left + _PAD + RADIUS, self._top + _TOP)
        look = "p-ink" if place.is_current else "p-quiet"
        aside = left + _PAD + 2 * RADIUS + 6
        drawing.text(look, aside, self._top + _TOP + 4.3, place.said, size=SMALL)
        y = self._top + _TOP + RADIUS + 8 + MAIN
        look = "p-strong" if place.is_current else "p-ink"
        y = drawing.lines(look, left + _PAD, y, self._labels[number])
        drawing.lines("p-ink", left + _PAD, y - 1, self._whens[number], size=SMALL)
        for way in self._plan.steps.get(number, ()):
            right = left + self._box
            drawing.line("p-way", (right + 2, self._middle), (right + _GAP - 9, self._middle))
            drawing.head((right + _GAP - 2, self._middle), "right")
            lines = wrapped(way.label, _GAP - 14, SMALL, most=4)
            y = self._middle - 8 - (len(lines) - 1) * SMALL * LEADING
            centre = right + _GAP / 2 - 2
            drawing.lines("p-ink", centre, y, lines, size=SMALL, anchor="middle")

    def _renewal(self, left: float, label: str) -> None:
        """Draw a loop over a box, back into it."""
        centre, top = left + self._box / 2, self._top
        high = top - _LOOP
        self._drawing.path(
            "p-way",
            f"M{centre - 26:g} {top:g} V{high + 8:g} Q{centre - 26:g} {high:g} {centre - 18:g} "
            f"{high:g} H{centre + 18:g} Q{centre + 26:g} {high:g} {centre + 26:g} {high + 8:g} "
            f"V{top - 8:g}",
        )
        self._drawing.head((centre + 26, top - 2), "down")
        lines = wrapped(label, self._box, SMALL, most=2)
        y = high - 6 - (len(lines) - 1) * SMALL * LEADING
        self._drawing.lines("p-ink", centre, y, lines, size=SMALL, anchor="middle")

    def _fall_back(self, source: int, dest: int, bottom: float, low: float) -> None:
        """Draw a dashed way below the boxes: out of one to the left of its middle, into another."""
        aside = 14 if dest < source else -14
        start = self._left(source) + self._box / 2 - aside
        end = self._left(dest) + self._box / 2 + aside
        turn = 8 if end < start else -8
        self._drawing.path(
            "p-way-back",
            f"M{start:g} {bottom:g} V{low - 8:g} Q{start:g} {low:g} {start - turn:g} {low:g} "
            f"H{end + turn:g} Q{end:g} {low:g} {end:g} {low - 8:g} V{bottom + 9:g}",
        )
        self._drawing.head((end, bottom + 2), "up")
