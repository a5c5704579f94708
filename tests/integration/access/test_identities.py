from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from coopflow.access.errors import UnknownPersonError
from coopflow.access.identities import Account, Identities
from coopflow.readmodel.database import Database
from tests.people import MAX, ZOE, FakePeople

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def account(subject: str = "s-1", **more: Any) -> Account:
    values: dict[str, Any] = {"email": "Max@Example.org", "email_verified": True}
    return Account(issuer="https://id.example.org", subject=subject, **(values | more))


@pytest.fixture
def identities(database: Database, people: FakePeople) -> Identities:
    return Identities(database, people)


async def test_the_first_sign_in_goes_by_the_address(identities: Identities) -> None:
    """From then on the account counts, whatever its address."""
    assert await identities.person_of(account(), NOW) == MAX
    for address in (None, "zoe@example.org", "nobody@example.org"):
        assert await identities.person_of(account(email=address), NOW) == MAX


@pytest.mark.parametrize(
    "more", [{"email": None}, {"email_verified": False}, {"email": "nobody@example.org"}]
)
async def test_others_do_not_get_in(identities: Identities, more: dict[str, Any]) -> None:
    """Without a verified address of somebody in the directory, an account is nobody's."""
    with pytest.raises(UnknownPersonError):
        await identities.person_of(account(**more), NOW)


async def test_a_second_account_takes_nobody_over(identities: Identities) -> None:
    """An address that changed hands at the provider is not enough, until the first is forgotten."""
    await identities.person_of(account(), NOW)
    with pytest.raises(UnknownPersonError, match="another account"):
        await identities.person_of(account("s-2"), NOW)
    assert await identities.forget("max") == 1
    assert await identities.person_of(account("s-2"), NOW) == MAX
    with pytest.raises(UnknownPersonError):
        await identities.person_of(account(), NOW)


async def test_an_account_elsewhere_is_another_one(identities: Identities) -> None:
    """The same subject of another provider says nothing about who it is."""
    await identities.person_of(account(), NOW)
    other = account(email="zoe@example.org").but(issuer="https://other.example.org")
    assert await identities.person_of(other, NOW) == ZOE


async def test_two_first_sign_ins_at_once(identities: Identities) -> None:
    """One account gets in twice, of two accounts one does."""
    same = await asyncio.gather(*(identities.person_of(account(), NOW) for _ in range(3)))
    assert same == [MAX] * 3
    await identities.forget("max")
    found = await asyncio.gather(
        *(identities.person_of(account(f"s-{number}"), NOW) for number in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, UnknownPersonError) for one in found) == 2


async def test_who_left_does_not_get_in(identities: Identities, people: FakePeople) -> None:
    """An account that is linked lets nobody in who is gone from the directory."""
    await identities.person_of(account(), NOW)
    people.remove("max")
    with pytest.raises(UnknownPersonError, match="no longer"):
        await identities.person_of(account(), NOW)
