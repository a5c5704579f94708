"""Lists of what a portfolio's cooperations have, in order of instants: looked for nearby first.

Where most cooperations are shown, what is wanted is among the first things of a list: only those
are gone through, each with a look at its cooperation. Where few are, it is found by gathering them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.readmodel.narrowing import PortfolioFilter, is_shown, matching

NEARBY: Final = 2000
"""So many things are gone through before cooperations are gathered."""

_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


class Shown(NamedTuple):
    """The cooperations that a portfolio shows.

    Attributes:
        programme: of which programme.
        only: what it is narrowed to.
        now: the instant at which it is asked.
    """

    programme: str
    only: PortfolioFilter
    now: datetime

    def looked_up(self, cooperation_id: Any) -> list[ColumnElement[bool]]:
        """Return what asks of few rows whether their cooperations are among them."""
        if self.only.is_empty:
            return []
        return [is_shown(cooperation_id, self.programme, self.only, self.now)]

    def gathered(self, cooperation_id: Any) -> list[ColumnElement[bool]]:
        """Return what asks it of many rows."""
        if self.only.is_empty:
            return []
        return [cooperation_id.in_(matching(self.programme, self.only, self.now))]


async def first_of(  # noqa: PLR0913 - what makes a list, each by name
    connection: AsyncConnection,
    query: Select[Any],
    shown: Shown,
    *,
    of: tuple[Any, Any],
    where: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[dict[str, Any]]:
    """Return the first rows of a list that begins with what is earliest.

    Args:
        connection: where to ask.
        query: selects the rows and puts them in order.
        shown: of which cooperations.
        of: the columns that hold the instant and the cooperation of each thing.
        where: what else holds of all things that the rows are made from.
        limit: at most so many.
    """
    at, cooperation_id = of
    nearby = select(at).where(*where).order_by(at).offset(NEARBY).limit(1)
    edge = (await connection.execute(nearby)).scalar_one_or_none()
    wanted = query.where(*where).limit(limit)
    near = wanted.where(*shown.looked_up(cooperation_id))
    if edge is not None:
        # A range with two ends is taken for a narrow one: that is what is walked along.
        near = near.where(at.between(_BEGINNING, edge))
    rows = [dict(row) for row in (await connection.execute(near)).mappings()]
    if edge is None or len(rows) == limit:
        return rows
    every = wanted.where(*shown.gathered(cooperation_id))
    return [dict(row) for row in (await connection.execute(every)).mappings()]
