from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.links import LASTS, SignInLinks
from coopflow.access.tables import SignInLinkRow
from coopflow.readmodel.database import Database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def links(database: Database) -> SignInLinks:
    return SignInLinks(database)


async def test_a_link_works_once(links: SignInLinks) -> None:
    """The second use gets nobody in."""
    secret = await links.create("max", NOW)
    assert await links.use(secret, NOW + LASTS - timedelta(seconds=1)) == "max"
    with pytest.raises(RefusedCredentialError, match="unknown"):
        await links.use(secret, NOW)


async def test_of_two_at_once_one_gets_in(links: SignInLinks) -> None:
    """Both use it at the same moment."""
    secret = await links.create("max", NOW)
    found = await asyncio.gather(
        *(links.use(secret, NOW) for _ in range(5)), return_exceptions=True
    )
    assert sorted(map(str, found)) == ["max", *["what was shown: unknown"] * 4]


async def test_a_link_expires(links: SignInLinks, database: Database) -> None:
    """At the end of its time it is worth nothing, and the next one clears it away."""
    secret = await links.create("max", NOW, timedelta(minutes=5))
    with pytest.raises(RefusedCredentialError, match="expired"):
        await links.use(secret, NOW + timedelta(minutes=5))
    await links.create("max", NOW)
    await links.create("max", NOW + LASTS)
    async with database.reading() as connection:
        rows = (await connection.execute(select(func.count(SignInLinkRow.digest)))).scalar_one()
    assert rows == 1


async def test_links_of_a_person_can_be_dropped(links: SignInLinks) -> None:
    """Those of others still work."""
    dropped, kept = await links.create("max", NOW), await links.create("zoe", NOW)
    await links.drop_all("max")
    with pytest.raises(RefusedCredentialError):
        await links.use(dropped, NOW)
    assert await links.use(kept, NOW) == "zoe"
