"""Running scenarios: the steps given, what is filled in, and what is said about each."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from coopflow.application.engine import Address
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import (
    ScenarioRun,
    StepResult,
    address_of,
    renamed,
    shifted,
)
from coopflow.definitions.scenario import Scenario, read_scenario
from coopflow.definitions.yaml import loads
from coopflow.domain.refusals import Refusal
from tests.collective import reference_rules
from tests.stages import asking

HEADER = """\
scenario: one
title: {fr: Un, en: One}
lifecycle: impact-collectif
policy: reference
people:
  pam: {roles: [programme_manager]}
  fay: {roles: [facilitator]}
  rep-alpha: {represents: alpha}
steps:
"""
OPENING = """\
  - at: 2026-01-20T09:00Z
    by: pam
    do: open_cooperation
    with: {cooperation: coop, programme: prog, title: A, issue: B, territory: C, facilitator: fay}
    expect: {stage: impulsion}
"""
ADMISSIONS = """\
  - at: 2026-01-20T10:00Z
    do:
      - by: fay
        do: admit_member
        with:
          organisation: {id: alpha, name: Alpha, category: state}
          representative: rep-alpha
      - by: fay
        do: admit_member
        with:
          organisation: {id: beta, name: Beta, category: business}
          representative: rep-beta
    expect: {members: 2}
"""


def _scenario(steps: str) -> Scenario:
    return read_scenario(loads(HEADER + steps, "one.yaml"))


def _engine() -> MemoryEngine:
    rules = reference_rules()
    return MemoryEngine({rules.definition.digest: rules})


async def _run(steps: str) -> list[StepResult]:
    run = ScenarioRun(_scenario(steps), _engine(), reference_rules())
    return [result async for result in run.steps()]


async def test_a_scenario_runs_step_by_step() -> None:
    """Each step carries what it emitted and the state after it; nothing is broken here."""
    results = await _run(OPENING + ADMISSIONS)
    assert [result.problems for result in results] == [(), ()]
    assert [result.step.number for result in results] == [1, 2]
    assert [entry.event.type for entry in results[1].entries] == [
        "member_invited",
        "member_joined",
        "alert_raised",
        "member_invited",
        "member_joined",
        "alert_raised",
    ]
    assert results[1].state.active == ("alpha", "beta")
    assert results[0].state.policy == "reference@1"


async def test_commands_get_an_id_and_the_instant_of_their_step() -> None:
    """Running a step twice is harmless."""
    results = await _run(OPENING + ADMISSIONS)
    commands = [entry.command for entry in results[1].entries]
    assert commands == ["one-2-1"] * 3 + ["one-2-2"] * 3
    assert {entry.at for entry in results[1].entries} == {datetime(2026, 1, 20, 10, tzinfo=UTC)}


async def test_a_step_without_a_command_looks_at_what_has_become() -> None:
    """Time is told up to its instant before anything is expected."""
    steps = f"{OPENING}  - at: 2026-05-01T00:00Z\n    expect: {{alerts: [no_plenary]}}\n"
    results = await _run(steps)
    assert results[1].problems == ()
    assert [entry.event.type for entry in results[1].entries] == ["alert_raised"]


async def test_what_fell_due_before_a_refused_command_is_told_all_the_same() -> None:
    """A refusal is expected by its code, and time passes."""
    step = """\
  - at: 2026-05-01T00:00Z
    by: zoe
    do: record_pulse
    with: {score: 3, answers: 0, asked: 0}
    expect: {refused: forbidden, alerts: [no_plenary]}
"""
    result = (await _run(OPENING + step))[1]
    assert result.problems == ()
    assert [refusal.code for refusal in result.refusals] == ["forbidden"]


@pytest.mark.parametrize(
    ("by", "expect", "said"),
    [
        ("zoe", "{}", "expected record_pulse by zoe to be accepted, got forbidden"),
        ("zoe", "{refused: wrong_state}", "to be refused with wrong_state, got forbidden"),
        ("fay", "{refused: forbidden}", "to be refused with forbidden, got accepted"),
        ("fay", "{members: 3}", "expected members 3, got 0"),
    ],
)
async def test_what_is_not_as_expected_is_said(by: str, expect: str, said: str) -> None:
    """The step, its line and one sentence for each broken expectation."""
    step = f"""\
  - at: 2026-01-21T00:00Z
    by: {by}
    do: record_pulse
    with: {{score: 3, answers: 0, asked: 0}}
    expect: {expect}
"""
    result = (await _run(OPENING + step))[1]
    assert (result.step.number, result.step.line) == (2, 15)
    assert len(result.problems) == 1
    assert said in result.problems[0]


async def test_representatives_may_open_a_cooperation() -> None:
    """Who represents an organisation needs no role in the programme; others do."""
    for by, refused in (("rep-alpha", ()), ("zoe", ("forbidden",)), ("fay", ("forbidden",))):
        results = await _run(OPENING.replace("by: pam", f"by: {by}"))
        assert tuple(refusal.code for refusal in results[0].refusals) == refused


async def test_a_scenario_that_opens_nothing_is_refused_at_its_first_command() -> None:
    """The first command to a cooperation that is not there says so."""
    step = """\
  - at: 2026-01-20T09:00Z
    by: fay
    do: record_pulse
    with: {score: 3, answers: 0, asked: 0}
    expect: {refused: wrong_state}
"""
    scenario = _scenario(step)
    assert address_of(scenario) == Address("none", "one")
    assert (await _run(step))[0].problems == ()


@pytest.mark.parametrize(
    "first", [OPENING.replace("by: pam", "by: zoe"), "  - at: 2026-01-20T09:00Z\n"]
)
async def test_without_an_accepted_opening_every_command_is_refused(first: str) -> None:
    """An opening that was refused, or a step that only looks, opens nothing; the run goes on."""
    results = await _run(first + ADMISSIONS)
    assert [refusal.code for refusal in results[1].refusals] == ["wrong_state"] * 2
    assert any("to be accepted, got wrong_state" in said for said in results[1].problems)
    assert results[1].state.status == "unopened"


async def test_a_run_goes_on_where_it_was_interrupted() -> None:
    """The rest of the steps, on an engine that kept what was done before."""
    scenario, engine = _scenario(OPENING + ADMISSIONS), _engine()
    first = ScenarioRun(scenario, engine, reference_rules())
    async for result in first.steps():
        assert result.step.number == 1
        break
    second = ScenarioRun(scenario, engine, reference_rules())
    rest = [result async for result in second.steps(start=1)]
    assert [result.step.number for result in rest] == [2]
    assert rest[0].problems == ()


class _Unmoved(MemoryEngine):
    """An engine that lets nobody tell the time, as one in live mode."""

    async def tell(self, address: Address, at: datetime) -> Refusal:
        return Refusal(code="wrong_state", message="time passes by itself here")


async def test_an_engine_that_tells_its_own_time_is_looked_at_as_it_is() -> None:
    """The run goes on with what has happened there so far."""
    rules = reference_rules()
    steps = f"{OPENING}  - at: 2026-05-01T00:00Z\n    expect: {{alerts: [no_plenary]}}\n"
    run = ScenarioRun(_scenario(steps), _Unmoved({rules.definition.digest: rules}), rules)
    results = [result async for result in run.steps()]
    assert results[1].problems == ("expected alerts [no_plenary], got []",)


def test_a_scenario_says_where_its_cooperation_is() -> None:
    """Its address is that of its opening."""
    assert address_of(_scenario(OPENING + ADMISSIONS)) == Address("prog", "coop")


async def test_a_scenario_may_be_the_life_of_another_cooperation() -> None:
    """Only the opening names it."""
    scenario = renamed(_scenario(OPENING + ADMISSIONS), "demo", "again")
    assert address_of(scenario) == Address("demo", "again")
    engine = _engine()
    run = ScenarioRun(scenario, engine, reference_rules())
    assert [result.problems async for result in run.steps()] == [(), ()]
    assert len((await engine.state(Address("demo", "again"))).active) == 2


def test_a_scenario_may_be_moved_in_time() -> None:
    """Its instants, the dates in its payloads and in its expectations move by whole days."""
    step = """\
  - at: 2026-01-21T00:00Z
    by: fay
    do: propose_mandate
    with:
      holder: alpha
      ends_on: 2026-12-31
      note: until 2026-12-31
      hours_month: 3
      missions: [inform, 2026-02-28]
      closes_at: 2026-02-01T09:30Z
      nested: {deep: ["2026-01-01T00:00:00.5+01:00"]}
    expect: {clocks: {support: 2026-03-01}, reservation: 2026-03-02}
  - at: 2026-01-22T00:00Z
    expect: {reservation: none}
"""
    moved = shifted(_scenario(step), timedelta(days=366)).steps
    assert [step.at for step in moved] == [
        datetime(2027, 1, 22, tzinfo=UTC),
        datetime(2027, 1, 23, tzinfo=UTC),
    ]
    payload: dict[str, Any] = moved[0].acts[0].payload
    assert payload["ends_on"] == "2028-01-01"
    assert payload["note"] == "until 2026-12-31"
    assert payload["hours_month"] == 3
    assert payload["missions"] == ["inform", "2027-03-01"]
    assert datetime.fromisoformat(payload["closes_at"]) == datetime(2027, 2, 2, 9, 30, tzinfo=UTC)
    assert payload["nested"]["deep"][0].startswith("2027-01-02T00:00:00.5")
    assert moved[0].expect.clocks == {"support": date(2027, 3, 2)}
    assert moved[0].expect.reservation == date(2027, 3, 3)
    assert moved[1].expect.reservation == "none"


async def test_a_command_may_carry_an_id_of_its_own() -> None:
    """The same command under the same id is accepted again and changes nothing."""
    step = """\
  - at: 2026-01-21T09:00Z
    by: fay
    do: open_decision
    with: {id: once, decision: d, subject: other, question: "?"}
    expect: {decisions: {d: open}}
"""
    results = await _run(OPENING + ADMISSIONS + step + step)
    assert [result.problems for result in results] == [()] * 4
    assert len(results[-2].entries) > 0
    assert results[-1].entries == ()


def _asking(steps: str) -> ScenarioRun:
    rules = asking()
    engine = MemoryEngine({rules.definition.digest: rules})
    return ScenarioRun(_scenario(steps), engine, rules)


async def test_checks_answer_at_a_step_before_its_commands() -> None:
    """What they answer counts for the commands and the expectations of the step."""
    step = """\
  - at: 2026-01-21T09:00Z
    checks: {page-online: true}
    by: fay
    do: record_pulse
    with: {score: 3, answers: 1, asked: 2}
    expect: {levels: {common_plan: 1}, events: [check_answered, levels_changed, pulse_recorded]}
  - {at: 2026-01-22T09:00Z, checks: {page-online: unknown}, expect: {levels: {common_plan: 0}}}
"""
    results = [one async for one in _asking(OPENING + ADMISSIONS + step).steps()]
    assert [one.problems for one in results] == [(), (), (), ()]
    told = [entry.event.type for entry in results[2].entries]
    assert told.index("check_answered") < told.index("pulse_recorded")


async def test_answers_that_are_not_taken_are_a_problem() -> None:
    """Of a check that the policy does not read, and before there is a cooperation."""
    early = "  - {at: 2026-01-19T09:00Z, checks: {page-online: true}}\n"
    other = "  - {at: 2026-01-20T09:00Z, checks: {page-offline: true}}\n"
    results = [one async for one in _asking(early + OPENING + other).steps()]
    said = "expected the answers of checks to be taken, got "
    assert results[0].problems == (f"{said}wrong_state: the cooperation has not been opened",)
    (problem,) = results[2].problems
    assert problem.startswith(f"{said}invalid_command: reference@1 does not read the check page-of")
