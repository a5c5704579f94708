"""What lets people get at cooperations that they were erased from, while they stay elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coopflow.access.access import opened
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.links import SignInLinks
from coopflow.access.people import DirectoryPeople
from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.directory import Directory
from coopflow.directory.people import PersonStated
from coopflow.readmodel.database import Database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HERE, THERE = Address("nord", "verger"), Address("sud", "verger")


async def test_links_and_calendars_of_what_somebody_was_erased_from_go(database: Database) -> None:
    """Those of other cooperations, of others and of all that they have a part in stay."""
    directory = Directory(database)
    for person in ("kim", "zoe"):
        await directory.add_person(person, PersonStated(name=person), NOW)
    access = opened(database, DirectoryPeople(directory))
    until = NOW + timedelta(days=3)
    gone, *stay = [
        (await access.decision_links.create(person, address, "d", NOW, until))[0]
        for person, address in (("kim", HERE), ("kim", THERE), ("zoe", HERE))
    ]
    feeds = [
        (await access.feeds.create("kim", "fr", NOW, address))[0].id
        for address in (HERE, THERE, None)
    ]
    await access.forget_within("kim", [])
    assert len(await access.feeds.all("kim")) == 3
    await access.forget_within("kim", [HERE])
    with pytest.raises(RefusedCredentialError):
        await access.decision_links.find(gone, NOW)
    for secret in stay:
        await access.decision_links.find(secret, NOW)
    assert {one.id for one in await access.feeds.all("kim")} == {*feeds[1:]}


@pytest.mark.parametrize("when", ["before", "after"])
async def test_who_gets_in_while_their_address_changes_is_out_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Whether the link is used up just before or just after all of theirs are taken back."""
    directory = Directory(database)
    await directory.add_person("kim", PersonStated(name="Kim"), NOW)
    access = replace(opened(database, DirectoryPeople(directory)), now=lambda: NOW)
    link = await access.links.create("kim", NOW)
    use = SignInLinks.use

    async def used(links: SignInLinks, secret: str, now: datetime) -> str:
        if when == "before":
            await access.readdress("kim", Caller(name="person:zoe", person="zoe"))
        person = await use(links, secret, now)
        await access.readdress("kim", Caller(name="person:zoe", person="zoe"))
        return person

    monkeypatch.setattr(SignInLinks, "use", used)
    if when == "before":
        with pytest.raises(RefusedCredentialError):
            await access.follow(link)
    else:
        _, secret = await access.follow(link)
        with pytest.raises(RefusedCredentialError):
            await access.sessions.find(secret, NOW)
    assert not await access.sessions.of("kim", NOW)
