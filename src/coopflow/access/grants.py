"""What a token may be given, and what it is worth: never more than its maker and its person may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from coopflow.access.errors import GrantRefusedError
from coopflow.access.people import Person
from coopflow.application.callers import Caller, Scope
from coopflow.domain.base import Instant, Shape, Slug

OPERATOR: Final = Caller(name="operator", administrator=True)
"""Who has the installation in their hands: may run its commands, and reach its database."""

LONGEST: Final = timedelta(days=366)
"""How long a token lasts at most."""


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a name is one line of text")
    return text


TokenName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(_one_line),
]


class TokenRequest(Shape):
    """A token that somebody wants to make.

    Attributes:
        name: what people call it.
        scopes: what it lets its bearer do.
        programmes: the only programmes that it opens; None for all that its owner reaches.
        person: as whom it gives commands; None for nobody.
        expires_at: when it ends, a year from now at the latest.
    """

    name: TokenName
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    programmes: Annotated[frozenset[Slug], Field(min_length=1)] | None = None
    person: Slug | None = None
    expires_at: Instant


class Token(Shape):
    """A token as its keepers see it: everything but the secret.

    Attributes:
        id: tells it from others, in lists and in the audit.
        owner: whose powers it has at most; None where the operator made it.
        made_by: the caller who made it.
        used_at: when it was last used, to the hour.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    programmes: frozenset[Slug] | None
    person: Slug | None
    owner: Slug | None
    made_by: str
    created_at: Instant
    expires_at: Instant
    used_at: Instant | None = None
    revoked_at: Instant | None = None
    revoked_by: str | None = None


def check_grant(
    maker: Caller, wanted: TokenRequest, now: datetime, shown: Token | None = None
) -> None:
    """Check that a caller may make a token.

    Args:
        maker: who wants to make it.
        wanted: the token.
        now: the current time.
        shown: the token that the maker shows, if any.

    Raises:
        GrantRefusedError: it would do what its maker may not.
    """
    ends = now + LONGEST if shown is None else min(shown.expires_at, now + LONGEST)
    reaches = maker.programmes is None or (
        wanted.programmes is not None and wanted.programmes <= maker.programmes
    )
    vouches = maker.administrator and "act" in maker.scopes
    # A token that acts for somebody may do what they may: one for nobody, what its owner may.
    keeps_person = shown is None or shown.person in {wanted.person, shown.owner}
    rules = (
        ("scopes", "tokens_needed", "tokens" in maker.scopes),
        ("scopes", "beyond_maker", wanted.scopes <= maker.scopes),
        # Who may speak for anybody may do what nobody gave them a role for.
        ("scopes", "act_needs_administrator", vouches or "act" not in wanted.scopes),
        ("programmes", "beyond_maker", reaches),
        ("person", "not_yourself", vouches or wanted.person in {None, maker.person}),
        ("person", "beyond_maker", vouches or keeps_person),
        ("expires_at", "in_the_past", wanted.expires_at > now),
        ("expires_at", "too_late", wanted.expires_at <= ends),
    )
    for field, code, holds in rules:
        if not holds:
            raise GrantRefusedError(field, code)


def keeps(keeper: Caller, token: Token) -> bool:
    """Whether a caller may see and revoke a token."""
    if keeper.programmes is not None and (
        token.programmes is None or not token.programmes <= keeper.programmes
    ):
        return False
    is_own = token.owner is not None and token.owner == keeper.person
    return keeper.administrator or is_own or token.made_by == keeper.name


def bearer(token: Token, owner: Person | None, person: Person | None) -> Caller | None:
    """Return who bears a token, going by what its people may do now.

    Args:
        token: the token.
        owner: its owner, if it has one who still may come in.
        person: as whom it acts, likewise.

    Returns:
        The caller; None when the people that it rests on are gone, or no longer may what it needs.
    """
    if (token.owner is not None and owner is None) or (token.person is not None and person is None):
        return None
    needs_administrator = "act" in token.scopes or token.person not in {None, token.owner}
    if owner is not None and needs_administrator and not owner.administrator:
        return None
    powers = person or owner
    return Caller(
        name=f"token:{token.id}",
        person=token.person,
        administrator=OPERATOR.administrator if powers is None else powers.administrator,
        roles={} if powers is None else powers.roles,
        scopes=token.scopes,
        programmes=token.programmes,
        language=None if powers is None else powers.language,
    )
