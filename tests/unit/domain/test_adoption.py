"""Policies that the members adopt: they apply once decided and offered, and lead back again."""

from __future__ import annotations

from typing import Any

import pytest

from coopflow.definitions.compile import compile_family
from coopflow.domain.adoption import next_look
from coopflow.domain.rulebook import Rulebook
from tests.collective import Collective, charter, reference_rules
from tests.stages import in_structuration, varied

LIGHT = "light@2"


def light(policy: dict[str, Any]) -> None:
    """Ask for less and forget about evaluation, under another name."""
    policy |= {"policy": "light", "version": 2}
    policy["conditions"] = [one for one in policy["conditions"] if one["id"] != "shared_evaluation"]
    for gate in policy["gates"].values():
        gate["minima"].pop("shared_evaluation")
        gate["minima"]["communication"] = 4


def family(*changes: Any) -> Rulebook:
    definitions = [varied(change).definition for change in changes]
    return compile_family(reference_rules().definition, *definitions)


def collective(*, offered: bool = True) -> Collective:
    return in_structuration(rules=family(light) if offered else None)


def adopt(coop: Collective, policy: str = LIGHT, slug: str = "p") -> list[str]:
    coop.ask(slug, f"policy:{policy}")
    return coop.vote(slug, "consent")


def test_an_adopted_policy_applies_at_once() -> None:
    """Levels are read anew in the same instant, clocks start for what is short by it."""
    coop = collective()
    assert set(coop.state.levels) >= {"shared_evaluation"}
    came = adopt(coop)
    assert came[:4] == ["ballot_cast", "ballot_cast", "ballot_cast", "ballot_cast"]
    places = [came.index(one) for one in ("decision_closed", "policy_applied", "clock_started")]
    assert places == sorted(places)
    assert coop.state.policy == LIGHT
    assert "shared_evaluation" not in coop.state.levels
    assert set(coop.state.clocks) == {"communication"}
    assert coop.journal[-1].at == coop.at


def test_a_policy_that_nobody_offered_waits_for_it() -> None:
    """The decision stands; as soon as the policy is there it applies, without another vote."""
    coop = collective(offered=False)
    assert "policy_applied" not in adopt(coop)
    assert coop.state.policy == "reference@1"
    coop.wait(days=2)
    coop.rules = family(light)
    assert "policy_applied" in coop.wait(days=0)
    assert coop.state.policy == LIGHT


def test_a_rejected_policy_changes_nothing() -> None:
    """Nothing changes without adoption."""
    coop = collective()
    coop.ask("p", f"policy:{LIGHT}")
    came = coop.vote("p", "consent", alpha="objection")
    assert "policy_applied" not in came
    assert coop.state.policy == "reference@1"


def test_reverting_is_a_decision_of_the_same_kind() -> None:
    """The way back keeps what was recorded: the levels are those of before."""
    coop = collective()
    levels = dict(coop.state.levels)
    adopt(coop)
    coop.wait(days=1)
    came = adopt(coop, "reference@1", "back")
    assert "policy_applied" in came
    assert coop.state.policy == "reference@1"
    assert coop.state.levels == levels
    assert coop.state.clocks == {}


def test_clocks_go_on_under_another_policy() -> None:
    """A clock that runs keeps its end; one of a condition that is no more stops."""

    def stricter(policy: dict[str, Any]) -> None:
        policy |= {"policy": "strict", "version": 1}
        minima = policy["gates"]["to_structuration"]["minima"]
        minima |= {"communication": 4, "shared_evaluation": 4}

    coop = in_structuration(rules=family(stricter, light))
    adopt(coop, "strict@1", "first")
    clock = coop.state.clocks["communication"]
    assert set(coop.state.clocks) == {"communication", "shared_evaluation"}
    coop.wait(days=10)
    came = adopt(coop, LIGHT, "second")
    assert "clock_stopped" in came
    assert coop.state.clocks == {"communication": clock}


def test_a_veto_leads_back_and_its_fall_leads_on() -> None:
    """While the effect is suspended the former policy applies."""
    coop = collective()
    rights = [{"holder": "beta", "subjects": ["policy"]}]
    coop.adopt("charter", charter(vetoes=rights))
    coop.sign("alpha", "beta", "gamma")
    adopt(coop)
    coop.do("rep-beta", "veto_decision", decision="p", organisation="beta", reason="Too light")
    assert coop.state.policy == "reference@1"
    (slug,) = coop.state.disagreements
    coop.do("fay", "triage_disagreement", disagreement=slug, verdict="redirect")
    assert coop.state.policy == LIGHT


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_a_policy_is_offered_in_vain_once_all_is_over(status: str) -> None:
    """A cooperation that rests follows it; a closed one follows nothing new."""
    coop = collective(offered=False)
    adopt(coop)
    if status == "paused":
        coop.do("fay", "pause_cooperation", reason="Rest")
    else:
        coop.ask("end", "closing")
        coop.vote("end", "yes")
        coop.do("fay", "close_cooperation", report="Done")
    coop.rules = family(light)
    coop.wait(days=1)
    assert coop.state.policy == (LIGHT if status == "paused" else "reference@1")


def test_time_passes_alike_in_one_jump_or_many() -> None:
    """A vote that closes by itself makes the policy apply at its instant, however one looks."""
    one, many = collective(), collective()
    for coop in (one, many):
        coop.ask("p", f"policy:{LIGHT}")
        coop.cast("p", "consent", "alpha", "beta", "gamma")
    one.wait(days=40)
    for _ in range(40):
        many.wait(days=1)
    assert one.state == many.state
    assert [entry.event for entry in one.journal] == [entry.event for entry in many.journal]
    assert one.state.policy == LIGHT


def test_before_the_opening_no_policy_is_looked_for() -> None:
    """What has not been opened, or is closed, follows no offer."""
    coop = collective()
    for status in ("unopened", "closed"):
        state = coop.state.model_copy(update={"status": status})
        assert next_look(state, coop.rules, coop.at) is None
