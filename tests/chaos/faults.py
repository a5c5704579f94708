"""What goes wrong, and when: a pure function of the seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

TEMPORAL: Final = "temporal"
DATABASE: Final = "database"
WORKERS: Final = "workers"
FULL_DISK: Final = "disk full"

_FIRST_AFTER: Final = 1.5
_USUAL_GAP: Final = 5.0
_RECOVERY: Final = 2.0  # how long a target is left alone when it is back
_USUAL_RUN: Final = 60.0
_LONG_RUN: Final = 120.0
_TRIES: Final = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        what: its name, as reports quote it.
        targets: on which process, one of them.
        shortest: seconds that it lasts at least; until a killed process is started again.
        longest: seconds that it lasts at most.
        weight: how often, beside the others.
    """

    what: str
    targets: tuple[str, ...]
    shortest: float
    longest: float
    weight: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        at: seconds after the beginning.
        what: the name of its kind.
        target: the process that it befalls.
        seconds: how long it lasts.
    """

    at: float
    what: str
    target: str
    seconds: float


def kinds(workers: Sequence[str], clients: Sequence[str], seconds: float) -> tuple[Kind, ...]:
    """Return what may go wrong in a run of some length."""
    # Else a short run would be one single outage.
    scale = min(1.0, seconds / _USUAL_RUN)
    usual = tuple(
        replace(kind, longest=max(kind.shortest, kind.longest * scale))
        for kind in _usual(workers, clients)
    )
    if seconds < _LONG_RUN:
        return usual
    return (*usual, Kind("database away", (DATABASE,), 20, 60, 1))


def _usual(workers: Sequence[str], clients: Sequence[str]) -> tuple[Kind, ...]:
    return (
        Kind("worker killed", tuple(workers), 0.5, 4, 6),
        Kind("worker paused", tuple(workers), 1, 6, 4),
        Kind("all workers killed", (WORKERS,), 0.5, 3, 1),
        Kind("Temporal killed", (TEMPORAL,), 0, 4, 3),
        Kind("Temporal paused", (TEMPORAL,), 1, 5, 2),
        Kind("database killed", (DATABASE,), 0, 6, 3),
        Kind("database session killed", (DATABASE,), 0, 0, 3),
        Kind("database paused", (DATABASE,), 1, 6, 2),
        Kind(FULL_DISK, (DATABASE,), 2, 6, 2),
        Kind("client killed", tuple(clients), 0, 2, 3),
        Kind("client paused", tuple(clients), 1, 4, 2),
    )


def schedule(seed: int, seconds: float, possible: Sequence[Kind]) -> tuple[Fault, ...]:
    """Return what goes wrong in a run: every kind at least once if there is time, then by chance.

    No process is hit before it has recovered from the last time, and all faults are over when the
    run is.

    Args:
        seed: the same one gives the same faults.
        seconds: how long the run lasts.
        possible: the kinds to choose from.
    """
    if not possible:
        return ()
    chance = Random(f"faults {seed}")  # noqa: S311 - to be repeated, not to be secret
    gap = min(_USUAL_GAP, (seconds - _FIRST_AFTER) / (len(possible) + 2))
    return tuple(_befalling(chance, seconds, gap, possible))


def _befalling(
    chance: Random, seconds: float, gap: float, possible: Sequence[Kind]
) -> Iterator[Fault]:
    first = chance.sample(possible, len(possible))
    free: dict[str, float] = {}
    at = _FIRST_AFTER
    while at < seconds:
        fault = _one(chance, at, seconds, free, [*first, *_by_weight(chance, possible)])
        if fault is not None:
            first = [kind for kind in first if kind.what != fault.what]
            for target in _touched(fault.target, possible):
                free[target] = fault.at + fault.seconds + _RECOVERY
            yield fault
        at = round(at + gap * chance.uniform(0.5, 1.5), 2)


def _by_weight(chance: Random, possible: Sequence[Kind]) -> list[Kind]:
    return chance.choices(possible, [kind.weight for kind in possible], k=_TRIES)


def _touched(target: str, possible: Sequence[Kind]) -> set[str]:
    """Return the processes that a fault of one concerns: that of all workers is one of each."""
    workers = {one for kind in possible if kind.what == "worker killed" for one in kind.targets}
    if target == WORKERS:
        return {target, *workers}
    return {target, WORKERS} if target in workers else {target}


def _one(
    chance: Random, at: float, end: float, free: dict[str, float], wanted: Sequence[Kind]
) -> Fault | None:
    """Return the first of some kinds that may happen now, if there is one."""
    for kind in wanted:
        target = chance.choice(kind.targets)
        seconds = round(chance.uniform(kind.shortest, kind.longest), 2)
        if free.get(target, 0) <= at and at + seconds <= end:
            return Fault(at, kind.what, target, seconds)
    return None
