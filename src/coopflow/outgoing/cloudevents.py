"""Events as CloudEvents 1.0, in the structured JSON format."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.feed import FeedItem
from coopflow.readmodel.views import JournalLine

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
NOWHERE: Final = "urn:coopflow:installation"
"""The source of events of an installation that has no URL."""

PING: Final = "ping"


def type_of(event: str) -> str:
    """Return the type of events of a type, for others: it says whose it is, and which version."""
    return f"org.coopflow.{event}.v1"


class CloudEvent(Shape):
    """An event as others get it.

    ``source`` and ``id`` tell it from all other events of all installations. ``programme``,
    ``cooperation`` and ``seq`` are extension attributes.

    Attributes:
        specversion: that of CloudEvents.
        id: ``PROGRAMME/COOPERATION/SEQ``.
        source: the URL of the installation, or a URN.
        type: ``org.coopflow.TYPE.v1`` for an event of that type.
        subject: ``PROGRAMME/COOPERATION``.
        time: when it happened.
        datacontenttype: what ``data`` is.
        programme: the programme of the cooperation.
        cooperation: the cooperation.
        seq: counts within the cooperation, from 1 and without gaps.
        data: the entry of the journal, as everyone may see it.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str | None = None
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    programme: str
    cooperation: str | None = None
    seq: int | None = None
    data: JournalLine | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it in the structured format: an attribute that it has not is left out."""
        found = self.model_dump(mode="json")
        return {name: value for name, value in found.items() if value is not None}


def enveloped(item: FeedItem, source: str = NOWHERE) -> CloudEvent:
    """Return an item of the feed as others get it.

    Args:
        item: the item.
        source: the URL of the installation.
    """
    return CloudEvent(
        id=f"{item.programme}/{item.cooperation}/{item.seq}",
        source=source,
        type=type_of(item.type),
        subject=f"{item.programme}/{item.cooperation}",
        time=item.at,
        programme=item.programme,
        cooperation=item.cooperation,
        seq=item.seq,
        data=item.line,
    )


def ping(message: str, programme: str, at: datetime, source: str = NOWHERE) -> CloudEvent:
    """Return an event that says nothing but that it comes through.

    Args:
        message: tells it from other pings.
        programme: whose endpoint is tried.
        at: when it was asked for.
        source: the URL of the installation.
    """
    return CloudEvent(id=message, source=source, type=type_of(PING), time=at, programme=programme)
