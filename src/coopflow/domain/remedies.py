"""The shortest way to pass: the smallest set of remedies that meets what is not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from coopflow.domain.policy import Remedy


def smallest_cover(wanted: Sequence[set[str]], remedies: Mapping[str, Remedy]) -> tuple[str, ...]:
    """Return the fewest remedies of which every wanted set holds one.

    Among equally few, those with fewer commands go first, then those first in the policy.

    Args:
        wanted: for each criterion that is not met, the remedies of which any one is enough.
        remedies: what there is, in the order of the policy.
    """
    forced = {next(iter(options)) for options in wanted if len(options) == 1}
    open_ones = [options for options in wanted if not options & forced]
    order = {slug: place for place, slug in enumerate(remedies)}
    candidates = sorted({slug for options in open_ones for slug in options}, key=order.__getitem__)
    for size in range(len(candidates) + 1):
        found = [
            chosen
            for chosen in combinations(candidates, size)
            if all(options.intersection(chosen) for options in open_ones)
        ]
        if found:
            best = min(found, key=lambda chosen: sum(len(remedies[one].steps) for one in chosen))
            return tuple(sorted({*forced, *best}, key=order.__getitem__))
    return tuple(sorted(forced, key=order.__getitem__))
