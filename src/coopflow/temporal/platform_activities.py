"""The activities behind ``coopflow.temporal.platform``: they ask the engine and the read model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from coopflow.application.engine import Address, Engine, UnknownCooperationError
from coopflow.application.standing import Standing, Standings
from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import UnknownNameError, load_definition
from coopflow.temporal import names
from coopflow.temporal.platform import (
    Awaited,
    Ending,
    Opening,
    Order,
    Outcome,
    Passage,
    plainly,
)

Activity = Callable[[Any], Awaitable[Any]]


class PlatformActivities:
    """What a platform's workflows run.

    What passes, such as an engine that is away, is raised as it is, and Temporal tries again.
    """

    def __init__(self, engine: Engine, standings: Standings) -> None:
        """Use what is open.

        Args:
            engine: takes the commands.
            standings: says how far cooperations have come.
        """
        self._engine = engine
        self._standings = standings

    def all(self) -> list[Activity]:
        """Return them, as a worker takes them."""
        return [self.open_cooperation, self.give, self.passed, self.closed]

    @activity.defn(name=names.PLATFORM_OPEN)
    async def open_cooperation(self, asked: Opening) -> Outcome:
        """Open a cooperation by the definition that the command names."""
        lifecycle, policy = (str(asked.command.get(one, "")) for one in ("lifecycle", "policy"))
        try:
            definition = load_definition(lifecycle, policy)
        except (UnknownNameError, FaultsError) as error:
            raise ApplicationError(str(error), type=names.UNKNOWN, non_retryable=True) from None
        return plainly(await self._engine.open(definition, asked.command, asked.grants))

    @activity.defn(name=names.PLATFORM_GIVE)
    async def give(self, asked: Order) -> Outcome:
        """Give a command to a cooperation."""
        address = Address(asked.programme, asked.cooperation)
        try:
            outcome = await self._engine.execute(address, asked.command, asked.grants)
        except UnknownCooperationError as error:
            raise ApplicationError(str(error), type=names.UNKNOWN, non_retryable=True) from None
        return plainly(outcome)

    @activity.defn(name=names.PLATFORM_PASSED)
    async def passed(self, asked: Awaited) -> Passage | None:
        """Tell of the passage that is waited for, or that there will be none."""
        standing = await self._stands(asked)
        for one in reversed(standing.passages):
            if one.gate == asked.gate and (asked.after is None or one.at > asked.after):
                return Passage(one.gate, one.stage, one.at)
        if standing.status == "closed":
            return None
        raise _not_yet(asked, standing)

    @activity.defn(name=names.PLATFORM_CLOSED)
    async def closed(self, asked: Awaited) -> Ending:
        """Tell how a cooperation has ended."""
        standing = await self._stands(asked)
        if standing.status != "closed":
            raise _not_yet(asked, standing)
        return Ending(asked.programme, asked.cooperation, standing.stage, standing.as_of)

    async def _stands(self, asked: Awaited) -> Standing:
        try:
            return await self._standings.standing(Address(asked.programme, asked.cooperation))
        except UnknownCooperationError as error:
            raise _waiting(str(error)) from None


def _not_yet(asked: Awaited, standing: Standing) -> ApplicationError:
    return _waiting(f"{asked.cooperation} is {standing.status} in {standing.stage}")


def _waiting(why: str) -> ApplicationError:
    # No failure in logs and metrics: Temporal asks again.
    return ApplicationError(why, type=names.WAITING, category=ApplicationErrorCategory.BENIGN)
