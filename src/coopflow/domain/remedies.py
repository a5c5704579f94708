"""The shortest way to pass: the smallest set of remedies that meets what is not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import ceil
from typing import Final, Protocol

from coopflow.domain.policy import Remedy
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation

_MOST_TRIED: Final = 16


class Offer(Protocol):
    """What choosing between remedies looks at."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The commands that it takes."""
        ...

    @property
    def people(self) -> int:
        """How many organisations at least must act."""
        ...


def smallest_cover(wanted: Sequence[set[str]], offers: Mapping[str, Offer]) -> tuple[str, ...]:
    """Return the fewest remedies of which every wanted set holds one.

    Among equally few, those that need fewer people go first, then those with fewer commands, then
    those first in the policy.

    Args:
        wanted: for each criterion that is not met, the remedies of which any one is enough.
        offers: every remedy that is wanted, in the order of the policy.
    """
    forced = {next(iter(options)) for options in wanted if len(options) == 1}
    order = {slug: place for place, slug in enumerate(offers)}
    ways = [
        _smallest(part, order)
        for part in _parts([options for options in wanted if not options & forced])
    ]

    def people(way: tuple[str, ...]) -> int:
        return max((offers[one].people for one in way), default=0)

    # The same people may do several things: together they are as many as the largest needs.
    needed = max([people(tuple(forced)), *(min(map(people, options)) for options in ways)])

    def cost(way: tuple[str, ...]) -> tuple[int, int]:
        return max(people(way), needed), sum(len(offers[one].steps) for one in way)

    chosen = {one for options in ways for one in min(options, key=cost)}
    return tuple(sorted(forced | chosen, key=order.__getitem__))


def _parts(wanted: Sequence[set[str]]) -> list[list[set[str]]]:
    """Split what is wanted into parts that have no remedy in common: each is solved by itself."""
    parts: list[list[set[str]]] = []
    for options in wanted:
        touched = [part for part in parts if any(options & one for one in part)]
        parts = [part for part in parts if part not in touched]
        parts.append([options, *(one for part in touched for one in part)])
    return parts


def _smallest(wanted: list[set[str]], order: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return the ways, all equally small, of which each meets all that is wanted.

    Trying every set takes time that doubles with each remedy: where there are very many, the one
    that meets most is taken again and again, which is not always the smallest way but a short one.
    """
    candidates = sorted({slug for options in wanted for slug in options}, key=order.__getitem__)
    if len(candidates) > _MOST_TRIED:
        return [_greedy(wanted, candidates)]
    for size in range(1, len(candidates) + 1):
        found = [
            way
            for way in combinations(candidates, size)
            if all(options.intersection(way) for options in wanted)
        ]
        if found:
            return found
    return [()]


def _greedy(wanted: list[set[str]], candidates: list[str]) -> tuple[str, ...]:
    way: list[str] = []
    left = wanted
    while left:
        way.append(max(candidates, key=lambda one: sum(one in options for options in left)))
        left = [options for options in left if way[-1] not in options]
    return tuple(way)


def people_needed(remedy: Remedy, state: Cooperation, rules: Rulebook) -> int:
    """Return how many organisations at least must act for a remedy to be carried out.

    A vote needs a quorum, signatures those that are missing; anything else one.
    """
    active = len(state.active)
    needed = [1]
    if "cast_ballot" in remedy.steps:
        needed.append(ceil(rules.policy.decisions.quorum * active))
    if "sign_charter" in remedy.steps:
        wanted = ceil(rules.policy.documents.signed_share * active)
        needed.append(wanted - _signed_already(remedy, state))
    return max(needed)


def _signed_already(remedy: Remedy, state: Cooperation) -> int:
    charter = state.newest("charter", "approved", "in_force")
    if charter is None or "submit_document" in remedy.steps:
        return 0  # a new version is signed anew
    return sum(1 for organisation in state.active if organisation in charter.signatures)
