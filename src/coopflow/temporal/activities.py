"""What a cooperation does to the world: it tells the read model, and those who must be told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from coopflow import metrics
from coopflow.application.checking import Checks
from coopflow.application.engine import Address
from coopflow.application.notices import NoticeBoard
from coopflow.checks import kind_of
from coopflow.domain import catalogue  # noqa: F401 - defines all events
from coopflow.domain.checks import Outcome
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.temporal import names
from coopflow.temporal.lag import LagWatch
from coopflow.temporal.messages import CheckRequest, NoticeBatch, ProjectBatch

_WORDS: Final[Mapping[bool | None, str]] = {True: "yes", False: "no", None: "unknown"}

_log = structlog.get_logger(__name__)


class Projector(Protocol):
    """The read model, as far as it is written to."""

    async def apply(
        self,
        programme: str,
        cooperation: str,
        entries: Sequence[Entry],
        definitions: Sequence[Definition] = (),
        imported_to: int = 0,
    ) -> object:
        """Store entries and what follows from them, all or none.

        Args:
            programme: the programme of the cooperation.
            cooperation: its id.
            entries: in order and without gaps; those stored before are passed over.
            definitions: what the cooperation follows or was offered, to be registered.
            imported_to: entries up to this number are an imported past, of which nobody is told.
        """
        ...


Activity = Callable[[Any], Awaitable[None]]


def delivery_activities(projector: Projector, board: NoticeBoard) -> list[Activity]:
    """Return the activities through which cooperations hand out what has happened.

    Each is retried until its port takes the batch, so a port may fail for as long as it likes.
    What it raises is logged here; Temporal, which stores failures, learns its type only.

    Args:
        projector: takes the entries.
        board: takes the notices.
    """
    watch = LagWatch()
    metrics.follow(watch)

    @activity.defn(name=names.PROJECT)
    async def project(batch: ProjectBatch) -> None:
        left = batch.waiting
        try:
            await _hand_over(
                lambda: projector.apply(
                    batch.programme,
                    batch.cooperation,
                    batch.entries,
                    batch.definitions,
                    batch.imported_to,
                ),
                batch.programme,
                batch.cooperation,
                batch.entries[-1].seq,
            )
            left -= len(batch.entries)
            metrics.projected.inc(len(batch.entries))
        finally:
            watch.note(Address(batch.programme, batch.cooperation), batch.since, left)

    def notifying(name: str) -> Activity:
        @activity.defn(name=name)
        async def notify(batch: NoticeBatch) -> None:
            await _hand_over(
                lambda: board.deliver(batch.programme, batch.notices),
                batch.programme,
                batch.notices[-1].cooperation,
                batch.notices[-1].seq,
            )
            metrics.notices.labels(batch.notices[0].kind).inc(len(batch.notices))

        return notify

    return [project, *(notifying(name) for name in names.NOTICES.values())]


def check_activity(checks: Checks) -> Callable[[CheckRequest], Awaitable[Outcome]]:
    """Return the activity through which cooperations ask checks.

    What a check raises is logged here and tried again; Temporal, which stores failures, learns its
    type only.

    Args:
        checks: those that there are.
    """

    @activity.defn(name=names.CHECK)
    async def ask(request: CheckRequest) -> Outcome:
        info = activity.info()
        log = _log.bind(
            programme=request.portrait.programme,
            cooperation=request.portrait.cooperation,
            run=info.workflow_run_id,
            activity=f"{info.activity_type} {request.check}",
            attempt=info.attempt,
        )
        try:
            outcome = await checks.ask(request.check, request.portrait)
        except Exception as error:
            log.warning("a check failed", exc_info=error)
            metrics.checks.labels(request.check, "failed").inc()
            raise ApplicationError(kind_of(error), type=names.CHECK_FAILED) from None
        log.debug("answered")
        metrics.checks.labels(request.check, _WORDS[outcome.holds]).inc()
        return outcome

    return ask


async def _hand_over(
    take: Callable[[], Awaitable[object]], programme: str, cooperation: str, seq: int
) -> None:
    info = activity.info()
    log = _log.bind(
        programme=programme,
        cooperation=cooperation,
        run=info.workflow_run_id,
        activity=info.activity_type,
        attempt=info.attempt,
        seq_to=seq,
    )
    try:
        await take()
    except Exception as error:
        log.warning("not taken, will be tried again", exc_info=error)
        metrics.delivery_failures.labels(info.activity_type).inc()
        message = f"not taken up to entry {seq}: {type(error).__name__}; see the worker's log"
        raise ApplicationError(message, type=names.UNDELIVERED) from None
    log.debug("taken")
