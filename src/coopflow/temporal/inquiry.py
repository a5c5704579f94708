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

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from coopflow.domain.checks import Outcome, Subject, failed
from coopflow.temporal import names
from coopflow.temporal.messages import CheckRequest

ATTEMPTS: Final = 5
"""How often a check that fails is tried before its answer is unknown."""

_TIMEOUT: Final = timedelta(minutes=2)  # the check's own is shorter
_PATIENCE: Final = timedelta(minutes=30)
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

    def subject(self) -> Subject:
        """Return what checks are asked of, as it is now."""
        ...

    def learn(self, outcome: Outcome, subject: Subject) -> bool:
        """Take what one answered, and say whether it was taken."""
        ...


class Inquiry:
    """The checks of one cooperation, asked as they fall due; none waits for another."""

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
            return
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._due() != due or self._has_answers(),
                timeout=timeout,
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
        now, subject = workflow.now(), self._asker.subject()
        for check, instant in self._asker.due_checks(self._asked):
            if instant <= now:
                self._asked[check] = asyncio.create_task(self._ask(check, subject))

    async def _ask(self, check: str, subject: Subject) -> None:
        outcome = await self._outcome(check, subject)
        if not self._asker.learn(outcome, subject):
            # A cooperation that pauses asks nothing; anything else is not asked in a circle.
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not any(one == check for one, _ in self._asker.due_checks(())),
                    timeout=_AFTER_REFUSAL,
                    timeout_summary="after an answer that was not taken",
                )

    async def _outcome(self, check: str, subject: Subject) -> Outcome:
        try:
            outcome: Outcome = await workflow.execute_activity(
                names.CHECK,
                CheckRequest(check=check, subject=subject),
                result_type=Outcome,
                start_to_close_timeout=_TIMEOUT,
                schedule_to_close_timeout=_PATIENCE,
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
