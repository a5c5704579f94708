"""Checks: questions about the world that a policy asks again and again, and their answers.

A policy names a check (``checks.siret_known``); whoever asks it, and how, is the shell's. Here
stands when it is to be asked, about what, and what becomes of the answer: an event like any other,
so that levels and gates see it with its time and its reason. What could not be answered is
*unknown*, with the reason why: neither true nor false, and never an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import ConfigDict, Field

from coopflow.domain.base import Count, Instant, Label, Shape, Slug
from coopflow.domain.events import Entry, Event
from coopflow.domain.memo import remember
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import CheckAnswer, Cooperation, MemberStatus, Profile
from coopflow.domain.tools import Category
from coopflow.domain.turn import Turn

SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=3660)
"""How long a known answer may stand: each is an entry of the journal, for ever."""

FIRST_WAIT: Final = timedelta(hours=1)
"""How long after an unknown answer a check is asked again; each further time twice as long."""

LONGEST_WAIT: Final = timedelta(days=7)
"""The longest time after which one that stays unknown is asked again."""

SETTLED_AFTER: Final = timedelta(minutes=1)
"""How long after an answer a check is asked again at the earliest: members often come together."""

_MOST_DOUBLINGS: Final = 8

ASKED_WHILE: Final = frozenset({"active", "closing"})
"""While a cooperation has these statuses, its checks are asked."""

_READS: Final = (
    "programme",
    "id",
    "title",
    "issue",
    "territory",
    "stage",
    "status",
    "members",
    "documents",
)


class _Message(Shape):
    """What goes to and from checks: fields that a later version adds are passed over."""

    model_config = ConfigDict(extra="ignore")


class Organisation(_Message):
    """A member as a check sees it: nobody who speaks for it is named."""

    id: Slug
    name: str
    category: Category
    college: Slug | None = None
    status: MemberStatus
    profile: Profile = Profile()


class Portrait(_Message):
    """What a check is asked about: the collective as far as the world may know it.

    Who speaks for whom, ballots and disagreements are no part of it. ``organisations`` are those
    that have not left, in order of arrival; ``documents`` are the contents of the versions that
    count, by kind.
    """

    programme: str
    cooperation: str
    title: str
    issue: str
    territory: str
    stage: str
    organisations: tuple[Organisation, ...] = ()
    documents: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Outcome(_Message):
    """What asking a check came to.

    Attributes:
        check: its id.
        holds: the answer; None when it is unknown.
        reason: why it is so.
        every: how long a known answer stands before the check is asked again.
    """

    check: Slug
    holds: Annotated[bool | None, Field(strict=True)] = None
    reason: Label | None = None
    every: Annotated[timedelta, Field(ge=SHORTEST, le=LONGEST)] = LONGEST_WAIT


def failed(check: str, error: str) -> Outcome:
    """Return what a check that fails comes to: unknown, because it failed.

    Args:
        check: its id.
        error: the name of the type of what it raised; what that says may be about people.
    """
    return Outcome(
        check=check,
        reason=Label(
            en=f"the check failed: {error}; the worker's log says more",
            fr=f"la vérification a échoué : {error} ; le journal du worker en dit plus",
        ),
    )


class CheckAnswered(Event):
    """A check was asked; ``holds`` is None when it has no answer, and ``reason`` says why.

    ``again_at`` is when it is asked next, unless the portrait, whose digest this has, is another
    before; ``failures`` counts the unknown answers in a row.
    """

    type: Literal["check_answered"] = "check_answered"
    check: Slug
    holds: bool | None
    reason: Label | None
    again_at: Instant
    portrait_digest: str
    failures: Count = 0

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Keep the answer in place of the one before."""
        answer = CheckAnswer(
            holds=self.holds,
            reason=self.reason,
            at=entry.at,
            again_at=self.again_at,
            portrait_digest=self.portrait_digest,
            failures=self.failures,
        )
        return {"checks": {**state.checks, self.check: answer}}


class _Asked(NamedTuple):
    portrait: Portrait
    digest: str


def portrait_of(state: Cooperation) -> Portrait:
    """Return what checks are asked about, as it is now."""
    return _asked(state).portrait


def _digest(portrait: Portrait) -> str:
    """Return what tells one portrait from another: a SHA-256 in hexadecimal.

    Defaults are left out, so that a field which is added later, and has one, changes no digest: a
    replay must not ask what its history did not ask.
    """
    return hashlib.sha256(portrait.model_dump_json(exclude_defaults=True).encode()).hexdigest()


def _asked(state: Cooperation) -> _Asked:
    return remember(state, "portrait", portrait_of, _READS, partial(_seen, state))


def _seen(state: Cooperation) -> _Asked:
    current = {kind: state.current(kind) for kind in sorted(state.documents)}
    portrait = Portrait(
        programme=state.programme,
        cooperation=state.id,
        title=state.title,
        issue=state.issue,
        territory=state.territory,
        stage=state.stage,
        organisations=tuple(
            Organisation(
                id=member.id,
                name=member.name,
                category=member.category,
                college=member.college,
                status=member.status,
                profile=member.profile,
            )
            for member in state.members.values()
            if member.status != "left"
        ),
        documents={kind: one.content for kind, one in current.items() if one is not None},
    )
    return _Asked(portrait, _digest(portrait))


def due(
    state: Cooperation, rules: Rulebook, after: datetime, asked: Container[str] = ()
) -> Iterator[tuple[str, datetime]]:
    """Yield when each check is to be asked next, by its id: ``after`` where that is now.

    One that is new is asked at once; any other when its answer is old, and soon after its portrait
    has become another.

    Args:
        state: the cooperation.
        rules: the rulebook that it follows.
        after: the instant to look from.
        asked: checks that are being asked, and are passed over.
    """
    checks = rules.followed_by(state).checks
    if not checks or state.status not in ASKED_WHILE:
        return
    digest = _asked(state).digest
    for check in checks:
        answer = state.checks.get(check)
        if check in asked:
            continue
        if answer is None:
            yield check, after
        elif answer.portrait_digest != digest:
            yield check, max(after, min(answer.again_at, answer.at + SETTLED_AFTER))
        else:
            yield check, max(after, answer.again_at)


def record(turn: Turn, outcomes: Iterable[Outcome], portrait: Portrait) -> None:
    """Record the answers of checks that were asked of a portrait."""
    digest = _digest(portrait)
    for outcome in outcomes:
        before = turn.state.checks.get(outcome.check)
        failures = 0
        wait = outcome.every
        if outcome.holds is None:
            # Of another portrait it is asked anew: what failed before was another question.
            is_same = before is not None and before.portrait_digest == digest
            earlier = before.failures if before is not None and is_same else 0
            wait = min(FIRST_WAIT * 2 ** min(earlier, _MOST_DOUBLINGS), LONGEST_WAIT, wait)
            failures = earlier + 1
        turn.emit(
            CheckAnswered(
                check=outcome.check,
                holds=outcome.holds,
                reason=outcome.reason,
                again_at=turn.at + wait,
                portrait_digest=digest,
                failures=failures,
            )
        )
