"""What must hold when all is over: pure functions over what was asked and what is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import pairwise
from typing import Any, Final

from coopflow.application.engine import Address
from coopflow.application.notices import notices_of
from coopflow.application.verification import differing_parts
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.events import Entry
from coopflow.domain.state import Cooperation
from tests.chaos.ledger import Asked

SHOWN: Final = 10
"""So many of the things found are told of each verdict."""

Rows = Mapping[str, Mapping[Any, Mapping[str, Any]]]
"""The rows of a cooperation in plain JSON values, by table and key."""

Notice = tuple[int, int, str]
"""A notice as the number of its event, its position among those of that event, and its kind."""


@dataclass(frozen=True)
class Evidence:
    """What was found of one cooperation.

    Attributes:
        journal: its entries in the database, in order.
        unreadable: why they cannot be read; empty when they can.
        head: the digest of the last entry, as its workflow has it; None when that did not answer.
        state: what its workflow says it is; None when that did not answer.
        last: whether it had an answer to one more command.
        snapshot: the state that the read model folds; None without one.
        rows: its rows in the read model.
        expected: the rows that follow from the state of its workflow.
        lasting: the tables in which rows may stay of what the state has forgotten.
        notices: what the outbox holds, in order.
    """

    journal: tuple[Entry, ...] = ()
    unreadable: str = ""
    head: str | None = None
    state: Cooperation | None = None
    last: bool = True
    snapshot: Cooperation | None = None
    rows: Rows = field(default_factory=dict)
    expected: Rows = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """A workflow that runs.

    Attributes:
        id: its id.
        attempt: of the task that waits for a worker; 0 when none does.
        failures: why tasks of its latest run failed, other than by being interrupted.
        interruptions: how often one was interrupted, and done anew.
    """

    id: str
    attempt: int = 0
    failures: tuple[str, ...] = ()
    interruptions: int = 0


@dataclass(frozen=True)
class Found:
    """Everything there is to judge.

    Attributes:
        asked: all commands by their ids.
        cooperations: what was found of each.
        workflows: all that run.
        begun: when the run began, by the clock of the engine.
        ended: when it ended.
        unlike: runs of workflows whose history does not replay, and what the replay says.
    """

    asked: Mapping[str, Asked]
    cooperations: Mapping[Address, Evidence]
    workflows: Sequence[Workflow]
    begun: datetime
    ended: datetime
    unlike: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """Whether a promise was kept.

    Attributes:
        promise: what had to hold.
        breaches: where it did not.
    """

    promise: str
    breaches: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it was kept."""
        return not self.breaches


def judge(found: Found) -> tuple[Verdict, ...]:
    """Judge everything."""
    return tuple(Verdict(promise, tuple(look(found))) for promise, look in PROMISES.items())


def unanswered(found: Found) -> Iterator[str]:
    """Commands without an answer, or which the engine could not decide."""
    for one in found.asked.values():
        if one.answer is None:
            yield f"{one.id} was asked and never answered"
        elif one.answer.word == "fault":
            yield f"{one.id} met a fault of the engine: {one.answer.code}"


def lost_or_repeated(found: Found) -> Iterator[str]:
    """Acknowledged commands whose entries are not there once, where and as they were told."""
    there = _by_command(found)
    for one in found.asked.values():
        if one.answer is None or one.answer.word != "accepted":
            continue
        entries = there.get(one.id, [])
        if not one.answer.duplicate and not one.answer.told and entries:
            yield f"{one.id} is said to have changed nothing, but has entries"
        first, last = one.answer.seq_from, one.answer.seq_to
        journal = {entry.seq: entry for entry in _journal(found, one.address)}
        for seq in range(first, last + 1):
            if seq not in journal:
                yield f"{one.id} was acknowledged: entry {seq} of {one.address} is missing"
        if last >= first and not entries:
            yield f"{one.id} was acknowledged: no entry of {one.address} is of it"
        strays = [seq for seq in entries if not first <= seq <= last]
        if strays:
            yield f"{one.id} was acknowledged as {first} to {last}: it is there again as {strays}"


def changed(found: Found) -> Iterator[str]:
    """Entries that are other than those that came with an answer."""
    for one in found.asked.values():
        journal = {entry.seq: entry for entry in _journal(found, one.address)}
        for seq, told in one.answer.told if one.answer else ():
            if seq in journal and digest_of(journal[seq]) != told:
                yield f"{one.id}: entry {seq} of {one.address} is another than was acknowledged"


def uninvited(found: Found) -> Iterator[str]:
    """Entries of commands that were refused, or that nobody asked."""
    for command, entries in _by_command(found).items():
        one = found.asked.get(command)
        if one is None:
            yield f"entries {entries} are of {command}, which nobody asked"
        elif one.answer is not None and one.answer.word == "refused":
            yield f"entries {entries} are of {command}, which was refused ({one.answer.code})"


def broken(found: Found) -> Iterator[str]:
    """Journals with gaps, or whose time goes back or is not the engine's."""
    for address, evidence in found.cooperations.items():
        if evidence.unreadable:
            yield f"{address}: its journal cannot be read: {evidence.unreadable}"
        numbers = [entry.seq for entry in evidence.journal]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{address}: entries {_jumps(numbers)} do not follow each other"
        instants = [found.begun, *(entry.at for entry in evidence.journal), found.ended]
        for before, after in pairwise(instants):
            if before > after:
                yield f"{address}: {after.isoformat()} comes after {before.isoformat()}"


def forged(found: Found) -> Iterator[str]:
    """Journals whose chain of digests does not verify, or ends in another than the workflow's."""
    for address, evidence in found.cooperations.items():
        yield from chain_faults(address, evidence.journal, evidence.head)


def chain_faults(address: Address, journal: Sequence[Entry], end: str | None) -> Iterator[str]:
    """Yield where the chain of digests of one journal is broken.

    Args:
        address: whose it is.
        journal: its entries, in order.
        end: the digest of the last one, as the workflow has it; None when it did not say.
    """
    head = GENESIS
    for entry in journal:
        if entry.previous != head:
            yield f"{address}: entry {entry.seq} does not carry the digest of the one before"
        head = digest_of(entry)
    if end is not None and head != end:
        yield f"{address}: the chain ends in {head[:12]}, that of its workflow in {end[:12]}"


def divergent(found: Found) -> Iterator[str]:
    """Journals that lead to another state than that of their workflow."""
    for address, evidence in found.cooperations.items():
        if evidence.state is None:
            continue
        if evidence.state.seq != len(evidence.journal):
            there = len(evidence.journal)
            yield f"{address}: its workflow is at {evidence.state.seq}, its journal at {there}"
            continue
        try:
            state = reduce(evolve, evidence.journal, UNOPENED)
        except Exception as error:  # noqa: BLE001 - whatever damage leads to
            yield f"{address}: its journal leads nowhere ({error!r})"
            continue
        parts = differing_parts(evidence.state, state)
        if parts:
            yield f"{address}: its journal leads to other {', '.join(parts)} than its workflow has"


def stuck(found: Found) -> Iterator[str]:
    """Workflows that do not go on."""
    for workflow in found.workflows:
        if workflow.attempt > 1:
            yield f"{workflow.id} waits for attempt {workflow.attempt} of a task"
        for failure in workflow.failures:
            yield f"{workflow.id} had a task that failed: {failure}"
    for address, evidence in found.cooperations.items():
        if evidence.state is None:
            yield f"{address} does not say how it is"
        if not evidence.last:
            yield f"{address} had no answer to one more command"


def unlike(found: Found) -> Iterator[str]:
    """Histories that would come out otherwise: the next worker that takes one over is stuck."""
    for run, failure in found.unlike.items():
        yield f"{run} does not replay: {failure}"


def outdated(found: Found) -> Iterator[str]:
    """Cooperations whose rows are not those of the state of their workflow."""
    for address, evidence in found.cooperations.items():
        if evidence.state is None:
            continue
        if evidence.snapshot is None or differing_parts(evidence.state, evidence.snapshot):
            yield f"{address}: the read model folds another state than its workflow has"
        for table, expected in evidence.expected.items():
            there = evidence.rows.get(table, {})
            for key in expected.keys() | there.keys():
                is_forgotten = key not in expected and table in evidence.lasting
                if not is_forgotten and expected.get(key) != there.get(key):
                    yield f"{address}: the row {key} of {table} is not what its workflow says"


def mistold(found: Found) -> Iterator[str]:
    """Notices that are not in the outbox once and in order."""
    for address, evidence in found.cooperations.items():
        expected = [
            (notice.seq, notice.index, str(notice.kind))
            for entry in evidence.journal
            for notice in notices_of(address.cooperation, entry)
        ]
        if expected != list(evidence.notices):
            missing = list((Counter(expected) - Counter(evidence.notices)).elements())
            more = list((Counter(evidence.notices) - Counter(expected)).elements())
            yield f"{address}: notices missing {missing}, too many {more}, or out of order"


PROMISES: Final[Mapping[str, Callable[[Found], Iterator[str]]]] = {
    "every command is answered": unanswered,
    "every acknowledged command is in the journal exactly once": lost_or_repeated,
    "what was acknowledged is what the journal holds": changed,
    "nothing is in the journal that was refused or not asked": uninvited,
    "every journal is without gaps, in the time of the engine": broken,
    "every journal verifies": forged,
    "every journal leads to the state of its workflow": divergent,
    "no workflow is stuck": stuck,
    "every history replays": unlike,
    "the read model is that of the workflows": outdated,
    "every notice is in the outbox exactly once": mistold,
}
"""What had to hold, and what looks for breaches of it."""


def _journal(found: Found, address: Address) -> tuple[Entry, ...]:
    evidence = found.cooperations.get(address)
    return evidence.journal if evidence else ()


def _by_command(found: Found) -> dict[str, list[int]]:
    there: dict[str, list[int]] = defaultdict(list)
    for evidence in found.cooperations.values():
        for entry in evidence.journal:
            if entry.command is not None:
                there[entry.command].append(entry.seq)
    return there


def _jumps(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(before, after) for before, after in pairwise([0, *numbers]) if after != before + 1]
