"""People in the read model: where they are named, and that nothing of them is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.erasing import Traces
from coopflow.domain.chain import GENESIS, digest_of, linked
from coopflow.domain.events import Entry
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalConflictError
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.people import People
from coopflow.readmodel.projector import Projector
from tests.collective import vision
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective

PERSON = "zoe.martin"


def lived() -> tuple[Collective, tuple[Entry, ...]]:
    """Return a cooperation in which one person did much and was erased, and its journal."""
    verger = Collective()
    verger.do(
        "appoint_representative", "faiza", organisation="org-1", person=PERSON, alternate="al"
    )
    verger.do("assign_role", "faiza", person=PERSON, role="observer")
    verger.do("open_decision", PERSON, decision="d", subject="other", question=f"Who is {PERSON}?")
    verger.do("cast_ballot", PERSON, decision="d", organisation="org-1", choice="yes")
    verger.do("erase_person", "manager", person=PERSON)
    verger.do("record_pulse", "faiza", score=4, answers=2, asked=3)
    return verger, linked(verger.entries, GENESIS, "pepper")


def told(rows: dict[str, list[dict[str, Any]]]) -> str:
    return json.dumps(rows, default=str)


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_nothing_of_an_erased_person_is_left(database: Database, size: int) -> None:
    """In no table, however the entries come; but for what people wrote."""
    verger, entries = lived()
    projector = Projector(database)
    erased_at = next(one.seq for one in entries if one.event.type == "person_erased")
    for first in range(0, len(entries), size):
        batch = entries[first : first + size]
        await projector.apply(*verger.address, batch)
        if batch[-1].seq < erased_at and PERSON in [who for one in batch for who in one.people]:
            assert f'"{PERSON}"' in told(await contents(database))
    rows = await contents(database)
    question = f"Who is {PERSON}?"
    assert told(rows).count(PERSON) == told(rows).count(question) > 0
    assert f"erased-{erased_at}" in told(rows)


async def test_the_journal_keeps_its_digests(database: Database) -> None:
    """Every entry has the digest that the next one carries, though its people are others."""
    verger, entries = lived()
    await Projector(database).apply(*verger.address, entries)
    async with database.reading() as connection:
        stored = await journal.read(connection, verger.address, 1, entries[-1].seq)
    assert [digest_of(one) for one in stored] == [digest_of(one) for one in entries]
    assert [one.previous for one in stored[1:]] == [digest_of(one) for one in stored[:-1]]


async def test_what_was_erased_may_come_again(database: Database) -> None:
    """A batch that names the person is known to be the same; another one is not."""
    verger, entries = lived()
    projector = Projector(database)
    await projector.apply(*verger.address, entries)
    before = await contents(database)
    assert await projector.apply(*verger.address, entries) == entries[-1].seq
    assert await contents(database) == before
    other = tuple(one.but(by="somebody") if one.by == PERSON else one for one in entries)
    with pytest.raises(JournalConflictError):
        await projector.apply(*verger.address, other)


async def test_a_rebuild_brings_nobody_back(database: Database) -> None:
    """The rows written anew from the journal are those that were there."""
    verger, entries = lived()
    projector = Projector(database)
    await projector.apply(*verger.address, entries)
    before = await contents(database)
    await projector.rebuild(*verger.address)
    assert await contents(database) == before


async def test_what_the_state_has_let_go_forgets_too(database: Database) -> None:
    """The version of a document that was superseded, and a closed review, whose rows stay."""
    verger = Collective()
    seen = vision(contributors=["org-1", "org-2", "org-3"])
    verger.do("assign_role", "faiza", person=PERSON, role="facilitator")
    verger.do("draft_document", PERSON, kind="shared_vision", content=seen)
    for number in (1, 2):
        if number == 2:
            verger.do("draft_document", "faiza", kind="shared_vision", content=seen)
        verger.do("submit_document", "faiza", kind="shared_vision")
        decision = next(reversed(verger.state.decisions))
        ballots = dict.fromkeys(verger.state.active, "consent")
        verger.do("record_session_vote", "faiza", decision=decision, ballots=ballots)
    later = "2031-01-01T09:00:00Z"
    verger.do("record_pulse", "faiza", later, score=4, answers=2, asked=3)
    entries = linked(verger.entries, GENESIS, "pepper")
    projector = Projector(database)
    await projector.apply(*verger.address, entries)
    rows = await contents(database)
    assert [PERSON] in [row["authors"] for row in rows["document"]]
    known = len(verger.entries)
    verger.do("erase_person", "manager", later, person=PERSON)
    entries = linked(verger.entries, GENESIS, "pepper")
    await projector.apply(*verger.address, entries[known:])
    after = await contents(database)
    assert f'"{PERSON}"' not in told(after)
    assert [row["version"] for row in after["document"]] == [
        row["version"] for row in rows["document"]
    ]
    assert len(after["decision"]) == len(rows["decision"])


async def test_somebody_new_may_have_the_id(database: Database) -> None:
    """Entries after the erasure mean another person, who may be erased too."""
    verger, _ = lived()
    verger.do(
        "appoint_representative", "faiza", organisation="org-2", person=PERSON, alternate="al"
    )
    entries = linked(verger.entries, GENESIS, "pepper")
    await Projector(database).apply(*verger.address, entries)
    people = People(database)
    assert (await people.traces(verger.address, PERSON)).entries == (entries[-1].seq,)
    verger.do("erase_person", "manager", person=PERSON)
    entries = linked(verger.entries, GENESIS, "pepper")
    await Projector(database).apply(*verger.address, entries)
    assert (await people.traces(verger.address, PERSON)).entries == ()
    graves = {one["representative"] for one in (await contents(database))["member"]}
    assert len([grave for grave in graves if grave.startswith("erased-")]) == 2


async def test_people_are_found(database: Database) -> None:
    """In which cooperations, in which entries, and in which texts."""
    one, two = Collective(slug="one"), Collective(slug="two", title="With zoe")
    (assigned, *_) = one.do("assign_role", "faiza", person="zoe", role="observer")
    for coop in (one, two):
        await Projector(database).apply(*coop.address, linked(coop.entries, GENESIS, "pepper"))
    assert await People(database).named_in("zoe") == (one.address, two.address)
    assert await People(database).named_in("zoe", "elsewhere") == ()
    assert await People(database).named_in("nobody") == ()
    assert await People(database).traces(one.address, "zoe") == Traces(entries=(assigned.seq,))
    assert await People(database).traces(two.address, "zoe") == Traces(texts=((1, "/title"),))
    assert await People(database).traces(two.address, "zo") == Traces()


async def test_the_file_holds_no_remains(tmp_path: Path) -> None:
    """Neither in free pages nor in the log of SQLite."""
    file = tmp_path / "scrubbed.db"
    database = Database(f"sqlite:///{file}")
    await migrate(database)
    verger, entries = lived()
    projector = Projector(database)
    erased_at = next(one.seq for one in entries if one.event.type == "person_erased")
    await projector.apply(*verger.address, entries[: erased_at - 1])

    def bytes_on_disk() -> bytes:
        return b"".join(one.read_bytes() for one in sorted(tmp_path.iterdir()))

    quoted = f'"{PERSON}"'.encode()
    assert quoted in bytes_on_disk()
    await projector.apply(*verger.address, entries[erased_at - 1 :])
    assert quoted not in bytes_on_disk()
    await database.close()
    assert bytes_on_disk().count(PERSON.encode()) == bytes_on_disk().count(
        f"Who is {PERSON}?".encode()
    )
