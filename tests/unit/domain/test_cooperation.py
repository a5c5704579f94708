"""The one pair, ``decide`` and ``evolve``: refusals, order, time that passes, what comes next."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import (
    DUES,
    REACTIONS,
    UNOPENED,
    advance,
    decide,
    evolve,
    next_due,
    upcoming,
)
from coopflow.domain.events import Entry
from coopflow.domain.memo import KINDS
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation
from tests.collective import (
    START,
    Collective,
    identity_sheet,
    reference_rules,
    stakeholder_map,
    vision,
)
from tests.stages import (
    entrust,
    in_animation,
    in_structuration,
    meet,
    pass_gate,
    ready_for_renewal,
    ready_for_structuration,
    varied,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
OPENING = {
    "command": "open_cooperation",
    "actor": "pam",
    "cooperation": "coop",
    "programme": "prog",
    "title": "A cooperation",
    "issue": "An issue",
    "territory": "Somewhere",
    "lifecycle": "impact-collectif",
    "policy": "reference",
}


def _decide(
    state: Cooperation, raw: dict[str, Any], at: datetime = START, *grants: str
) -> tuple[Entry, ...] | Refusal:
    command = parse(raw, at)
    assert not isinstance(command, Refusal)
    return decide(state, command, reference_rules(), grants)


def _types(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.event.type for entry in entries]


def _told(state: Cooperation, entries: tuple[Entry, ...]) -> Cooperation:
    for entry in entries:
        state = evolve(state, entry)
    return state


# --- opening and refusing ---


def test_a_cooperation_is_opened_once() -> None:
    """Nothing but opening can be asked before, and opening not again."""
    pulse = {"command": "record_pulse", "actor": "pam", "score": 3, "answers": 0, "asked": 0}
    refused = _decide(UNOPENED, pulse, START, "programme_manager")
    assert isinstance(refused, Refusal)
    assert refused.code == "wrong_state"
    opened = _decide(UNOPENED, OPENING, START, "programme_manager")
    assert isinstance(opened, tuple)
    assert _types(opened) == ["cooperation_opened", "levels_changed"]
    again = _decide(_told(UNOPENED, opened), OPENING, START, "programme_manager")
    assert isinstance(again, Refusal)
    assert again.code == "already_exists"


def test_an_open_cooperation_follows_the_definition_it_was_given() -> None:
    """Names may be written with their version; another definition is refused."""
    for changed in ({"policy": "reference@1"}, {"lifecycle": "impact-collectif@1"}):
        outcome = _decide(UNOPENED, OPENING | changed, START, "programme_manager")
        assert isinstance(outcome, tuple)
        state = _told(UNOPENED, outcome)
        assert (state.lifecycle, state.policy) == ("impact-collectif@1", "reference@1")
    for changed in ({"policy": "mine"}, {"lifecycle": "impact-collectif@2"}):
        refused = _decide(UNOPENED, OPENING | changed, START, "programme_manager")
        assert isinstance(refused, Refusal)
        assert refused.code == "invalid_command"


def test_time_never_goes_back() -> None:
    """A command before the last event is refused; one at the same instant is not."""
    coop = Collective(3)
    coop.wait(days=30)  # the alerts about who joined are cleared now
    at = coop.at
    coop.at = at - TICK
    assert coop.refused("fay", "record_pulse", score=3, answers=0, asked=0) == "invalid_command"
    coop.at = at
    coop.do("fay", "record_pulse", score=3, answers=0, asked=0)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_refusals_are_looked_for_in_order(state: str) -> None:
    """Malformed, closed, paused, forbidden, unknown, and only then the rest."""
    coop = Collective(3)
    bad = {"decision": "d", "organisation": "alpha", "choice": 7}
    vote = {"decision": "nothing", "organisation": "alpha", "choice": "yes"}
    assert coop.refused("zoe", "cast_ballot", **bad) == "invalid_command"
    assert coop.refused("zoe", "cast_ballot", **vote) == "forbidden"
    assert coop.refused("rep-alpha", "cast_ballot", **vote) == "unknown_decision"
    if state == "paused":
        coop.do("fay", "pause_cooperation", reason="Summer")
    else:
        coop.do("rep-alpha", "open_decision", decision="e", subject="closing", question="?")
        coop.vote("e", "yes")
        coop.do("fay", "close_cooperation", report="The end")
    assert coop.refused("zoe", "cast_ballot", **bad) == "invalid_command"
    assert coop.refused("zoe", "cast_ballot", **vote) == f"cooperation_{state}"
    assert coop.refused("rep-alpha", "cast_ballot", **vote) == f"cooperation_{state}"
    resumed = coop.give("zoe", "resume_cooperation")
    assert isinstance(resumed, Refusal)
    assert resumed.code == ("forbidden" if state == "paused" else "cooperation_closed")


def test_a_refusal_changes_nothing_not_even_what_was_due_before() -> None:
    """What fell due before a refused command is told when time is told."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.at += 61 * DAY
    assert coop.refused("zoe", "record_pulse", score=3, answers=0, asked=0) == "forbidden"
    assert coop.state.stage == "structuration"
    coop.wait(days=0)
    assert coop.state.stage == "impulsion"


def test_a_paused_cooperation_may_be_resumed_and_people_erased() -> None:
    """Everything else waits; a closed one only forgets people."""
    coop = Collective(3)
    coop.do("fay", "pause_cooperation", reason="Summer")
    coop.do("pam", "erase_person", person="rep-gamma")
    coop.do("pam", "resume_cooperation")
    coop.do("rep-alpha", "open_decision", decision="e", subject="closing", question="?")
    coop.vote("e", "yes")
    coop.do("fay", "close_cooperation", report="The end")
    assert coop.do("pam", "erase_person", person="rep-beta") == ["person_erased"]


def test_a_closed_cooperation_rests_for_ever() -> None:
    """What is open is cancelled; no deadline, document or mandate of it falls due any more."""
    coop = ready_for_renewal()
    coop.do("rep-alpha", "open_decision", decision="open", subject="other", question="?")
    coop.do("rep-alpha", "open_decision", decision="e", subject="closing", question="?")
    coop.vote("e", "yes")
    coop.do("fay", "close_cooperation", report="The end")
    assert coop.state.decisions["open"].result == "cancelled"
    assert next_due(coop.state, coop.at, coop.rules) is None
    assert coop.wait(days=4000) == []


def test_closing_is_decided_once() -> None:
    """A second decision to close finds nothing left to do."""
    coop = Collective(3)
    for slug in ("one", "two"):
        coop.do("rep-alpha", "open_decision", decision=slug, subject="closing", question="?")
    assert "cooperation_closing" in coop.vote("one", "yes")
    assert "cooperation_closing" not in coop.vote("two", "yes")
    assert coop.state.status == "closing"


def test_closing_that_is_adopted_in_a_pause_ends_the_pause() -> None:
    """Where deadlines are kept the members' decision takes effect all the same."""
    coop = Collective(3)
    coop.do("rep-alpha", "open_decision", decision="e", subject="closing", question="?")
    for organisation in ("alpha", "beta"):
        coop.do(
            f"rep-{organisation}",
            "cast_ballot",
            decision="e",
            organisation=organisation,
            choice="yes",
        )
    coop.do("fay", "pause_cooperation", reason="Summer", clocks="keep")
    assert "cooperation_closing" in coop.wait(days=14)
    assert (coop.state.status, coop.state.pause) == ("closing", None)
    coop.do("fay", "close_cooperation", report="The end")


def test_a_gate_ratified_while_the_cooperation_closes_moves_nothing() -> None:
    """There is no next stage for what winds down."""
    coop = ready_for_structuration()
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    coop.do("rep-alpha", "open_decision", decision="e", subject="closing", question="?")
    coop.vote("e", "yes")
    told = coop.vote("ratify-to_structuration-1")
    assert "gate_passed" not in told
    assert coop.state.stage == "impulsion"


# --- entries ---


def test_entries_say_who_and_which_command_caused_them() -> None:
    """What was due by itself has nobody; what a command brings has its actor and its id."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    raw = {
        "command": "record_pulse",
        "actor": "fay",
        "score": 3,
        "answers": 0,
        "asked": 0,
        "id": "pulse-1",
    }
    entries = _decide(coop.state, raw, START + 61 * DAY)
    assert isinstance(entries, tuple)
    kinds = _types(entries)
    assert "fell_back" in kinds
    assert kinds[-1] == "pulse_recorded"
    assert {(entry.by, entry.command) for entry in entries[:-1]} == {(None, None)}
    assert (entries[-1].by, entries[-1].command) == ("fay", "pulse-1")
    assert entries[-1].at == START + 61 * DAY
    assert next(e for e in entries if e.event.type == "fell_back").at == START + 60 * DAY


def test_entries_are_numbered_from_where_the_journal_stands() -> None:
    """Without gaps, over commands and over time that passes; the state knows the last."""
    coop = in_animation()
    coop.wait(days=800)
    assert [entry.seq for entry in coop.journal] == list(range(1, len(coop.journal) + 1))
    assert coop.state.seq == len(coop.journal)
    assert coop.state.as_of == coop.journal[-1].at


def test_folding_the_journal_gives_the_state() -> None:
    """``evolve`` alone, without any rule, leads from nothing to the same cooperation."""
    coop = ready_for_renewal()
    pass_gate(coop, "renewal")
    coop.wait(days=500)
    folded = _told(UNOPENED, tuple(coop.journal))
    assert folded == coop.state


def test_what_a_command_brings_that_is_overdue_already_happens_with_it() -> None:
    """A minor correction of a stale document does not make it young, not for a moment."""
    coop = Collective(3)
    coop.adopt("stakeholder_map", stakeholder_map())
    coop.wait(days=370)
    coop.do(
        "rep-alpha", "draft_document", kind="stakeholder_map", content=stakeholder_map(), minor=True
    )
    coop.do("rep-alpha", "submit_document", kind="stakeholder_map", decision="m")
    told = coop.vote("m", "yes")
    assert told.index("document_approved") < told.index("document_went_stale")
    assert coop.levels(forward=True)[1] == 0
    last = coop.journal[-1]
    assert (last.by, last.command) == (None, None)
    assert coop.wait(days=0) == []
    due = next_due(coop.state, coop.at, coop.rules)
    assert due is not None
    assert due > coop.at


def test_what_a_pause_held_up_happens_when_it_ends() -> None:
    """A cadence that passed in a frozen pause convenes its review with the resumption."""
    coop = in_animation()
    coop.do("fay", "pause_cooperation", reason="A long winter", clocks="freeze")
    told = coop.wait(days=130)
    assert "review_convened" not in told
    told = coop.do("fay", "resume_cooperation")
    assert told[0] == "cooperation_resumed"
    assert "review_convened" in told
    due = next_due(coop.state, coop.at, coop.rules)
    assert due is not None
    assert due > coop.at


# --- the order of what falls due ---


def _coinciding() -> tuple[Collective, datetime]:
    """Return a cooperation for which something of every rank falls due at one instant."""

    def ninety_days(policy: dict[str, Any]) -> None:
        policy["documents"]["kinds"]["identity_sheet"]["valid"] = {"days": 90}

    at = START + 90 * DAY
    coop = Collective(4, rules=varied(ninety_days))
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    pass_gate(coop, "to_structuration")  # without a map, with a reservation of 90 days
    later = {"subject": "other", "question": "?"}
    coop.do("rep-alpha", "open_decision", decision="later", **later, closes_at=_z(at + 2 * DAY))
    coop.wait(until=at - 5 * DAY)
    coop.do("rep-alpha", "open_decision", decision="now", **later, closes_at=_z(at))
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="d",
        subject="?",
        content="!",
        parties=["alpha", "beta"],
        touches="other",
    )
    return coop, at


def _z(at: datetime) -> str:
    return at.isoformat()


def test_what_falls_due_at_one_instant_has_its_order() -> None:
    """Expiries, decisions, disagreements, clocks and reservations, reminders; then commands."""
    coop, at = _coinciding()
    coop.wait(until=at - TICK)
    coop.at = at
    told = coop.do("fay", "record_pulse", score=3, answers=0, asked=0)
    ordered = [
        "document_went_stale",
        "decision_closed",
        "disagreement_moved",
        "fell_back",
        "voters_reminded",
        "pulse_recorded",
    ]
    assert [kind for kind in told if kind in ordered] == ordered
    assert {entry.at for entry in coop.journal[-len(told) :]} == {at}


def test_a_clock_runs_out_against_the_levels_of_its_instant() -> None:
    """A mandate that the members give by the deadline at that instant saves the stage."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    end = coop.state.clocks["support"].until
    coop.do(
        "rep-beta",
        "propose_mandate",
        decision="m",
        holder="alpha",
        missions=["inform"],
        closes_at=_z(end),
    )
    for organisation in ("beta", "gamma"):
        coop.do(
            f"rep-{organisation}",
            "cast_ballot",
            decision="m",
            organisation=organisation,
            choice="consent",
        )
    told = coop.wait(until=end)
    assert told.index("mandate_started") < told.index("clock_stopped")
    assert "fell_back" not in told
    assert coop.state.stage == "structuration"


def test_a_mandate_that_ends_as_the_next_begins_leaves_no_gap() -> None:
    """Both happen before levels are looked at."""
    coop = Collective(4)
    entrust(coop, ends_on="2026-03-31")
    entrust(coop, "beta", starts_on="2026-04-01")
    told = coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    happened = [kind for kind in told if kind.startswith(("mandate", "levels"))]
    assert happened == ["mandate_ended", "mandate_started"]
    assert coop.state.mandate is not None
    assert coop.state.mandate.holder == "beta"


# --- time ---


@pytest.mark.parametrize("step", [1, 7, 30, 365])
def test_time_in_one_jump_or_in_many_gives_the_same_events(step: int) -> None:
    """However often the clock is looked at, the same happens at the same instants."""
    once, often = in_animation(), in_animation()
    for coop in (once, often):
        coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    once.wait(days=730)
    while often.at < once.at:
        often.wait(until=min(often.at + step * DAY, once.at))
    assert often.journal == once.journal


def test_advance_tells_up_to_and_including_an_instant() -> None:
    """Nothing before the cooperation is opened, nothing for an instant that has passed."""
    assert advance(UNOPENED, START, reference_rules()) == ()
    coop = Collective(3)
    coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    assert advance(coop.state, START - DAY, coop.rules) == ()
    assert advance(coop.state, START, coop.rules) == ()
    assert advance(coop.state, START + 7 * DAY - TICK, coop.rules) == ()
    assert _types(advance(coop.state, START + 7 * DAY, coop.rules)) == ["voters_reminded"]


def test_the_next_instant_is_the_first_at_which_something_happens() -> None:
    """Half time of a decision comes before its end; looks that change nothing are passed over."""
    coop = Collective(3)
    coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    assert next_due(coop.state, coop.at, coop.rules) == START + 7 * DAY
    assert next_due(coop.state, START + 7 * DAY, coop.rules) == START + 12 * DAY
    assert next_due(UNOPENED, START, coop.rules) is None


def test_upcoming_is_what_will_happen_if_nobody_acts() -> None:
    """Instant by instant, the same entries as when time passes; the state stays as it is."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    before = coop.state
    coming = list(islice(upcoming(coop.state, coop.at, coop.rules), 12))
    assert coop.state is before
    assert all(one.entries for one in coming)
    assert [one.at for one in coming] == sorted({one.at for one in coming})
    entries = tuple(entry for one in coming for entry in one.entries)
    assert advance(coop.state, coming[-1].at, coop.rules) == entries
    assert all(entry.at == one.at for one in coming for entry in one.entries)


def test_upcoming_never_ends_where_reviews_are_convened_again_and_again() -> None:
    """The iterator is lazy: whoever reads it says how far."""

    def endless(lifecycle: dict[str, Any]) -> None:
        for stage in lifecycle["stages"]:
            stage.pop("falls_back_to", None)

    coop = in_animation(rules=varied(lambda _: None, endless))
    coming = list(islice(upcoming(coop.state, coop.at, coop.rules), 60))
    assert len(coming) == 60
    assert coming[-1].at > START + 1000 * DAY


def test_dues_name_the_parts_of_the_state_that_they_depend_on() -> None:
    """What is remembered of them is looked up again when one of those parts changes."""
    coop, _ = _coinciding()
    fields = set(Cooperation.model_fields)
    for dues in DUES:
        assert set(dues.reads) <= fields | KINDS
        emptied = {
            name: Cooperation.model_fields[name].get_default(call_default_factory=True)
            for name in fields - set(dues.reads)
        }
        whole = [(due.at, due.rank) for due in dues.of(coop.state, coop.rules)]
        bare = [(due.at, due.rank) for due in dues.of(coop.state.but(**emptied), coop.rules)]
        assert whole == bare


def test_reactions_follow_events_that_exist() -> None:
    """Every event that something follows from is one of the catalogue."""
    assert set(REACTIONS) <= set(EVENTS.values())


@pytest.mark.parametrize("build", [in_structuration, in_animation, ready_for_renewal])
def test_a_state_that_travelled_goes_on_as_the_one_that_stayed(build: Any) -> None:
    """What was remembered makes no difference to what happens, to the microsecond."""
    coop = build()
    travelled = Cooperation.model_validate_json(coop.state.model_dump_json())
    end = coop.at + 900 * DAY
    stayed = advance(coop.state, end, coop.rules)
    assert advance(travelled, end, coop.rules) == stayed
    assert stayed
