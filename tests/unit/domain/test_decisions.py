"""Decisions: opening, electorates, closing, lapsing and reminders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from coopflow.domain.cooperation import next_due, upcoming
from coopflow.domain.decisions import charter_rule, decision_of, default_rule, tally
from coopflow.domain.refusals import RefusedError
from tests.collective import START, Collective, charter, support_model, vision
from tests.stages import in_structuration, varied

MOMENT = timedelta(microseconds=1)
DEADLINE = START + timedelta(days=14)


def chartered(members: int = 3, **changes: Any) -> Collective:
    """Return a cooperation whose charter is in force."""
    coop = Collective(members)
    coop.adopt("charter", charter(**changes))
    coop.sign(*coop.state.active)
    return coop


def stated(subject: str, rule: object = "consent", fallback: object = "simple_majority") -> Any:
    """Return the decision rules of a charter that states one."""
    return [{"subject": subject, "rule": rule, "quorum": "1/2", "fallback": fallback}]


# --- opening --------------------------------------------------------------------------------------


def test_a_decision_opens_with_the_defaults_of_the_policy() -> None:
    """Rule, quorum and closing come from the policy; the id from how many there are."""
    coop = Collective(3)
    coop.do("rep-alpha", "open_decision", subject="other", question="Shall we?")
    opened = coop.state.decisions["decision-1"]
    assert (opened.rule.name, opened.quorum, opened.closes_at) == (
        "simple_majority",
        Fraction(1, 2),
        DEADLINE,
    )
    assert (opened.question, opened.opened_at, opened.opened_by) == (
        "Shall we?",
        START,
        "rep-alpha",
    )
    assert opened.electors == opened.waited_for == ("alpha", "beta", "gamma")


def test_an_opening_may_state_everything_itself() -> None:
    """Rule, quorum, closing, recused members, secrecy and indicators are taken as given."""
    coop = Collective(3)
    coop.ask(
        rule={"name": "qualified_majority", "threshold": "3/4", "base": "electorate"},
        quorum="2/3",
        closes_at=(START + timedelta(days=2)).isoformat(),
        recused=["beta"],
        secret=True,
    )
    opened = coop.state.decisions["d"]
    assert opened.rule.model_dump()["threshold"] == "3/4"
    assert (opened.quorum, opened.closes_at) == (Fraction(2, 3), START + timedelta(days=2))
    assert (opened.electors, opened.recused, opened.secret) == (("alpha", "gamma"), ("beta",), True)


def test_the_electorate_is_the_active_members() -> None:
    """Who is suspended, has left, or was never there does not vote."""
    coop = Collective(4)
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Gone")
    coop.ask()
    assert coop.state.decisions["d"].electorate == ("alpha", "delta")


def test_electors_keep_the_college_they_had() -> None:
    """A decision notes the colleges of its electors at opening, where they have one."""
    coop = Collective()
    coop.admit("alpha", college="civil")
    coop.admit("beta")
    coop.admit("gamma", college="public")
    coop.ask(recused=["gamma"])
    assert coop.state.decisions["d"].colleges == {"alpha": "civil"}


def test_ids_of_decisions_are_taken_once() -> None:
    """A given id may not be taken; a made one passes over those that are."""
    coop = Collective(2)
    coop.ask("decision-2")
    assert (
        coop.refused("fay", "open_decision", decision="decision-2", subject="other", question="?")
        == "already_exists"
    )
    coop.do("fay", "open_decision", subject="other", question="?")
    assert list(coop.state.decisions) == ["decision-2", "decision-3"]


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        ("other", "simple_majority"),
        ("closing", "qualified_majority"),
        ("exclusion:beta", "qualified_majority"),
        ("policy:reference@2", "consent"),
        ("money:1000", "simple_majority"),
    ],
)
def test_each_subject_has_its_default_rule(subject: str, rule: str) -> None:
    """The policy says which rule decides what."""
    coop = Collective(3)
    coop.ask(subject=subject)
    assert coop.state.decisions["d"].rule.name == rule


def test_exclusion_and_closing_ask_for_two_thirds_of_the_electorate() -> None:
    """Two thirds are counted on all electors, not on those who answered."""
    coop = Collective(3)
    for subject in ("exclusion:gamma", "closing"):
        rule = default_rule(coop.state, coop.rules, subject)
        assert rule.model_dump() == {
            "name": "qualified_majority",
            "threshold": "2/3",
            "base": "electorate",
        }


def test_a_subject_that_the_policy_leaves_out_is_decided_by_its_fallback() -> None:
    """What the policy names no rule for, not even among other subjects, its fallback decides."""

    def silent(policy: dict[str, Any]) -> None:
        policy["decisions"]["rules"] = {}

    coop = Collective(3, varied(silent))
    coop.ask()
    assert coop.state.decisions["d"].rule == coop.rules.policy.decisions.fallback


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("document:charter", "wrong_state"),
        ("document:novel", "invalid_command"),
        ("mandate", "wrong_state"),
        ("admission:zeta", "unknown_member"),
        ("admission:alpha", "wrong_state"),
        ("gate:to_structuration", "wrong_state"),
        ("gate:to_heaven", "unknown_gate"),
        ("waiver:to_structuration", "wrong_state"),
        ("weather", "invalid_command"),
        ("exclusion:nobody", "unknown_member"),
        ("disagreement:none", "unknown_disagreement"),
        ("return:impulsion", "wrong_stage"),
        ("return:moon", "wrong_stage"),
    ],
)
def test_a_subject_must_be_one_to_decide_on(subject: str, code: str) -> None:
    """What another command opens, or what is not there, is not put to the members."""
    coop = Collective(2)
    assert coop.refused("fay", "open_decision", subject=subject, question="?") == code


@pytest.mark.parametrize("subject", ["mandate", "gate:to_structuration", "admission:alpha"])
def test_silence_is_refused_before_the_way_to_ask(subject: str) -> None:
    """What may never be decided by silence is told so, whoever else opens its decision."""
    coop = Collective(2)
    asked = {"subject": subject, "question": "?", "rule": "silence"}
    assert coop.refused("fay", "open_decision", **asked) == "rule_not_allowed"


def test_one_does_not_exclude_who_has_left() -> None:
    """An organisation that left is no member to exclude."""
    coop = Collective(3)
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Gone")
    assert (
        coop.refused("fay", "open_decision", subject="exclusion:gamma", question="?")
        == "unknown_member"
    )


def test_only_members_are_recused() -> None:
    """An organisation that the cooperation does not know cannot be recused."""
    coop = Collective(2)
    assert (
        coop.refused("fay", "open_decision", subject="other", question="?", recused=["nobody"])
        == "unknown_member"
    )


@pytest.mark.parametrize("subject", ["money:1000", "closing", "exclusion:beta"])
def test_silence_never_decides_what_weighs_too_much(subject: str) -> None:
    """The policy forbids silence for money, closing and exclusion."""
    coop = Collective(3)
    assert (
        coop.refused("fay", "open_decision", subject=subject, question="?", rule="silence")
        == "rule_not_allowed"
    )


@pytest.mark.parametrize("rule", ["consent", "silence"])
def test_objections_are_never_secret(rule: str) -> None:
    """A secret ballot is not available where objections carry a reason."""
    coop = Collective(3)
    assert (
        coop.refused("fay", "open_decision", subject="other", question="?", rule=rule, secret=True)
        == "rule_not_allowed"
    )


def test_a_decision_closes_after_it_opens() -> None:
    """A closing that is not in the future is refused; a microsecond later is enough."""
    coop = Collective(2)
    asked = {"subject": "other", "question": "?"}
    now, later = START.isoformat(), (START + MOMENT).isoformat()
    assert coop.refused("fay", "open_decision", closes_at=now, **asked) == "too_late"
    coop.do("fay", "open_decision", closes_at=later, **asked)


@pytest.mark.parametrize(
    ("closes", "code"),
    [
        ("2999-12-31T23:59:59Z", None),
        ("2999-12-31T23:30:00-02:00", "invalid_command"),
        ("9999-12-31T23:59:59Z", "invalid_command"),
        ("2026-01-15T09:00:00", "invalid_command"),
    ],
)
def test_a_closing_lies_within_the_calendar(closes: str, code: str | None) -> None:
    """Far ahead is fine; where dates overflow, or without a zone, it is refused."""
    coop = Collective(2)
    asked = {"subject": "other", "question": "?", "closes_at": closes}
    if code is None:
        coop.do("fay", "open_decision", **asked)
    else:
        assert coop.refused("fay", "open_decision", **asked) == code


def test_a_cooperation_reaches_the_end_of_the_calendar() -> None:
    """What follows from a command given late in the last year may lie in the next."""
    coop = Collective(2)
    coop.at = datetime(2999, 12, 30, tzinfo=UTC)
    coop.ask()
    assert coop.state.decisions["d"].closes_at.year == 3000


def test_silence_takes_a_week() -> None:
    """Silence counts as agreement only after seven whole days."""
    coop = Collective(2)
    asked = {"subject": "other", "question": "?", "rule": "silence"}
    week = START + timedelta(days=7)
    short = (week - MOMENT).isoformat()
    assert coop.refused("fay", "open_decision", closes_at=short, **asked) == "too_early"
    coop.ask(rule="silence", closes_at=week.isoformat())
    assert coop.wait(until=week - MOMENT) == []
    coop.wait(until=week)
    assert coop.result() == "adopted"


# --- the charter's own rules ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        ("money:1000", "unanimity"),
        ("exclusion:alpha", "consensus"),
        ("charter", "consensus"),
    ],
)
def test_the_charter_in_force_states_rules_by_subject(subject: str, rule: str) -> None:
    """A rule is found by the subject or a part of it; else the one for others serves."""
    rules = [*stated("money", "unanimity"), *stated("other", "consensus")]
    coop = chartered(decision_rules=rules)
    found = charter_rule(coop.state, subject)
    assert found is not None
    assert found.rule.name == rule


def test_a_charter_with_one_rule_means_it_for_everything() -> None:
    """Where no rule names the subject, nor others, the charter's first one serves."""
    coop = chartered(decision_rules=stated("charter", "unanimity", "absolute_majority"))
    found = charter_rule(coop.state, "disagreement:x")
    assert found is not None
    assert (found.rule.name, found.fallback.name) == ("unanimity", "absolute_majority")


def test_a_charter_that_is_not_in_force_states_nothing() -> None:
    """Until enough have signed, and once it has expired, the policy alone decides."""
    coop = Collective(3)
    assert charter_rule(coop.state, "charter") is None
    coop.adopt("charter", charter())
    assert charter_rule(coop.state, "charter") is None
    coop.sign("alpha", "beta")
    assert charter_rule(coop.state, "charter") is not None
    coop.wait(until=datetime(2030, 1, 1, tzinfo=UTC))
    assert charter_rule(coop.state, "charter") is None


def test_the_charters_quorum_goes_with_its_rule() -> None:
    """What the charter decides asks for the charter's quorum."""
    (rule,) = stated("disagreement", "absolute_majority")
    coop = chartered(decision_rules=[rule | {"quorum": "1"}])
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="x",
        subject="A",
        content="B",
        parties=["alpha", "beta"],
        touches="other",
    )
    coop.do("fay", "triage_disagreement", disagreement="x", verdict="emergency")
    coop.do("rep-alpha", "stop_mediation", disagreement="x")
    coop.do("rep-alpha", "escalate_disagreement", disagreement="x")
    coop.ask(subject="disagreement:x")
    assert coop.state.decisions["d"].quorum == 1
    coop.cast("d", "yes", "alpha", "beta")
    coop.wait(days=14)
    assert coop.result() == "lapsed"


def test_disagreements_are_decided_by_the_charters_rule() -> None:
    """The charter's rule for disagreements goes before the policy's fallback."""
    coop = chartered(decision_rules=stated("disagreement", "absolute_majority"))
    assert default_rule(coop.state, coop.rules, "disagreement:x").name == "absolute_majority"
    bare = Collective(3)
    fallback = bare.rules.policy.decisions.fallback
    assert default_rule(bare.state, bare.rules, "disagreement:x") == fallback


def test_the_charter_does_not_replace_the_policys_defaults() -> None:
    """Other subjects keep the policy's rule whatever the charter says."""
    coop = chartered(decision_rules=stated("other", "unanimity"))
    coop.ask()
    assert coop.state.decisions["d"].rule.name == "simple_majority"


# --- closing --------------------------------------------------------------------------------------


def test_a_decision_closes_at_its_deadline() -> None:
    """One microsecond before its closing it is open, at its closing it is counted."""
    coop = Collective(4)
    coop.ask()
    coop.cast("d", "yes", "alpha", "beta")
    coop.wait(until=DEADLINE - MOMENT)
    assert coop.result() == "open"
    assert "decision_closed" in coop.wait(until=DEADLINE)
    closed = coop.state.decisions["d"]
    assert (closed.result, closed.closed_at) == ("adopted", DEADLINE)
    assert closed.arithmetic is not None
    assert "2 yes against 0 no" in closed.arithmetic.en


def test_what_is_due_comes_before_a_command_of_that_instant() -> None:
    """A ballot given at the very deadline is too late."""
    coop = Collective(3)
    coop.ask()
    coop.cast("d", "yes", "alpha")
    coop.at = DEADLINE
    coop.ask("e")
    assert coop.result() == "lapsed"
    assert (
        coop.refused("rep-beta", "cast_ballot", decision="d", organisation="beta", choice="yes")
        == "decision_closed"
    )


def test_a_decision_closes_by_itself_once_all_have_answered() -> None:
    """The last answer that is waited for counts the ballots."""
    coop = Collective(3)
    coop.ask()
    assert coop.cast("d", "yes", "alpha", "beta") == ["ballot_cast"] * 2
    assert coop.cast("d", "no", "gamma") == ["ballot_cast", "decision_closed"]
    assert coop.result() == "adopted"


def test_consent_waits_for_its_deadline() -> None:
    """Though everyone answered, consent stays open: there may still be an objection."""
    coop = Collective(2)
    coop.ask(rule="consent")
    coop.cast("d", "consent", "alpha", "beta")
    assert coop.result() == "open"
    assert coop.refused("fay", "close_decision", decision="d") == "too_early"
    coop.cast("d", "objection", "beta", reason="On second thoughts")
    coop.wait(until=DEADLINE)
    assert coop.result() == "rejected"


def test_closing_early_needs_every_answer() -> None:
    """While somebody is waited for a decision is not closed by hand; the refusal says who."""
    coop = Collective(3)
    coop.ask()
    coop.cast("d", "yes", "alpha", "beta")
    refused = coop.give("fay", "close_decision", decision="d")
    assert "waited_for=['gamma']" in str(refused)
    assert coop.refused("fay", "close_decision", decision="d") == "too_early"


def test_a_decision_without_electors_is_void() -> None:
    """When all are recused, or gone, there is nobody whose answer could count."""
    coop = Collective(1)
    coop.ask(recused=["alpha"])
    assert coop.do("fay", "close_decision", decision="d") == ["decision_closed"]
    assert coop.result() == "void"
    coop.ask("e", rule="consent", recused=["alpha"])
    coop.wait(days=14)
    assert coop.result("e") == "void"


@pytest.mark.parametrize(
    ("answers", "result"), [(0, "lapsed"), (1, "lapsed"), (2, "adopted"), (3, "adopted")]
)
def test_without_a_quorum_a_decision_lapses(answers: int, result: str) -> None:
    """Half of four must have answered when it closes."""
    coop = Collective(4)
    coop.ask()
    coop.cast("d", "yes", *coop.state.active[:answers])
    coop.wait(days=14)
    assert coop.result() == result


def test_a_question_may_be_taken_back() -> None:
    """The facilitator cancels an open decision; it then takes no ballots."""
    coop = Collective(2)
    coop.ask()
    coop.do("fay", "cancel_decision", decision="d", reason="Asked too early")
    closed = coop.state.decisions["d"]
    assert closed.result == "cancelled"
    assert closed.arithmetic is not None
    assert closed.arithmetic.fr == "la question a été retirée"
    assert coop.refused("fay", "cancel_decision", decision="d") == "decision_closed"


def test_a_decision_is_found_by_its_id_or_its_subject() -> None:
    """The latest decision on a subject answers to the subject's name, with colons or dashes."""
    coop = Collective(3)
    for name in ("first", "second"):
        coop.ask(name, subject="exclusion:gamma")
    assert decision_of(coop.state, "first").id == "first"
    assert decision_of(coop.state, "exclusion:gamma").id == "second"
    assert decision_of(coop.state, "exclusion-gamma").id == "second"
    with pytest.raises(RefusedError, match="unknown_decision"):
        decision_of(coop.state, "exclusion:beta")


def test_the_support_function_does_not_run_the_vote_on_its_own_mandate() -> None:
    """Who represents the holder may be facilitator, but not of the vote on the mandate."""
    coop = Collective(3)
    coop.do("rep-alpha", "propose_mandate", decision="m", holder="alpha", missions=["fund"])
    coop.vote("m")
    coop.do("fay", "assign_role", person="rep-alpha", role="facilitator")
    coop.do("rep-beta", "propose_mandate", decision="n", holder="beta", missions=["fund"])
    coop.do("rep-beta", "draft_document", kind="support_model", content=support_model())
    coop.do("rep-beta", "submit_document", kind="support_model", decision="model")
    for decision in ("n", "model"):
        for command in ("close_decision", "cancel_decision"):
            assert coop.refused("rep-alpha", command, decision=decision) == "forbidden"
        assert (
            coop.refused("rep-alpha", "record_session_vote", decision=decision, ballots={})
            == "forbidden"
        )
    coop.ask()
    coop.do("rep-alpha", "cancel_decision", decision="d")
    coop.do("fay", "cancel_decision", decision="n")


# --- those who go while a vote is open ------------------------------------------------------------


@pytest.mark.parametrize("command", ["withdraw_member", "suspend_member"])
def test_who_goes_takes_the_ballot_along(command: str) -> None:
    """The ballot is revoked, the electorate is one smaller, and the quorum is counted anew."""
    coop = Collective(4)
    coop.ask()
    coop.cast("d", "yes", "alpha")
    coop.cast("d", "no", "beta")
    by = "rep-beta" if command == "withdraw_member" else "fay"
    assert "elector_left" in coop.do(by, command, organisation="beta", reason="Gone")
    counted = tally(coop.state.decisions["d"])
    assert counted.electors == ("alpha", "gamma", "delta")
    assert counted.choices == {"alpha": "yes"}
    coop.cast("d", "yes", "gamma")
    coop.wait(days=14)
    assert coop.result() == "adopted"


def test_an_objection_goes_with_who_raised_it() -> None:
    """The objection of a member that leaves stands in nobody's way."""
    coop = Collective(3)
    coop.ask(rule="consent")
    coop.cast("d", "objection", "beta", reason="No")
    coop.cast("d", "consent", "alpha")
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Gone")
    assert coop.state.decisions["d"].objections == {}
    coop.wait(days=14)
    assert coop.result() == "adopted"


def test_the_last_one_waited_for_may_close_a_vote_by_going() -> None:
    """Once everyone left has answered the decision closes, and closed ones stay as they are."""
    coop = Collective(3)
    coop.ask("old")
    coop.cast("old", "yes", "alpha", "beta", "gamma")
    coop.ask()
    coop.cast("d", "yes", "alpha", "beta")
    came = coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Gone")
    assert "decision_closed" in came
    assert coop.result() == "adopted"
    assert len(coop.state.decisions["old"].ballots) == 3


def test_a_vote_that_everybody_leaves_is_void() -> None:
    """When the last elector goes there is nobody left to count."""
    coop = Collective(1)
    coop.ask()
    coop.do("rep-alpha", "withdraw_member", organisation="alpha", reason="Gone")
    assert coop.result() == "void"


def test_who_joins_stays_outside_of_open_votes() -> None:
    """The electorate is frozen at opening, also for who comes back from being suspended."""
    coop = Collective(3)
    coop.ask()
    coop.admit("delta")
    coop.do("fay", "suspend_member", organisation="gamma", reason="Absent")
    coop.do("fay", "reinstate_member", organisation="gamma", reason="Back")
    assert coop.state.decisions["d"].electors == ("alpha", "beta")
    for organisation in ("gamma", "delta"):
        assert (
            coop.refused(
                f"rep-{organisation}",
                "cast_ballot",
                decision="d",
                organisation=organisation,
                choice="yes",
            )
            == "not_in_electorate"
        )


# --- reminders ------------------------------------------------------------------------------------


def reminders(coop: Collective, until: datetime) -> list[tuple[timedelta, tuple[str, ...]]]:
    """Let time pass; return how long after the start whom a reminder went to."""
    before = len(coop.journal)
    coop.wait(until=until)
    return [
        (entry.at - START, getattr(entry.event, "organisations"))  # noqa: B009 - of this event
        for entry in coop.journal[before:]
        if entry.event.type == "voters_reminded"
    ]


def test_those_who_have_not_answered_are_reminded_twice() -> None:
    """At half time and two days before closing, and only those who are waited for."""
    coop = Collective(4)
    coop.ask()
    coop.cast("d", "yes", "alpha")
    assert reminders(coop, START + timedelta(days=7) - MOMENT) == []
    assert reminders(coop, START + timedelta(days=7)) == [
        (timedelta(days=7), ("beta", "gamma", "delta"))
    ]
    coop.cast("d", "yes", "beta")
    assert reminders(coop, DEADLINE) == [(timedelta(days=12), ("gamma", "delta"))]


def test_a_short_vote_has_one_reminder() -> None:
    """A reminder that would lie before the opening is left out."""
    coop = Collective(2)
    coop.ask(closes_at=(START + timedelta(days=2)).isoformat())
    assert reminders(coop, START + timedelta(days=2)) == [(timedelta(days=1), ("alpha", "beta"))]


def test_a_policy_may_leave_half_time_out() -> None:
    """Then people are reminded before the closing only."""

    def quiet(policy: dict[str, Any]) -> None:
        policy["decisions"]["reminders"]["half_time"] = False

    coop = Collective(2, varied(quiet))
    coop.ask()
    assert [after.days for after, _ in reminders(coop, DEADLINE)] == [12]


def test_two_reminders_of_one_instant_are_one() -> None:
    """When half time is two days before closing people hear of it once."""
    coop = Collective(2)
    coop.ask(closes_at=(START + timedelta(days=4)).isoformat())
    assert len(reminders(coop, START + timedelta(days=4))) == 1


def test_silence_and_answers_are_not_reminded_of() -> None:
    """Under silence nobody needs to answer; where all have answered nobody is waited for."""
    coop = Collective(2)
    coop.ask("s", rule="silence")
    coop.ask("c", rule="consent")
    coop.cast("c", "consent", "alpha", "beta")
    assert reminders(coop, DEADLINE) == []


@pytest.mark.parametrize(("before", "days"), [(6, [37, 42]), (8, [42])])
def test_half_time_leaves_a_frozen_pause_out(before: int, days: list[int]) -> None:
    """Half of the time that a decision is really open: after the pause, or gone by before it."""
    coop = Collective(2)
    coop.ask()
    coop.wait(days=before)
    coop.do("fay", "pause_cooperation", reason="Summer", clocks="freeze")
    coop.wait(days=30)
    coop.do("fay", "resume_cooperation", reason="Autumn")
    assert coop.state.decisions["d"].closes_at == DEADLINE + timedelta(days=30)
    told = reminders(coop, DEADLINE + timedelta(days=30))
    assert [after.days for after, _ in told] == days


def test_a_reminder_that_fell_into_a_pause_is_let_go() -> None:
    """What lies before the present when a cooperation resumes is not told later."""
    coop = Collective(2)
    coop.ask(closes_at=(START + timedelta(days=3)).isoformat())
    coop.wait(days=2)
    coop.do("fay", "pause_cooperation", reason="Rest", clocks="freeze")
    coop.wait(days=1)
    coop.do("fay", "resume_cooperation", reason="On")
    assert reminders(coop, START + timedelta(days=4)) == []


def test_a_frozen_decision_neither_reminds_nor_closes() -> None:
    """While clocks are frozen a decision stands still; when they are kept it goes on."""
    frozen, kept = Collective(2), Collective(2)
    for coop, clocks in ((frozen, "freeze"), (kept, "keep")):
        coop.ask()
        coop.do("fay", "pause_cooperation", reason="Summer", clocks=clocks)
        coop.wait(days=60)
    assert frozen.result() == "open"
    assert kept.result() == "lapsed"


def test_a_cooperation_sleeps_until_the_next_reminder_or_closing() -> None:
    """What comes by itself is foretold in order, and looking changes nothing."""
    coop = Collective(2)
    coop.ask()
    before = coop.state
    found = upcoming(coop.state, coop.at, coop.rules)
    coming = [next(found) for _ in range(3)]
    assert [one.at - START for one in coming] == [timedelta(days=n) for n in (7, 12, 14)]
    assert coming[2].entries[0].event.type == "decision_closed"
    assert next_due(coop.state, coop.at, coop.rules) == START + timedelta(days=7)
    assert coop.state is before


# --- effects --------------------------------------------------------------------------------------


def test_an_adopted_exclusion_takes_effect() -> None:
    """The excluded organisation has left; a rejected exclusion changes nothing."""
    coop = Collective(3)
    coop.ask(subject="exclusion:gamma")
    coop.vote("d", "yes", gamma="no")
    assert coop.state.members["gamma"].status == "left"
    coop.ask("e", subject="exclusion:beta")
    coop.vote("e", "no")
    assert coop.state.members["beta"].is_active


def test_an_adopted_closing_winds_the_cooperation_down() -> None:
    """The status is closing, and a second closing is not put to the members."""
    coop = Collective(3)
    coop.ask(subject="closing")
    coop.vote("d", "yes")
    assert coop.state.status == "closing"
    assert coop.refused("fay", "open_decision", subject="closing", question="?") == "wrong_state"


def test_a_cooperation_may_choose_a_step_back() -> None:
    """A return names an earlier stage, is decided by consent, and moves there."""
    coop = in_structuration()
    assert (
        coop.refused("fay", "open_decision", subject="return:animation", question="?")
        == "wrong_stage"
    )
    coop.ask(subject="return:impulsion")
    assert coop.state.decisions["d"].rule.name == "consent"
    coop.vote("d")
    assert coop.state.stage == "impulsion"


def test_a_disagreement_is_put_to_the_members_at_its_time() -> None:
    """Before it has come to the collective decision it is too soon."""
    coop = Collective(4)
    coop.do("fay", "assign_role", person="moe", role="mediator")
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="x",
        subject="Money",
        content="Sealed",
        parties=["alpha", "beta"],
        touches="money",
        blocking=False,
    )
    coop.do("fay", "triage_disagreement", disagreement="x", verdict="emergency")
    asked = {"subject": "disagreement:x", "question": "?"}
    assert coop.refused("fay", "open_decision", **asked) == "wrong_state"
    coop.do("fay", "appoint_mediator", disagreement="x", person="moe")
    for party in ("alpha", "beta"):
        coop.do(f"rep-{party}", "accept_mediator", disagreement="x", organisation=party)
    coop.do("moe", "conclude_mediation", disagreement="x", outcome="none")
    coop.do("rep-alpha", "escalate_disagreement", disagreement="x")
    assert coop.state.disagreements["x"].state == "collective_decision"
    coop.ask(subject="disagreement:x")
    assert coop.state.decisions["d"].rule == coop.rules.policy.decisions.fallback


def test_other_subjects_have_no_effect() -> None:
    """A decision on anything else is kept, and that is all."""
    coop = Collective(3)
    coop.ask()
    assert coop.vote("d", "yes") == ["ballot_cast"] * 3 + ["decision_closed"]


def test_a_document_decision_may_be_named() -> None:
    """A submission gives its decision an id, a rule and a closing."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do(
        "rep-alpha",
        "submit_document",
        kind="shared_vision",
        decision="v",
        rule="unanimity",
        closes_at=(START + timedelta(days=3)).isoformat(),
    )
    opened = coop.state.decisions["v"]
    assert (opened.subject, opened.rule.name, opened.document) == (
        "document:shared_vision",
        "unanimity",
        1,
    )
    assert opened.closes_at == START + timedelta(days=3)


def test_who_leaves_is_counted_nowhere_even_where_another_goes_by_that() -> None:
    """A departure that closes an exclusion takes the leaver out of every other vote first."""
    coop = Collective(4)
    coop.ask("a", subject="exclusion:beta")
    coop.ask("b")
    for organisation in ("beta", "gamma", "delta"):
        coop.cast("a", "yes", organisation)
    for organisation in ("alpha", "gamma", "delta"):
        coop.cast("b", "yes", organisation)
    coop.do("rep-alpha", "withdraw_member", organisation="alpha", reason="No time")
    vote = coop.state.decisions["b"]
    assert (vote.result, vote.left) == ("adopted", ("alpha", "beta"))
    assert list(vote.ballots) == ["gamma", "delta"]
    assert vote.closed_seq is not None
    departures = [e.seq for e in coop.journal if e.event.type == "elector_left"]
    assert all(seq < vote.closed_seq for seq in departures)
