"""The workflows of a platform that has been there before coopflow.

PYTEST_DONT_REWRITE: what pytest puts into a module has no place in the sandbox of workflows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from coopflow.application.engine import Address
    from coopflow.domain.refusals import Refusal
    from coopflow.temporal.platform import give, open_cooperation, start_cooperation, until_passed


@workflow.defn(name="bakery.Order")
class Order:
    """A workflow that knows nothing of cooperations."""

    @workflow.run
    async def run(self, loaves: int) -> str:
        """Bake, at once."""
        return f"{loaves} loaves"


@dataclass
class Wish:
    """What a patron wants: to open a cooperation as a child, and whatever is asked afterwards."""

    command: dict[str, Any]
    grants: list[str] = field(default_factory=lambda: ["programme_manager"])


@workflow.defn(name="bakery.Patron")
class Patron:
    """A workflow that starts a cooperation as a child, and tells how it ended."""

    @workflow.run
    async def run(self, wish: Wish) -> list[str]:
        """Wait for the gate, then for the closing; a refusal is told by its code."""
        child = await start_cooperation(wish.command, wish.grants)
        if isinstance(child, Refusal):
            return [child.code]
        address = Address(wish.command["programme"], wish.command["cooperation"])
        passage = await until_passed(address, "to_structuration")
        return [passage.stage if passage else "never", (await child).stage]


@workflow.defn(name="bakery.Founder")
class Founder:
    """A workflow that opens a cooperation, and gives it commands."""

    @workflow.run
    async def run(self, wish: Wish) -> list[str]:
        """Return what each command came to."""
        address = Address(wish.command["programme"], wish.command["cooperation"])
        pulse = {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3}
        outcomes = [
            await open_cooperation(wish.command, wish.grants),
            await give(address, {**pulse, "actor": "fay"}),
            await give(address, {**pulse, "actor": "nobody"}),
        ]
        return [
            one.code if isinstance(one, Refusal) else f"{one.seq_from}-{one.seq_to}"
            for one in outcomes
        ]


@workflow.defn(name="bakery.Stranger")
class Stranger:
    """A workflow that asks for what is not there."""

    @workflow.run
    async def run(self, wish: Wish) -> list[str]:
        """Return the type of each failure."""
        elsewhere = Address(wish.command["programme"], "nowhere")
        found: list[str] = []
        for asked in (
            open_cooperation({**wish.command, "policy": "no-such-policy"}, wish.grants),
            give(elsewhere, wish.command),
        ):
            try:
                await asked
            except ActivityError as error:
                found.append(str(cast("ApplicationError", error.cause).type))
        return found
