"""The journal of a cooperation as sentences, with the digests that it can be checked by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from coopflow.domain.chain import Record, digest
from coopflow.papers.about import About, NoSuchPaperError
from coopflow.papers.lives import Life
from coopflow.papers.paper import (
    Block,
    Heading,
    Paper,
    Paragraph,
    Particulars,
    Rich,
    Run,
    Table,
    plain,
)
from coopflow.papers.sentences import Sentences

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""

MOST_ENTRIES: Final = 10_000
"""How many entries one paper holds at most."""

_SHORT: Final = 16
_EVERY: Final = 200
_AT_ONCE: Final = 500
"""How many rows one table has at most: longer ones take long to lay out."""


def unheard(_done: int, _of: int) -> None:
    """Tell nobody of progress."""


def journal(about: About, life: Life, after: int = 0, progress: Progress = unheard) -> Paper:
    """Return the journal, or the part of it that one paper holds.

    Args:
        about: the cooperation, and for whom.
        life: its journal.
        after: begins after the entry of this number.
        progress: is told how many entries are told.

    Raises:
        NoSuchPaperError: nothing comes after that entry, or the journal is not for the reader.
    """
    records = life.records[after : after + MOST_ENTRIES]
    if not records or not about.reader.sees_all("journal"):
        raise NoSuchPaperError
    say = about.say
    lead = say(
        "journal.lead" if len(records) == len(life.records) else "journal.part",
        entries=say.count(len(records), "entry"),
        first=say.day(instant_of(records[0])),
        last=say.day(instant_of(records[-1])),
        first_seq=records[0]["seq"],
        last_seq=records[-1]["seq"],
        all=len(life.records),
    )
    blocks = (
        *_check(about, records),
        *_entries(about, Sentences(about, life.state), records, progress),
    )
    return about.paper(say("journal.title"), blocks, lead=lead)


def who(about: About, record: Record) -> str:
    """Say whose command caused an entry."""
    by = record.get("by")
    return about.say("journal.by_itself") if by is None else about.teller.person(by)


def instant_of(record: Record) -> datetime:
    """Return the instant of an entry."""
    return datetime.fromisoformat(record["at"])


def _check(about: About, records: Sequence[Record]) -> Iterator[Block]:
    say = about.say
    yield Heading(say("journal.check"))
    if "previous" not in records[-1]:
        yield Paragraph(plain(say("journal.unlinked")))
    else:
        yield Particulars(
            (
                (say("journal.entries"), plain(f"{records[0]['seq']}–{records[-1]['seq']}")),
                (say("journal.head"), (Run(digest(records[-1]), "mono"),)),
            )
        )
        yield Paragraph(plain(say("journal.how")))
    yield Paragraph(plain(say("journal.withheld")))


def _entries(
    about: About, sentences: Sentences, records: Sequence[Record], progress: Progress
) -> Iterator[Block]:
    say, done = about.say, 0
    for year, of_year in groupby(
        records, key=lambda one: instant_of(one).astimezone(say.zone).year
    ):
        yield Heading(str(year))
        rows: list[tuple[Rich, ...]] = []
        for record in of_year:
            rows.append(_row(about, sentences, record))
            done += 1
            if done % _EVERY == 0:
                progress(done, len(records))
        for start in range(0, len(rows), _AT_ONCE):
            yield _table(about, tuple(rows[start : start + _AT_ONCE]))
    progress(len(records), len(records))


def _table(about: About, rows: tuple[tuple[Rich, ...], ...]) -> Table:
    say = about.say
    keys = ("number", "when", "what", "who", "digest")
    header = tuple(say(f"journal.{key}", zone=say.zone_name) for key in keys)
    return Table(header, rows, (0, 2.4, 6, 1.9, 0))


def _row(about: About, sentences: Sentences, record: Record) -> tuple[Rich, ...]:
    is_linked = "previous" in record
    return (
        plain(str(record["seq"])),
        plain(about.say.clock(instant_of(record))),
        plain(sentences.of(record)),
        plain(who(about, record)),
        (Run(digest(record)[:_SHORT] if is_linked else "–", "mono"),),
    )
