"""The shortest way to pass, against trying every set of remedies."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopflow.domain.base import Label
from coopflow.domain.policy import Remedy
from coopflow.domain.remedies import smallest_cover


def remedies(**steps: int) -> dict[str, Remedy]:
    """Return remedies by name, each of so many commands."""
    return {
        name: Remedy(label=Label(fr=name, en=name), steps=("cast_ballot",) * count)
        for name, count in steps.items()
    }


def test_nothing_wanted_needs_nothing() -> None:
    """When all criteria are met the way is empty."""
    assert smallest_cover([], remedies(a=1)) == ()


def test_what_has_one_remedy_forces_it() -> None:
    """A remedy without alternative is taken, and counts for all that it also meets."""
    way = smallest_cover([{"b"}, {"a", "b"}, {"c"}], remedies(a=1, b=9, c=1))
    assert way == ("b", "c")


def test_one_remedy_for_two_goes_before_two() -> None:
    """The fewest remedies win, however many commands they take."""
    wanted = [{"a", "both"}, {"b", "both"}]
    assert smallest_cover(wanted, remedies(a=1, b=1, both=8)) == ("both",)


def test_among_equally_few_the_fewest_commands_win() -> None:
    """Of two ways with as many remedies, the one with fewer commands is shown."""
    assert smallest_cover([{"slow", "quick"}], remedies(slow=4, quick=1)) == ("quick",)


def test_a_tie_goes_to_the_order_of_the_policy() -> None:
    """Of two ways that are alike, the first in the policy is shown, whatever its name."""
    assert smallest_cover([{"z", "a"}], remedies(z=2, a=2)) == ("z",)


def test_the_way_is_told_in_the_order_of_the_policy() -> None:
    """Forced and chosen remedies stand together in the policy's order."""
    way = smallest_cover([{"c"}, {"a", "b"}], remedies(a=2, b=1, c=1))
    assert way == ("b", "c")


def test_what_has_no_remedy_cannot_be_reached() -> None:
    """A criterion that nothing remedies leaves what is forced by the others."""
    assert smallest_cover([set(), {"a"}, {"a", "b"}], remedies(a=1, b=1)) == ("a",)


names = st.sampled_from("abcde")


@settings(deadline=None)
@given(
    st.lists(st.sets(names, min_size=1), max_size=6),
    st.dictionaries(names, st.integers(1, 5), min_size=5),
)
def test_no_way_is_shorter(wanted: list[set[str]], steps: dict[str, int]) -> None:
    """The way meets all that is wanted, and no other has fewer remedies, or then commands."""
    known = remedies(**steps)

    def cost(way: tuple[str, ...]) -> tuple[int, int]:
        return len(way), sum(steps[one] for one in way)

    every = chain.from_iterable(combinations(known, size) for size in range(len(known) + 1))
    covers = [way for way in every if all(options & set(way) for options in wanted)]
    found = smallest_cover(wanted, known)
    assert found in covers
    assert cost(found) == min(map(cost, covers))


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_way_depends_on_nothing_but_the_policy(order: str) -> None:
    """The order in which sets are told does not change the way."""
    wanted = [{"a", "b"}, {"b", "a"}]
    assert smallest_cover(wanted, remedies(**dict.fromkeys(order, 1))) == (order[0],)
