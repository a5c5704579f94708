"""Notices: what people must be told of because of an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from coopflow.domain.base import Instant, Shape, Slug
from coopflow.domain.decisions import DecisionClosed, DecisionOpened, VotersReminded
from coopflow.domain.events import Entry
from coopflow.domain.reviews import ReviewClosed, ReviewConvened, ReviewOpened

NoticeKind = Literal[
    "invite_voters",
    "remind_voters",
    "publish_outcome",
    "convene_review",
    "compile_dossier",
    "publish_summary",
]


class Notice(Shape):
    """Something to be told or prepared, once.

    Attributes:
        cooperation: the cooperation that it concerns.
        seq: the number of the event that caused it.
        index: tells several notices of one event apart, from 0.
        kind: what is to be done.
        about: the id of the decision or review.
        to: the organisations concerned; empty means all active members.
        at: when the event happened.
    """

    cooperation: Slug
    seq: int
    index: int = 0
    kind: NoticeKind
    about: str
    to: tuple[Slug, ...] = ()
    at: Instant


class NoticeBoard(Protocol):
    """Where notices are delivered; delivering one twice must be harmless."""

    async def deliver(self, programme: str, notices: tuple[Notice, ...]) -> None:
        """Deliver notices, in order.

        Args:
            programme: the programme of their cooperation.
            notices: what to deliver; those delivered before are passed over.
        """
        ...


def notices_of(cooperation: str, entry: Entry) -> tuple[Notice, ...]:
    """Return what must be told because of one entry of the journal."""
    return tuple(
        Notice(
            cooperation=cooperation,
            seq=entry.seq,
            index=index,
            kind=kind,
            about=about,
            to=to,
            at=entry.at,
        )
        for index, (kind, about, to) in enumerate(_told(entry))
    )


def _told(entry: Entry) -> Iterator[tuple[NoticeKind, str, tuple[str, ...]]]:
    match entry.event:
        case DecisionOpened() as event:
            yield "invite_voters", event.decision, event.electorate
        case VotersReminded() as event:
            yield "remind_voters", event.decision, event.organisations
        case DecisionClosed() as event:
            yield "publish_outcome", event.decision, ()
        case ReviewConvened() as event:
            yield "convene_review", event.kind, ()
        case ReviewOpened() as event:
            yield "compile_dossier", event.review, ()
        case ReviewClosed() as event if event.summary_published:
            yield "publish_summary", event.review, ()
        case _:
            pass
