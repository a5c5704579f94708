"""What a cooperation costs Temporal in a year, and what it carries from run to run.

    .venv/bin/python benchmarks/actions.py [--lives NAME ...] [--steps N] [--commands 1000 5000]

The published scenarios are lived by the clock on a server that skips the time between
(`lives.py`), and their histories counted: events, and actions as Temporal Cloud bills them. The
yardstick is a bare workflow that is given as many updates, and has nothing to wait for. Nothing
here depends on how busy the machine is.

An action is: a workflow started, also by continuing as new; a timer started; a signal; an update
that reached a worker, refused or not; each attempt of an activity; search attributes upserted, but
for those of versioning. Markers are none, nor are queries counted, which no history holds: pages
ask the read model.

A wake-up changes nothing when a task of the workflow was brought about by timers and signals alone,
made no entry and had nothing done but start timers anew. What an activity comes back with is no
such thing: it says that something was delivered.

What is carried is measured after each of these lives, and after so many commands of a long one
(`long_life.py`), beside the journal.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from lives import KEYS, PROGRAMME, Life, lived
from long_life import aged
from pydantic_core import to_json
from reporting import Goal, Report, options
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import WorkflowSerializationContext

from coopflow.application.engine import Address
from coopflow.application.receipts import Receipts
from coopflow.definitions.library import available, load_definition
from coopflow.domain.chain import GENESIS, digest_of, linked
from coopflow.domain.events import Entry
from coopflow.telemetry import configure_logging
from coopflow.temporal import names
from coopflow.temporal.codec import encrypting
from coopflow.temporal.messages import Carried

_BARE: Final = "a bare workflow that is given as many updates"
_KB: Final = 1024
_ACTIONS: Final = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "start",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: "activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes",
}
_OF_TASKS: Final = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
)
_ACCEPTED: Final = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_WAKING: Final = (
    EventType.EVENT_TYPE_TIMER_FIRED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
)
_COMING: Final = (
    *_WAKING,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
)
_OF_TIMERS: Final = (
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_TIMER_CANCELED,
    EventType.EVENT_TYPE_MARKER_RECORDED,
)


def actions(events: Iterable[HistoryEvent]) -> Counter[str]:
    """Return how many actions of each kind some events stand for."""
    found = Counter[str]()
    for event in events:
        kind = _ACTIONS.get(event.event_type)
        if kind == "activity":  # those that failed leave no event, and were billed
            found[kind] += event.activity_task_started_event_attributes.attempt
        elif kind is not None:
            found[kind] += 1
    return found


class Task(NamedTuple):
    """A task of a workflow: when it was done, what had brought it about, and what came of it."""

    at: datetime
    because: list[HistoryEvent]
    done: list[HistoryEvent]

    def is_wake_up(self) -> bool:
        """Return whether nobody asked for it, and nothing had been delivered."""
        asked = any(event.event_type == _ACCEPTED for event in self.done)
        return (
            not asked
            and bool(self.because)
            and all(event.event_type in _WAKING for event in self.because)
        )

    def changes(self, entries: Sequence[Entry], before: datetime) -> bool:
        """Return whether it did more than to start timers, or made an entry since the last one."""
        more = any(event.event_type not in _OF_TIMERS for event in self.done)
        return more or any(before < entry.at <= self.at for entry in entries)


def tasks(events: Iterable[HistoryEvent]) -> list[Task]:
    """Return the tasks of a history, in order."""
    found: list[Task] = []
    because: list[HistoryEvent] = []
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            found.append(Task(event.event_time.ToDatetime(UTC), because, []))
            because = []
        elif event.event_type in _COMING:
            because.append(event)
        elif found and event.event_type not in _OF_TASKS:
            found[-1].done.append(event)
    return found


def wake_ups(life: Life) -> tuple[int, int]:
    """Return how often a cooperation woke up by itself, and how often nothing came of it."""
    all_of_it = tasks([*life.events, *life.quiet])
    woken = [
        one.changes(life.entries, before.at)
        for before, one in pairwise(all_of_it)
        if one.is_wake_up()
    ]
    return len(woken), woken.count(False)


def _bytes(events: Iterable[HistoryEvent]) -> int:
    return sum(event.ByteSize() for event in events)


def _listed(counted: Counter[str], by: float) -> str:
    return ", ".join(f"{kind} {number / by:.1f}" for kind, number in counted.most_common())


def tell_actions(report: Report, lives: Sequence[Life]) -> None:
    """Tell what lives cost Temporal in a year, and for a command."""
    years = sum(life.years for life in lives)
    given = sum(life.accepted for life in lives)
    refused = sum(life.refused for life in lives)
    own = [event for life in lives for event in life.events]
    bare = [event for life in lives for event in life.bare]
    counted, counted_bare = actions(own), actions(bare)
    counted["refused update"] = counted_bare["refused update"] = refused
    report.begin(_BARE, "a year")
    size, size_bare = _bytes(own) / years / _KB, _bytes(bare) / years / _KB
    notes = [
        f"{len(lives)} lives of {years:.1f} years, {given / years:.1f} commands a year",
        f"history {size:.1f} KB a year, of the bare workflow {size_bare:.1f} KB",
        f"{sum(life.unexpected for life in lives)} steps otherwise than the scenarios say",
    ]
    report.tell("events of a cooperation", len(own) / years, len(bare) / years, notes)
    notes = [_listed(counted, years), f"of the bare workflow: {_listed(counted_bare, years)}"]
    total, total_bare = counted.total() / years, counted_bare.total() / years
    report.tell("actions of a cooperation", total, total_bare, notes)
    report.begin(_BARE, "a command")
    notes = [f"{given} commands, each a minute at least after the one before"]
    report.tell("events for a command, alone", len(own) / given, len(bare) / given, notes)
    total, total_bare = counted.total() / given, counted_bare.total() / given
    report.tell("actions for a command, alone", total, total_bare, notes)


def tell_quiet(report: Report, lives: Sequence[Life]) -> None:
    """Tell what cooperations cost in which nobody acts, and how often they wake up for nothing."""
    quiet = [life for life in lives if life.quiet]
    if quiet:
        report.begin("the same cooperations while people acted", "a year")
        late = [event for life in quiet for event in life.quiet]
        early = [event for life in quiet for event in life.events]
        years = sum(life.years for life in quiet)
        notes = [f"{len(quiet)} cooperations, history {_bytes(late) / len(quiet) / _KB:.1f} KB"]
        ours = len(late) / len(quiet), actions(late).total() / len(quiet)
        other = len(early) / years, actions(early).total() / years
        report.tell("events while nobody acts", ours[0], other[0], notes)
        notes = [_listed(actions(late), len(quiet))]
        report.tell("actions while nobody acts", ours[1], other[1], notes)
    woken, idle = (sum(some) for some in zip(*map(wake_ups, lives), strict=True))
    report.begin("all wake-ups by timers and signals", "of these")
    notes = [f"of {woken} wake-ups"]
    report.tell("wake-ups that change nothing", idle, woken, notes, Goal(at_most=0))


# --- what is carried ------------------------------------------------------------------------------


async def weighed(carried: Carried, address: Address) -> tuple[int, int]:
    """Return the bytes of what is carried: as JSON, and as Temporal is given it."""
    workflow = names.workflow_id(address)
    context = WorkflowSerializationContext(namespace="default", workflow_id=workflow)
    payloads = await encrypting(KEYS).with_context(context).encode([carried])
    return len(to_json(carried)), sum(payload.ByteSize() for payload in payloads)


def _parts(carried: Carried) -> str:
    parts = {name: len(to_json(getattr(carried, name))) / _KB for name in Carried.model_fields}
    largest = sorted(parts.items(), key=lambda part: -part[1])[:3]
    return ", ".join(f"{name} {size:.1f} KB" for name, size in largest)


async def tell_carried(report: Report, lives: Sequence[Life], commands: Sequence[int]) -> None:
    """Tell what cooperations carry, after published lives and after ever more of a long one."""
    report.begin("the journal as JSON", "KB")
    own, journals = list[int](), list[int]()
    for life in lives:
        own += [(await weighed(life.carried, Address(PROGRAMME, life.name)))[1]]
        journals += [len(to_json(life.entries))]
    largest = max(own)
    notes = [f"at most {largest / _KB:.1f} KB; Temporal takes 2048 KB"]
    ours, other = (statistics.fmean(some) / _KB for some in (own, journals))
    report.tell(f"carried by {len(lives)} cooperations, mean", ours, other, notes)
    definition = load_definition("impact-collectif", "reference")
    pepper, head, journal, receipts = secrets.token_hex(32), GENESIS, 0, Receipts()
    seq = 0
    for age in aged(max(commands, default=0)):
        entries = linked(age.entries, head, pepper)
        head = digest_of(entries[-1]) if entries else head
        journal += len(to_json(entries))
        receipts.note(f"c-{age.number}", seq, entries)
        seq = age.state.seq
        if age.number in commands:
            carried = Carried(
                definition=definition,
                state=age.state,
                receipts=receipts.all(),
                projected_seq=seq,
                head=head,
                pepper=pepper,
            )
            _, size = await weighed(carried, Address(PROGRAMME, age.state.id))
            notes = [f"{seq} entries; {_parts(carried)}"]
            said = f"carried after {age.number} commands"
            report.tell(said, size / _KB, journal / _KB, notes)


def main() -> None:
    """Read the options, and count."""
    parser = options(__doc__, rounds=1)
    every = sorted(available("examples"))
    parser.add_argument("--lives", nargs="+", default=every, help="scenarios, by their names")
    parser.add_argument("--steps", type=int, help="how many steps of each, instead of all")
    parser.add_argument("--commands", type=int, nargs="+", default=[1000, 5000, 10_000])
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    lives = asyncio.run(lived(given.lives, given.steps))
    tell_actions(report, lives)
    tell_quiet(report, lives)
    asyncio.run(tell_carried(report, lives, given.commands))
    report.end()


if __name__ == "__main__":
    main()
