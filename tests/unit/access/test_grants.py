from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from coopflow.access.errors import GrantRefusedError
from coopflow.access.grants import (
    LONGEST,
    OPERATOR,
    Token,
    TokenRequest,
    bearer,
    check_grant,
    keeps,
)
from coopflow.access.people import caller
from coopflow.application.callers import SCOPES, Caller
from tests.people import ADA, MAX, ZOE

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LIMITED = Caller(
    name="token:one",
    person="max",
    roles=MAX.roles,
    scopes=frozenset({"read", "tokens"}),
    programmes=frozenset({"valdore"}),
)

VOUCHING_NO_MORE = caller(ADA).but(scopes=frozenset({"read", "tokens"}))


def wanted(**more: Any) -> TokenRequest:
    values = {"name": "a robot", "scopes": {"read"}, "expires_at": NOW + timedelta(days=30)}
    return TokenRequest.model_validate(values | more)


def token(**more: Any) -> Token:
    values = {"id": "t", "owner": "max", "made_by": "person:max", "created_at": NOW}
    rest = {"name": "a robot", "scopes": {"read"}, "programmes": None, "person": None}
    return Token.model_validate(values | rest | {"expires_at": NOW + timedelta(days=1)} | more)


@pytest.mark.parametrize(
    ("maker", "more"),
    [
        (OPERATOR, {"scopes": SCOPES, "person": "anybody"}),
        (caller(ADA), {"scopes": SCOPES, "person": "zoe"}),
        (caller(ZOE), {"scopes": {"read", "write", "tokens"}, "person": "zoe"}),
        (caller(ZOE), {"expires_at": NOW + LONGEST}),
        (LIMITED, {"programmes": {"valdore"}, "person": "max"}),
    ],
)
def test_what_somebody_may_hand_on(maker: Caller, more: dict[str, Any]) -> None:
    """Whoever may keep tokens makes some for themselves; administrators for others, too."""
    check_grant(maker, wanted(**more), NOW)


@pytest.mark.parametrize(
    ("maker", "more", "refused"),
    [
        (caller(ZOE), {"person": "max"}, ("person", "not_yourself")),
        (caller(MAX), {"person": "zoe"}, ("person", "not_yourself")),
        (caller(MAX), {"scopes": {"act"}}, ("scopes", "act_needs_administrator")),
        (LIMITED, {"scopes": {"write"}}, ("scopes", "beyond_maker")),
        (LIMITED, {}, ("programmes", "beyond_maker")),
        (LIMITED, {"programmes": {"valdore", "other"}}, ("programmes", "beyond_maker")),
        (LIMITED.but(scopes=frozenset({"read"})), {}, ("scopes", "tokens_needed")),
        (VOUCHING_NO_MORE, {"person": "zoe"}, ("person", "not_yourself")),
        (caller(ZOE), {"expires_at": NOW}, ("expires_at", "in_the_past")),
        (caller(ZOE), {"expires_at": NOW + LONGEST * 2}, ("expires_at", "too_late")),
    ],
)
def test_nobody_hands_on_more_than_they_have(
    maker: Caller, more: dict[str, Any], refused: tuple[str, str]
) -> None:
    """Scopes, programmes, people and time: each is refused by its name."""
    with pytest.raises(GrantRefusedError) as caught:
        check_grant(maker, wanted(**more), NOW)
    assert (caught.value.field, caught.value.code) == refused


def test_a_token_made_with_a_token_ends_with_it() -> None:
    """It may not outlive what it was made with."""
    until = NOW + timedelta(days=3)
    shown = token(owner=None, expires_at=until)
    check_grant(OPERATOR, wanted(expires_at=until), NOW, shown)
    with pytest.raises(GrantRefusedError, match="too_late"):
        check_grant(OPERATOR, wanted(expires_at=until + timedelta(seconds=1)), NOW, shown)


@pytest.mark.parametrize(
    "more",
    [
        {"name": ""},
        {"name": "two\nlines"},
        {"name": "x" * 101},
        {"scopes": set()},
        {"scopes": {"everything"}},
        {"programmes": set()},
        {"programmes": {"no spaces"}},
        {"expires_at": "2026-04-01T00:00:00"},
    ],
)
def test_a_request_that_cannot_be_meant(more: dict[str, Any]) -> None:
    """A name of one line, scopes that there are, programmes that there may be, a zone."""
    with pytest.raises(ValidationError):
        wanted(**more)


def test_a_bearer_may_what_its_person_may_now() -> None:
    """The roles are those of today, within the scopes and programmes of the token."""
    held = token(programmes={"valdore"}, person="max")
    found = bearer(held, MAX, MAX)
    assert found is not None
    assert (found.name, found.person) == ("token:t", "max")
    assert found.manages("valdore")
    assert not found.but(roles={}).manages("valdore")
    assert found.scopes == {"read"}
    assert found.programmes == frozenset({"valdore"})
    lost = bearer(held, MAX.but(roles={}), MAX.but(roles={}))
    assert lost is not None
    assert not lost.manages("valdore")


def test_a_bearer_without_its_people_is_nobody() -> None:
    """Who left takes their tokens along."""
    assert bearer(token(), None, None) is None
    assert bearer(token(owner=None, person="max"), None, None) is None
    assert bearer(token(owner="ada", person="max"), ADA, None) is None


def test_who_administers_no_longer_vouches_no_longer() -> None:
    """A token that acts for others works as long as its owner administers the installation."""
    no_longer = ADA.but(administrator=False)
    for held in (token(owner="ada", scopes={"act"}), token(owner="ada", person="zoe")):
        zoe = ZOE if held.person else None
        assert bearer(held, ADA, zoe) is not None
        assert bearer(held, no_longer, zoe) is None


def test_a_token_for_somebody_else_has_their_powers_alone() -> None:
    """One that an administrator made for a person administers nothing."""
    found = bearer(token(owner="ada", person="zoe"), ADA, ZOE)
    assert found is not None
    assert (found.person, found.administrator, found.roles) == ("zoe", False, {})


def test_a_token_of_the_operator_administers() -> None:
    """Within its scopes and programmes, and as nobody."""
    found = bearer(token(owner=None, made_by="operator", programmes={"valdore"}), None, None)
    assert found is not None
    assert found.person is None
    assert found.manages("valdore")
    assert not found.manages("other")


@pytest.mark.parametrize(
    ("keeper", "kept", "holds"),
    [
        (OPERATOR, token(), True),
        (caller(ADA), token(), True),
        (caller(MAX), token(), True),
        (caller(ZOE), token(), False),
        (caller(ZOE), token(owner=None, made_by="operator"), False),
        (Caller(name="token:p"), token(owner=None, made_by="operator"), False),
        (Caller(name="token:p"), token(owner=None, made_by="token:p"), True),
        (LIMITED, token(), False),
        (LIMITED, token(programmes={"valdore"}), True),
        (LIMITED, token(programmes={"valdore", "other"}), False),
        (caller(ADA).but(programmes=frozenset({"other"})), token(programmes={"valdore"}), False),
    ],
)
def test_who_keeps_a_token(keeper: Caller, kept: Token, *, holds: bool) -> None:
    """Its owner, its maker, and those who administer, within the programmes that they reach."""
    assert keeps(keeper, kept) is holds
