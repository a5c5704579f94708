"""What organisations are called in the cooperations of a programme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import String, and_, column, func, select, values

from coopflow.readmodel.asking import Asking
from coopflow.readmodel.tables import MemberRow, OutlineRow, TaskRow

_MOST: Final = 500


class Called(Asking):
    """Answers what organisations are called."""

    async def organisation_names(
        self, programme: str, organisations: Collection[str] | None = None
    ) -> Mapping[str, str]:
        """Return what organisations are called, by id, as some cooperation has it.

        Those that are neither in support anywhere nor waited for are left out.

        Args:
            programme: only in its cooperations.
            organisations: which ones, 500 at most; None for those that are in support.
        """
        if organisations is None:
            support = select(OutlineRow.holder.label("id")).where(
                OutlineRow.programme == programme, OutlineRow.holder != ""
            )
            wanted = support.distinct().order_by(OutlineRow.holder).limit(_MOST).cte("wanted")
        elif not organisations:
            return {}
        else:
            listed = [(one,) for one in sorted(set(organisations))[:_MOST]]
            wanted = values(column("id", String), name="listed").data(listed).cte("wanted")
        # One cooperation of each: whoever is in support of many has the same name in all.
        in_support = (
            select(OutlineRow.cooperation_id)
            .where(OutlineRow.programme == programme, OutlineRow.holder == wanted.c.id)
            .limit(1)
            .scalar_subquery()
        )
        waited_for = (
            select(TaskRow.cooperation_id)
            .where(TaskRow.programme == programme, TaskRow.organisation == wanted.c.id)
            .limit(1)
            .scalar_subquery()
        )
        found = select(
            wanted.c.id, func.coalesce(in_support, waited_for).label("cooperation_id")
        ).subquery("found")
        query = select(MemberRow.id, MemberRow.name).join(
            found,
            and_(MemberRow.cooperation_id == found.c.cooperation_id, MemberRow.id == found.c.id),
        )
        async with self._database.reading() as connection:
            return {row.id: row.name for row in await connection.execute(query)}
