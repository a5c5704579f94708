"""Asking checks: when a cooperation lives by the clock, its checks are asked as they fall due.

This is workflow code. When, and of what, the domain says; an activity asks, and is tried again some
times. Whatever comes of it becomes an answer, unknown at worst: nothing here fails a workflow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

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


class Question(NamedTuple):
    """Checks that are due, and what they are asked of."""

    checks: tuple[str, ...]
    subject: Subject


class Asker(Protocol):
    """The cooperation whose checks are asked."""

    def next_check(self) -> datetime | None:
        """Return when a check is to be asked next; None while none is."""
        ...

    def question(self) -> Question:
        """Return the checks that are due now, and what they are asked of."""
        ...

    def learn(self, outcomes: Sequence[Outcome], subject: Subject) -> bool:
        """Take what they answered, and say whether it was taken."""
        ...


class Inquiry:
    """The checks of one cooperation, asked as they fall due."""

    def __init__(self, asker: Asker) -> None:
        """Take the cooperation that asks."""
        self._asker = asker
        self._under_way = False
        self._winding_up = False

    async def run(self) -> None:
        """Ask whatever falls due, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: self._due() is not None)
            due = self._due()
            wait = due - workflow.now() if due is not None else timedelta()
            if wait > timedelta():
                await self._wait(due, wait)
            else:
                await self._ask_all()

    async def wind_up(self) -> None:
        """Ask nothing more, and wait a while for what is being asked."""
        self._winding_up = True
        if self._under_way:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not self._under_way,
                    timeout=_LAST_ANSWERS,
                    timeout_summary="last checks",
                )

    def _due(self) -> datetime | None:
        return None if self._winding_up else self._asker.next_check()

    async def _wait(self, due: datetime | None, wait: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._due() != due, timeout=wait, timeout_summary="next check"
            )

    async def _ask_all(self) -> None:
        checks, subject = self._asker.question()
        self._under_way = True
        try:
            outcomes = await asyncio.gather(*[self._ask(check, subject) for check in checks])
        finally:
            self._under_way = False
        if not self._asker.learn(outcomes, subject):
            # A cooperation that pauses asks nothing; anything else is not asked in a circle.
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._due() is None,
                    timeout=_AFTER_REFUSAL,
                    timeout_summary="after answers that were not taken",
                )

    async def _ask(self, check: str, subject: Subject) -> Outcome:
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
