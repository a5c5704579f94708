"""Whom a policy is proposed to when it is proposed to all."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any, cast

from coopflow.application.adopting import Proposal
from coopflow.application.engine import Address
from coopflow.entrypoints.cli.adopt import reached
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import CooperationSummary

STATUSES = ("active", "paused", "closing", "closed")
LIFECYCLES = ("impact-collectif@1", "essaimage@1")


def summary(status: str, lifecycle: str) -> CooperationSummary:
    return CooperationSummary(
        programme="p",
        slug=f"{lifecycle.partition('-')[0]}-{status}",
        title="T",
        territory="H",
        lifecycle=lifecycle,
        status=status,
        stage="impulsion",
        stage_since=datetime(2026, 1, 1, tzinfo=UTC),
        levels={},
        verdict_gate=None,
        verdict=None,
        mandate_holder=None,
        mandate_ends_on=None,
        active_members=0,
        last_plenary_at=None,
        seq=1,
    )


class Listed:
    """A read model with a cooperation of each status and lifecycle, one on a page."""

    def __init__(self) -> None:
        self.rows = [summary(*one) for one in product(STATUSES, LIFECYCLES)]
        self.asked: set[str | None] = set()

    async def cooperations(
        self, *, programme: str | None, after: Address | None, **_: Any
    ) -> tuple[CooperationSummary, ...]:
        """Return the page after an address."""
        self.asked.add(programme)
        start = next((place for place, row in enumerate(self.rows, 1) if row.address == after), 0)
        return tuple(self.rows[start : start + 1])


async def test_only_those_that_could_adopt_it_are_asked() -> None:
    """What pauses, closes or has another lifecycle is named with the reason; what ended is not."""
    listed = Listed()
    addresses, left_out = await reached(
        cast("Queries", listed), "p", "impact-collectif@1", Phrases("en")
    )
    assert listed.asked == {"p"}
    assert addresses == [Address("p", "impact-active")]
    assert left_out == [
        Proposal(Address("p", name), "left_out", detail=detail)
        for name, detail in (
            ("essaimage@1-active", "it follows essaimage@1"),
            ("impact-paused", "it pauses"),
            ("essaimage@1-paused", "it follows essaimage@1"),
            ("impact-closing", "it closes"),
            ("essaimage@1-closing", "it follows essaimage@1"),
        )
    ]
