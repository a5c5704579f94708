"""Journals and their files for tests: small lives, linked, with something taken out of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache

from coopflow.application.engine import Address
from coopflow.application.journal_file import Report, Sign, Writer, verify
from coopflow.domain.chain import GENESIS, Record, digest, linked, record, taken_out
from coopflow.domain.events import Entry
from coopflow.domain.lines import exported, people_of, secret_decision
from coopflow.signing import is_genuine
from tests.collective import Collective

PEPPER = "a secret of the cooperation"
ADDRESS = Address("prog", "coop")
EXPORTED_AT = datetime(2027, 1, 1, 12, tzinfo=UTC)


@cache
def life() -> tuple[Entry, ...]:
    """Return a life with a secret ballot, a disagreement, and two people who are erased."""
    coop = Collective(3)
    coop.ask(secret=True)
    coop.cast("d", "no", "alpha", reason="Too much at once")
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="x",
        subject="Money",
        content="Nobody told us",
        parties=["alpha", "beta"],
        touches="money",
        blocking=False,
    )
    for person in ("rep-alpha", "rep-beta"):
        coop.do("pam", "erase_person", person=person)
    return linked(coop.journal, GENESIS, PEPPER)


def lines(entries: Iterable[Entry]) -> Iterator[Record]:
    """Return entries as they are exported, without the people whom they erase."""
    entries = tuple(entries)
    erased = {
        entry.event.person: entry.event.tombstone  # type: ignore[attr-defined]
        for entry in entries
        if entry.event.type == "person_erased"
    }
    secret: set[str] = set()
    for entry in entries:
        secret |= {secret_decision(record(entry)["event"]) or ""}
        kept = exported(entry, secret)
        for pointer, person in tuple(people_of(kept)):
            if person in erased:
                kept = taken_out(kept, pointer, erased[person])
        yield kept


def written(
    records: Iterable[Record], sign: Sign | None = None, address: Address = ADDRESS
) -> list[bytes]:
    """Return the lines of the file of some records, as if they were those of a journal."""
    records = tuple(records)
    head = digest(records[-1]) if "previous" in records[-1] else GENESIS
    writer = Writer(address, len(records), head, EXPORTED_AT)
    return [writer.header(), *(writer.entry(one) for one in records), writer.closing(sign)]


def verified(content: bytes | Iterable[bytes], key: str | None = None) -> Report:
    """Verify a file."""
    content = content if isinstance(content, bytes) else b"".join(content)
    return verify(io.BytesIO(content), is_genuine, key)
