"""Disagreements: the ladder, its limits and ways out, what blocks gates, and who may read."""

from datetime import timedelta
from typing import Any

import pytest

from coopflow.domain.disagreements import (
    DISAGREEMENT,
    DisagreementClosed,
    DisagreementRaised,
    MediationEnded,
    blocking,
    may_read_content,
    may_read_settlement,
)
from coopflow.domain.state import Disagreement
from tests.collective import Collective, charter
from tests.ladder import (
    EVERY_STEP,
    LIMITS,
    PEOPLE,
    READERS,
    WORDS,
    at_step,
    mediated,
    raise_it,
    surrounded,
)
from tests.stages import entrust, varied

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def _one(coop: Collective) -> Disagreement:
    return coop.state.disagreements["d"]


def _closings(coop: Collective) -> list[DisagreementClosed]:
    return [e.event for e in coop.journal if isinstance(e.event, DisagreementClosed)]


# --- raising ---


def test_a_disagreement_is_raised_without_its_content_in_the_state() -> None:
    """Everyone sees that it exists; what it is about stands in one event only."""
    coop = at_step("raised")
    one = _one(coop)
    assert (one.subject, one.parties, one.state, one.touches) == (
        "The room",
        ("alpha", "beta"),
        "raised",
        "object",
    )
    assert one.limit == coop.at + 5 * DAY
    assert WORDS not in coop.state.model_dump_json()
    events = [entry.event for entry in coop.journal if WORDS in entry.model_dump_json()]
    assert [type(event) for event in events] == [DisagreementRaised]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"disagreement": "d"}, "already_exists"),
        ({"disagreement": "e", "parties": ["alpha", "nobody"]}, "unknown_member"),
        ({"disagreement": "e", "parties": ["alpha"]}, "invalid_command"),
        ({"disagreement": "e", "parties": ["alpha", "alpha"]}, "invalid_command"),
        ({"disagreement": "e", "subject": " "}, "invalid_command"),
    ],
)
def test_a_disagreement_that_cannot_be_raised(changes: dict[str, Any], code: str) -> None:
    """It takes two members, a subject, and an id of its own."""
    coop = at_step("raised")
    said = {"subject": "?", "content": "!", "parties": ["alpha", "beta"], "touches": "other"}
    assert coop.refused("rep-alpha", "raise_disagreement", **(said | changes)) == code


def test_a_disagreement_without_an_id_gets_a_number() -> None:
    """A number that somebody took already is passed over."""
    coop = Collective(3)
    raise_it(coop, disagreement="disagreement-2")
    raise_it(coop, disagreement=None)
    assert list(coop.state.disagreements) == ["disagreement-2", "disagreement-3"]


# --- triage ---


@pytest.mark.parametrize(
    ("verdict", "state", "days"),
    [("accept", "dialogue", 21), ("emergency", "mediation", 60), ("redirect", "closed", 90)],
)
def test_triage_leads_to_dialogue_or_mediation_or_elsewhere(
    verdict: str, state: str, days: int
) -> None:
    """Each verdict has its step; what is redirected is closed here."""
    coop = at_step("raised")
    coop.wait(days=2)
    coop.do("fay", "triage_disagreement", disagreement="d", verdict=verdict)
    one = _one(coop)
    assert (one.state, one.entered_at, one.limit) == (state, coop.at, coop.at + days * DAY)
    assert not one.by_expiry
    assert one.outcome == ("redirected" if state == "closed" else None)
    again = {"disagreement": "d", "verdict": "accept"}
    assert coop.refused("fay", "triage_disagreement", **again) == "wrong_state"


# --- limits ---


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("raised", "dialogue"),
        ("dialogue", "facilitation"),
        ("facilitation", "mediation"),
        ("collective_decision", "separation"),
    ],
)
def test_an_expired_limit_escalates_by_itself(step: str, after: str) -> None:
    """To the microsecond, and it is remembered that nobody treated it in time."""
    coop = at_step(step)
    end = coop.at + LIMITS[step] * DAY
    assert _one(coop).limit == end
    coop.wait(until=end - TICK)
    assert _one(coop).state == step
    coop.wait(until=end)
    one = _one(coop)
    assert (one.state, one.by_expiry, one.entered_at) == (after, True, end)
    assert one.limit == end + LIMITS[after] * DAY


def test_an_expired_mediation_waits_ten_days_for_a_party_to_ask() -> None:
    """If nobody asks it closes as a lasting disagreement, without having escalated by expiry."""
    coop = mediated()
    end = coop.at + 60 * DAY
    coop.wait(until=end - TICK)
    assert not _one(coop).asking
    coop.wait(until=end)
    assert (_one(coop).state, _one(coop).asking, _one(coop).limit) == (
        "mediation",
        True,
        end + 10 * DAY,
    )
    coop.wait(until=end + 10 * DAY - TICK)
    assert _one(coop).state == "mediation"
    coop.wait(until=end + 10 * DAY)
    assert (_one(coop).state, _one(coop).outcome, _one(coop).by_expiry) == (
        "closed",
        "lasting",
        False,
    )


def test_a_party_asks_the_collective_within_ten_days() -> None:
    """Asking at the very end comes too late: what falls due goes first."""
    coop = mediated()
    coop.wait(days=60)
    coop.wait(days=9)
    coop.do("rep-beta", "escalate_disagreement", disagreement="d")
    assert (_one(coop).state, _one(coop).asking) == ("collective_decision", False)
    assert _one(coop).limit == coop.at + 30 * DAY
    late = mediated()
    late.wait(days=60)
    late.at += 10 * DAY
    assert late.refused("rep-beta", "escalate_disagreement", disagreement="d") == "wrong_state"


def test_a_separation_that_nobody_ends_lasts() -> None:
    """After 60 days it closes as a lasting disagreement."""
    coop = at_step("separation")
    coop.wait(days=60)
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "lasting")


def test_limits_stand_still_in_a_frozen_pause() -> None:
    """After it a step has as much time left as before; a block as well."""
    coop = at_step("dialogue", blocking=True)
    until = _one(coop).blocks_until
    assert until is not None
    coop.wait(days=1)
    coop.do("fay", "pause_cooperation", reason="Summer", clocks="freeze")
    coop.wait(days=300)
    assert _one(coop).state == "dialogue"
    coop.do("fay", "resume_cooperation")
    assert _one(coop).limit == coop.at + 20 * DAY
    assert _one(coop).blocks_until == until + 300 * DAY


# --- ways out ---

WAYS = [
    ("settle_disagreement", {"agreed_text": "Agreed"}, "rep-alpha", {"dialogue", "facilitation"}),
    ("withdraw_disagreement", {}, "rep-alpha", {"raised", "dialogue", "facilitation"}),
    ("escalate_disagreement", {}, "rep-alpha", {"dialogue", "facilitation", "collective_decision"}),
    ("triage_disagreement", {"verdict": "accept"}, "fay", {"raised"}),
    ("record_lasting_disagreement", {}, "fay", {"collective_decision", "separation"}),
    ("appoint_mediator", {"person": "med"}, "fay", {"mediation"}),
    ("stop_mediation", {"organisation": "alpha"}, "rep-alpha", {"mediation"}),
]


@pytest.mark.parametrize(("command", "payload", "by", "steps"), WAYS)
@pytest.mark.parametrize("step", EVERY_STEP)
def test_each_step_has_its_ways_out(
    step: str, command: str, payload: dict[str, Any], by: str, steps: set[str]
) -> None:
    """What a step does not provide is refused as the wrong state."""
    coop = at_step(step)
    if step in steps:
        coop.do(by, command, disagreement="d", **payload)
    else:
        assert coop.refused(by, command, disagreement="d", **payload) == "wrong_state"


@pytest.mark.parametrize(("command", "payload", "by", "steps"), WAYS)
def test_a_disagreement_that_does_not_exist_is_unknown(
    command: str, payload: dict[str, Any], by: str, steps: set[str]
) -> None:
    """Whoever may act on some disagreement is told that there is none by this id."""
    coop = at_step("raised")
    assert coop.refused(by, command, disagreement="x", **payload) == "unknown_disagreement"


@pytest.mark.parametrize(
    ("command", "payload", "outcome", "text"),
    [
        ("settle_disagreement", {"agreed_text": "Agreed"}, "settled", "Agreed"),
        ("withdraw_disagreement", {}, "withdrawn", None),
    ],
)
def test_the_parties_end_a_disagreement_themselves(
    command: str, payload: dict[str, Any], outcome: str, text: str | None
) -> None:
    """Either of them writes down what they agreed on, or takes it back."""
    coop = at_step("dialogue")
    coop.do("rep-beta", command, disagreement="d", **payload)
    assert _closings(coop)[0].outcome == outcome
    assert _closings(coop)[0].agreed_text == text
    assert (_one(coop).state, _one(coop).outcome) == ("closed", outcome)


def test_the_parties_together_skip_a_step() -> None:
    """They escalate one after the other, at one instant."""
    coop = at_step("dialogue")
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
    coop.do("rep-beta", "escalate_disagreement", disagreement="d")
    assert (_one(coop).state, _one(coop).entered_at) == ("mediation", coop.at)


# --- mediation ---


def test_the_mediator_is_somebody_with_the_role_who_is_no_party() -> None:
    """Anybody else is refused; a new mediator asks the parties anew."""
    coop = at_step("mediation")
    asked = {"disagreement": "d"}
    assert coop.refused("fay", "appoint_mediator", person="ned", **asked) == "unknown_person"
    coop.do("fay", "assign_role", person="rep-alpha", role="mediator")
    assert coop.refused("fay", "appoint_mediator", person="rep-alpha", **asked) == "forbidden"
    coop.do("fay", "appoint_mediator", person="med", **asked)
    coop.do("rep-alpha", "accept_mediator", organisation="alpha", **asked)
    coop.do("fay", "assign_role", person="rep-gamma", role="mediator")
    coop.do("fay", "appoint_mediator", person="rep-gamma", **asked)
    assert (_one(coop).mediator, _one(coop).accepted_by) == ("rep-gamma", ())


def test_every_party_accepts_the_mediator_once() -> None:
    """Others have nothing to accept, and nobody accepts twice or before there is one."""
    coop = at_step("mediation")
    alpha = {"disagreement": "d", "organisation": "alpha"}
    assert coop.refused("rep-alpha", "accept_mediator", **alpha) == "wrong_state"
    coop.do("fay", "appoint_mediator", disagreement="d", person="med")
    coop.do("rep-alpha", "accept_mediator", **alpha)
    assert coop.refused("rep-alpha", "accept_mediator", **alpha) == "already_exists"
    gamma = {"disagreement": "d", "organisation": "gamma"}
    assert coop.refused("rep-gamma", "accept_mediator", **gamma) == "forbidden"
    assert coop.refused("rep-gamma", "stop_mediation", **gamma) == "forbidden"
    conclude = {"disagreement": "d", "outcome": "agreement", "agreed_text": "Agreed"}
    assert coop.refused("med", "conclude_mediation", **conclude) == "wrong_state"
    coop.do("rep-beta", "accept_mediator", disagreement="d", organisation="beta")
    assert _one(coop).accepted_by == ("alpha", "beta")
    coop.do("med", "conclude_mediation", **conclude)
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "agreement")
    assert _closings(coop)[0].agreed_text == "Agreed"


@pytest.mark.parametrize(
    ("outcome", "text", "reason", "closed_as"),
    [("partial", "Agreed", "partial", "partial"), ("none", None, "none", "lasting")],
)
def test_a_mediation_without_full_agreement_waits_for_a_party_to_ask(
    outcome: str, text: str | None, reason: str, closed_as: str
) -> None:
    """What was agreed in part is kept; nothing more can be done in the mediation."""
    coop = mediated()
    payload: dict[str, Any] = {"disagreement": "d", "outcome": outcome}
    if text is not None:
        payload["agreed_text"] = text
    coop.do("med", "conclude_mediation", **payload)
    ended = next(e.event for e in coop.journal if isinstance(e.event, MediationEnded))
    assert (ended.reason, ended.agreed_text) == (reason, text)
    assert _one(coop).asking
    assert coop.refused("med", "conclude_mediation", **payload) == "wrong_state"
    assert coop.refused("med", "extend_mediation", disagreement="d") == "wrong_state"
    appoint = {"disagreement": "d", "person": "med"}
    assert coop.refused("fay", "appoint_mediator", **appoint) == "wrong_state"
    stop = {"disagreement": "d", "organisation": "alpha"}
    assert coop.refused("rep-alpha", "stop_mediation", **stop) == "wrong_state"
    coop.wait(days=10)
    assert _one(coop).outcome == closed_as


@pytest.mark.parametrize("outcome", ["agreement", "partial"])
def test_an_agreement_says_what_was_agreed(outcome: str) -> None:
    """Without a text there is none."""
    asked = {"disagreement": "d", "outcome": outcome}
    assert mediated().refused("med", "conclude_mediation", **asked) == "reason_required"


def test_a_mediation_is_extended_once_by_thirty_days() -> None:
    """From its limit, whenever that is said; only by the mediator of that disagreement."""
    coop = mediated()
    limit = _one(coop).limit
    assert limit is not None
    coop.wait(days=50)
    coop.do("fay", "assign_role", person="other", role="mediator")
    assert coop.refused("other", "extend_mediation", disagreement="d") == "forbidden"
    coop.do("med", "extend_mediation", disagreement="d")
    assert _one(coop).limit == limit + 30 * DAY
    assert coop.refused("med", "extend_mediation", disagreement="d") == "wrong_state"
    coop.wait(until=limit + 30 * DAY - TICK)
    assert not _one(coop).asking
    coop.wait(until=limit + 30 * DAY)
    assert _one(coop).asking


@pytest.mark.parametrize("command", ["extend_mediation", "conclude_mediation"])
def test_a_mediator_acts_in_mediation_only(command: str) -> None:
    """Before it there is nothing to mediate; of an unknown disagreement nobody is mediator."""
    coop = mediated()
    coop.do("rep-alpha", "stop_mediation", disagreement="d", organisation="alpha")
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
    payload: dict[str, Any] = {"outcome": "none"} if command == "conclude_mediation" else {}
    assert coop.refused("med", command, disagreement="d", **payload) == "wrong_state"
    assert coop.refused("med", command, disagreement="x", **payload) == "unknown_disagreement"


def test_a_party_need_not_name_itself_nor_the_mediator() -> None:
    """Who accepts or stops acts for the party that they represent; another mediator is none."""
    coop = at_step("mediation")
    coop.do("fay", "assign_role", person="maud", role="mediator")
    assert coop.refused("rep-alpha", "accept_mediator", disagreement="d") == "wrong_state"
    coop.do("fay", "appoint_mediator", disagreement="d", person="maud")
    other = coop.refused("rep-alpha", "accept_mediator", disagreement="d", person="noe")
    assert other == "wrong_state"
    coop.do("rep-alpha", "accept_mediator", disagreement="d", person="maud")
    assert _one(coop).accepted_by == ("alpha",)
    assert coop.refused("rep-delta", "accept_mediator", disagreement="d") == "forbidden"
    assert coop.do("rep-beta", "stop_mediation", disagreement="d") == ["mediation_ended"]


def test_a_mediation_goes_on_until_a_party_stops_it() -> None:
    """A party cannot go around it; stopping lets either party ask."""
    coop = mediated()
    assert coop.refused("rep-alpha", "escalate_disagreement", disagreement="d") == "wrong_state"
    coop.do("rep-beta", "stop_mediation", disagreement="d", organisation="beta")
    assert _one(coop).asking
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
    assert _one(coop).state == "collective_decision"


# --- what the collective decides ---


def test_the_members_decide_under_the_charters_rule() -> None:
    """Without a charter in force the policy's fallback counts; adoption closes the disagreement."""
    coop = at_step("collective_decision")
    asked = {"subject": "disagreement:d", "question": "Whose room?"}
    coop.do("rep-gamma", "open_decision", decision="v", **asked)
    assert coop.state.decisions["v"].rule.name == "qualified_majority"
    coop.vote("v", "yes")
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "decided")
    rules = [
        {"subject": "disagreement", "rule": "unanimity", "quorum": "1/2", "fallback": "consent"}
    ]
    other = Collective(4)
    other.adopt("charter", charter(decision_rules=rules))
    for organisation in ("alpha", "beta", "gamma"):
        other.do(f"rep-{organisation}", "sign_charter", organisation=organisation)
    at_step("collective_decision", other)
    other.do("rep-gamma", "open_decision", decision="v", **asked)
    assert other.state.decisions["v"].rule.name == "unanimity"


def test_a_decision_that_is_rejected_leaves_the_disagreement_open() -> None:
    """The members may be asked again until the limit."""
    coop = at_step("collective_decision")
    coop.do("rep-gamma", "open_decision", decision="v", subject="disagreement:d", question="?")
    coop.vote("v", "no")
    assert _one(coop).state == "collective_decision"


@pytest.mark.parametrize("step", ["dialogue", "mediation", "separation", "closed"])
def test_members_decide_once_it_is_theirs_to_decide(step: str) -> None:
    """On any other step, and of a disagreement that does not exist, they are not asked."""
    coop = at_step(step)
    about = {"subject": "disagreement:d", "question": "?"}
    assert coop.refused("rep-gamma", "open_decision", **about) == "wrong_state"
    about["subject"] = "disagreement:x"
    assert coop.refused("rep-gamma", "open_decision", **about) == "unknown_disagreement"


def test_a_decision_that_comes_after_the_limit_changes_nothing() -> None:
    """The members had thirty days; by now it is a separation."""
    coop = at_step("collective_decision")
    end = coop.at + 40 * DAY
    coop.do(
        "rep-gamma",
        "open_decision",
        decision="v",
        subject="disagreement:d",
        question="?",
        closes_at=end.isoformat(),
    )
    coop.wait(days=30)
    coop.vote("v", "yes")
    assert coop.state.decisions["v"].result == "adopted"
    assert _one(coop).state == "separation"


@pytest.mark.parametrize("step", ["collective_decision", "separation"])
def test_a_lasting_disagreement_may_be_recorded(step: str) -> None:
    """Support and facilitator acknowledge that members go on disagreeing."""
    coop = at_step(step)
    entrust(coop, "gamma")
    coop.do("rep-gamma", "record_lasting_disagreement", disagreement="d")
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "lasting")


def test_an_orderly_exit_ends_a_separation() -> None:
    """Whichever party leaves, the disagreement leaves with it."""
    coop = at_step("separation", parties=["alpha", "beta", "gamma"])
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Leaving")
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "exit")


def test_an_exclusion_ends_a_separation() -> None:
    """The members decide about it as about any exclusion."""
    coop = at_step("separation")
    coop.do("rep-gamma", "open_decision", decision="x", subject="exclusion:beta", question="?")
    coop.vote("x", "yes")
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "exclusion")


def test_a_disagreement_needs_two_parties_on_any_step() -> None:
    """It ends when one is left; with a third party it goes on; others may come and go."""
    coop = at_step("dialogue", parties=["alpha", "beta", "gamma"])
    coop.do("rep-delta", "withdraw_member", organisation="delta", reason="Leaving")
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Leaving")
    assert _one(coop).state == "dialogue"
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Leaving")
    assert (_one(coop).state, _one(coop).outcome) == ("closed", "exit")
    coop.do("rep-alpha", "withdraw_member", organisation="alpha", reason="Leaving")
    assert len(_closings(coop)) == 1  # what is closed stays closed


# --- after it is closed ---


def test_a_closed_disagreement_is_followed_up_after_ninety_days() -> None:
    """Before that it is too early; what holds is confirmed once."""
    coop = at_step("closed")
    due = coop.at + 90 * DAY
    confirm = {"disagreement": "d", "holds": True}
    assert coop.refused("fay", "confirm_follow_up", **confirm) == "too_early"
    coop.wait(until=due - TICK)
    assert coop.refused("fay", "confirm_follow_up", **confirm) == "too_early"
    assert coop.wait(until=due).count("follow_up_due") == 1
    coop.wait(days=400)
    coop.do("fay", "confirm_follow_up", **confirm)
    assert (_one(coop).state, _one(coop).followed_up) == ("closed", True)
    assert coop.refused("fay", "confirm_follow_up", **confirm) == "wrong_state"


def test_what_does_not_hold_is_reopened_once() -> None:
    """It starts again with dialogue; a second time nothing is left to reopen."""
    coop = at_step("closed")
    coop.wait(days=90)
    coop.do("fay", "confirm_follow_up", disagreement="d", holds=False)
    one = _one(coop)
    assert (one.state, one.limit, one.outcome, one.reopened) == (
        "dialogue",
        coop.at + 21 * DAY,
        None,
        True,
    )
    assert coop.refused("fay", "confirm_follow_up", disagreement="d") == "wrong_state"
    coop.do("rep-alpha", "settle_disagreement", disagreement="d", agreed_text="Agreed")
    coop.wait(days=90)
    again = {"disagreement": "d", "holds": False}
    assert coop.refused("fay", "confirm_follow_up", **again) == "wrong_state"
    coop.do("fay", "confirm_follow_up", disagreement="d")
    assert _one(coop).followed_up


# --- blocking gates ---


@pytest.mark.parametrize(
    ("touches", "blocks"),
    [
        *[
            (matter, True)
            for matter in (
                "object",
                "charter",
                "money",
                "data_safety",
                "exclusion",
                "support_mandate",
            )
        ],
        ("other", False),
        ("a room", False),
    ],
)
def test_only_what_matters_blocks_gates(touches: str, blocks: bool) -> None:  # noqa: FBT001
    """Flagged by a party, confirmed by the facilitator, and touching one of six matters."""
    coop = at_step("raised", blocking=True, touches=touches)
    assert blocking(coop.state) == ()
    coop.do("fay", "triage_disagreement", disagreement="d", verdict="accept", blocking=True)
    assert blocking(coop.state) == (("d",) if blocks else ())
    assert _one(coop).blocks_until == (coop.at + 180 * DAY if blocks else None)


@pytest.mark.parametrize(
    ("by", "flagged", "confirmed", "verdict", "blocks"),
    [
        ("rep-alpha", True, True, "accept", True),
        ("rep-alpha", True, True, "emergency", True),
        ("rep-alpha", False, True, "accept", False),
        ("rep-alpha", True, False, "accept", False),
        ("rep-gamma", True, True, "accept", False),
        ("rep-alpha", True, True, "redirect", False),
    ],
)
def test_a_party_flags_and_the_facilitator_confirms(
    by: str,
    flagged: bool,  # noqa: FBT001
    confirmed: bool,  # noqa: FBT001
    verdict: str,
    blocks: bool,  # noqa: FBT001
) -> None:
    """Neither alone blocks a gate, nor does the flag of somebody who is no party."""
    coop = Collective(4)
    raise_it(coop, by, blocking=flagged)
    coop.do("fay", "triage_disagreement", disagreement="d", verdict=verdict, blocking=confirmed)
    assert _one(coop).blocks is blocks


def test_the_block_ends_with_closure_and_with_the_collective_decision() -> None:
    """Whether the parties settle or the members decide."""
    settled = at_step("dialogue", blocking=True)
    settled.do("rep-alpha", "settle_disagreement", disagreement="d", agreed_text="Agreed")
    assert blocking(settled.state) == ()
    decided = at_step("collective_decision", blocking=True)
    assert blocking(decided.state) == ("d",)
    decided.do("rep-gamma", "open_decision", decision="v", subject="disagreement:d", question="?")
    decided.vote("v", "yes")
    assert (blocking(decided.state), _one(decided).blocks_until) == ((), None)


def test_the_block_ends_after_180_days_wherever_the_disagreement_is() -> None:
    """In the collective's hands already, it goes on there without blocking."""
    coop = at_step("mediation", blocking=True)
    begin = coop.at
    coop.do("fay", "appoint_mediator", disagreement="d", person="med")
    coop.do("med", "extend_mediation", disagreement="d")
    coop.wait(days=99)
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
    coop.wait(days=60)
    assert _one(coop).state == "separation"
    coop.wait(until=begin + 180 * DAY - TICK)
    assert blocking(coop.state) == ("d",)
    coop.wait(until=begin + 180 * DAY)
    assert (blocking(coop.state), _one(coop).state) == ((), "separation")


@pytest.mark.parametrize("step", ["dialogue", "facilitation", "mediation"])
def test_when_the_block_ends_the_collective_must_decide(step: str) -> None:
    """A step below the collective's is left at that instant, and not by expiry."""

    def quick(policy: dict[str, Any]) -> None:
        policy["disagreements"]["blocks_for"] = {"days": 15}

    coop = at_step(step, Collective(4, rules=varied(quick)), blocking=True)
    coop.wait(days=15)
    one = _one(coop)
    assert (one.state, one.blocks, one.by_expiry) == ("collective_decision", False, False)
    assert one.limit == coop.at + 30 * DAY


# --- who may read the content ---


@pytest.mark.parametrize("step", EVERY_STEP)
def test_the_content_is_sealed_as_the_ladder_says(step: str) -> None:
    """On each step the parties read, and whoever acts there; nobody else ever does."""
    coop = surrounded(step)
    readers = {
        who for who, person in PEOPLE.items() if may_read_content(_one(coop), coop.state, person)
    }
    assert readers == READERS[step]


def test_a_mediator_reads_once_every_party_has_accepted() -> None:
    """Being proposed to the parties opens nothing."""
    coop = at_step("mediation")
    coop.do("fay", "appoint_mediator", disagreement="d", person="med")
    coop.do("rep-alpha", "accept_mediator", disagreement="d", organisation="alpha")
    assert not may_read_content(_one(coop), coop.state, "med")
    coop.do("rep-beta", "accept_mediator", disagreement="d", organisation="beta")
    assert may_read_content(_one(coop), coop.state, "med")


@pytest.mark.parametrize("step", EVERY_STEP)
def test_what_was_settled_is_read_by_the_parties_alone(step: str) -> None:
    """Who reads the content on some step does not read what the parties agreed among themselves."""
    coop = surrounded(step)
    people = {"other party": "rep-alpha", **PEOPLE}
    readers = {
        who for who, person in people.items() if may_read_settlement(_one(coop), coop.state, person)
    }
    assert readers == {"party", "other party"}


# --- the table ---


def test_the_table_knows_the_steps_of_the_contract() -> None:
    """Seven states in order; from each only what the contract provides."""
    assert set(DISAGREEMENT.states) == {*EVERY_STEP}
    assert DISAGREEMENT.initial == "raised"
    assert [DISAGREEMENT.after(step, "escalate") for step in EVERY_STEP] == [
        None,
        "facilitation",
        "mediation",
        "collective_decision",
        "separation",
        None,
        None,
    ]
    assert DISAGREEMENT.after("mediation", "expire") is None  # a party asks, or it is over
    assert DISAGREEMENT.after("closed", "reopen") == "dialogue"
