"""Second calls: putting a decision that lapsed to the members once more."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from tests.collective import START, Collective, charter, vision

MOMENT = timedelta(microseconds=1)
DEADLINE = START + timedelta(days=14)


def lapsed(members: int = 4, **asked: Any) -> Collective:
    """Return a cooperation whose decision ``d`` lapsed at ``DEADLINE``."""
    coop = Collective(members)
    coop.ask(**asked)
    coop.cast("d", "yes", "alpha")
    coop.wait(until=DEADLINE)
    assert coop.result() == "lapsed"
    return coop


def statuses(coop: Collective) -> list[str]:
    return [one.status for one in coop.state.documents["shared_vision"]]


def delta(coop: Collective) -> str:
    return coop.state.members["delta"].status


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (timedelta(days=7) - MOMENT, "too_early"),
        (timedelta(days=7), "recalled"),
        (timedelta(days=15) - MOMENT, "recalled"),
        (timedelta(days=15), "too_late"),
    ],
)
def test_a_second_call_has_its_time(after: timedelta, outcome: str) -> None:
    """A lapsed decision is called again 7 to 15 days later, to the microsecond."""
    coop = lapsed()
    coop.at = DEADLINE + after
    if outcome == "recalled":
        assert "decision_recalled" in coop.do("fay", "recall_decision", decision="d")
    else:
        assert coop.refused("fay", "recall_decision", decision="d") == outcome


def test_a_second_call_asks_afresh_at_half_the_quorum() -> None:
    """Earlier ballots fall away, those active now are asked, and a quarter is enough."""
    coop = lapsed(recused=["delta"])
    coop.admit("epsilon")
    coop.at = DEADLINE + timedelta(days=8)
    coop.do("fay", "recall_decision", decision="d")
    again = coop.state.decisions["d"]
    assert (again.ballots, again.quorum, again.result) == ({}, Fraction(1, 4), None)
    assert again.electors == ("alpha", "beta", "gamma", "epsilon")
    assert again.closes_at == coop.at + timedelta(days=14)
    coop.cast("d", "yes", "beta")
    coop.wait(days=14)
    assert coop.result() == "adopted"


def test_a_second_call_may_say_when_it_closes() -> None:
    """A closing is taken as given, unless it is over."""
    coop = lapsed()
    coop.at = DEADLINE + timedelta(days=7)
    now = coop.at.isoformat()
    assert coop.refused("fay", "recall_decision", decision="d", closes_at=now) == "too_late"
    soon = coop.at + timedelta(days=1)
    coop.do("fay", "recall_decision", decision="d", closes_at=soon.isoformat())
    assert coop.state.decisions["d"].closes_at == soon


def test_there_is_one_second_call() -> None:
    """A decision that lapsed twice has lapsed."""
    coop = lapsed()
    coop.at = DEADLINE + timedelta(days=7)
    coop.do("fay", "recall_decision", decision="d")
    coop.wait(days=14)
    assert coop.result() == "lapsed"
    coop.wait(days=7)
    assert coop.refused("fay", "recall_decision", decision="d") == "wrong_state"


def test_only_what_lapsed_is_called_again() -> None:
    """An open decision, or one with an outcome, is not called again."""
    coop = Collective(2)
    coop.ask()
    assert coop.refused("fay", "recall_decision", decision="d") == "wrong_state"
    coop.cast("d", "yes", "alpha", "beta")
    assert coop.refused("fay", "recall_decision", decision="d") == "wrong_state"
    assert coop.refused("fay", "recall_decision", decision="x") == "unknown_decision"


def test_charter_and_exclusion_get_no_second_call() -> None:
    """What weighs most is not decided at half a quorum."""
    coop = Collective(3)
    coop.ask(subject="exclusion:gamma")
    coop.do("rep-alpha", "draft_document", kind="charter", content=charter())
    coop.do("rep-alpha", "submit_document", kind="charter", decision="c")
    coop.wait(days=14)
    coop.wait(days=8)
    for decision in ("d", "c"):
        assert coop.result(decision) == "lapsed"
        assert coop.refused("fay", "recall_decision", decision=decision) == "rule_not_allowed"


def test_the_document_of_a_second_call_is_submitted_again() -> None:
    """The version that was returned awaits its decision once more, and is adopted by it."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="v")
    coop.wait(days=14)
    assert statuses(coop) == ["draft"]
    coop.wait(days=7)
    coop.do("fay", "recall_decision", decision="v")
    again = coop.state.documents["shared_vision"][0]
    assert (again.status, again.decision) == ("submitted", "v")
    assert coop.refused("rep-alpha", "submit_document", kind="shared_vision") == "unknown_document"
    coop.vote("v")
    assert statuses(coop) == ["approved"]


def test_a_document_that_went_on_meanwhile_is_not_called_again() -> None:
    """While another decision on the document is open, or has settled it, the old one is over."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="v")
    coop.wait(days=14)
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="w")
    coop.wait(days=7)
    assert coop.refused("fay", "recall_decision", decision="v") == "wrong_state"
    coop.vote("w")
    assert coop.refused("fay", "recall_decision", decision="v") == "wrong_state"


def test_a_later_submission_goes_before_a_second_call() -> None:
    """An earlier version is not called again while a later one awaits its decision."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="v")
    coop.wait(days=14)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision(issue="Another"))
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="w")
    coop.wait(days=7)
    assert statuses(coop) == ["draft", "submitted"]
    assert coop.refused("fay", "recall_decision", decision="v") == "wrong_state"


def test_the_organisation_of_a_second_call_is_invited_again() -> None:
    """An admission that lapsed sent the organisation away; called again it may still join."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.sign(*coop.state.active)
    coop.admit("delta")
    coop.wait(days=14)
    assert delta(coop) == "left"
    coop.wait(days=8)
    coop.do("fay", "recall_decision", decision="admission:delta")
    assert delta(coop) == "invited"
    coop.vote("decision-2")
    assert delta(coop) == "active"


def test_who_was_invited_anew_meanwhile_stays_so() -> None:
    """A second call does not invite an organisation that stands invited already."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.sign(*coop.state.active)
    coop.admit("delta")
    coop.wait(days=14)
    coop.wait(days=8)
    coop.admit("delta")
    came = coop.do("fay", "recall_decision", decision="decision-2")
    assert "member_invited" not in came
