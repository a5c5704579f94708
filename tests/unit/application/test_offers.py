"""Offering policies to a cooperation in memory: what it takes, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coopflow.application.engine import Address, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.application.offers import OFFERS_KEPT
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.definitions.scenario import read_scenario
from coopflow.definitions.yaml import loads
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from tests.collective import reference_rules
from tests.stages import varied

STORY = """\
scenario: one
title: {fr: Un, en: One}
lifecycle: impact-collectif
policy: reference
people:
  pam: {roles: [programme_manager]}
steps:
  - at: 2026-01-20T09:00Z
    by: pam
    do: open_cooperation
    with: {cooperation: coop, programme: prog, title: A, issue: B, territory: C, facilitator: fay}
  - at: 2026-01-20T10:00Z
    by: fay
    do: admit_member
    with: {organisation: {id: alpha, name: Alpha, category: state}, representative: ann}
  - at: 2026-01-21T09:00Z
    by: fay
    do: open_decision
    with: {decision: p, subject: "policy:light@2", question: Lighter?}
  - at: 2026-01-22T09:00Z
    by: fay
    do: record_session_vote
    with: {decision: p, ballots: {alpha: consent}}
    expect: {decisions: {p: adopted}, levels: [0, 0, 0, 0], events: [policy_applied]}
"""
ADDRESS = Address("prog", "coop")


def called(name: str, version: int = 1, **more: Any) -> Definition:
    def change(policy: dict[str, Any]) -> None:
        policy |= {"policy": name, "version": version, **more}

    return varied(change).definition


def light() -> Definition:
    def change(policy: dict[str, Any]) -> None:
        policy |= {"policy": "light", "version": 2}
        policy["conditions"] = policy["conditions"][:4]
        for gate in policy["gates"].values():
            gate["minima"].pop("support")
        policy["ratification"]["never_short"] = []

    return varied(change).definition


def engine_of_memory() -> MemoryEngine:
    return MemoryEngine({reference_rules().definition.digest: reference_rules()})


async def opened() -> MemoryEngine:
    engine = engine_of_memory()
    scenario = read_scenario(loads(STORY.partition("  - at: 2026-01-21")[0], "one.yaml"))
    async for result in ScenarioRun(scenario, engine, reference_rules()).steps():
        assert result.problems == ()
    return engine


async def test_a_policy_is_known_once_it_was_offered() -> None:
    """Offering changes nothing by itself, and offering again is harmless."""
    engine = await opened()
    before = await engine.state(ADDRESS)
    for _ in range(2):
        outcome = await engine.offer(ADDRESS, light())
        assert isinstance(outcome, Reply)
        assert outcome.entries == ()
    assert await engine.state(ADDRESS) == before
    names = [one.policy_name for one in await engine.definitions(ADDRESS)]
    assert names == ["reference@1", "light@2"]


def other_lifecycle() -> Definition:
    def stages(lifecycle: dict[str, Any]) -> None:
        lifecycle["version"] = 9

    return varied(lambda policy: policy.update(policy="light"), stages).definition


def another_reference() -> Definition:
    return called("reference", waiver={"within": {"days": 1}, "times": 9})


def tampered() -> Definition:
    return light().but(digest="0" * 64)


def very_large() -> Definition:
    texts = [
        {"id": f"a{n}", "label": {"en": "x" * 500, "fr": "x" * 500}, "when": "map.actors > 1"}
        for n in range(100)
    ]
    return called("large", advice=texts)


@pytest.mark.parametrize(
    ("offer", "code", "said"),
    [
        (very_large, "too_large", "at most 100000 are taken; leave some criteria or words out"),
        (other_lifecycle, "invalid_command", "for the lifecycle impact-collectif@9"),
        (another_reference, "already_exists", "another policy was offered as reference@1"),
        (tampered, "invalid_command", "the digest is not that of the lifecycle and the policy"),
    ],
)
async def test_what_cannot_be_followed_is_not_taken(
    offer: Callable[[], Definition], code: str, said: str
) -> None:
    """Too much, another lifecycle, other content under a known name, what does not compile."""
    engine = await opened()
    outcome = await engine.offer(ADDRESS, offer())
    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert said in outcome.message
    assert len(await engine.definitions(ADDRESS)) == 1


async def test_a_cooperation_knows_a_few_policies() -> None:
    """They travel with it from run to run, so there is a limit."""
    engine = await opened()
    for version in range(1, OFFERS_KEPT + 1):
        assert isinstance(await engine.offer(ADDRESS, called("own", version)), Reply)
    outcome = await engine.offer(ADDRESS, called("own", OFFERS_KEPT + 1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "too_large"


async def test_a_scenario_offers_what_it_decides_on() -> None:
    """The runner looks for the policy by name and version; what follows is judged by it."""
    asked: list[str] = []

    def offers(policy: str) -> Definition | None:
        asked.append(policy)
        return light()

    scenario = read_scenario(loads(STORY, "one.yaml"))
    run = ScenarioRun(scenario, engine_of_memory(), reference_rules(), offers)
    assert [result.problems async for result in run.steps()] == [()] * 4
    assert asked == ["light@2"]


async def test_a_scenario_whose_offer_is_refused_says_so() -> None:
    """The command counts as refused, with the reason of the offer."""
    scenario = read_scenario(loads(STORY, "one.yaml"))
    run = ScenarioRun(scenario, engine_of_memory(), reference_rules(), lambda _: other_lifecycle())
    results = [result async for result in run.steps()]
    assert [one.code for one in results[2].refusals] == ["invalid_command"]
