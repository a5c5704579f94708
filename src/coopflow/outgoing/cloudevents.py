"""Events as CloudEvents 1.0, in the structured JSON format."""

from __future__ import annotations

from typing import Any, Final

from coopflow.domain.base import Instant
from coopflow.readmodel.feed import FeedItem

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
NOWHERE: Final = "urn:coopflow:installation"
"""The source of events of an installation that has no URL."""

PING: Final = "ping"


def type_of(event: str) -> str:
    """Return the type of events of a type, for others: it says whose it is, and which version."""
    return f"org.coopflow.{event}.v1"


def enveloped(item: FeedItem, source: str = NOWHERE) -> dict[str, Any]:
    """Return an item of the feed as others get it.

    ``source`` and ``id`` tell it from all other events of all installations. ``programme``,
    ``cooperation`` and ``seq`` are extension attributes: ``seq`` counts within the cooperation,
    from 1 and without gaps.

    Args:
        item: the item.
        source: the URL of the installation.
    """
    line = item.line.model_dump(mode="json")
    return {
        "specversion": "1.0",
        "id": f"{item.programme}/{item.cooperation}/{item.seq}",
        "source": source,
        "type": type_of(item.type),
        "subject": f"{item.programme}/{item.cooperation}",
        "time": line["at"],
        "datacontenttype": "application/json",
        "programme": item.programme,
        "cooperation": item.cooperation,
        "seq": item.seq,
        "data": line,
    }


def ping(message: str, programme: str, at: Instant, source: str = NOWHERE) -> dict[str, Any]:
    """Return an event that says nothing but that it comes through.

    Args:
        message: tells it from other pings.
        programme: whose endpoint is tried.
        at: when it was asked for.
        source: the URL of the installation.
    """
    return {
        "specversion": "1.0",
        "id": message,
        "source": source,
        "type": type_of(PING),
        "time": at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "programme": programme,
        "data": {},
    }
