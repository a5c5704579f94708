from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.application.engine import Address, Reply
from coopflow.application.notices import notices_of
from coopflow.domain.base import Shape
from coopflow.domain.chain import GENESIS, digest_of, linked
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, decide, follow
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from tests.chaos.evidence import expected_rows
from tests.chaos.ledger import Answer, Asked, answer_of
from tests.chaos.script import Command, Script, addresses
from tests.chaos.verdicts import PROMISES, Evidence, Found, Workflow, judge
from tests.collective import reference_rules
from tests.temporal_engine import grants_of

BEGUN = datetime(2026, 3, 1, 9, tzinfo=UTC)
(ADDRESS,) = addresses(1)

ANSWERED = "every command is answered"
ONCE = "every acknowledged command is in the journal exactly once"
SAME = "what was acknowledged is what the journal holds"
INVITED = "nothing is in the journal that was refused or not asked"
WHOLE = "every journal is without gaps, in the time of the engine"
VERIFIED = "every journal verifies"
FOLLOWED = "every journal leads to the state of its workflow"
GOING_ON = "no workflow is stuck"
CURRENT = "the read model is that of the workflows"
TOLD = "every notice is in the outbox exactly once"


def lived(commands: int = 60) -> Found:
    """Return what is found after some commands when nothing went wrong."""
    script, state, journal = Script(3, ADDRESS, BEGUN), UNOPENED, list[Entry]()
    asked: dict[str, Asked] = {}
    while script.count < commands:
        for raw in script.burst():
            at = BEGUN + timedelta(seconds=len(asked))
            outcome = _outcome(state, raw, at, journal)
            if not isinstance(outcome, Refusal):
                state = follow(state, outcome.entries)
                journal += outcome.entries
            asked[raw["id"]] = Asked(ADDRESS, raw, (0.0,), 0, answer_of(outcome, 1.0))
    rows = expected_rows(state)
    notices = [one for entry in journal for one in notices_of(ADDRESS.cooperation, entry)]
    evidence = Evidence(
        journal=tuple(journal),
        head=digest_of(journal[-1]),
        state=state,
        snapshot=state,
        rows=copy.deepcopy(rows),
        expected=rows,
        notices=tuple((one.seq, one.index, one.kind) for one in notices),
    )
    ended = BEGUN + timedelta(hours=1)
    return Found(asked, {ADDRESS: evidence}, [Workflow("one")], BEGUN, ended)


def _outcome(state: Any, raw: Command, at: datetime, journal: list[Entry]) -> Reply | Refusal:
    command = parse(raw, at)
    if isinstance(command, Refusal):
        return command
    decided = decide(state, command, reference_rules(), grants_of(command.actor))
    if isinstance(decided, Refusal):
        return decided
    head = digest_of(journal[-1]) if journal else GENESIS
    entries = linked(decided, head, "pepper")
    return Reply(seq_from=state.seq + 1, seq_to=state.seq + len(entries), entries=entries)


@pytest.fixture(scope="module")
def found() -> Found:
    return lived()


def but(found: Found, **changes: Any) -> Found:
    """Return the same, with something else about the cooperation."""
    return replace(found, cooperations={ADDRESS: replace(evidence(found), **changes)})


def evidence(found: Found) -> Evidence:
    return found.cooperations[ADDRESS]


def answered(found: Found, command: str, answer: Answer | None) -> Found:
    """Return the same, with another answer to a command."""
    return replace(
        found, asked={**found.asked, command: replace(found.asked[command], answer=answer)}
    )


def breaches(found: Found) -> Mapping[str, str]:
    """Return what was breached, by promise."""
    return {one.promise: "; ".join(one.breaches) for one in judge(found) if not one.holds}


def some(found: Found, word: str) -> Asked:
    """Return the last command that was answered so, and brought about something if accepted."""
    fitting = [
        one
        for one in found.asked.values()
        if one.answer and one.answer.word == word and (one.answer.told or word == "refused")
    ]
    return fitting[-1]


def test_nothing_is_found_where_nothing_is_wrong(found: Found) -> None:
    """A life with acceptances, refusals, notices and rows is clean in every respect."""
    words = {one.answer.word for one in found.asked.values() if one.answer}
    assert words == {"accepted", "refused"}
    assert evidence(found).notices
    assert breaches(found) == {}
    assert [one.promise for one in judge(found)] == list(PROMISES)


def test_an_acknowledged_command_that_is_missing_is_found(found: Found) -> None:
    """Losing the last entries, which leaves no gap, is found by the ledger and by the workflow."""
    lost = some(found, "accepted")
    assert lost.answer is not None
    kept = evidence(found).journal[: lost.answer.seq_from - 1]
    told = breaches(but(found, journal=kept))
    assert f"{lost.id} was acknowledged: no entry" in told[ONCE]
    assert f"entry {lost.answer.seq_from} of {ADDRESS} is missing" in told[ONCE]
    assert "its workflow is at" in told[FOLLOWED]


def test_a_gap_is_found(found: Found) -> None:
    """An entry that is missing in the middle is named by those beside it."""
    journal = evidence(found).journal
    assert "(4, 6)" in breaches(but(found, journal=(*journal[:4], *journal[5:])))[WHOLE]


def test_a_command_that_is_there_twice_is_found(found: Found) -> None:
    """Carried out again, it stands in the journal under other numbers."""
    journal = evidence(found).journal
    again = journal[3].but(seq=len(journal) + 1)
    told = breaches(but(found, journal=(*journal, again)))
    assert f"{again.command} was acknowledged as" in told[ONCE]
    assert f"it is there again as [{again.seq}]" in told[ONCE]


def test_what_is_said_to_have_changed_nothing_must_not_be_there(found: Found) -> None:
    """An answer without entries is no excuse for entries."""
    one = some(found, "accepted")
    told = breaches(answered(found, one.id, Answer(1.0, "accepted", seq_from=9, seq_to=8)))
    assert f"{one.id} is said to have changed nothing" in told[ONCE]


def test_a_repeated_command_is_where_its_receipt_says(found: Found) -> None:
    """The answer to a duplicate carries no entries; its numbers are held against the journal."""
    one = some(found, "accepted")
    assert one.answer is not None
    receipt = replace(one.answer, duplicate=True, told=())
    assert breaches(answered(found, one.id, receipt)) == {}
    elsewhere = replace(receipt, seq_from=1, seq_to=1)
    assert "it is there again" in breaches(answered(found, one.id, elsewhere))[ONCE]


def test_a_changed_row_is_found(found: Found) -> None:
    """One other value in one entry is found by its digest, and by where it leads."""
    journal = list(evidence(found).journal)
    place = next(i for i, one in enumerate(journal) if one.event.type == "member_invited")
    event: Shape = journal[place].event
    journal[place] = journal[place].but(event=event.but(name="Somebody else"))
    told = breaches(but(found, journal=tuple(journal)))
    assert f"entry {place + 1} of {ADDRESS} is another than was acknowledged" in told[SAME]
    assert "its journal leads to other members" in told[FOLLOWED]
    assert f"entry {place + 2} does not carry the digest of the one before" in told[VERIFIED]


def test_a_chain_ends_where_the_workflow_does(found: Found) -> None:
    """Else the last entry could be another; a workflow that did not answer says nothing of it."""
    *journal, last = evidence(found).journal
    changed = (*journal, last.but(at=last.at + timedelta(seconds=1)))
    assert "the chain ends in" in breaches(but(found, journal=changed))[VERIFIED]
    assert VERIFIED not in breaches(but(found, journal=changed, head=None))


def test_a_journal_that_cannot_be_followed_is_found(found: Found) -> None:
    """Damage that no state can come of is told, not stumbled over."""
    journal = list(evidence(found).journal)
    journal[0], journal[-1] = journal[-1].but(seq=1), journal[0].but(seq=len(journal))
    assert FOLLOWED in breaches(but(found, journal=tuple(journal)))
    assert "KeyError" in breaches(but(found, unreadable="KeyError('x')"))[WHOLE]


def test_what_was_refused_must_not_be_there(found: Found) -> None:
    """A command that was refused has no entry, whatever came in between."""
    one = some(found, "accepted")
    told = breaches(answered(found, one.id, Answer(1.0, "refused", "forbidden")))
    assert f"are of {one.id}, which was refused (forbidden)" in told[INVITED]


def test_what_nobody_asked_must_not_be_there(found: Found) -> None:
    """An entry of a command that no client wrote down before sending it is a stranger."""
    one = some(found, "accepted")
    rest = {name: other for name, other in found.asked.items() if name != one.id}
    assert f"of {one.id}, which nobody asked" in breaches(replace(found, asked=rest))[INVITED]


def test_a_command_without_an_answer_is_found(found: Found) -> None:
    """So is one that the engine could not decide."""
    one = some(found, "refused")
    assert f"{one.id} was asked and never" in breaches(answered(found, one.id, None))[ANSWERED]
    fault = Answer(1.0, "fault", "EngineFaultError")
    assert "a fault of the engine" in breaches(answered(found, one.id, fault))[ANSWERED]


def test_an_instant_that_is_not_the_engines_is_found(found: Found) -> None:
    """A client whose clock is a day ahead would show in the journal."""
    journal = list(evidence(found).journal)
    journal[-1] = journal[-1].but(at=journal[-1].at + timedelta(days=1))
    assert "comes after" in breaches(but(found, journal=tuple(journal)))[WHOLE]
    assert "comes after" in breaches(replace(found, begun=found.ended))[WHOLE]


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        (Workflow("w", attempt=2), "w waits for attempt 2"),
        (Workflow("w", failures=("cause 1",)), "w had a task that failed: cause 1"),
    ],
)
def test_a_stuck_workflow_is_found(found: Found, workflow: Workflow, words: str) -> None:
    """A task that is tried again and again, or one that failed, is no way to go on."""
    told = breaches(replace(found, workflows=[workflow]))
    assert words in told[GOING_ON]


def test_a_task_that_was_interrupted_is_no_breach(found: Found) -> None:
    """It was done anew, and the workflow has gone on."""
    assert breaches(replace(found, workflows=[Workflow("w", interruptions=1)])) == {}


def test_a_history_that_does_not_replay_is_found(found: Found) -> None:
    """The worker that has it in memory goes on; the next one would not."""
    told = breaches(replace(found, unlike={"w (r)": "TimerCanceled"}))
    assert told == {"every history replays": "w (r) does not replay: TimerCanceled"}


def test_a_silent_cooperation_is_found(found: Found) -> None:
    """One that does not say how it is, or takes no more command, is stuck."""
    assert "does not say how it is" in breaches(but(found, state=None))[GOING_ON]
    assert "no answer to one more" in breaches(but(found, last=False))[GOING_ON]


def test_rows_that_are_not_those_of_the_workflow_are_found(found: Found) -> None:
    """A row that is missing, changed or left over; in some tables what is forgotten may stay."""
    rows = copy.deepcopy(dict(evidence(found).rows))
    key = next(iter(rows["member"]))
    changed = {**rows, "member": {**rows["member"], key: {"name": "else"}}}
    missing = {**rows, "member": {}}
    more = {**rows, "member": {**rows["member"], ("theta",): {}}}
    for wrong in (changed, missing, more):
        assert "of member is not what" in breaches(but(found, rows=wrong))[CURRENT]
    assert breaches(but(found, rows=more, lasting=frozenset({"member"}))) == {}
    assert "folds another state" in breaches(but(found, snapshot=None))[CURRENT]


def test_notices_are_there_once_and_in_order(found: Found) -> None:
    """One that is missing, told twice or out of order is found."""
    first, second, *rest = evidence(found).notices
    for wrong in ((second, *rest), (first, first, second, *rest), (second, first, *rest)):
        assert str(ADDRESS) in breaches(but(found, notices=wrong))[TOLD]


def test_a_cooperation_that_is_not_there_is_found(found: Found) -> None:
    """Without its journal, everything that was acknowledged is missing."""
    other = Address("north", "nowhere")
    moved = {one.id: replace(one, address=other) for one in found.asked.values()}
    assert "of north/nowhere is missing" in breaches(replace(found, asked=moved))[ONCE]
