"""The child workflow that goes with a cooperation, for platforms.

It is not the cooperation itself: that needs a command to be opened by, which no workflow can send
to a child, and what it is given and leaves holds what no other history is to keep.

PYTEST_DONT_REWRITE: workflow.py says why.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from coopflow.application.engine import Address
    from coopflow.domain.refusals import Refusal
    from coopflow.temporal import names, platform


@workflow.defn(name=names.WATCH)
class WatchWorkflow:
    """Opens a cooperation, and waits until it is closed."""

    @workflow.run
    async def run(self, opening: platform.Opening) -> platform.Ending:
        """Open it, and wait.

        Raises:
            ApplicationError: the opening is refused, and why.
        """
        outcome = await platform.open_cooperation(opening.command, opening.grants)
        if isinstance(outcome, Refusal):
            raise ApplicationError(
                outcome.message or outcome.code,
                outcome.model_dump(mode="json"),
                type=names.REFUSED,
                non_retryable=True,
            )
        address = Address(opening.command["programme"], opening.command["cooperation"])
        return await platform.until_closed(address)
