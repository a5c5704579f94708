"""The yardstick of what lives on Temporal: a workflow that holds nothing and decides nothing.

In a module of its own, since workers load modules of workflows once more into their sandbox.
"""

from __future__ import annotations

from temporalio import workflow


@workflow.defn(name="Bare")
class Bare:
    """A workflow that lives, and whose update does nothing."""

    @workflow.run
    async def run(self) -> None:
        """Live until it is ended."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    def command(self, number: int) -> int:
        """Do nothing."""
        return number
