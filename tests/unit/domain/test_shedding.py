"""What a state lets go of, what stays, and what people are told of what is gone."""

from __future__ import annotations

from typing import Any

import pytest

from coopflow.domain.calendar import Span
from coopflow.domain.shedding import WITHOUT_RULES, reaches_back, reads_of, relieve, shed
from coopflow.domain.state import UNOPENED, Cooperation
from tests.collective import Collective, reference_rules, vision
from tests.stages import in_animation, in_structuration

READS = reads_of(reference_rules())


def lean(coop: Collective) -> Collective:
    """Go on with a state that lets go of what no rule reads."""
    coop.state = shed(coop.state, READS)
    return coop


def decided(coop: Collective, slug: str, **more: Any) -> None:
    """Decide something in a meeting."""
    asked = {"subject": "other", "question": "Shall we?", **more}
    coop.do("fay", "open_decision", decision=slug, **asked)
    ballots = dict.fromkeys(coop.state.decisions[slug].electors, "yes")
    coop.do("fay", "record_session_vote", decision=slug, ballots=ballots)


def test_nothing_is_let_go_before_anything_happened() -> None:
    """Nobody asks an unopened cooperation to let go."""
    assert shed(UNOPENED, READS) is UNOPENED


def test_a_decision_stays_for_as_long_as_it_may_be_vetoed() -> None:
    """Its window closes at an instant, and sparing it makes no difference before."""
    coop = Collective(3)
    decided(coop, "room")
    coop.wait(days=5, hours=-1)
    coop.do("fay", "assign_role", person="zoe", role="observer")
    assert shed(coop.state, READS) is coop.state
    coop.wait(hours=1)
    coop.do("fay", "revoke_role", person="zoe", role="observer")
    assert "room" not in shed(coop.state, READS).decisions
    assert "room" in shed(coop.state, READS, Span(days=6)).decisions


def test_of_a_decision_that_was_rejected_nothing_follows() -> None:
    """It is let go at once."""
    coop = Collective(3)
    coop.do("fay", "open_decision", decision="room", subject="other", question="Shall we?")
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "no")
    coop.do("fay", "record_session_vote", decision="room", ballots=ballots)
    assert shed(coop.state, READS).decisions == {}


def test_of_a_decision_that_cites_an_indicator_an_outline_stays() -> None:
    """How it was reached is over; that it was counts for a year."""
    coop = Collective(3)
    decided(coop, "room", cites=["kilos"])
    closed = coop.journal[-1].event
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    (kept,) = coop.state.decisions.values()
    assert (kept.cites, kept.result) == (("kilos",), "adopted")
    assert not kept.ballots
    assert not kept.electorate
    assert shed(coop.state, READS) is coop.state
    assert reaches_back(coop.state, closed)
    coop.wait(days=400)
    moved(coop)
    assert shed(coop.state, READS).decisions == {}


def moved(coop: Collective) -> None:
    """Do something, so that time is told."""
    coop.do("fay", "record_pulse", score=4, answers=1, asked=1)


def test_a_decision_that_is_gone_is_closed_and_its_names_are_taken() -> None:
    """By its id or its subject; ids and numbers go on after it."""
    coop = Collective(3)
    decided(coop, "room")
    decided(coop, "paint", subject="money:paint")
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    assert coop.state.decisions == {}
    for name in ("room", "paint", "money:paint", "money-paint", "other", "other-1"):
        ballot = {"decision": name, "organisation": "alpha", "choice": "yes"}
        assert coop.refused("rep-alpha", "cast_ballot", **ballot) == "decision_closed", name
    for name in ("other-2", "other-0", "other-x", "nothing"):
        ballot = {"decision": name, "organisation": "alpha", "choice": "yes"}
        assert coop.refused("rep-alpha", "cast_ballot", **ballot) == "unknown_decision", name
    asked = {"subject": "other", "question": "Again?"}
    assert coop.refused("fay", "open_decision", decision="room", **asked) == "already_exists"
    coop.do("fay", "open_decision", **asked)
    (opened,) = coop.state.decisions.values()
    assert (opened.id, opened.number) == ("decision-3", 2)
    assert coop.state.decision_called("other-2") is opened
    assert coop.state.decision_called("other") is opened


def test_decisions_of_before_they_were_numbered_keep_their_number() -> None:
    """They are counted before the first is let go."""
    coop = Collective(3)
    decided(coop, "first")
    later = {"subject": "other", "question": "Later?", "closes_at": "2027-01-01T00:00Z"}
    coop.do("fay", "open_decision", decision="second", **later)
    old = {slug: one.but(number=0) for slug, one in coop.state.decisions.items()}
    coop.state = coop.state.but(decisions=old)
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    assert list(coop.state.decisions) == ["second"]
    assert coop.state.decision_called("other-2") is coop.state.decisions["second"]


def test_ids_that_were_given_by_hand_are_not_given_again() -> None:
    """Numbers pass over those of things that are gone or there."""
    coop = Collective(3)
    for slug in ("decision-2", "decision-3"):
        decided(coop, slug)
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    coop.do("fay", "open_decision", subject="other", question="A fourth?")
    assert list(coop.state.decisions) == ["decision-4"]
    decided(coop, "decision-5")
    coop.do("fay", "open_decision", subject="other", question="A sixth?")
    assert list(coop.state.decisions)[-1] == "decision-6"


def test_a_lapsed_decision_stays_while_it_may_be_called_again_or_is_alerted() -> None:
    """Both windows, and the alert, are waited for."""
    coop = Collective(3)
    coop.do("fay", "open_decision", decision="room", subject="other", question="Shall we?")
    coop.wait(days=20)
    moved(coop)
    assert "room" in shed(coop.state, READS).decisions
    coop.wait(days=5)
    coop.do("fay", "recall_decision", decision="room")
    coop.wait(days=20)
    moved(coop)
    assert "room" in shed(coop.state, READS).decisions
    coop.wait(days=40)
    moved(coop)
    assert "room" not in shed(coop.state, READS).decisions


def test_minutes_of_a_meeting_that_is_gone_are_taken_and_change_nothing() -> None:
    """It is known, its id is taken, and votes may name it."""
    coop = Collective(3)
    coop.do("fay", "record_meeting", meeting="m-0", kind="committee", attendees=["alpha"])
    coop.do("fay", "record_meeting", meeting="m-1", kind="plenary", attendees=["alpha"])
    moved(coop)
    coop = lean(coop)
    assert list(coop.state.meetings) == ["m-1"]
    said = {"meeting": "m-0", "minutes": "What was said"}
    assert coop.do("fay", "publish_minutes", **said) == ["minutes_published"]
    assert reaches_back(coop.state, coop.journal[-1].event)
    assert list(coop.state.meetings) == ["m-1"]
    again = {"meeting": "m-0", "kind": "plenary", "attendees": ["alpha"]}
    assert coop.refused("fay", "record_meeting", **again) == "already_exists"
    asked = {"subject": "other", "question": "Shall we?"}
    coop.do("fay", "open_decision", decision="room", **asked)
    vote: dict[str, Any] = {"decision": "room", "ballots": {}, "meeting": "m-0"}
    coop.do("fay", "record_session_vote", **vote)
    assert not reaches_back(coop.state, coop.journal[0].event)
    coop.do("fay", "publish_minutes", meeting="m-1", minutes="What was said")
    assert not reaches_back(coop.state, coop.journal[-1].event)


def test_the_last_plenaries_stay_however_old_they_are() -> None:
    """Attendance is that of the last three, whenever they were."""
    coop = Collective(3)
    for number in range(6):
        plenary = {"meeting": f"m-{number}", "kind": "plenary", "attendees": ["alpha"]}
        coop.do("fay", "record_meeting", **plenary)
        coop.wait(days=1)
    coop.wait(days=900)
    moved(coop)
    assert list(shed(coop.state, READS).meetings) == ["m-3", "m-4", "m-5"]


def reviewed(coop: Collective, slug: str, *, published: bool) -> None:
    """Open a review, propose something in it, and close it."""
    coop.do("fay", "open_review", review=slug, kind="quarterly")
    coop.do("fay", "propose_change", review=slug, change="c", target="roadmap", text="More")
    coop.do("fay", "resolve_change", review=slug, change="c", verdict="accepted")
    found = {"expected": "A", "observed": "B", "why": "C", "lessons": ["D"]}
    coop.do("fay", "close_review", review=slug, **found, summary_published=published)


def test_of_reviews_those_stay_that_count() -> None:
    """A published one, the latest of a kind and open ones; what they proposed is settled."""
    coop = Collective(3)
    for slug, published in (("told", True), ("quiet", False), ("latest", False)):
        reviewed(coop, slug, published=published)
    coop.do("fay", "open_review", review="open", kind="annual")
    coop.do("fay", "propose_change", review="open", change="c", target="roadmap", text="More")
    coop.wait(days=500)
    moved(coop)
    assert list(shed(coop.state, READS, Span(months=36)).reviews["told"].changes) == ["c"]
    coop = lean(coop)
    assert {slug: list(one.changes) for slug, one in coop.state.reviews.items()} == {
        "told": [],
        "latest": [],
        "open": ["c"],
    }
    change = {"review": "quiet", "target": "roadmap", "text": "More"}
    assert coop.refused("fay", "propose_change", **change) == "wrong_state"
    again = {"review": "quiet", "kind": "annual"}
    assert coop.refused("fay", "open_review", **again) == "already_exists"
    coop.do("fay", "open_review", kind="annual")
    assert "review-5" in coop.state.reviews


def test_a_disagreement_stays_until_it_is_followed_up() -> None:
    """From then on it is closed for good."""
    coop = Collective(3)
    raised = {"subject": "A matter", "content": "Words", "touches": "object"}
    parties = ["alpha", "beta"]
    coop.do("rep-alpha", "raise_disagreement", disagreement="d", parties=parties, **raised)
    coop.do("fay", "triage_disagreement", disagreement="d", verdict="redirect")
    coop.wait(days=200)
    moved(coop)
    coop = lean(coop)
    assert "d" in coop.state.disagreements
    coop.do("fay", "confirm_follow_up", disagreement="d", holds=True)
    before = coop.state
    assert shed(before, READS, Span(months=12)).disagreements == before.disagreements
    coop = lean(coop)
    assert coop.state.disagreements == {}
    assert coop.refused("fay", "confirm_follow_up", disagreement="d") == "wrong_state"
    about = {"subject": "disagreement:d", "question": "Which way?"}
    assert coop.refused("fay", "open_decision", **about) == "wrong_state"
    again = {"disagreement": "d", "parties": parties, **raised}
    assert coop.refused("rep-alpha", "raise_disagreement", **again) == "already_exists"
    assert reaches_back(coop.state, coop.journal[-1].event)
    assert not reaches_back(before, coop.journal[-1].event)


def test_versions_that_were_replaced_go_and_numbers_go_on() -> None:
    """While a veto could bring them back they stay."""
    coop = Collective(4)
    for _ in range(3):
        coop.do("fay", "draft_document", kind="shared_vision", content=vision())
        coop.do("fay", "submit_document", kind="shared_vision")
        slug = next(reversed(coop.state.decisions))
        ballots = dict.fromkeys(coop.state.decisions[slug].electors, "consent")
        coop.do("fay", "record_session_vote", decision=slug, ballots=ballots)
    assert len(shed(coop.state, READS).documents["shared_vision"]) == 3
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    assert [one.version for one in coop.state.documents["shared_vision"]] == [3]
    coop.do("fay", "draft_document", kind="shared_vision", content=vision())
    coop.do("fay", "submit_document", kind="shared_vision")
    assert coop.state.version("shared_vision", 4).status == "submitted"


def test_a_delegation_for_a_decision_that_is_gone_goes_with_it() -> None:
    """Who entrusted the vote keeps its place in the order."""
    coop = Collective(3)
    coop.do("fay", "open_decision", decision="room", subject="other", question="Shall we?")
    coop.do("rep-alpha", "delegate_ballot", source="alpha", to="beta", decision="room")
    coop.do("rep-gamma", "delegate_ballot", source="gamma", to="beta", until="2027-01-01")
    coop.do("rep-beta", "cast_ballot", decision="room", organisation="beta", choice="yes")
    coop.wait(days=10)
    moved(coop)
    coop = lean(coop)
    assert {slug: len(given) for slug, given in coop.state.delegations.items()} == {
        "alpha": 0,
        "gamma": 1,
    }


def test_a_person_whom_only_the_past_names_is_erased_once() -> None:
    """The state knows everybody whom the journal names."""
    coop = Collective(3)
    decided(coop, "room")
    coop.do("fay", "appoint_representative", organisation="alpha", person="ann")
    coop.do("fay", "appoint_representative", organisation="alpha", person="bob")
    coop.wait(days=50)
    moved(coop)
    coop = lean(coop)
    assert coop.do("pam", "erase_person", person="ann") == ["person_erased"]
    assert coop.refused("pam", "erase_person", person="ann") == "unknown_person"


def test_an_event_about_a_decision_that_is_gone_reaches_back() -> None:
    """Whoever folds it has to go back to the journal."""
    coop = Collective(3)
    decided(coop, "room")
    closed = coop.journal[-1].event
    assert not reaches_back(coop.state, closed)
    coop.wait(days=10)
    moved(coop)
    assert reaches_back(shed(coop.state, READS), closed)


def test_the_policy_that_applies_stays_explained() -> None:
    """The latest adopted one is read for as long as it applies."""
    coop = in_structuration()
    for slug in ("p-1", "p-2"):
        decided(coop, slug, subject=f"policy:{slug}@1", rule="simple_majority")
    coop.wait(days=40)
    moved(coop)
    assert [one for one in shed(coop.state, READS).decisions if one.startswith("p-")] == ["p-2"]


@pytest.mark.parametrize("enough", [0, 1, 2, 3])
def test_no_more_is_let_go_than_is_needed(enough: int) -> None:
    """The oldest things go first."""
    coop = in_animation()
    coop.wait(days=500)
    asked: list[Cooperation] = []

    def is_enough(state: Cooperation) -> bool:
        asked.append(state)
        return len(asked) > enough

    rules = reference_rules()
    relieved = relieve(coop.state, rules, is_enough)
    assert len(asked) == min(enough + 1, 3)
    if not enough:
        assert relieved is coop.state
    if enough == 3:  # all spans were tried
        assert relieved.model_dump() == shed(coop.state, READS).model_dump()


def test_who_does_not_know_the_rules_keeps_more() -> None:
    """All that the rules read is there, and more."""
    coop = in_animation()
    coop.wait(days=500)
    cautious, exact = shed(coop.state, WITHOUT_RULES), shed(coop.state, READS)
    for part in ("decisions", "meetings", "reviews", "disagreements"):
        assert set(getattr(exact, part)) <= set(getattr(cautious, part))
