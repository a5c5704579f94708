"""The shortest way to pass: the smallest set of remedies that meets what is not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import ceil
from typing import Protocol

from coopflow.domain.policy import Remedy
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


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
    open_ones = [options for options in wanted if not options & forced]
    order = {slug: place for place, slug in enumerate(offers)}
    candidates = sorted({slug for options in open_ones for slug in options}, key=order.__getitem__)

    def cost(chosen: tuple[str, ...]) -> tuple[int, int]:
        # The same people may do several things: together they are as many as the largest needs.
        needed = max((offers[one].people for one in (*forced, *chosen)), default=0)
        return needed, sum(len(offers[one].steps) for one in chosen)

    for size in range(len(candidates) + 1):
        found = [
            chosen
            for chosen in combinations(candidates, size)
            if all(options.intersection(chosen) for options in open_ones)
        ]
        if found:
            return tuple(sorted({*forced, *min(found, key=cost)}, key=order.__getitem__))
    return tuple(sorted(forced, key=order.__getitem__))


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
