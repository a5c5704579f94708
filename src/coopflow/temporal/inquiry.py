"""Asking checks: when a cooperation lives by the clock, its checks are asked as they fall due.

This is workflow code. When, and of what, the domain says; an activity asks, and is tried again some
times. Whatever comes of it becomes an answer, unknown at worst: nothing here fails a workflow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic_core import to_json
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from coopflow.domain.checks import Outcome, Portrait, failed
from coopflow.temporal import names
from coopflow.temporal.messages import CheckRequest

ATTEMPTS: Final = 5
"""How often a check that fails is tried before its answer is unknown."""

_TIMEOUT: Final = timedelta(minutes=2)  # the check's own is shorter
_AT_ONCE: Final = 8
_AT_ONCE_BYTES: Final = 1_000_000
"""Temporal ends a workflow whose answer to one task is larger than four megabytes."""

_SHORTEST_SLEEP: Final = timedelta(seconds=1)
_LAST_ANSWERS: Final = timedelta(seconds=10)
_AFTER_REFUSAL: Final = timedelta(hours=1)
_RETRIES: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=4, maximum_attempts=ATTEMPTS
)


class Asker(Protocol):
    """The cooperation whose checks are asked."""

    def due_checks(self, asked: Container[str]) -> Sequence[tuple[str, datetime]]:
        """Return when each check is to be asked next, but for those that are being asked."""
        ...

    def portrait(self) -> Portrait:
        """Return what checks are asked of, as it is now."""
        ...

    def learn(self, outcome: Outcome, portrait: Portrait) -> bool:
        """Take what one answered, and say whether it was taken."""
        ...


class Inquiry:
    """The checks of one cooperation, asked as they fall due, several at once."""

    def __init__(self, asker: Asker) -> None:
        """Take the cooperation that asks."""
        self._asker = asker
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._winding_up = False

    async def run(self) -> None:
        """Ask whatever falls due, until cancelled."""
        try:
            while True:
                await self._wait()
                self._reap()
                self._ask_what_is_due()
        except asyncio.CancelledError:
            self._winding_up = True
            for task in self._asked.values():
                task.cancel()
            await asyncio.gather(*self._asked.values(), return_exceptions=True)
            raise

    async def wind_up(self) -> None:
        """Ask nothing more, and wait a while for what is being asked."""
        self._winding_up = True
        if self._asked:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not self._asked, timeout=_LAST_ANSWERS, timeout_summary="last checks"
                )

    def _due(self) -> datetime | None:
        due = () if self._winding_up else self._asker.due_checks(self._asked)
        return min((instant for _, instant in due), default=None)

    async def _wait(self) -> None:
        """Wait until there is something to be asked, or an answer."""
        due = self._due()
        timeout = due - workflow.now() if due is not None else None
        if timeout is not None and timeout <= timedelta():
            if len(self._asked) < self._room(self._asker.portrait()):
                return
            await workflow.wait_condition(self._has_answers)
            return
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._due() != due or self._has_answers(),
                # A timer may fire a little early: the rest is slept again, never in a circle.
                timeout=None if timeout is None else max(timeout, _SHORTEST_SLEEP),
                timeout_summary="next check",
            )

    def _has_answers(self) -> bool:
        return any(task.done() for task in self._asked.values())

    def _reap(self) -> None:
        for check, task in list(self._asked.items()):
            if task.done():
                del self._asked[check]
                task.result()  # a fault of it: fails the workflow task, where it is seen

    def _ask_what_is_due(self) -> None:
        if self._winding_up:
            return
        now, portrait = workflow.now(), self._asker.portrait()
        due = [check for check, at in self._asker.due_checks(self._asked) if at <= now]
        for check in due[: max(0, self._room(portrait) - len(self._asked))]:
            self._asked[check] = asyncio.create_task(self._ask(check, portrait))

    def _room(self, portrait: Portrait) -> int:
        """Return how many may be asked at once; each takes the portrait with it."""
        return max(1, min(_AT_ONCE, _AT_ONCE_BYTES // len(to_json(portrait))))

    async def _ask(self, check: str, portrait: Portrait) -> None:
        outcome = await self._outcome(check, portrait)
        if not self._asker.learn(outcome, portrait):
            # A cooperation that pauses asks nothing; anything else is not asked in a circle.
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not any(one == check for one, _ in self._asker.due_checks(())),
                    timeout=_AFTER_REFUSAL,
                    timeout_summary="after an answer that was not taken",
                )

    async def _outcome(self, check: str, portrait: Portrait) -> Outcome:
        try:
            outcome: Outcome = await workflow.execute_activity(
                names.CHECK,
                CheckRequest(check=check, portrait=portrait),
                result_type=Outcome,
                start_to_close_timeout=_TIMEOUT,
                task_queue=names.checks_queue(workflow.info().task_queue),
                retry_policy=_RETRIES,
                summary=check,
            )
        except ActivityError as error:
            if self._winding_up:
                raise  # cancelled; the next run asks again
            cause = error.cause
            if isinstance(cause, ApplicationError) and cause.type == names.CHECK_FAILED:
                return failed(check, cause.message)
            return failed(check, type(cause).__name__)
        return outcome
