"""Trials and scenarios, for the tests that policy authors write."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import cast

import pytest

from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import UnknownNameError, available, shelf
from coopflow.testing import RefusedError, Trial, _finished, run_scenario

LIGHT = shelf("policies") / "light.scenario.yaml"
PULSE = {"score": 3, "answers": 0, "asked": 0}


def admit(trial: Trial, organisation: str) -> None:
    trial.give(
        "facilitator",
        "admit_member",
        organisation={"id": organisation, "name": organisation, "category": "state"},
        representative=f"rep-{organisation}",
    )


def types(entries: object) -> list[str]:
    assert isinstance(entries, tuple)
    return [entry.event.type for entry in entries]


def test_a_scenario_is_run_by_the_policy_beside_it() -> None:
    """The report has no problems when all holds; another policy may be tried."""
    report = run_scenario(LIGHT)
    assert (report.problems, report.scenario.policy) == ([], "light@1")
    assert run_scenario(str(LIGHT)).entries == report.entries
    tried = run_scenario(LIGHT, policy="reference")
    assert tried.scenario.policy == "reference@1"
    assert tried.lines()[0].startswith(f"{LIGHT}:{tried.problems[0].line}: step ")


def test_without_a_policy_beside_it_a_scenario_is_run_by_the_one_it_names(tmp_path: Path) -> None:
    """The name is looked up in the library."""
    file = tmp_path / "life.scenario.yaml"
    file.write_text(LIGHT.read_text(encoding="utf-8"), encoding="utf-8")
    assert run_scenario(file).scenario.policy == "light@1"


def test_a_scenario_at_fault_says_where(tmp_path: Path) -> None:
    """Faults are raised with their places; so is the name of a policy that is not there."""
    file = tmp_path / "life.scenario.yaml"
    file.write_text("scenario: x\nstep: []\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="2:1: step: unknown key"):
        run_scenario(file)
    with pytest.raises(UnknownNameError, match="there is no policy named lihgt"):
        run_scenario(LIGHT, policy="lihgt")


def test_a_trial_begins_with_a_cooperation_that_is_open() -> None:
    """It follows the policy, has a facilitator and no member, and time stands at its start."""
    trial = Trial("light", start="2030-05-01T08:30+02:00", facilitator="fabien")
    assert trial.now == datetime(2030, 5, 1, 6, 30, tzinfo=UTC)
    assert (trial.state.policy, trial.state.stage) == ("light@1", "impulsion")
    assert types(trial.entries) == ["cooperation_opened", "role_assigned", "levels_changed"]
    assert trial.state.active == ()
    assert set(trial.levels.values()) == {0}
    assert next(iter(trial.levels)) == "common_plan"
    trial.give("fabien", "record_meeting", meeting="m", kind="discovery", attendees=[])


def test_a_trial_takes_files(tmp_path: Path) -> None:
    """A policy and a lifecycle of one's own are named by their paths."""
    policy = tmp_path / "valley.yaml"
    text = "policy: valley\nversion: 2\nextends: light\nlabel: {fr: Vallée, en: Valley}\n"
    policy.write_text(text, encoding="utf-8")
    lifecycle = available("workflows")["impact-collectif"]
    for one in (policy, str(policy)):
        assert Trial(one, lifecycle=lifecycle).state.policy == "valley@2"


def test_commands_are_given_now() -> None:
    """What came of one is returned, and is the end of all that has happened."""
    trial = Trial().at("2026-02-01T09:00Z")
    came = trial.give("facilitator", "record_pulse", **PULSE)
    assert {entry.at for entry in came} == {datetime(2026, 2, 1, 9, tzinfo=UTC)}
    assert trial.entries[-len(came) :] == came


def test_a_refusal_is_raised_unless_it_is_expected() -> None:
    """Either way nothing changes; expecting one that does not come fails the test."""
    trial = Trial()
    before = trial.entries
    with pytest.raises(RefusedError, match="forbidden") as caught:
        trial.give("zoe", "record_pulse", **PULSE)
    assert trial.refused("zoe", "record_pulse", **PULSE) == caught.value.refusal
    assert trial.refused("zoe", "sing").code == "invalid_command"
    assert trial.entries == before
    with pytest.raises(AssertionError, match="expected record_pulse by facilitator to be refused"):
        trial.refused("facilitator", "record_pulse", **PULSE)


def test_the_manager_of_the_programme_has_that_role() -> None:
    """Nobody else has it, and whoever is named may have any name."""
    trial = Trial(manager="ines")
    assert trial.refused("manager", "erase_person", person="zoe").code == "forbidden"
    assert trial.refused("ines", "erase_person", person="zoe").code == "unknown_person"
    trial.give("ines", "erase_person", person="facilitator")
    with pytest.raises(RefusedError, match="invalid_command"):
        Trial(manager="a person")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("at", "say when with trial.at"),
        ("actor", "is the first argument"),
        ("command", "is the second argument"),
    ],
)
def test_who_what_and_when_are_said_beside_the_payload(key: str, said: str) -> None:
    """A payload that says one of them is a mistake, in both ways of giving a command."""
    trial = Trial()
    for give in (trial.give, trial.refused):
        with pytest.raises(ValueError, match=f"{key} is no part of a payload: .*{said}"):
            give("facilitator", "record_pulse", **PULSE, **{key: "2026-02-01T09:00Z"})


def test_time_passes_and_things_happen_by_themselves() -> None:
    """``until`` returns what did, and takes an instant as it is written or a ``datetime``."""
    trial = Trial()
    admit(trial, "school")
    assert "alert_raised" in types(trial.until("2026-05-01T00:00Z"))
    assert trial.until(trial.now) == ()
    later = trial.now.astimezone(timezone(timedelta(hours=2))) + timedelta(days=1)
    assert trial.at(later) is trial
    assert trial.now == datetime(2026, 5, 2, tzinfo=UTC)


def test_time_does_not_go_back() -> None:
    """The message says what time it is."""
    trial = Trial()
    with pytest.raises(ValueError, match="it is 2026-01-01T09:00Z already"):
        trial.until("2025-12-31T09:00Z")
    with pytest.raises(ValueError, match="time goes back to 2025"):
        trial.at(datetime(2025, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("when", ["2026-02-01", "2026-02-01T09:00", "soon", datetime(2026, 2, 1)])  # noqa: DTZ001
def test_an_instant_has_a_date_a_time_and_a_zone(when: str | datetime) -> None:
    """Anything less is told with what to write instead."""
    with pytest.raises(ValueError, match="is no instant: write a date, a time and a zone"):
        Trial().until(when)
    with pytest.raises(ValueError, match="for example 2026-02-01T09:00Z"):
        Trial(start=when)


def test_a_gate_is_checked_now() -> None:
    """Looking changes nothing; a gate that is not there is refused."""
    trial = Trial().at("2026-02-01T09:00Z")
    before = trial.entries
    found = trial.check_gate("to_structuration")
    assert (found.result, found.at) == ("fail", trial.now)
    assert trial.entries == before
    with pytest.raises(RefusedError, match="unknown_gate"):
        trial.check_gate("to_heaven")


async def test_a_test_may_be_a_coroutine() -> None:
    """Nothing here needs an event loop, so one that runs is not in the way."""
    assert Trial().check_gate("to_structuration").result == "fail"
    assert run_scenario(LIGHT).problems == []


def test_what_would_wait_is_not_carried_out() -> None:
    """An engine in memory that began to wait would be told at once, by whichever test is first."""
    with pytest.raises(AssertionError, match="waits for nothing"):
        _finished(asyncio.sleep(0))


def test_a_check_answers_in_a_trial(tmp_path: Path) -> None:
    """The answer counts at once; one that the policy does not read is refused."""
    policy = tmp_path / "own.yaml"
    policy.write_text(
        "policy: own\nversion: 1\nextends: reference\nlabel: {fr: À nous, en: Ours}\n"
        "advice: [{id: more, label: {fr: Plus, en: More}, when: checks.page_online}]\n",
        encoding="utf-8",
    )
    trial = Trial(policy)
    admit(trial, "school")
    assert [one.id for one in trial.portrait.organisations] == ["school"]
    assert types(trial.answer("page-online", holds=True)) == ["check_answered", "advice_followed"]
    assert "more" in trial.state.advice
    trial.answer("page-online", holds=None)
    assert "more" not in trial.state.advice
    with pytest.raises(TypeError, match="holds is 'yes': write True, False, or None"):
        trial.answer("page-online", holds=cast("bool", "yes"))
    with pytest.raises(RefusedError, match="does not read the check other"):
        trial.answer("other", holds=True)
