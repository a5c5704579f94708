"""Server-sent events: the feed to whoever may read it, from where they were.

A stream ends after a while, and when the service is about to end; who reads comes again with
``Last-Event-ID``, as browsers do by themselves, and misses nothing. So whoever is no longer let in
learns no more than a few minutes longer, and nobody holds up a service that ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Query, Request
from fastapi.sse import ServerSentEvent

from coopflow.application.engine import Address
from coopflow.domain.base import Slug
from coopflow.domain.catalogue import EVENTS
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError
from coopflow.outgoing.cloudevents import NOWHERE, enveloped
from coopflow.readmodel.feed import BEGINNING, FeedCursorError

LONGEST: Final = 300
"""Seconds after which a stream ends."""

MOST: Final = 20
"""Streams that one caller may have open at a process."""

STREAMED: Final = """\
: here it begins
id: MTo0MQ
retry: 1000

data: {"specversion": "1.0", "id": "valdore/bocage-gourmand/42", "seq": 42}
id: MTo0Mg

"""
"""What a stream looks like, with an event that is shortened."""

_FIRST: Final = "beginning"
_RETRY: Final = 1000
_BUSY_SECONDS: Final = 30
_LOOK_EVERY: Final = 2.0


@dataclass(frozen=True)
class Reading:
    """What somebody asked to read.

    Attributes:
        cursor: behind which place of the feed.
        types: only events of these types; None for all.
        seconds: how long.
        closing: is set when the service is about to end.
        source: the URL of the installation.
    """

    cursor: str
    types: tuple[str, ...] | None
    seconds: float
    closing: asyncio.Event
    source: str


async def reading(  # noqa: PLR0913 - what may be asked
    request: Request,
    services: ServicesDep,
    *,
    after: Annotated[
        str | None,
        Query(
            max_length=100,
            description="The id of the last event that is known, or `beginning`; by default the "
            "present. `Last-Event-ID` goes before it.",
        ),
    ] = None,
    event_type: Annotated[
        list[Slug] | None,
        Query(alias="type", max_length=100, description="Only events of these types."),
    ] = None,
    seconds: Annotated[
        float, Query(ge=0, le=LONGEST, description="How long the stream lasts.")
    ] = LONGEST,
    last_event_id: Annotated[
        str | None, Header(max_length=100, description="The id of the last event that is known.")
    ] = None,
) -> Reading:
    """Return what somebody asks to read.

    Raises:
        ProblemError: the place or a type is none (``invalid_request``).
    """
    asked = last_event_id or after
    try:
        if asked is None:
            cursor = await services.feed.end()
        else:
            cursor = BEGINNING if asked == _FIRST else asked
            await services.feed.after(cursor, limit=1)  # else it would be refused too late
    except FeedCursorError as error:
        path = "query.after" if last_event_id is None else "header.Last-Event-ID"
        fault = FieldProblem(path=path, problem=str(error))
        raise ProblemError("invalid_request", errors=[fault]) from error
    unknown = sorted({*(event_type or ())} - EVENTS.keys())
    if unknown:
        said = f"there are no events of type {', '.join(unknown)}"
        raise ProblemError(
            "invalid_request", errors=[FieldProblem(path="query.type", problem=said)]
        )
    return Reading(
        cursor=cursor,
        types=tuple(event_type) if event_type else None,
        seconds=seconds,
        closing=request.app.state.closing,
        source=request.app.state.public_url or NOWHERE,
    )


async def seat(request: Request, caller: CallerDep) -> AsyncIterator[None]:
    """Count the streams of a caller for as long as one is open.

    Raises:
        ProblemError: there are too many (``rate_limited``).
    """
    open_streams: Counter[str] = request.app.state.streams
    if open_streams[caller.name] >= MOST:
        raise ProblemError("rate_limited", headers={"Retry-After": str(_BUSY_SECONDS)})
    open_streams[caller.name] += 1
    try:
        yield
    finally:
        open_streams[caller.name] -= 1
        if not open_streams[caller.name]:
            del open_streams[caller.name]


ReadingDep = Annotated[Reading, Depends(reading)]
"""What somebody asked to read."""


async def events(
    services: ServicesDep,
    wanted: Reading,
    *,
    programme: str | None = None,
    address: Address | None = None,
) -> AsyncIterator[ServerSentEvent]:
    """Yield what happens, as CloudEvents, until it is time to come again.

    The first thing says where the stream begins: who loses the connection before anything happens
    goes on from there too.
    """
    cursor = wanted.cursor
    yield ServerSentEvent(id=cursor or _FIRST, retry=_RETRY, comment="here it begins")
    loop = asyncio.get_running_loop()
    end, last = loop.time() + wanted.seconds, loop.time() + LONGEST
    while not wanted.closing.is_set():
        left = max(end - loop.time(), 0.0)
        page = await services.feed.coming(
            cursor,
            seconds=min(left, _LOOK_EVERY),
            programme=programme,
            address=address,
            types=wanted.types,
        )
        for item in page:
            event = enveloped(item, wanted.source).as_json()
            yield ServerSentEvent(id=item.cursor, data=event)
            cursor = item.cursor
        # All that there is belongs to a stream, unless somebody reads it so slowly that there is
        # always more: they might no longer be let in.
        if loop.time() >= (last if page else end):
            return
