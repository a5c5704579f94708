"""The life of a cooperation as papers are made from it: its journal up to an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from coopflow.domain.chain import Record, digest
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.events import Entry
from coopflow.domain.lines import exported, secret_decision
from coopflow.domain.state import Cooperation


class Mention(NamedTuple):
    """An entry of the journal, as far as whoever may read it needs it: number, instant, digest."""

    seq: int
    at: datetime
    digest: str | None


class Written(NamedTuple):
    """What the journal holds of a version: the entries that wrote and signed it.

    Empty for those who may not read the journal.
    """

    drafted: Mention | None = None
    signed: Mapping[str, Mention] = {}


@dataclass(frozen=True)
class Life:
    """A journal from its beginning; everything else is worked out from it."""

    entries: tuple[Entry, ...]

    def until(self, at: datetime) -> Life:
        """Return the same life as far as it had come at an instant; its own entries count."""
        return Life(tuple(entry for entry in self.entries if entry.at <= at))

    def before(self, seq: int) -> Life:
        """Return the same life before the entry of a number."""
        return Life(self.entries[: seq - 1])

    @cached_property
    def state(self) -> Cooperation:
        """What it has come to."""
        return follow(UNOPENED, self.entries)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The entries as they are exported: without secret choices and what is sealed."""
        return tuple(_exported(self.entries))

    def record(self, seq: int) -> Record:
        """Return one of them by its number."""
        return self.records[seq - 1]

    def written(self, kind: str, version: int) -> Written:
        """Return what the journal holds of a version of a document."""
        drafted: Mention | None = None
        signed: dict[str, Mention] = {}
        for record in self.records:
            event = record["event"]
            if (event.get("kind"), event.get("version")) != (kind, version):
                continue
            if event["type"] == "document_drafted":
                drafted = mention(record)
            elif event["type"] == "charter_signed":
                signed[event["organisation"]] = mention(record)
        return Written(drafted, signed)


def mention(record: Record) -> Mention:
    """Return an entry as papers mention it."""
    found = digest(record) if "previous" in record else None
    return Mention(record["seq"], datetime.fromisoformat(record["at"]), found)


def _exported(entries: Iterable[Entry]) -> Iterable[Record]:
    secret: set[str] = set()
    for entry in entries:
        kept = exported(entry, secret)
        decision = secret_decision(kept["event"])
        secret |= {decision} if decision else set()
        yield kept
