from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from coopflow.application.deliberation import (
    ABOUT_DECISIONS,
    ABOUT_DISAGREEMENTS,
    course_of,
    deliberation_of,
)
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.decisions import AboutDecision, tally
from coopflow.domain.disagreements import AboutDisagreement
from coopflow.readmodel.views import JournalLine

START = datetime(2030, 1, 1, 9, tzinfo=UTC)


class Told:
    """A journal, entry by entry."""

    def __init__(self) -> None:
        self.lines: list[JournalLine] = []

    def add(self, event: str, *redacted: str, **data: Any) -> None:
        """Add an entry, some fields of which are kept back."""
        seq = len(self.lines) + 1
        self.lines.append(
            JournalLine(
                seq=seq,
                at=START + timedelta(hours=seq),
                actor="somebody",
                command_id=None,
                type=event,
                data=data,
                redacted=redacted,
            )
        )

    def opened(self, decision: str = "d", **more: Any) -> None:
        """Open a decision by consent of three."""
        self.add(
            "decision_opened",
            decision=decision,
            **{
                "subject": "other:x",
                "question": "Do we?",
                "rule": {"name": "consent"},
                "quorum": "1/2",
                "electorate": ["a", "b", "c"],
                "closes_at": (START + timedelta(days=14)).isoformat(),
                **more,
            },
        )

    def cast(self, organisation: str, choice: str, **more: Any) -> None:
        """Answer it."""
        said = {"decision": "d", "organisation": organisation, "choice": choice}
        self.add("ballot_cast", **{**said, **more})


def test_every_event_about_a_decision_or_a_disagreement_is_known() -> None:
    """A new one of the domain is told too."""
    for base, known in ((AboutDecision, ABOUT_DECISIONS), (AboutDisagreement, ABOUT_DISAGREEMENTS)):
        assert {name for name, one in EVENTS.items() if issubclass(one, base)} <= {*known}


def test_the_last_answer_counts_and_objections_go_their_way() -> None:
    """As in the domain: qualified, met by a change that asks everybody again, withdrawn."""
    told = Told()
    told.opened()
    told.opened("another")
    told.cast("a", "concern", reason="Too fast")
    told.cast("b", "objection", reason="Too dear")
    told.add(
        "objection_qualified",
        decision="d",
        organisation="b",
        verdict="qualified",
        reason="It harms the aim",
    )
    told.add(
        "objection_integrated",
        decision="d",
        organisation="b",
        amendment={"question": "Do we, slowly?"},
        material=True,
        closes_at=(START + timedelta(days=20)).isoformat(),
        question="Do we, slowly?",
    )
    told.cast("c", "objection", reason="Why?")
    told.add("objection_withdrawn", decision="d", organisation="c")

    found = deliberation_of("d", told.lines)

    assert found is not None
    assert set(found.decision.ballots) == {"c"}
    assert found.decision.question == "Do we, slowly?"
    assert {who: one.status for who, one in found.decision.objections.items()} == {
        "b": "integrated",
        "c": "withdrawn",
    }
    assert found.qualifications["b"].reason == "It harms the aim"
    assert [one.organisation for one in found.amendments] == ["b"]
    assert found.amendments[0].material
    assert tally(found.decision).open_objections == ()
    assert found.vetoed_by is None
    assert not found.kept_back


def test_what_is_kept_back_is_not_there() -> None:
    """Who answered is known, what they chose is not."""
    told = Told()
    told.opened(rule={"name": "simple_majority"}, secret=True)
    told.add("ballot_cast", "choice", "reason", decision="d", organisation="a")

    found = deliberation_of("d", told.lines)

    assert found is not None
    assert found.decision.ballots["a"].choice == ""
    assert found.decision.waited_for == ("b", "c")
    assert found.kept_back == {2}


def test_who_gives_a_vote_is_told_of_those_who_entrusted_it() -> None:
    """For this decision before one for a while; to an elector alone, and while it runs."""
    told = Told()
    told.opened()
    told.add("ballot_delegated", organisation="a", to="b", until="2030-01-05")
    told.add("ballot_delegated", organisation="a", to="c", decision="d")
    told.add("ballot_delegated", organisation="b", to="z", decision="d")
    told.add("ballot_delegated", organisation="c", to="a", decision="another")
    found = deliberation_of("d", told.lines)

    assert found is not None
    assert found.holder("a", START) == "c"
    assert found.holder("b", START) is None
    assert found.holder("c", START) is None


def test_a_second_call_begins_afresh_and_a_veto_is_named() -> None:
    """What was answered before does not count."""
    told = Told()
    told.opened()
    told.cast("b", "objection", reason="No")
    told.add("objection_qualified", decision="d", organisation="b", verdict="concern")
    told.add(
        "decision_closed",
        decision="d",
        subject="other:x",
        result="lapsed",
        arithmetic={"en": "1 of 3", "fr": "1 sur 3"},
    )
    told.add(
        "decision_recalled",
        decision="d",
        electorate=["a", "b"],
        quorum="1/4",
        closes_at=(START + timedelta(days=30)).isoformat(),
    )
    told.add(
        "effect_suspended",
        "reason",
        decision="d",
        subject="other:x",
        organisation="a",
        disagreement="disagreement-1",
    )
    found = deliberation_of("d", told.lines)

    assert found is not None
    assert found.decision.is_open
    assert found.decision.recalled
    assert not found.decision.ballots
    assert not found.qualifications
    assert found.vetoed_by == "a"


def test_what_was_not_opened_has_no_story() -> None:
    """Nor has a disagreement that was not raised."""
    told = Told()
    told.opened()

    assert deliberation_of("none", told.lines) is None
    assert course_of("none", told.lines) is None


def test_the_steps_of_a_disagreement_are_told_with_when_it_came_there() -> None:
    """Without its content, which is kept back."""
    told = Told()
    limit = (START + timedelta(days=5)).isoformat()
    raised = {"subject": "Milk", "parties": ["a", "b"], "touches": "money", "flagged": False}
    told.add("disagreement_raised", "content", disagreement="x", limit=limit, **raised)
    told.add("disagreement_triaged", disagreement="x", verdict="emergency")
    told.add("disagreement_moved", disagreement="x", step="mediation", limit=limit)
    told.add("mediator_appointed", disagreement="x", person="marc")
    told.add("mediator_accepted", disagreement="x", organisation="a")
    told.opened()

    found = course_of("x", told.lines)

    assert found is not None
    assert [step for step, _ in found.steps] == ["raised", "mediation"]
    assert found.steps[1][1] == told.lines[2].at
    assert found.disagreement.mediator == "marc"
    assert found.disagreement.accepted_by == ("a",)
