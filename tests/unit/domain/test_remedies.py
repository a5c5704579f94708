"""The shortest way to pass, against trying every set of remedies."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, combinations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopflow.domain.base import Label
from coopflow.domain.policy import Remedy
from coopflow.domain.remedies import Offer, people_needed, smallest_cover
from tests.collective import Collective, charter


class Offered(NamedTuple):
    """A remedy of some commands that takes some people."""

    steps: tuple[str, ...]
    people: int = 1


def offers(people: Mapping[str, int] | None = None, **steps: int) -> dict[str, Offer]:
    """Return remedies by name, each of so many commands, for one person unless said otherwise."""
    return {
        name: Offered(("cast_ballot",) * count, (people or {}).get(name, 1))
        for name, count in steps.items()
    }


def test_nothing_wanted_needs_nothing() -> None:
    """When all criteria are met the way is empty."""
    assert smallest_cover([], offers(a=1)) == ()


def test_what_has_one_remedy_forces_it() -> None:
    """A remedy without alternative is taken, and counts for all that it also meets."""
    way = smallest_cover([{"b"}, {"a", "b"}, {"c"}], offers({"b": 9}, a=1, b=9, c=1))
    assert way == ("b", "c")


def test_one_remedy_for_two_goes_before_two() -> None:
    """The fewest remedies win, however many people and commands they take."""
    wanted = [{"a", "both"}, {"b", "both"}]
    assert smallest_cover(wanted, offers({"both": 5}, a=1, b=1, both=8)) == ("both",)


def test_two_go_where_no_one_meets_all() -> None:
    """Where each remedy leaves something unmet, the first two that leave nothing are taken."""
    wanted = [{"a", "b"}, {"b", "c"}, {"c", "a"}]
    assert smallest_cover(wanted, offers(a=1, b=1, c=1)) == ("a", "b")


def test_among_equally_few_the_fewest_people_win() -> None:
    """Of two ways with as many remedies, the one that fewer people can go is shown."""
    wanted = [{"vote", "note"}]
    assert smallest_cover(wanted, offers({"vote": 3}, vote=1, note=4)) == ("note",)


def test_the_same_people_may_do_several_things() -> None:
    """Two remedies together need as many people as the one that needs more."""
    wanted = [{"a", "c"}, {"b", "d"}]
    people = {"a": 3, "b": 3, "c": 1, "d": 4}
    assert smallest_cover(wanted, offers(people, a=1, b=1, c=1, d=1)) == ("a", "b")


def test_those_who_must_act_anyway_cost_nothing_more() -> None:
    """Beside a forced remedy for five people, one for five needs no more than one for one."""
    wanted = [{"forced"}, {"short", "long"}]
    people = {"forced": 5, "short": 5, "long": 1}
    way = smallest_cover(wanted, offers(people, forced=1, short=1, long=3))
    assert way == ("forced", "short")


def test_then_the_fewest_commands_win() -> None:
    """Of two ways for as many people, the one with fewer commands is shown."""
    assert smallest_cover([{"slow", "quick"}], offers(slow=4, quick=1)) == ("quick",)


@pytest.mark.parametrize("order", ["az", "za"])
def test_a_tie_goes_to_the_order_of_the_policy(order: str) -> None:
    """Of two ways that are alike, the first in the policy is shown, whatever its name."""
    wanted = [{"a", "z"}, {"z", "a"}]
    assert smallest_cover(wanted, offers(None, **dict.fromkeys(order, 2))) == (order[0],)


def test_the_way_is_told_in_the_order_of_the_policy() -> None:
    """Forced and chosen remedies stand together in the policy's order."""
    way = smallest_cover([{"c"}, {"a", "b"}], offers(a=2, b=1, c=1))
    assert way == ("b", "c")


def test_what_has_no_remedy_cannot_be_reached() -> None:
    """A criterion that nothing remedies leaves what is forced by the others."""
    assert smallest_cover([set(), {"a"}, {"a", "b"}], offers(a=1, b=1)) == ("a",)


names = st.sampled_from("abcde")


@given(
    st.lists(st.sets(names, min_size=1), max_size=6),
    st.dictionaries(names, st.integers(1, 5), min_size=5),
    st.dictionaries(names, st.integers(1, 4)),
)
def test_no_way_is_shorter(
    wanted: list[set[str]], steps: dict[str, int], people: dict[str, int]
) -> None:
    """The way meets all that is wanted, and no other has fewer remedies, or then people."""
    known = offers(people, **steps)

    def cost(way: tuple[str, ...]) -> tuple[int, int]:
        return len(way), max((people.get(one, 1) for one in way), default=0)

    every = chain.from_iterable(combinations(known, size) for size in range(len(known) + 1))
    covers = [way for way in every if all(options & set(way) for options in wanted)]
    found = smallest_cover(wanted, known)
    assert found in covers
    assert cost(found) == min(map(cost, covers))


def test_many_criteria_with_remedies_of_their_own_take_no_time() -> None:
    """What has nothing in common is solved apart: forty pairs are forty small questions."""
    wanted = [{f"a{n}", f"b{n}"} for n in range(40)]
    known = offers(None, **{name: 1 for options in wanted for name in sorted(options)})
    assert smallest_cover(wanted, known) == tuple(f"a{n}" for n in range(40))


def test_very_many_entangled_remedies_get_a_short_way() -> None:
    """Beyond what can be tried out the way still meets everything, with few remedies."""
    wanted = [{f"r{n}", f"r{n + 1}"} for n in range(40)]
    known = offers(None, **{f"r{n}": 1 for n in range(41)})
    way = smallest_cover(wanted, known)
    assert all(options & set(way) for options in wanted)
    assert len(way) <= 30


def test_a_part_may_take_more_people_where_they_act_anyway() -> None:
    """Where another part needs five, the way with fewer commands for five is taken."""
    wanted = [{"many"}, {"short", "long"}]
    people = {"many": 5, "short": 5, "long": 1}
    assert smallest_cover(wanted, offers(people, many=1, short=1, long=3)) == ("many", "short")
    entangled = [{"many", "more"}, {"short", "long"}]
    people = {"many": 5, "more": 6, "short": 5, "long": 1}
    way = smallest_cover(entangled, offers(people, many=1, more=1, short=1, long=3))
    assert way == ("many", "short")


# --- how many people a remedy needs ---------------------------------------------------------------


def needed(coop: Collective, *steps: str) -> int:
    """Return how many organisations must act for the steps."""
    remedy = Remedy(label=Label(fr="Un pas", en="A step"), steps=steps)
    return people_needed(remedy, coop.state, coop.rules)


def test_most_things_one_organisation_can_do() -> None:
    """What takes neither a vote nor signatures needs one, however many members there are."""
    assert needed(Collective(6), "record_meeting", "publish_minutes") == 1


@pytest.mark.parametrize(("members", "people"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_a_vote_needs_a_quorum(members: int, people: int) -> None:
    """Half of the active members, rounded up."""
    assert needed(Collective(members), "draft_document", "cast_ballot") == people


def test_signing_needs_those_that_are_missing() -> None:
    """Two thirds of the members sign, less those that have; one acts in any case."""
    coop = Collective(6)
    assert needed(coop, "sign_charter") == 4
    coop.adopt("charter", charter())
    coop.sign("alpha")
    assert needed(coop, "sign_charter") == 3
    coop.sign("beta", "gamma", "delta", "epsilon")
    assert needed(coop, "sign_charter") == 1


def test_signatures_of_those_who_left_do_not_help() -> None:
    """Only active members' signatures count: of four, two thirds are three."""
    coop = Collective(5)
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta")
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Gone")
    assert needed(coop, "sign_charter") == 2


def test_a_new_charter_is_signed_anew() -> None:
    """Who adopts a version needs the signatures for that version, which are more than the vote."""
    coop = Collective(6)
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta", "gamma", "delta")
    steps = ("draft_document", "submit_document", "cast_ballot", "sign_charter")
    assert needed(coop, *steps) == 4
