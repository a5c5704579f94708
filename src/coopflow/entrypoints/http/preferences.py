"""How long somebody waits for an answer, and what goes on when that is over (RFC 7240)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

import structlog
from fastapi import Depends, Header, Request, Response

from coopflow.application.callers import Caller
from coopflow.application.engine import UnavailableError, UnknownCooperationError
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.middleware.idempotency import KEY
from coopflow.entrypoints.http.problems import ProblemError, problem_of
from coopflow.requests.operations import LOST, SIGN_EVERY, Operation, Outcome, Progress
from coopflow.services import Services

_WAIT: Final = re.compile(r"wait\s*=\s*\"?(\d{1,4})\"?", re.IGNORECASE)
_LONGEST: Final = 60
_LOOK_EVERY: Final = 1.0

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def patience(
    prefer: Annotated[
        str | None,
        Header(
            description="`wait=N`: answer 202 with an operation when it is not done within N "
            "seconds; `respond-async`: at once.",
            examples=["wait=5"],
        ),
    ] = None,
) -> int | None:
    """Return for how many seconds an answer is waited for; None for as long as it takes."""
    words = [one.strip() for one in (prefer or "").split(",")]
    found = [one for one in map(_WAIT.fullmatch, words) if one is not None]
    if found:
        return min(int(found[0][1]), _LONGEST)
    return 0 if any(one.lower() == "respond-async" for one in words) else None


PatienceDep = Annotated[int | None, Depends(patience)]
"""For how many seconds the answer is waited for; None for as long as it takes."""


@dataclass(frozen=True)
class Waiting:
    """How long somebody waits for an answer.

    Attributes:
        request: for what.
        services: keep the operation that it may become.
        caller: who waits.
        seconds: for how long; None for as long as it takes.
    """

    request: Request
    services: Services
    caller: Caller
    seconds: int | None

    async def come_to(
        self,
        work: Coroutine[Any, Any, T],
        outcome: Callable[[T], Outcome],
        progress: Callable[[], Progress] | None = None,
    ) -> T | Operation:
        """Return what some work comes to, or the operation that it became.

        Args:
            work: what is to be done; it goes on when the time is over.
            outcome: makes of what it came to that which the operation tells.
            progress: says how far it has come; it is asked now and then.
        """
        if self.seconds is None:
            return await work
        task = asyncio.ensure_future(work)
        await asyncio.wait([task], timeout=self.seconds)
        if task.done():
            return task.result()
        operations, name = self.services.operations, self.caller.name
        operation = await operations.begin(name, datetime.now(UTC))
        going_on: set[asyncio.Task[None]] = self.request.app.state.going_on
        ending = asyncio.create_task(self._end(operation, task, outcome, progress))
        going_on.add(ending)  # asyncio itself would let it go
        ending.add_done_callback(going_on.discard)
        found = await operations.find(name, operation, datetime.now(UTC))
        assert found is not None, "it was noted above"
        return found

    def announce(self, operation: Operation, response: Response) -> Operation:
        """Answer with the operation that some work became, and where to look for its end."""
        return announced(operation, self.request, response)

    async def _end(
        self,
        operation: str,
        task: asyncio.Future[T],
        outcome: Callable[[T], Outcome],
        progress: Callable[[], Progress] | None,
    ) -> None:
        """Note that an operation goes on, and how it ended, whatever came of it.

        Cancelled, as the process is about to end, it cancels the work and says that it is lost.
        """
        try:
            await self._go_on(operation, task, progress)
        except asyncio.CancelledError:
            task.cancel()
            with suppress(UnavailableError):
                now = datetime.now(UTC)
                await self.services.operations.give_up(operation, now)
                await self._stand(now)
            raise
        try:
            found = outcome(await task)
        except ProblemError as error:
            found = _failed(error, self.request)
        except UnknownCooperationError:
            found = _failed(ProblemError("not_found"), self.request)
        except UnavailableError:
            found = _failed(ProblemError("unavailable"), self.request)
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            _log.error("an operation failed", exc_info=error)
            found = _failed(ProblemError("internal"), self.request)
        try:
            await self.services.operations.end(operation, found, datetime.now(UTC))
        except UnavailableError as error:  # it will be given up for lost
            _log.warning("the outcome of an operation cannot be kept", advice=str(error))

    async def _stand(self, until: datetime) -> None:
        """Let the request be answered as before until an instant, if it is sent again."""
        key: str | None = self.request.scope.get(KEY)  # a form of a page has none
        if key is not None:
            await self.services.answers.go_on(self.caller.name, key, until)

    async def _go_on(
        self,
        operation: str,
        task: asyncio.Future[T],
        progress: Callable[[], Progress] | None,
    ) -> None:
        """Give signs of an operation until it has ended, and say how far it has come."""
        told: Progress | None = None
        signed = time.monotonic()
        every = SIGN_EVERY.total_seconds()
        while not task.done():
            await asyncio.wait([task], timeout=every if progress is None else _LOOK_EVERY)
            come = progress() if progress is not None else None
            is_due = time.monotonic() - signed >= every
            if (task.done() and come == told) or not (is_due or come != told):
                continue
            told, signed = come, time.monotonic()
            with suppress(UnavailableError):
                now = datetime.now(UTC)
                await self.services.operations.go_on(operation, now, come)
                await self._stand(now + LOST)


def announced(operation: Operation, request: Request, response: Response) -> Operation:
    """Answer with an operation, and where to look for its end."""
    response.status_code = 202
    response.headers["Location"] = here(request, f"/v1/operations/{operation.id}")
    response.headers["Preference-Applied"] = "respond-async"
    return operation


def _failed(error: ProblemError, request: Request) -> Outcome:
    problem = problem_of(error, request)
    return Outcome(problem=problem.model_dump(mode="json", exclude_none=True))
