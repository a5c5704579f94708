from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from coopflow.directory.directory import Directory
from coopflow.directory.errors import (
    FaultyRecordError,
    InUseError,
    StaleError,
    TakenError,
    UnknownRecordError,
)
from coopflow.directory.organisations import OrganisationStated
from coopflow.directory.people import PersonStated
from coopflow.directory.programmes import ProgrammeStated
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from tests.integration.directory.conftest import NOW
from tests.integration.readmodel.lives import Collective

LATER = NOW + timedelta(hours=1)
FABIEN = PersonStated(name="Fabien Roux", email="Fabien@Example.org")
MAIRIE = OrganisationStated(name="Mairie", category="local_authority", registration="217 500 016")


async def test_a_person_is_kept_as_stated(directory: Directory) -> None:
    """What was stated comes back, at version 1, with what is wished for by default."""
    added = await directory.add_person("fabien", FABIEN, NOW)
    assert await directory.person("fabien") == added
    assert (added.version, added.updated_at, added.email) == (1, NOW, "Fabien@Example.org")
    assert added.notifications.invite_voters == "immediate"
    assert added.language == "fr"


async def test_a_change_starts_from_the_version_that_was_read(directory: Directory) -> None:
    """Of two who change what both have read the second is told; nothing of theirs is kept."""
    await directory.add_person("fabien", FABIEN, NOW)
    changed = await directory.change_person("fabien", {"language": "en"}, LATER, expected=1)
    assert (changed.version, changed.language, changed.updated_at) == (2, "en", LATER)
    with pytest.raises(StaleError, match="at version 2, not 1: somebody changed it"):
        await directory.change_person("fabien", {"name": "F."}, LATER, expected=1)
    with pytest.raises(StaleError):
        await directory.remove_person("fabien", expected=1)
    assert await directory.person("fabien") == changed


async def test_a_change_that_changes_nothing_keeps_the_version(directory: Directory) -> None:
    """Saying again what is there is no change."""
    added = await directory.add_person("fabien", FABIEN, NOW)
    assert await directory.change_person("fabien", {"name": "Fabien Roux"}, LATER) == added


async def test_a_change_that_is_wrong_names_the_field(directory: Directory) -> None:
    """What cannot be kept is refused with the field and what to write."""
    await directory.add_person("fabien", FABIEN, NOW)
    with pytest.raises(FaultyRecordError) as caught:
        await directory.change_person("fabien", {"email": "fabien", "nmae": "F"}, LATER)
    assert caught.value.faults["email"].startswith("this is no e-mail address; write it as")
    assert "nmae" in caught.value.faults


async def test_an_address_belongs_to_one_person(directory: Directory) -> None:
    """Case does not tell addresses apart, neither where one is added nor where one is changed."""
    await directory.add_person("fabien", FABIEN, NOW, programme="valdore")
    same = PersonStated(name="Other", email="fabien@example.ORG")
    with pytest.raises(TakenError, match=r"email: fabien@example\.ORG is taken"):
        await directory.add_person("other", same, NOW, programme="loire")
    await directory.add_person("other", PersonStated(name="Other"), NOW)
    with pytest.raises(TakenError):
        await directory.change_person("other", {"email": "FABIEN@example.org"}, NOW)
    found = await directory.person_by_email(" fabien@EXAMPLE.org")
    assert found is not None
    assert found.id == "fabien"
    assert await directory.person_by_email("") is None
    # One's own may be written otherwise, and many have none.
    await directory.change_person("fabien", {"email": "fabien@example.org"}, NOW)
    await directory.add_person("third", PersonStated(name="Third"), NOW)


async def test_an_id_belongs_to_one_person(directory: Directory) -> None:
    """The id is what cooperations know somebody by: it is not given twice."""
    await directory.add_person("fabien", FABIEN, NOW)
    with pytest.raises(TakenError, match="id: fabien is taken"):
        await directory.add_person("fabien", PersonStated(name="Other"), NOW)


async def test_a_programme_sees_those_who_take_part_in_it(directory: Directory) -> None:
    """Of others there is nothing: neither in the list nor by id."""
    await directory.add_person("fabien", FABIEN, NOW, programme="valdore")
    await directory.add_person("ines", PersonStated(name="Inès"), NOW, programme="loire")
    assert [one.id for one in await directory.people("valdore")] == ["fabien"]
    assert (await directory.person("ines", "loire")).name == "Inès"
    with pytest.raises(UnknownRecordError, match="no person ines in valdore"):
        await directory.person("ines", "valdore")


async def test_roles_are_held_by_programme(directory: Directory) -> None:
    """Somebody takes part in several programmes, with the roles last given in each."""
    await directory.add_person(
        "fabien", FABIEN, NOW, programme="valdore", roles=["programme_manager"]
    )
    await directory.take_part("loire", "fabien", [], NOW)
    assert await directory.roles_of("fabien") == {"valdore": ("programme_manager",), "loire": ()}
    await directory.take_part("valdore", "fabien", [], LATER)
    await directory.leave("loire", "fabien")
    await directory.leave("loire", "fabien")
    assert await directory.roles_of("fabien") == {"valdore": ()}
    with pytest.raises(UnknownRecordError, match="no programme nowhere"):
        await directory.take_part("nowhere", "fabien", [], NOW)
    with pytest.raises(UnknownRecordError, match="no person nobody"):
        await directory.take_part("loire", "nobody", [], NOW)


async def test_who_is_added_to_no_programme_is_not_added(directory: Directory) -> None:
    """A programme that is not there undoes the whole."""
    with pytest.raises(UnknownRecordError):
        await directory.add_person("fabien", FABIEN, NOW, programme="nowhere")
    assert await directory.people() == ()


async def test_lists_go_page_by_page(directory: Directory) -> None:
    """Each page begins after the last one of the page before; together they are all."""
    for number in range(5):
        await directory.add_person(f"p{number}", PersonStated(name="P"), NOW, programme="valdore")
    seen: list[str] = []
    while page := await directory.people("valdore", after=seen[-1] if seen else None, limit=2):
        assert len(page) <= 2
        seen += [one.id for one in page]
    assert seen == ["p0", "p1", "p2", "p3", "p4"]
    assert {*await directory.people_by_id(["p1", "p4", "p9"])} == {"p1", "p4"}


async def test_nothing_of_a_removed_person_is_left_in_the_file(
    directory: Directory, tmp_path: Path
) -> None:
    """Neither in the database of SQLite nor in its log, nor that they took part anywhere."""
    stated = PersonStated(name="Zébulon Quatrepoint", email="zebulon@quatrepoint.example")
    await directory.add_person("zebulon", stated, NOW, programme="valdore")
    held = _held(tmp_path)
    assert not held or b"quatrepoint" in held
    await directory.remove_person("zebulon", expected=1)
    assert b"quatrepoint" not in _held(tmp_path)
    assert b"zebulon" not in _held(tmp_path)
    assert await directory.roles_of("zebulon") == {}
    with pytest.raises(UnknownRecordError):
        await directory.remove_person("zebulon")


def _held(folder: Path) -> bytes:
    """Return what the files of SQLite hold; nothing where PostgreSQL keeps the directory."""
    return b"".join(file.read_bytes().lower() for file in folder.glob("*.db*"))


async def test_administrators_are_found(directory: Directory) -> None:
    """Those who administer the installation can be listed, wherever they take part."""
    await directory.add_person("root", PersonStated(name="R", administrator=True), NOW)
    await directory.add_person("fabien", FABIEN, NOW)
    assert [one.id for one in await directory.administrators()] == ["root"]


async def test_organisations_are_a_programmes_own(directory: Directory) -> None:
    """Two programmes may know one organisation, each in its own way and under the same id."""
    here = await directory.add_organisation("valdore", "mairie", MAIRIE, NOW)
    assert here.registration == "217500016"
    await directory.add_organisation("loire", "mairie", MAIRIE, NOW)
    await directory.change_organisation("loire", "mairie", {"name": "Ville"}, NOW, expected=1)
    assert await directory.organisation("valdore", "mairie") == here
    with pytest.raises(TakenError, match="registration: 217500016 is taken by another"):
        await directory.add_organisation("valdore", "ville", MAIRIE, NOW)
    await directory.remove_organisation("valdore", "mairie", expected=1)
    assert await directory.organisations("valdore") == ()
    assert [one.name for one in await directory.organisations("loire")] == ["Ville"]
    with pytest.raises(UnknownRecordError, match="no organisation mairie in valdore"):
        await directory.organisation("valdore", "mairie")


async def test_a_programme_in_use_stays(directory: Directory, database: Database) -> None:
    """With people, organisations or cooperations it is not removed, and they stay with it."""
    stated = ProgrammeStated(name="Verger", language="en", policy="reference")
    await directory.add_programme("verger", stated, NOW)
    assert (await directory.programme("verger")).policy == "reference"
    verger = Collective()
    await Projector(database).apply(*verger.address, verger.entries)
    programme = verger.address.programme
    if programme != "verger":
        await directory.add_programme(programme, ProgrammeStated(name="P"), NOW)
    with pytest.raises(InUseError, match="has 1 cooperations"):
        await directory.remove_programme(programme)
    await directory.add_person("fabien", FABIEN, NOW, programme="loire")
    with pytest.raises(InUseError, match="has 1 people"):
        await directory.remove_programme("loire")
    await directory.leave("loire", "fabien")
    await directory.remove_programme("loire", expected=1)
    assert "loire" not in {one.id for one in await directory.programmes()}
    with pytest.raises(UnknownRecordError):
        await directory.change_programme("loire", {"name": "L"}, NOW)


async def test_of_two_who_add_one_address_at_once_one_is_told(directory: Directory) -> None:
    """Writers take turns, on PostgreSQL too: none sees an error of the database."""
    outcomes = await asyncio.gather(
        *(directory.add_person(f"p{number}", FABIEN, NOW) for number in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TakenError) for one in outcomes) == 3
    assert len(await directory.people()) == 1


async def test_who_is_forgotten_in_their_last_programme_is_removed(
    directory: Directory, tmp_path: Path
) -> None:
    """In one of several they leave it; those who administer stay until all is forgotten."""
    stated = PersonStated(name="Quatrepoint", administrator=False)
    await directory.add_person("fabien", stated, NOW, programme="valdore")
    await directory.take_part("loire", "fabien", [], NOW)
    assert await directory.forget("fabien", "seine") == "unknown"
    assert await directory.forget("fabien", "valdore") == "left"
    assert await directory.roles_of("fabien") == {"loire": ()}
    assert await directory.forget("fabien", "loire") == "removed"
    assert b"quatrepoint" not in _held(tmp_path)
    assert await directory.forget("fabien") == "unknown"
    await directory.add_person(
        "root", PersonStated(name="R", administrator=True), NOW, programme="loire"
    )
    assert await directory.forget("root", "loire") == "left"
    assert (await directory.person("root")).administrator
    assert await directory.forget("root") == "removed"


async def test_programmes_of_cooperations_alone_are_listed_with_the_others(
    directory: Directory, database: Database
) -> None:
    """By id, each once, page by page; only those that are kept have a record."""
    verger = Collective()
    await Projector(database).apply(*verger.address, verger.entries)
    alone = verger.address.programme
    kept = {one.id for one in await directory.programmes()}
    assert kept
    assert alone not in kept
    names = await directory.programme_ids()
    assert (len(names), {*names}) == (len(kept) + 1, kept | {alone})
    paged: list[str] = []
    while page := await directory.programme_ids(after=paged[-1] if paged else None, limit=1):
        paged += page
    assert tuple(paged) == names
    assert {*await directory.programmes_by_id(names)} == kept
    await directory.add_programme(alone, ProgrammeStated(name="P"), NOW)
    assert await directory.programme_ids() == names


async def test_people_and_organisations_are_found_by_what_they_are_called(
    directory: Directory,
) -> None:
    """By a part of the name, the address, the number or the id; signs of patterns are letters."""
    await directory.add_programme("demo", ProgrammeStated(name="Demo"), NOW)
    await directory.add_person("fabien", FABIEN, NOW, programme="demo")
    await directory.add_person("p_1", PersonStated(name="100% Ana"), NOW, programme="demo")
    await directory.add_organisation("demo", "mairie", MAIRIE, NOW)

    async def found(text: str) -> list[str]:
        return [one.id for one in await directory.people("demo", called=text)]

    assert await found("ROUX") == await found("@example") == await found("abie") == ["fabien"]
    assert await found("0%") == await found("p_1") == ["p_1"]
    assert await found("%") == ["p_1"]
    assert await found("nobody") == []
    listed = await directory.organisations("demo", called="21750")
    assert [one.id for one in listed] == ["mairie"]
    assert await directory.organisations("demo", called="x") == ()
