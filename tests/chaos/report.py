"""What came of a run, for people and for programs."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tests.chaos.faults import Fault
from tests.chaos.ledger import Asked
from tests.chaos.verdicts import SHOWN, Verdict

Span = tuple[float, float]
"""From when to when, in seconds of the monotonic clock."""


@dataclass(frozen=True)
class Commands:
    """What was asked and answered.

    Attributes:
        asked: how many commands there were.
        accepted: how many were accepted.
        refused: how many were refused.
        asked_again: how many were sent again, by the same client or its next life.
        already_done: how many of these the engine had carried out before, unheard.
        seconds: from the first to the last answer.
        per_second: answers in that time.
        median_wait: seconds from sending to the answer, half of all being quicker.
        longest_wait: the longest of those.
        longest_silence: the longest time in which no client at all got an answer.
    """

    asked: int
    accepted: int
    refused: int
    asked_again: int
    already_done: int
    seconds: float
    per_second: float
    median_wait: float
    longest_wait: float
    longest_silence: float


@dataclass(frozen=True)
class Report:
    """What came of a run.

    Attributes:
        seed: of faults and commands.
        seconds: how long it was.
        cooperations: how many were opened.
        workers: how many processes.
        clients: by how many seconds the clock of each was wrong, by name.
        struck: how often each kind of fault happened.
        skipped: what could not be done here, and why.
        full_disk: how often the database complained of it.
        ended_by_themselves: how often each process ended without being told to, by name.
        commands: what was asked and answered.
        entries: how many the journals hold.
        continued: how many runs of workflows were continued as new.
        interrupted: how many tasks of workflows were interrupted and done anew, in latest runs.
        catching_up: seconds after the last answer until the read model had everything.
        verdicts: what was promised, and what was found.
    """

    seed: int
    seconds: float
    cooperations: int
    workers: int
    clients: Mapping[str, float]
    struck: Mapping[str, int]
    skipped: Sequence[str]
    full_disk: int
    ended_by_themselves: Mapping[str, int]
    commands: Commands
    entries: int
    continued: int
    interrupted: int
    catching_up: float
    verdicts: Sequence[Verdict]

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return all(verdict.holds for verdict in self.verdicts)

    def as_json(self) -> str:
        """Write it for programs."""
        return json.dumps({"clean": self.is_clean, **dataclasses.asdict(self)}, indent=2) + "\n"

    def as_text(self) -> str:
        """Write it for people."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        of = self.commands
        yield ""
        yield (
            f"seed {self.seed}: {self.cooperations} cooperations, {self.workers} workers, "
            f"{len(self.clients)} clients, {self.seconds:g} s of faults"
        )
        for name, ahead in self.clients.items():
            yield f"  the clock of {name} was wrong by {ahead / 3600:+.1f} h"
        for what, times in sorted(self.struck.items(), key=lambda one: (-one[1], one[0])):
            yield f"  {what}: {times} times"
        yield from (f"  skipped: {why}" for why in self.skipped)
        if self.full_disk:
            yield f"  the database complained {self.full_disk} times of a full disk"
        for name, times in self.ended_by_themselves.items():
            yield f"  {name} ended by itself {times} times, and was started again"
        yield (
            f"{of.asked} commands: {of.accepted} accepted, {of.refused} refused; {of.asked_again} "
            f"asked again, of which {of.already_done} had been carried out unheard"
        )
        yield (
            f"{of.per_second:.1f} answers a second over {of.seconds:.0f} s; median wait "
            f"{of.median_wait:.2f} s, longest {of.longest_wait:.1f} s; "
            f"nobody was answered for {of.longest_silence:.1f} s at most"
        )
        yield (
            f"{self.entries} entries; {self.continued} runs continued as new, {self.interrupted} "
            "tasks interrupted and done anew; the read model had "
            f"everything {self.catching_up:.1f} s after the last answer"
        )
        for verdict in self.verdicts:
            yield f"  {'✓' if verdict.holds else '✗'} {verdict.promise}"
            yield from (f"      {breach}" for breach in verdict.breaches[:SHOWN])
            if len(verdict.breaches) > SHOWN:
                yield f"      and {len(verdict.breaches) - SHOWN} more"
        yield "clean" if self.is_clean else "NOT CLEAN"


def count(asked: Mapping[str, Iterable[Asked]], stopped: Mapping[str, Sequence[Span]]) -> Commands:
    """Count what was asked and answered.

    Args:
        asked: the commands of each client.
        stopped: when each client was paused; what it waited meanwhile is no outage.
    """
    answers = [
        (name, one, one.answer)
        for name, commands in asked.items()
        for one in commands
        if one.answer is not None
    ]
    instants = sorted(answer.at for _, _, answer in answers)
    waits = [
        answer.at - one.sent[-1] - _overlap((one.sent[-1], answer.at), stopped.get(name, ()))
        for name, one, answer in answers
    ]
    words = Counter(answer.word for _, _, answer in answers)
    seconds = instants[-1] - instants[0] if instants else 0.0
    return Commands(
        asked=len(answers),
        accepted=words["accepted"],
        refused=words["refused"],
        asked_again=sum(1 for _, one, _ in answers if len(one.sent) > 1 or one.unanswered),
        already_done=sum(1 for _, _, answer in answers if answer.duplicate),
        seconds=round(seconds, 1),
        per_second=round(len(answers) / seconds, 1) if seconds else 0.0,
        median_wait=round(median(waits), 3) if waits else 0.0,
        longest_wait=round(max(waits, default=0.0), 1),
        longest_silence=round(
            max((after - before for before, after in pairwise(instants)), default=0.0), 1
        ),
    )


def struck(faults: Iterable[Fault]) -> dict[str, int]:
    """Count faults by their kinds."""
    return dict(Counter(fault.what for fault in faults))


def _overlap(span: Span, stopped: Iterable[Span]) -> float:
    return sum(max(0.0, min(span[1], end) - max(span[0], begin)) for begin, end in stopped)
