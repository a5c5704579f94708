"""Ballots: answering, answering in a meeting, and answering for another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from coopflow.domain.state import Delegation
from tests.collective import START, Collective

MOMENT = timedelta(microseconds=1)


def choices(coop: Collective, decision: str = "d") -> dict[str, str]:
    """Return what each organisation chose; an answer given for another is in brackets."""
    ballots = coop.state.decisions[decision].ballots
    return {who: f"({b.choice})" if b.delegated else b.choice for who, b in ballots.items()}


def asked(members: int = 5, **more: Any) -> Collective:
    coop = Collective(members)
    coop.ask(**more)
    return coop


# --- casting --------------------------------------------------------------------------------------


def test_the_last_ballot_before_closing_counts() -> None:
    """Who answers again replaces the answer; it is still one."""
    coop = asked(4)
    coop.cast("d", "no", "alpha")
    coop.at += timedelta(days=1)
    coop.cast("d", "yes", "alpha", reason="Convinced")
    ballot = coop.state.decisions["d"].ballots["alpha"]
    assert (ballot.choice, ballot.reason, ballot.by) == ("yes", "Convinced", "rep-alpha")
    assert ballot.at == START + timedelta(days=1)
    coop.cast("d", "yes", "beta")
    coop.wait(days=14)
    assert coop.result() == "adopted"


def test_a_new_representative_may_change_the_ballot() -> None:
    """The ballot is the organisation's; whoever speaks for it now may answer anew."""
    coop = asked(3)
    coop.cast("d", "no", "alpha")
    coop.do("rep-alpha", "appoint_representative", organisation="alpha", person="ada")
    coop.do("ada", "cast_ballot", decision="d", organisation="alpha", choice="yes")
    assert coop.state.decisions["d"].ballots["alpha"].by == "ada"
    assert (
        coop.refused("rep-alpha", "cast_ballot", decision="d", organisation="alpha", choice="no")
        == "forbidden"
    )


def test_an_alternate_answers_as_well() -> None:
    """The alternate speaks for the organisation like its representative."""
    coop = Collective(2)
    coop.do(
        "rep-beta",
        "appoint_representative",
        organisation="beta",
        person="rep-beta",
        alternate="alt",
    )
    coop.ask()
    coop.do("alt", "cast_ballot", decision="d", organisation="beta", choice="yes")
    assert choices(coop) == {"beta": "yes"}


@pytest.mark.parametrize("by", ["rep-beta", "fay", "pam", "stranger"])
def test_one_answers_for_ones_own_organisation_only(by: str) -> None:
    """Neither another member nor facilitator nor programme casts a ballot for it."""
    coop = asked(2)
    assert (
        coop.refused(by, "cast_ballot", decision="d", organisation="alpha", choice="yes")
        == "forbidden"
    )


@pytest.mark.parametrize(
    ("rule", "choice"),
    [
        ("simple_majority", "consent"),
        ("simple_majority", "maybe"),
        ("consent", "yes"),
        ("consensus", "no"),
        ("silence", "consent"),
        ("unanimity", "block"),
    ],
)
def test_a_choice_is_one_of_the_rules(rule: str, choice: str) -> None:
    """What the rule does not offer is refused, and the refusal says what it offers."""
    coop = asked(2, rule=rule)
    payload = {"decision": "d", "organisation": "alpha", "choice": choice}
    assert coop.refused("rep-alpha", "cast_ballot", **payload) == "invalid_choice"
    assert "choices=[" in str(coop.give("rep-alpha", "cast_ballot", **payload))


@pytest.mark.parametrize("rule", ["consent", "silence"])
def test_an_objection_says_why(rule: str) -> None:
    """Without a reason an objection is refused, with one it stands."""
    coop = asked(2, rule=rule)
    payload = {"decision": "d", "organisation": "alpha", "choice": "objection"}
    assert coop.refused("rep-alpha", "cast_ballot", **payload) == "reason_required"
    coop.do("rep-alpha", "cast_ballot", reason="Too dear", **payload)
    objection = coop.state.decisions["d"].objections["alpha"]
    assert (objection.status, objection.reason, objection.at) == ("raised", "Too dear", START)


def test_who_is_recused_does_not_vote() -> None:
    """A recused member is outside of the electorate."""
    coop = asked(2, recused=["alpha"])
    assert (
        coop.refused("rep-alpha", "cast_ballot", decision="d", organisation="alpha", choice="yes")
        == "not_in_electorate"
    )


def test_there_must_be_such_a_decision() -> None:
    """A ballot on nothing is refused as that."""
    coop = Collective(1)
    assert (
        coop.refused("rep-alpha", "cast_ballot", decision="x", organisation="alpha", choice="yes")
        == "unknown_decision"
    )


def test_another_answer_takes_an_objection_back() -> None:
    """Who consents after objecting has withdrawn the objection."""
    coop = asked(2, rule="consent")
    coop.cast("d", "objection", "alpha", reason="Hm")
    coop.cast("d", "concern", "alpha")
    assert coop.state.decisions["d"].objections["alpha"].status == "withdrawn"


# --- silence --------------------------------------------------------------------------------------


def test_an_objection_turns_silence_into_consent() -> None:
    """From the first objection on consent decides, open for seven days more at least."""
    coop = asked(3, rule="silence", closes_at=(START + timedelta(days=7)).isoformat())
    coop.wait(days=3)
    assert coop.cast("d", "objection", "alpha", reason="Wait") == ["ballot_cast", "rule_replaced"]
    broken = coop.state.decisions["d"]
    assert (broken.rule.name, broken.closes_at) == ("consent", START + timedelta(days=10))
    coop.cast("d", "consent", "beta", "gamma")
    coop.wait(until=START + timedelta(days=10) - MOMENT)
    assert coop.result() == "open"
    coop.wait(until=START + timedelta(days=10))
    assert coop.result() == "rejected"


def test_broken_silence_closes_no_earlier_than_it_would_have() -> None:
    """A closing that is further away than seven days stays."""
    coop = asked(3, rule="silence", closes_at=(START + timedelta(days=30)).isoformat())
    coop.cast("d", "objection", "alpha", reason="Wait")
    assert coop.state.decisions["d"].closes_at == START + timedelta(days=30)


def test_broken_silence_needs_a_quorum_again() -> None:
    """Once consent decides, silence is no agreement any more."""
    coop = asked(3, rule="silence")
    coop.cast("d", "objection", "alpha", reason="Wait")
    coop.do("rep-alpha", "withdraw_objection", decision="d", organisation="alpha")
    coop.wait(days=14)
    assert coop.result() == "lapsed"


# --- session votes --------------------------------------------------------------------------------


def test_a_session_vote_closes_at_once_whoever_is_missing() -> None:
    """Ballots given in a meeting are counted on the spot, also under consent."""
    coop = asked(4, rule="consent")
    coop.do("fay", "record_meeting", meeting="m1", kind="plenary", attendees=["alpha", "beta"])
    came = coop.do(
        "fay",
        "record_session_vote",
        decision="d",
        ballots={"alpha": "consent", "beta": "abstain"},
        meeting="m1",
    )
    assert came == ["ballot_cast", "ballot_cast", "decision_closed"]
    assert coop.result() == "adopted"


def test_a_session_vote_without_a_quorum_lapses() -> None:
    """A meeting of too few decides nothing."""
    coop = asked(3)
    coop.do("fay", "record_session_vote", decision="d", ballots={"alpha": "yes"})
    assert coop.result() == "lapsed"


def test_earlier_ballots_count_in_a_session_vote() -> None:
    """Who answered before and is not in the meeting has answered."""
    coop = asked(3)
    coop.cast("d", "yes", "gamma", "alpha")
    coop.do("fay", "record_session_vote", decision="d", ballots={"alpha": "no", "beta": "yes"})
    assert choices(coop) == {"gamma": "yes", "alpha": "no", "beta": "yes"}
    assert coop.result() == "adopted"


def test_an_objection_in_a_meeting_rejects() -> None:
    """An objection that is not met in the meeting is upheld when the vote is recorded."""
    coop = asked(3, rule="consent")
    coop.vote("d", "consent", beta="objection")
    assert coop.result() == "rejected"
    assert coop.state.decisions["d"].objections["beta"].status == "upheld"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"decision": "x", "ballots": {}}, "unknown_decision"),
        ({"decision": "d", "ballots": {"nobody": "yes"}}, "unknown_member"),
        ({"decision": "d", "ballots": {}, "meeting": "m9"}, "unknown_document"),
        ({"decision": "d", "ballots": {"gamma": "yes"}}, "not_in_electorate"),
        ({"decision": "d", "ballots": {"alpha": "consent"}}, "invalid_choice"),
    ],
)
def test_a_session_vote_names_what_is_there(payload: dict[str, Any], code: str) -> None:
    """Decision, meeting, electors and choices are looked at before anything is recorded."""
    coop = asked(2)
    coop.admit("gamma")
    assert coop.refused("fay", "record_session_vote", **payload) == code


def test_a_closed_decision_takes_no_session_vote() -> None:
    """What is decided is not decided again; what is unknown is said first."""
    coop = asked(2)
    coop.vote("d", "yes")
    again = {"decision": "d", "ballots": {"alpha": "no"}}
    assert coop.refused("fay", "record_session_vote", **again) == "decision_closed"
    assert coop.refused("fay", "record_session_vote", meeting="m9", **again) == "unknown_document"


def test_a_meeting_does_not_shorten_silence() -> None:
    """Before seven days have passed since everyone was notified nothing is agreed silently."""
    coop = asked(3, rule="silence")
    empty: dict[str, Any] = {"decision": "d", "ballots": {}}
    coop.wait(until=START + timedelta(days=7) - MOMENT)
    assert coop.refused("fay", "record_session_vote", **empty) == "too_early"
    coop.wait(until=START + timedelta(days=7))
    coop.do("fay", "record_session_vote", **empty)
    assert coop.result() == "adopted"


def test_an_objection_in_a_meeting_breaks_silence() -> None:
    """The decision goes on under consent instead of being closed."""
    coop = asked(3, rule="silence")
    coop.do("fay", "record_session_vote", decision="d", ballots={"alpha": "objection"})
    assert coop.result() == "open"
    assert coop.state.decisions["d"].rule.name == "consent"


# --- delegation -----------------------------------------------------------------------------------


def entrust(coop: Collective, giver: str, to: str, **terms: Any) -> list[str]:
    return coop.do(f"rep-{giver}", "delegate_ballot", source=giver, to=to, **terms)


def refused(coop: Collective, giver: str, to: str, **terms: Any) -> str:
    return coop.refused(f"rep-{giver}", "delegate_ballot", source=giver, to=to, **terms)


def test_a_holder_answers_for_both() -> None:
    """The vote of who entrusted it goes with the holder's, and is marked."""
    coop = asked(4)
    entrust(coop, "alpha", "beta", decision="d")
    coop.cast("d", "yes", "beta")
    assert choices(coop) == {"beta": "yes", "alpha": "(yes)"}
    coop.cast("d", "no", "beta")
    assert choices(coop) == {"beta": "no", "alpha": "(no)"}


def test_a_direct_ballot_overrides_delegation() -> None:
    """Who answers in person has answered, before the holder or after."""
    coop = asked(5)
    entrust(coop, "alpha", "beta", decision="d")
    coop.cast("d", "yes", "beta")
    coop.cast("d", "no", "alpha")
    coop.cast("d", "abstain", "beta")
    assert choices(coop) == {"beta": "abstain", "alpha": "no"}


def test_a_holder_that_has_answered_answers_for_the_other_at_once() -> None:
    """A vote entrusted after the holder's ballot is given with it, and may close the decision."""
    coop = asked(3)
    coop.cast("d", "yes", "beta", "gamma")
    came = entrust(coop, "alpha", "beta", decision="d")
    assert came == ["ballot_delegated", "ballot_cast", "decision_closed"]
    assert choices(coop)["alpha"] == "(yes)"


def test_an_answer_given_stays_when_the_vote_is_entrusted_later() -> None:
    """Entrusting one's vote does not undo the ballot one has cast."""
    coop = asked(4)
    coop.cast("d", "no", "alpha")
    coop.cast("d", "yes", "beta")
    entrust(coop, "alpha", "beta", decision="d")
    assert choices(coop) == {"alpha": "no", "beta": "yes"}


def test_a_vote_may_be_entrusted_until_a_date() -> None:
    """The date is inclusive: on its last day the holder still answers, on the next no more."""
    coop = Collective(4)
    last = date(2026, 1, 10)
    entrust(coop, "alpha", "beta", until=last.isoformat())
    end = START.replace(day=11, hour=0)
    coop.at = end - MOMENT
    coop.ask("in-time")
    coop.ask("late")
    coop.cast("in-time", "yes", "beta")
    coop.at = end
    coop.cast("late", "yes", "beta")
    assert choices(coop, "in-time") == {"beta": "yes", "alpha": "(yes)"}
    assert choices(coop, "late") == {"beta": "yes"}


def test_a_standing_delegation_covers_what_is_open() -> None:
    """Entrusted until a date, a vote is given in all open decisions that the holder answered."""
    coop = Collective(4)
    coop.ask("one")
    coop.ask("two", recused=["alpha"])
    coop.ask("three")
    coop.cast("one", "yes", "beta")
    coop.cast("two", "yes", "beta")
    entrust(coop, "alpha", "beta", until="2026-06-30")
    assert choices(coop, "one") == {"beta": "yes", "alpha": "(yes)"}
    assert choices(coop, "two") == {"beta": "yes"}
    assert choices(coop, "three") == {}


def test_a_delegation_for_one_decision_goes_before_a_standing_one() -> None:
    """For the decision it names the particular holder answers, elsewhere the other."""
    coop = asked(5)
    coop.ask("e")
    entrust(coop, "alpha", "beta", until="2026-06-30")
    entrust(coop, "alpha", "gamma", decision="d")
    coop.cast("d", "yes", "beta")
    assert choices(coop) == {"beta": "yes"}
    coop.cast("d", "no", "gamma")
    coop.cast("e", "yes", "beta")
    assert choices(coop) == {"beta": "yes", "gamma": "no", "alpha": "(no)"}
    assert choices(coop, "e") == {"beta": "yes", "alpha": "(yes)"}


def test_a_later_delegation_of_the_same_kind_replaces_the_earlier() -> None:
    """One entrusts one's vote on a decision to one holder; what is over is forgotten."""
    coop = asked(5)
    entrust(coop, "alpha", "beta", decision="d")
    entrust(coop, "alpha", "gamma", decision="d")
    assert list(coop.state.delegations["alpha"]) == [Delegation(to="gamma", decision="d")]
    entrust(coop, "alpha", "beta", until="2026-01-02")
    coop.wait(days=5)
    entrust(coop, "alpha", "delta", decision="d")
    entrust(coop, "alpha", "delta", until="2026-02-01")
    assert list(coop.state.delegations["alpha"]) == [
        Delegation(to="delta", decision="d"),
        Delegation(to="delta", until=date(2026, 2, 1)),
    ]


def test_a_session_vote_counts_entrusted_votes() -> None:
    """In a meeting the holder's ballot stands for both, unless the other is there in person."""
    coop = asked(4)
    entrust(coop, "alpha", "beta", decision="d")
    entrust(coop, "gamma", "beta", decision="d")
    coop.do("fay", "record_session_vote", decision="d", ballots={"beta": "yes", "gamma": "no"})
    assert choices(coop) == {"beta": "yes", "gamma": "no", "alpha": "(yes)"}
    assert coop.result() == "adopted"


@pytest.mark.parametrize("met", ["withdraw", "concern", "integrate"])
def test_an_objection_is_that_of_the_holder(met: str) -> None:
    """Who entrusted its vote objects through the holder: once it is met, nothing stands."""
    coop = asked(4, rule="consent")
    entrust(coop, "alpha", "beta", decision="d")
    coop.cast("d", "objection", "beta", reason="Too fast")
    coop.cast("d", "consent", "gamma", "delta")
    decision = coop.state.decisions["d"]
    assert {who: one.reason for who, one in decision.objections.items()} == {"beta": "Too fast"}
    assert (decision.ballots["alpha"].choice, decision.ballots["alpha"].holder) == (
        "objection",
        "beta",
    )
    about = {"decision": "d", "organisation": "beta"}
    if met == "withdraw":
        coop.do("rep-beta", "withdraw_objection", **about)
    elif met == "concern":
        coop.do("fay", "qualify_objection", verdict="concern", **about)
    else:
        coop.do("fay", "integrate_objection", amendment={}, material=False, **about)
    coop.wait(days=14)
    assert coop.result() == "adopted"


def test_an_entrusted_objection_is_a_no_when_votes_are_counted() -> None:
    """After the rounds the fallback reads the holder's standing objection for both."""
    coop = asked(5, rule="consent")
    entrust(coop, "alpha", "beta", decision="d")
    for _ in range(3):
        coop.cast("d", "objection", "beta", reason="Too fast")
        coop.do(
            "fay",
            "integrate_objection",
            decision="d",
            organisation="beta",
            amendment={},
            material=False,
        )
    coop.cast("d", "consent", "gamma", "delta")
    coop.cast("d", "objection", "beta", reason="Still too fast")
    choices = {who: one.choice for who, one in coop.state.decisions["d"].ballots.items()}
    assert choices == {"beta": "no", "alpha": "no", "gamma": "yes", "delta": "yes"}


def test_what_a_holder_answered_for_others_goes_with_it() -> None:
    """When the holder is suspended, who entrusted its vote is waited for again, its no with it."""
    coop = asked(4, rule="consent")
    entrust(coop, "alpha", "beta", decision="d")
    coop.cast("d", "objection", "beta", reason="Too fast")
    coop.cast("d", "consent", "gamma", "delta")
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    decision = coop.state.decisions["d"]
    assert decision.waited_for == ("alpha",)
    assert set(decision.ballots) == {"gamma", "delta"}
    coop.cast("d", "objection", "alpha", reason="Still too fast")
    coop.wait(days=14)
    assert coop.result() == "rejected"


def test_another_does_not_take_back_ones_own_objection() -> None:
    """Entrusting the vote leaves an objection standing until who raised it takes it back."""
    coop = asked(4, rule="consent")
    coop.cast("d", "objection", "alpha", "beta", reason="Too fast")
    coop.do(
        "fay",
        "integrate_objection",
        decision="d",
        organisation="beta",
        amendment={},
        material=True,
    )
    entrust(coop, "alpha", "gamma", decision="d")
    coop.cast("d", "consent", "gamma")
    assert coop.state.decisions["d"].open_objections == ("alpha",)


def test_a_holder_has_two_votes_at_most() -> None:
    """A third vote is refused, on the decision as well as standing ones together."""
    coop = asked(6)
    entrust(coop, "alpha", "zeta", decision="d")
    entrust(coop, "beta", "zeta", until="2026-06-30")
    assert refused(coop, "gamma", "zeta", decision="d") == "delegation_refused"
    assert refused(coop, "gamma", "zeta", until="2026-06-30") == "delegation_refused"
    # entrusting it again is the same vote
    entrust(coop, "alpha", "zeta", decision="d")


def test_votes_entrusted_for_what_is_over_do_not_count() -> None:
    """When a decision closes, or a date passes, the holder is free again."""
    coop = asked(6)
    entrust(coop, "alpha", "zeta", decision="d")
    entrust(coop, "beta", "zeta", until="2026-01-20")
    coop.wait(days=14)
    coop.ask("e")
    entrust(coop, "gamma", "zeta", decision="e")
    assert refused(coop, "delta", "zeta", decision="e") == "delegation_refused"
    coop.wait(until=START.replace(day=21, hour=0))
    entrust(coop, "delta", "zeta", decision="e")


def test_votes_on_other_decisions_do_not_count() -> None:
    """The limit is per decision where votes are entrusted per decision."""
    coop = asked(6)
    coop.ask("e")
    entrust(coop, "alpha", "zeta", decision="d")
    entrust(coop, "beta", "zeta", decision="d")
    entrust(coop, "gamma", "zeta", decision="e")
    assert refused(coop, "delta", "zeta", decision="d") == "delegation_refused"


def test_delegation_is_not_transitive() -> None:
    """Who holds a vote does not pass it on, and who gave its own away holds none."""
    coop = asked(5)
    entrust(coop, "alpha", "beta", decision="d")
    assert refused(coop, "beta", "gamma", decision="d") == "delegation_refused"
    assert refused(coop, "beta", "gamma", until="2026-06-30") == "delegation_refused"
    assert refused(coop, "gamma", "alpha", decision="d") == "delegation_refused"
    assert refused(coop, "gamma", "alpha", until="2026-06-30") == "delegation_refused"
    coop.ask("e")
    entrust(coop, "beta", "gamma", decision="e")


def test_one_does_not_entrust_ones_vote_to_oneself() -> None:
    """Giver and holder are two organisations."""
    assert refused(asked(2), "alpha", "alpha", decision="d") == "delegation_refused"


@pytest.mark.parametrize(
    ("to", "terms", "code"),
    [
        ("nobody", {"decision": "d"}, "unknown_member"),
        ("gamma", {"decision": "d"}, "wrong_state"),
        ("beta", {"decision": "x"}, "unknown_decision"),
        ("beta", {"decision": "closed"}, "decision_closed"),
        ("beta", {"decision": "recused"}, "not_in_electorate"),
        ("beta", {"until": "2025-12-31"}, "too_late"),
        ("beta", {}, "invalid_command"),
        ("beta", {"decision": "d", "until": "2026-06-30"}, "invalid_command"),
    ],
)
def test_a_delegation_names_what_is_there(to: str, terms: dict[str, str], code: str) -> None:
    """Holder, decision or date are checked before a vote is entrusted."""
    coop = asked(4)
    coop.ask("closed")
    coop.do("fay", "cancel_decision", decision="closed")
    coop.ask("recused", recused=["beta"])
    coop.do("fay", "suspend_member", organisation="gamma", reason="Absent")
    assert refused(coop, "alpha", to, **terms) == code


def test_one_entrusts_ones_own_vote_only() -> None:
    """Nobody gives away the vote of another organisation."""
    coop = asked(3)
    assert (
        coop.refused("rep-beta", "delegate_ballot", source="alpha", to="beta", decision="d")
        == "forbidden"
    )
