"""Calls to Temporal that are tried until they are answered, or patience runs out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from random import uniform
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address, UnavailableError
from coopflow.temporal.errors import TemporalUnavailableError

PATIENCE: Final = timedelta(seconds=30)
"""How long a request is tried before the engine counts as unavailable.

In a flood of requests it counts from the last one that was answered for the same cooperation.
"""

AT_ONCE: Final = 10
"""How many requests one client has under way for a cooperation: as many as Temporal takes."""

FIRST_WAIT: Final = 0.05
"""Seconds until something is tried, or looked at, for the second time; then twice as long."""

LONGEST_WAIT: Final = 2.0
"""Seconds that are waited at most between two times."""

_LONGEST_CALL: Final = 10.0
_SHORTEST_CALL: Final = 1.0
_MARGIN: Final = 0.5
_PASSING: Final = {
    RPCStatusCode.ABORTED: "it gave the call up",
    RPCStatusCode.CANCELLED: "no worker answered in time",
    RPCStatusCode.DEADLINE_EXCEEDED: "no worker answered in time",
    # A workflow task failed under the command, which was not carried out.
    RPCStatusCode.FAILED_PRECONDITION: "no worker could answer",
    RPCStatusCode.INTERNAL: "it failed",
    RPCStatusCode.RESOURCE_EXHAUSTED: "it has more requests than it takes at once",
    RPCStatusCode.UNAVAILABLE: "nothing answers there",
    RPCStatusCode.UNKNOWN: "it failed",
}
"""Failures of a call that pass, and what each says."""

_T = TypeVar("_T")


class EngineUnavailableError(TemporalUnavailableError, UnavailableError):
    """Temporal, or the workers behind it, did not answer; says what was tried and what to do."""


class PassingError(Exception):
    """What was asked cannot be answered yet, as when a workflow is just ending its run."""


class _Line:
    """Requests for one cooperation: some under way, the others wait for their turn.

    In order, but for those that wait for long: they give up their place, and come again.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.answered = 0.0


class Calls:
    """What is asked of one Temporal server."""

    def __init__(self, client: Client, patience: timedelta = PATIENCE) -> None:
        """Use a connected client.

        Args:
            client: what calls are made with.
            patience: how long to try a call.
        """
        self._client = client
        self._lines = WeakValueDictionary[Address, _Line]()
        self.patience = patience

    async def insist(
        self,
        attempt: Callable[[timedelta], Awaitable[_T]],
        what: str,
        queuing_for: Address | None = None,
    ) -> _T:
        """Try a call until it is answered, a failure does not pass, or patience runs out.

        Args:
            attempt: makes the call, which may take as long as is said. It fails for a while by
                ``PassingError``, or by what calls themselves fail with.
            what: what is tried, for people.
            queuing_for: the cooperation in whose line the call waits for its turn. Whoever stands
                there is patient for as long as others in it are answered. By default it goes at
                once.

        Raises:
            EngineUnavailableError: patience ran out, or the server refused the call.
        """
        line = _Line() if queuing_for is None else self._lines.setdefault(queuing_for, _Line())
        began = time.monotonic()
        wait, tries = FIRST_WAIT, 0
        failure: Exception
        while True:
            tries += 1
            deadline = max(began, line.answered) + self.patience.total_seconds()
            seconds = min(max(deadline - time.monotonic(), _SHORTEST_CALL), _LONGEST_CALL)
            try:
                async with asyncio.timeout(seconds):
                    await line.turn.acquire()
                try:
                    # The SDK itself tries a server that is away for longer than the call may take.
                    async with asyncio.timeout(seconds + _MARGIN):
                        answer = await attempt(timedelta(seconds=seconds))
                finally:
                    line.turn.release()
                line.answered = time.monotonic()
                return answer  # noqa: TRY300 - a long way from here to an else
            except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
                if _is_cancelled():
                    raise asyncio.CancelledError from error  # the SDK hides it
                failure, why = error, _PASSING[RPCStatusCode.DEADLINE_EXCEEDED]
            except PassingError as error:
                failure, why = error, str(error)
            except RPCError as error:
                if error.status not in _PASSING:
                    raise EngineUnavailableError(
                        f"{self._where} refused {what}: {error.message}. Check the settings of "
                        "this client and of the namespace (coopflow doctor)."
                    ) from error
                failure, why = error, _PASSING[error.status]
            deadline = max(began, line.answered) + self.patience.total_seconds()
            if time.monotonic() + wait > deadline:
                why = why if await self.is_up() else _PASSING[RPCStatusCode.UNAVAILABLE]
                raise EngineUnavailableError(
                    f"{self._where}: {why}. Tried {what} {tries} times in "
                    f"{self.patience.total_seconds():g} s. Check that the server runs, and a "
                    "worker with it (coopflow dev, coopflow worker) that has the same keys "
                    "(coopflow keys list). Sending it again is harmless."
                ) from failure
            # Not all at the same instant: those who are sent away together would meet again.
            await asyncio.sleep(wait * uniform(0.5, 1))  # noqa: S311 - nothing is secret
            wait = min(wait * 2, LONGEST_WAIT)

    async def is_up(self) -> bool:
        """Whether Temporal answers, within a second; whether a worker does is another matter."""
        try:
            async with asyncio.timeout(_SHORTEST_CALL):
                return await self._client.service_client.check_health()
        except (RPCError, TimeoutError):
            return False

    @property
    def _where(self) -> str:
        return f"Temporal at {self._client.service_client.config.target_host}"


@contextlib.contextmanager
def ignoring_not_found() -> Iterator[None]:
    """Go on where what was asked for is not there."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
