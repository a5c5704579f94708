"""Callers: who asks something of the platform, as the shell that let them in found out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from pydantic import Field

from coopflow.domain.base import Shape, Slug
from coopflow.domain.roles import PROGRAMME_MANAGER

Scope = Literal["read", "write", "act", "directory", "webhooks", "tokens", "exports"]
"""What a token lets its bearer do, within what the roles of the caller allow.

``read``: see what the caller may see. ``write``: give commands as the caller's person. ``act``:
give commands in the name of people whom the bearer vouches for. ``directory``, ``webhooks``,
``tokens``: keep people and organisations, webhooks, tokens. ``exports``: take whole cooperations in
and out.
"""
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

Language = Literal["en", "fr"]

_TOKEN: Final = "token:"  # noqa: S105 - how names of tokens begin


class Caller(Shape):
    """Somebody who asks: a person, or a program that bears a token.

    Attributes:
        name: tells this caller from all others, for rate limits, idempotency keys and the audit:
            ``person:<id>`` or ``token:<id>``.
        person: as whom commands are given, unless the scope ``act`` lets the caller say; None for a
            program that acts for nobody.
        administrator: of the whole installation: may do in every programme what its manager may.
        roles: by programme, what is held there beside any cooperation, such as
            ``programme_manager``.
        scopes: what a token allows; a person who signed in has all of them.
        programmes: the only programmes that a token opens; None for no such limit.
        language: the language that they wish to read, where the request does not say.
    """

    name: str
    person: Slug | None = None
    administrator: bool = False
    roles: Mapping[Slug, tuple[str, ...]] = Field(default_factory=dict)
    scopes: frozenset[Scope] = frozenset(SCOPES)
    programmes: frozenset[Slug] | None = None
    language: Language | None = None
    # The id of the session that they came by, if by one: no answer tells it, nor its schema.
    session: str | None = Field(default=None, exclude=True)

    def reaches(self, programme: str) -> bool:
        """Whether a programme is within the limits of the caller's token."""
        return self.programmes is None or programme in self.programmes

    def manages(self, programme: str) -> bool:
        """Whether the caller manages a programme, or administers all of them."""
        return self.reaches(programme) and (
            self.administrator or PROGRAMME_MANAGER in self.roles.get(programme, ())
        )

    @property
    def administrates_all(self) -> bool:
        """Whether the caller administers the whole installation, by nothing kept to a part."""
        return self.administrator and self.programmes is None

    def may_speak_for(self, person: str) -> bool:
        """Whether the caller may give commands in the name of a person.

        In one's own, always; in that of others only by a token with the scope ``act``, never by
        having signed in.
        """
        vouches = "act" in self.scopes and self.name.startswith(_TOKEN)
        return person == self.person or vouches

    def grants(self, programme: str) -> tuple[str, ...]:
        """Return the roles that count for commands in a programme beside those held in it.

        Somebody who administers the installation runs it, and has no part in what collectives do.
        """
        return self.roles.get(programme, ()) if self.reaches(programme) else ()
