"""What is due across a programme, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import literal, select, tuple_

from coopflow.readmodel.asking import PAGE, Asking
from coopflow.readmodel.narrowing import EVERYTHING, PortfolioFilter
from coopflow.readmodel.nearby import Shown, first_of
from coopflow.readmodel.tables import CooperationRow, DueRow, UtcInstant
from coopflow.readmodel.views import DuePlace, DueView

_ORDER: Final = (DueRow.at, DueRow.cooperation_id, DueRow.kind, DueRow.about)
_OF: Final = (DueRow.at, DueRow.cooperation_id)
_DUES: Final = (
    select(
        *(
            getattr(DueRow, name)
            for name in DueView.model_fields
            if name in DueRow.__table__.columns
        ),
        CooperationRow.slug,
        CooperationRow.title,
    )
    .join(CooperationRow, CooperationRow.cooperation_id == DueRow.cooperation_id)
    .order_by(*_ORDER)
)


class Dues(Asking):
    """Answers what is due in the cooperations of a programme."""

    async def dues(  # noqa: PLR0913 - what narrows a list, each by name
        self,
        programme: str,
        now: datetime,
        *,
        begin: datetime,
        end: datetime,
        only: PortfolioFilter = EVERYTHING,
        after: DuePlace | None = None,
        limit: int = PAGE,
    ) -> tuple[DueView, ...]:
        """List what is due between two instants, soonest first; nothing that is sealed.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            begin: nothing that was due before.
            end: nothing that is due from then on.
            only: only in cooperations that such a portfolio shows.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        where = [DueRow.programme == programme, DueRow.at >= begin, DueRow.at < end]
        if after is not None:
            at, *rest = after
            place = tuple_(literal(at, UtcInstant), *map(literal, rest))
            where.append(tuple_(*_ORDER) > place)
        shown = Shown(programme, only, now)
        async with self._database.reading() as connection:
            rows = await first_of(connection, _DUES, shown, of=_OF, where=where, limit=limit)
        return tuple(DueView.model_validate(row) for row in rows)
