"""What cooperations show to everybody, and who chose so."""

from __future__ import annotations

from datetime import timedelta

from coopflow.application.engine import Address
from coopflow.directory.directory import Directory
from coopflow.directory.people import PersonStated
from coopflow.directory.publications import Publications
from coopflow.readmodel.database import Database
from tests.integration.directory.conftest import NOW

BOCAGE, OTHER = Address("valdore", "bocage"), Address("loire", "bocage")


async def test_the_last_choice_counts(database: Database) -> None:
    """Its parts in their order, each once; none at all takes the page away; others keep theirs."""
    publications = Publications(database)
    assert await publications.of(BOCAGE) is None
    await publications.choose(BOCAGE, ["decisions", "stage", "stage"], "ines", NOW)
    found = await publications.of(BOCAGE)
    assert found is not None
    assert (found.parts, found.chosen_by, found.chosen_at) == (("stage", "decisions"), "ines", NOW)
    assert await publications.of(OTHER) is None
    await publications.choose(OTHER, ["identity"], "marc", NOW)
    await publications.choose(BOCAGE, [], "marc", NOW + timedelta(days=1))
    found = await publications.of(BOCAGE)
    assert found is not None
    assert (found.parts, found.chosen_by) == ((), "marc")
    other = await publications.of(OTHER)
    assert other is not None
    assert other.parts == ("identity",)


async def test_a_choice_stays_when_who_made_it_goes(
    database: Database, directory: Directory
) -> None:
    """Without saying any more who it was: in the programme that they leave, or everywhere."""
    publications = Publications(database)
    for address in (BOCAGE, OTHER):
        programme = address.programme
        await directory.add_person(programme, PersonStated(name="Inès"), NOW, programme=programme)
        await publications.choose(address, ["stage"], programme, NOW)
    await directory.take_part("loire", "valdore", (), NOW)
    await publications.choose(OTHER, ["stage"], "valdore", NOW)
    assert await directory.forget("valdore", "valdore") == "left"
    here, there = await publications.of(BOCAGE), await publications.of(OTHER)
    assert here is not None
    assert there is not None
    assert (here.chosen_by, there.chosen_by) == (None, "valdore")
    assert await directory.forget("valdore", "loire") == "removed"
    there = await publications.of(OTHER)
    assert there is not None
    assert (there.parts, there.chosen_by) == (("stage",), None)
