from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from coopflow.access.credentials import new_token
from coopflow.access.errors import GrantRefusedError, RefusedCredentialError
from coopflow.access.grants import OPERATOR, TokenRequest
from coopflow.access.people import caller
from coopflow.access.tables import ApiTokenRow
from coopflow.access.tokens import Tokens
from coopflow.readmodel.database import Database
from tests.people import ADA, MAX, ZOE, FakePeople

NOW = datetime(2026, 3, 1, 9, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def wanted(**more: Any) -> TokenRequest:
    values = {"name": "a robot", "scopes": {"read"}, "expires_at": NOW + timedelta(days=30)}
    return TokenRequest.model_validate(values | more)


@pytest.fixture
def tokens(database: Database, people: FakePeople) -> Tokens:
    return Tokens(database, people)


async def refusal(tokens: Tokens, secret: str, now: datetime = NOW) -> tuple[str, str | None]:
    with pytest.raises(RefusedCredentialError) as caught:
        await tokens.caller_of(secret, now)
    return caught.value.reason, caught.value.about


async def test_a_token_lets_in_whom_it_is_for(tokens: Tokens) -> None:
    """Its bearer has the scopes, programmes and person that were asked for."""
    request = wanted(scopes={"read", "write"}, programmes={"valdore"}, person="max")
    token, secret = await tokens.create(caller(MAX), request, NOW)
    found = await tokens.caller_of(secret, NOW)
    assert (found.name, found.person) == (f"token:{token.id}", "max")
    assert found.scopes == {"read", "write"}
    assert found.programmes == frozenset({"valdore"})
    assert await tokens.all(caller(MAX)) == (token.but(used_at=NOW.replace(minute=0)),)


async def test_nothing_stored_lets_anybody_in(tokens: Tokens, database: Database) -> None:
    """What the table holds of the secret is its digest."""
    _, secret = await tokens.create(OPERATOR, wanted(), NOW)
    async with database.reading() as connection:
        row = (await connection.execute(select(ApiTokenRow.__table__))).one()
    assert not any(secret[3:] in str(value) for value in row)
    for value in row:
        assert (await refusal(tokens, str(value)))[0] == "malformed"


async def test_tokens_that_let_nobody_in(tokens: Tokens) -> None:
    """One that was never made, one that expired, one that was revoked; the audit learns which."""
    token, secret = await tokens.create(OPERATOR, wanted(), NOW)
    assert await refusal(tokens, "cf_nonsense") == ("malformed", None)
    assert await refusal(tokens, new_token()) == ("unknown", None)
    expired = await refusal(tokens, secret, token.expires_at)
    assert expired == ("expired", f"token:{token.id}")
    revoked = await tokens.revoke(token.id, OPERATOR, LATER)
    assert revoked is not None
    assert (revoked.revoked_at, revoked.revoked_by) == (LATER, "operator")
    assert await refusal(tokens, secret, LATER) == ("revoked", f"token:{token.id}")


async def test_revoking_again_changes_nothing(tokens: Tokens) -> None:
    """The first time and the first keeper stay."""
    token, _ = await tokens.create(caller(MAX), wanted(), NOW)
    first = await tokens.revoke(token.id, caller(MAX), NOW)
    assert await tokens.revoke(token.id, caller(ADA), LATER) == first


async def test_nobody_revokes_what_is_not_theirs(tokens: Tokens) -> None:
    """To them it is not there, and it goes on working."""
    token, secret = await tokens.create(caller(MAX), wanted(), NOW)
    assert await tokens.revoke(token.id, caller(ZOE), NOW) is None
    assert await tokens.revoke("no-such-token", OPERATOR, NOW) is None
    assert await tokens.all(caller(ZOE)) == ()
    assert (await tokens.caller_of(secret, NOW)).name == f"token:{token.id}"


async def test_who_leaves_takes_their_tokens_along(tokens: Tokens, people: FakePeople) -> None:
    """A token of somebody who is gone from the directory lets nobody in."""
    token, secret = await tokens.create(caller(MAX), wanted(person="max"), NOW)
    people.remove("max")
    assert await refusal(tokens, secret) == ("owner_gone", f"token:{token.id}")
    people.change(MAX)
    await tokens.revoke_of("max", OPERATOR, NOW)
    assert (await refusal(tokens, secret))[0] == "revoked"


async def test_a_token_follows_the_roles_of_its_person(tokens: Tokens, people: FakePeople) -> None:
    """What the person loses, the token has lost at the next request."""
    _, secret = await tokens.create(caller(MAX), wanted(person="max"), NOW)
    assert (await tokens.caller_of(secret, NOW)).manages("valdore")
    people.change(MAX.but(roles={}))
    assert not (await tokens.caller_of(secret, NOW)).manages("valdore")


async def test_a_token_makes_tokens_that_go_with_it(tokens: Tokens) -> None:
    """Those have the same owner and no more time, and are revoked with it, down to the last."""
    parent, secret = await tokens.create(caller(MAX), wanted(scopes={"read", "tokens"}), NOW)
    maker = await tokens.caller_of(secret, NOW)
    child, child_secret = await tokens.create(maker, wanted(scopes={"read", "tokens"}), NOW)
    assert (child.owner, child.made_by) == ("max", f"token:{parent.id}")
    with pytest.raises(GrantRefusedError, match="too_late"):
        await tokens.create(maker, wanted(expires_at=parent.expires_at + timedelta(1)), NOW)
    grandchild_maker = await tokens.caller_of(child_secret, NOW)
    _, grandchild_secret = await tokens.create(grandchild_maker, wanted(), NOW)

    await tokens.revoke(parent.id, caller(MAX), LATER)
    for one in (secret, child_secret, grandchild_secret):
        assert (await refusal(tokens, one, LATER))[0] == "revoked"
    with pytest.raises(RefusedCredentialError):
        await tokens.create(maker, wanted(), LATER)


async def test_who_acts_for_somebody_makes_no_token_for_nobody(tokens: Tokens) -> None:
    """It would have the powers of who handed the first one out: those of an administrator."""
    for maker in (OPERATOR, caller(ADA)):
        handed_out = wanted(scopes={"read", "tokens"}, person="zoe")
        _, secret = await tokens.create(maker, handed_out, NOW)
        zoe = await tokens.caller_of(secret, NOW)
        assert not zoe.administrator
        with pytest.raises(GrantRefusedError, match="person: beyond_maker"):
            await tokens.create(zoe, wanted(), NOW)
        _, child = await tokens.create(zoe, wanted(person="zoe"), NOW)
        assert not (await tokens.caller_of(child, NOW)).administrator


async def test_a_refused_grant_makes_nothing(tokens: Tokens) -> None:
    """Who asks for too much has no token."""
    with pytest.raises(GrantRefusedError):
        await tokens.create(caller(ZOE), wanted(person="max"), NOW)
    assert await tokens.all() == ()


async def test_the_last_use_is_known_to_the_hour(tokens: Tokens) -> None:
    """It is written once an hour, however often the token is shown."""
    _, secret = await tokens.create(OPERATOR, wanted(), NOW)
    for minutes in (0, 10, 39):
        await tokens.caller_of(secret, NOW + timedelta(minutes=minutes))
        assert (await tokens.all())[0].used_at == NOW.replace(minute=0)
    await tokens.caller_of(secret, NOW + timedelta(minutes=40))
    assert (await tokens.all())[0].used_at == NOW.replace(hour=10, minute=0)


async def test_the_newest_token_comes_first(tokens: Tokens) -> None:
    """Those that ended are listed as well."""
    old, _ = await tokens.create(OPERATOR, wanted(name="old"), NOW)
    new, _ = await tokens.create(OPERATOR, wanted(name="new"), NOW + timedelta(hours=1))
    await tokens.revoke(old.id, OPERATOR, LATER)
    assert [one.id for one in await tokens.all()] == [new.id, old.id]
