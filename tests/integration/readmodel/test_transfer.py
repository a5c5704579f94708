from __future__ import annotations

from coopflow.domain.chain import GENESIS, linked
from coopflow.readmodel.database import Database
from coopflow.readmodel.feed import BEGINNING, Feed
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.transfer import WholeJournals
from tests.collective import reference_rules
from tests.integration.readmodel.lives import Life


async def test_a_whole_journal_is_taken_in_once(database: Database, bocage: Life) -> None:
    """Its rows follow, nobody is notified, and its news are of an imported past."""
    address, told = bocage
    entries = linked(told, GENESIS, "pepper")
    journals = WholeJournals(database)
    assert await journals.last(address) is None
    assert await journals.standing(address, entries) == "absent"
    await Projector(database).apply(*address, entries[:7])
    assert await journals.standing(address, entries) == "partly"
    for _ in range(2):
        await journals.take_in(address, entries, (reference_rules().definition,))
    assert await journals.standing(address, entries) == "there"
    assert await journals.standing(address, entries[:9]) == "there"
    last = await journals.last(address)
    assert last == entries[-1]
    pages = [one async for some in journals.pages(address, 40) for one in some]
    assert pages == list(entries[:40])
    items = await Feed(database).after(BEGINNING, limit=len(entries) + 1)
    assert len(items) == len(entries)
    assert all(one.imported for one in items[7:])


async def test_another_journal_is_told_from_it(database: Database, bocage: Life) -> None:
    """By its digests: one that was written with other salts is another life."""
    address, told = bocage
    journals = WholeJournals(database)
    await Projector(database).apply(*address, linked(told, GENESIS, "pepper")[:5])
    assert await journals.standing(address, linked(told, GENESIS, "salt")) == "other"
