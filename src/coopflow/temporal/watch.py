"""The child workflow that goes with a cooperation, for platforms.

It is not the cooperation itself: that is opened by a command, which no workflow can send to a
child, and what it is given and leaves holds what no other history is to keep.

PYTEST_DONT_REWRITE: workflow.py says why.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from coopflow.application.engine import Address
    from coopflow.temporal import names, platform


@workflow.defn(name=names.WATCH)
class WatchWorkflow:
    """Waits until a cooperation is closed."""

    @workflow.run
    async def run(self, awaited: platform.Awaited) -> platform.Ending:
        """Return how it ended."""
        return await platform.until_closed(Address(awaited.programme, awaited.cooperation))
