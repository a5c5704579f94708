"""Journals read back from the database, page by page, as they were at one moment."""

from __future__ import annotations

import pytest

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.chain import GENESIS, digest_of, linked, record
from coopflow.domain.events import Entry
from coopflow.domain.proof import faults_of
from coopflow.readmodel.database import Database
from coopflow.readmodel.history import History
from coopflow.readmodel.projector import Projector
from tests.integration.readmodel.lives import Collective


@pytest.mark.parametrize("page", [1, 7, 1000])
async def test_a_journal_is_read_in_pages(database: Database, page: int) -> None:
    """All of it in order, though somebody is erased and more happens meanwhile."""
    verger = Collective()
    entries = linked(verger.entries, GENESIS, "pepper")
    await Projector(database).apply(*verger.address, entries)
    more = verger.do("erase_person", "manager", person="person-1")
    more = linked(more, digest_of(entries[-1]), "pepper")
    read: list[Entry] = []
    async with History(database).journal(verger.address) as journal:
        assert journal.last == entries[-1]
        async for some in journal.pages(page):
            if not read:
                await Projector(database).apply(*verger.address, more)
            assert len(some) <= page
            read += some
    assert tuple(read) == entries
    async with History(database).journal(verger.address) as journal:
        later = [record(entry) async for some in journal.pages() for entry in some]
    assert len(later) == len(entries) + 1
    assert "person-1" not in str(later)
    assert faults_of(later, digest_of(journal.last)) == ()


async def test_there_is_no_journal_of_nobody(database: Database) -> None:
    """It is said, rather than that it is empty."""
    with pytest.raises(UnknownCooperationError):
        async with History(database).journal(Address("demo", "nobody")):
            raise AssertionError("there is one")
