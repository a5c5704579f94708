"""A lifecycle as a picture: its stages, what leads from one to another, and where one stands."""

from __future__ import annotations

from datetime import date
from typing import Literal

from coopflow.domain.lifecycle import FALL_BACK, Gate, Lifecycle
from coopflow.pictures.lifecycle_across import drawn_across
from coopflow.pictures.lifecycle_down import drawn_down
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.telling import about, listed
from coopflow.pictures.ways import Place, State, Way, Ways
from coopflow.wording.phrases import Phrases

Layout = Literal["auto", "down"]


def lifecycle_picture(  # noqa: PLR0913 - what is drawn, for whom, and where
    lifecycle: Lifecycle,
    say: Phrases,
    frame: Frame,
    *,
    stage: str | None = None,
    since: date | None = None,
    layout: Layout = "auto",
) -> Picture:
    """Draw a lifecycle.

    Args:
        lifecycle: what is drawn.
        say: the language.
        frame: where it goes.
        stage: where somebody stands; without one, or with one that is not there, none is marked.
        since: since when.
        layout: ``down`` for one stage below the other; by default side by side where that fits.
    """
    ways = ways_of(lifecycle, say, stage, since)
    text = _told(lifecycle, say, stage, since)
    place = _number(lifecycle, stage)
    label = say.label(lifecycle.label)
    count = len(lifecycle.stages)
    if place is None:
        title = say("picture.lifecycle", label=label, count=count)
    else:
        name = say.label(lifecycle.stages[place].label)
        title = say("picture.at", stage=name, number=place + 1, count=count)
    svg = drawn_across(ways, frame, title, text) if layout == "auto" else None
    return Picture(svg or drawn_down(ways, frame, title, text), text)


def ways_of(
    lifecycle: Lifecycle, say: Phrases, stage: str | None = None, since: date | None = None
) -> Ways:
    """Return what is drawn of a lifecycle, read off its machine."""
    numbers = {one.id: number for number, one in enumerate(lifecycle.stages)}
    passed = _passed(lifecycle, stage)
    places = []
    for number, one in enumerate(lifecycle.stages):
        state = _state(one.id, stage, passed) if stage in numbers else None
        said = say(f"picture.{state}") if state else ""
        day = say.day(since).replace(" ", "\u00a0") if since else ""
        when = say("picture.since", since=day) if day and state == "current" else ""
        places.append(Place(number, say.label(one.label), state, said, when))
    gates = {gate.id: gate for gate in lifecycle.gates}
    onward: list[Way] = []
    back: list[Way] = []
    for move in lifecycle.machine.moves:
        ends = numbers[move.source], numbers[move.dest]
        if move.trigger == FALL_BACK and move.trigger not in gates:
            back.append(Way(*ends, say("picture.may_fall_back")))
        else:
            onward.append(Way(*ends, say.label(gates[move.trigger].label)))
    return Ways(tuple(places), tuple(onward), tuple(back))


def _state(one: str, stage: str | None, passed: frozenset[str]) -> State:
    if one == stage:
        return "current"
    return "past" if one in passed else "coming"


def _passed(lifecycle: Lifecycle, stage: str | None) -> frozenset[str]:
    """Return the stages on the shortest way through gates from the first one to another."""
    leads: dict[str, list[str]] = {}
    for gate in lifecycle.gates:
        leads.setdefault(gate.leaves, []).append(gate.enters)
    first = lifecycle.stages[0].id
    came_from: dict[str, str | None] = {first: None}
    following = [first]
    for here in following:
        for there in leads.get(here, ()):
            if there not in came_from:
                came_from[there] = here
                following.append(there)
    found = set()
    here_from = came_from.get(stage or "")
    while here_from is not None:
        found.add(here_from)
        here_from = came_from[here_from]
    return frozenset(found)


def _number(lifecycle: Lifecycle, stage: str | None) -> int | None:
    return next((n for n, one in enumerate(lifecycle.stages) if one.id == stage), None)


# --- in words -------------------------------------------------------------------------------------


def _told(lifecycle: Lifecycle, say: Phrases, stage: str | None, since: date | None) -> str:
    count = len(lifecycle.stages)
    found = [say("picture.lifecycle", label=say.label(lifecycle.label), count=count) + "."]
    place = _number(lifecycle, stage)
    passed = _passed(lifecycle, stage)
    names = {one.id: say.label(one.label) for one in lifecycle.stages}
    leads: dict[str, list[Gate]] = {}
    for gate in lifecycle.gates:
        leads.setdefault(gate.leaves, []).append(gate)
    if place is not None:
        here = lifecycle.stages[place].id
        found.append(_here(say, place + 1, count, names[here], since))
        next_gates = [_gate(gate, names, say) for gate in leads.get(here, ())]
        if next_gates:
            found.append(say("picture.next_gate", gates=say.either(next_gates)))
    for number, one in enumerate(lifecycle.stages, start=1):
        ways = [_gate(gate, names, say) for gate in leads.get(one.id, ())]
        if one.falls_back_to is not None:
            ways.append(say("picture.falls_back", stage=names[one.falls_back_to]))
        said = "" if place is None else f" ({say('picture.' + _state(one.id, stage, passed))})"
        stands = f"{number}. {names[one.id]}{said}"
        found.append((about(say, stands, listed(say, ways)) if ways else stands) + ".")
    return " ".join(found)


def _here(say: Phrases, number: int, count: int, stage: str, since: date | None) -> str:
    if since is None:
        return say("picture.here", number=number, count=count, stage=stage)
    return say("picture.here_since", number=number, count=count, stage=stage, since=say.day(since))


def _gate(gate: Gate, names: dict[str, str], say: Phrases) -> str:
    label = say.label(gate.label)
    if gate.leaves == gate.enters:
        return say("picture.renews", gate=label)
    return say("picture.leads", gate=label, stage=names[gate.enters])
