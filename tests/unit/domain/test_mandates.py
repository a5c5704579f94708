"""Mandates: who holds the support function, from when, until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.tools import MISSIONS
from tests.collective import START, Collective, support_model, vision

MOMENT = timedelta(microseconds=1)


def day(year: int, month: int, day_: int) -> datetime:
    return datetime(year, month, day_, tzinfo=UTC)


def propose(coop: Collective, holder: str = "alpha", **terms: Any) -> str:
    """Propose a mandate and return the id of its decision."""
    coop.do("rep-alpha", "propose_mandate", holder=holder, **({"missions": ["fund"]} | terms))
    return next(reversed(coop.state.decisions))


def give(coop: Collective, holder: str = "alpha", **terms: Any) -> list[str]:
    return coop.vote(propose(coop, holder, **terms))


def holder(coop: Collective) -> str | None:
    return coop.state.mandate.holder if coop.state.mandate else None


# --- proposing ------------------------------------------------------------------------------------


def test_the_proposed_holder_does_not_vote() -> None:
    """A mandate is decided by consent of the others."""
    coop = Collective(3)
    slug = propose(coop, "beta", decision="m", hours_month=20)
    decision = coop.state.decisions[slug]
    assert (decision.id, decision.subject, decision.rule.name) == ("m", "mandate", "consent")
    assert decision.electors == ("alpha", "gamma")
    assert decision.recused == ("beta",)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"holder": "nobody"}, "unknown_member"),
        ({"holder": "gamma"}, "wrong_state"),
        ({"missions": []}, "invalid_command"),
        ({"missions": ["dance"]}, "invalid_command"),
        ({"hours_month": 0}, "invalid_command"),
        ({"ends_on": "9999-12-31"}, "invalid_command"),
        ({"ends_on": "2025-12-31"}, "too_late"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-30"}, "too_late"),
    ],
)
def test_what_cannot_be_a_mandate_is_refused(terms: dict[str, Any], code: str) -> None:
    """Its holder is an active member, its missions exist, and it ends after it starts."""
    coop = Collective(3)
    coop.do("fay", "suspend_member", organisation="gamma", reason="Absent")
    payload = {"holder": "alpha", "missions": ["fund"]} | terms
    assert coop.refused("rep-alpha", "propose_mandate", **payload) == code


def test_a_mandate_may_end_today() -> None:
    """Its last day is inclusive, also when it is the first."""
    coop = Collective(3)
    propose(coop, starts_on="2026-01-01", ends_on="2026-01-01")


# --- running --------------------------------------------------------------------------------------


def test_adoption_starts_the_mandate() -> None:
    """It runs from the decision on, with the terms that were proposed."""
    coop = Collective(3)
    decision = propose(
        coop,
        missions=["fund", "inform"],
        hours_month=12.5,
        starts_on="2026-01-01",
        ends_on="2026-12-31",
        interim=True,
    )
    coop.wait(days=2)
    assert "mandate_started" in coop.vote(decision)
    mandate = coop.state.mandate
    assert mandate is not None
    assert (mandate.holder, mandate.missions, mandate.hours_month, mandate.interim) == (
        "alpha",
        ("fund", "inform"),
        12.5,
        True,
    )
    assert (mandate.decision, mandate.since) == (decision, START + timedelta(days=2))


def test_a_rejected_mandate_does_not_start() -> None:
    """Without adoption nobody holds the support function."""
    coop = Collective(3)
    coop.vote(propose(coop), "objection")
    assert coop.state.mandate is None


def test_a_mandate_runs_to_the_end_of_its_last_day() -> None:
    """At midnight after its last day it is over, not a microsecond earlier."""
    coop = Collective(3)
    give(coop, ends_on="2026-03-31")
    coop.wait(until=day(2026, 4, 1) - MOMENT)
    assert holder(coop) == "alpha"
    assert "mandate_ended" in coop.wait(until=day(2026, 4, 1))
    assert holder(coop) is None
    assert coop.state.mandate_ended_at == day(2026, 4, 1)
    assert "mandate_lapsed" in coop.alerts()


def test_a_mandate_without_an_end_goes_on() -> None:
    """Nothing ends it by itself."""
    coop = Collective(3)
    give(coop)
    coop.wait(days=4000)
    assert holder(coop) == "alpha"


def test_a_mandate_for_a_later_day_waits_for_it() -> None:
    """It is scheduled, starts at midnight of its first day, and keeps its decision."""
    coop = Collective(3)
    assert "mandate_scheduled" in give(coop, starts_on="2026-02-01", ends_on="2026-02-28")
    assert holder(coop) is None
    coming = coop.state.next_mandate
    assert coming is not None
    assert coming.starts_on == date(2026, 2, 1)
    coop.wait(until=day(2026, 2, 1) - MOMENT)
    assert holder(coop) is None
    assert "mandate_started" in coop.wait(until=day(2026, 2, 1))
    mandate = coop.state.mandate
    assert mandate is not None
    assert (mandate.holder, mandate.since, mandate.decision) == (
        "alpha",
        day(2026, 2, 1),
        coming.decision,
    )
    assert coop.state.next_mandate is None
    coop.wait(until=day(2026, 3, 1))
    assert holder(coop) is None


def test_a_mandate_hands_over_without_a_gap() -> None:
    """When one ends and the next starts at one midnight nobody is missing in between."""
    coop = Collective(3)
    give(coop, ends_on="2026-01-31")
    give(coop, "beta", starts_on="2026-02-01")
    came = coop.wait(until=day(2026, 2, 1))
    assert [kind for kind in came if kind.startswith("mandate")] == [
        "mandate_ended",
        "mandate_started",
    ]
    assert holder(coop) == "beta"
    assert "mandate_lapsed" not in coop.alerts()


def test_a_new_mandate_replaces_the_running_one() -> None:
    """There is one support function at a time, scheduled or running."""
    coop = Collective(3)
    give(coop)
    give(coop, "beta")
    assert holder(coop) == "beta"
    give(coop, "gamma", starts_on="2026-05-01")
    assert holder(coop) == "beta"
    coop.wait(until=day(2026, 5, 1))
    assert holder(coop) == "gamma"


def test_a_mandate_that_was_over_before_its_adoption_never_runs() -> None:
    """The vote took longer than the mandate would have."""
    coop = Collective(3)
    decision = propose(coop, ends_on="2026-01-05")
    coop.wait(until=day(2026, 1, 6))
    assert coop.vote(decision)[-1] == "decision_closed"
    assert holder(coop) is None


@pytest.mark.parametrize("command", ["withdraw_member", "suspend_member"])
def test_a_holder_that_is_gone_when_the_vote_ends_gets_no_mandate(command: str) -> None:
    """Only an active member holds the support function."""
    coop = Collective(3)
    decision = propose(coop)
    coop.do("fay", command, organisation="alpha", reason="Gone")
    coop.vote(decision)
    assert coop.result(decision) == "adopted"
    assert holder(coop) is None


def test_a_holder_that_leaves_ends_the_mandate() -> None:
    """Running or scheduled, it goes with the member; those of others stay."""
    coop = Collective(4)
    give(coop)
    give(coop, "beta", starts_on="2026-05-01")
    came = coop.do("rep-delta", "withdraw_member", organisation="delta", reason="Gone")
    assert not [kind for kind in came if kind.startswith("mandate")]
    assert "mandate_unscheduled" in coop.do(
        "rep-beta", "withdraw_member", organisation="beta", reason="Gone"
    )
    assert "mandate_ended" in coop.do(
        "rep-alpha", "withdraw_member", organisation="alpha", reason="Gone"
    )
    assert (coop.state.mandate, coop.state.next_mandate) == (None, None)
    coop.wait(until=day(2026, 6, 1))
    assert holder(coop) is None


def test_a_mandate_may_be_ended_before_its_time() -> None:
    """The support function or the facilitator ends it; where none runs there is none to end."""
    coop = Collective(3)
    assert coop.refused("fay", "end_mandate", reason="?") == "wrong_state"
    give(coop, ends_on="2026-12-31")
    assert coop.refused("rep-beta", "end_mandate", reason="?") == "forbidden"
    assert "mandate_ended" in coop.do("rep-alpha", "end_mandate", reason="Merger")
    assert holder(coop) is None
    assert coop.state.mandate_ended_at == coop.at
    assert "mandate_ended" not in coop.wait(until=day(2027, 1, 2))


def test_the_support_function_acts_while_its_mandate_runs() -> None:
    """Its people may do what support may, and no longer once it has ended."""
    coop = Collective(3)
    pulse = {"score": 4, "answers": 2, "asked": 3}
    assert coop.refused("rep-alpha", "record_pulse", **pulse) == "forbidden"
    give(coop, ends_on="2026-01-31")
    coop.do("rep-alpha", "record_pulse", **pulse)
    coop.at = day(2026, 2, 1)
    assert coop.refused("rep-alpha", "record_pulse", **pulse) == "forbidden"


# --- the support model ----------------------------------------------------------------------------


def test_adopting_a_support_model_gives_the_mandate_it_states() -> None:
    """It replaces the running mandate, with all six missions and its own dates."""
    coop = Collective(4)
    give(coop, "beta")
    coop.adopt("support_model", support_model())
    mandate = coop.state.mandate
    assert mandate is not None
    assert (mandate.holder, mandate.missions, mandate.hours_month) == ("alpha", MISSIONS, 30)
    assert (mandate.starts_on, mandate.ends_on) == (date(2026, 1, 1), date(2028, 12, 31))
    assert mandate.decision == next(reversed(coop.state.decisions))
    assert not mandate.interim


def test_a_support_model_may_start_later() -> None:
    """The running mandate goes on until the day that the model states."""
    coop = Collective(4)
    give(coop, "beta")
    coop.adopt("support_model", support_model(mandate_start="2026-07-01"))
    assert holder(coop) == "beta"
    coop.wait(until=day(2026, 7, 1))
    assert holder(coop) == "alpha"


def test_other_documents_give_no_mandate() -> None:
    """Only the adoption of a support model concerns the mandate."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    assert holder(coop) is None
