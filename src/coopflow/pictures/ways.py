"""What is drawn of a lifecycle: places in their order, and the ways between them."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Literal, NamedTuple

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.lettering import SMALL

State = Literal["past", "current", "coming"]

RADIUS: Final = 11
"""Of the disc that numbers a stage."""

MOST_LANES: Final = 4
"""How many ways run beside each other at most; further ones share the last lane."""


class Place(NamedTuple):
    """A stage.

    Attributes:
        number: counts from 0.
        label: what it is called.
        state: whether it is over, the present one or to come; None where nobody stands anywhere.
        said: that in a word.
        when: since when one is there; empty where that is not known.
    """

    number: int
    label: str
    state: State | None
    said: str
    when: str

    @property
    def look(self) -> str:
        """The class of its box."""
        return {"past": "p-past", "current": "p-current"}.get(self.state or "", "p-box")

    @property
    def is_current(self) -> bool:
        """Whether somebody stands here."""
        return self.state == "current"


class Way(NamedTuple):
    """What leads from a place to a place, by their numbers."""

    source: int
    dest: int
    label: str


class Ways(NamedTuple):
    """A lifecycle to be drawn.

    Attributes:
        places: its stages.
        gates: what leads on, or renews a stage.
        back: fall-backs.
    """

    places: tuple[Place, ...]
    gates: tuple[Way, ...]
    back: tuple[Way, ...]

    def from_place(self, number: int) -> list[Way]:
        """Return the gates that lead out of a place."""
        return [way for way in self.gates if way.source == number]


class Plan:
    """The gates of a lifecycle, told apart by how they are drawn."""

    def __init__(self, ways: Ways) -> None:
        """Sort them."""
        self.places = ways.places
        self.back = ways.back
        self.steps: dict[int, list[Way]] = {}
        """To the next place, by the one they leave."""
        self.renewals: dict[int, list[Way]] = {}
        """Back into the same place."""
        self.leaps: dict[int, list[Way]] = {}
        """To any other place."""
        for way in ways.gates:
            kind = {0: self.renewals, 1: self.steps}.get(way.dest - way.source, self.leaps)
            kind.setdefault(way.source, []).append(way)

    @cached_property
    def lanes(self) -> tuple[tuple[Way, int, bool], ...]:
        """The ways that run beside the places, each with its lane and whether it is a fall-back.

        Lane 0 is the nearest one. Two ways share a lane where they do not meet.
        """
        leaps = [(way, False) for those in self.leaps.values() for way in those]
        running = [*((way, True) for way in self.back), *leaps]
        running.sort(key=lambda one: abs(one[0].dest - one[0].source))
        ends: list[list[tuple[int, int]]] = []
        found = []
        for way, is_back in running:
            span = min(way.source, way.dest), max(way.source, way.dest)
            lane = next(
                (n for n, taken in enumerate(ends) if not any(_meet(span, one) for one in taken)),
                len(ends),
            )
            if lane == len(ends) and lane < MOST_LANES:
                ends.append([])
            lane = min(lane, MOST_LANES - 1)
            ends[lane].append(span)
            found.append((way, lane, is_back))
        return tuple(found)

    @property
    def lane_count(self) -> int:
        """How many lanes there are."""
        return max((lane for _, lane, _ in self.lanes), default=-1) + 1


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def disc(drawing: Drawing, place: Place, x: float, y: float) -> None:
    """Draw what marks a stage: a tick when it is over, else its number, solid where one stands."""
    if place.state == "past":
        drawing.circle("p-disc-past", (x, y), RADIUS)
        drawing.path(
            "p-check", f"M{x - 5:g} {y + 0.5:g} L{x - 1.5:g} {y + 4:g} L{x + 5:g} {y - 4:g}"
        )
        return
    look, ink = ("p-disc-current", "p-on-dark") if place.is_current else ("p-disc", "p-quiet")
    drawing.circle(look, (x, y), RADIUS)
    size = SMALL if place.number < 99 else SMALL - 2  # noqa: PLR2004 - three digits
    drawing.text(ink, x, y + 4.3, str(place.number + 1), size=size, anchor="middle")
