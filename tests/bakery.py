"""The workflows of a platform that has been there before coopflow.

PYTEST_DONT_REWRITE: what pytest puts into a module has no place in the sandbox of workflows.
"""

from __future__ import annotations

from temporalio import workflow


@workflow.defn(name="bakery.Order")
class Order:
    """A workflow that knows nothing of cooperations."""

    @workflow.run
    async def run(self, loaves: int) -> str:
        """Bake, at once."""
        return f"{loaves} loaves"
