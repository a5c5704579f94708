"""What cooperations are, and what organisations are called in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import String, and_, column, func, select, values

from coopflow.application.engine import Address
from coopflow.readmodel.asking import Asking, columns_of
from coopflow.readmodel.tables import CooperationRow, MemberRow, OutlineRow, TaskRow
from coopflow.readmodel.views import CooperationDetail

_MOST: Final = 500


class Called(Asking):
    """Answers what things are called."""

    async def cooperations_at(
        self, addresses: Iterable[Address]
    ) -> Mapping[Address, CooperationDetail]:
        """Return the cooperations at these addresses; without those that there are none at."""
        query = columns_of(CooperationDetail, CooperationRow)
        found: dict[Address, CooperationDetail] = {}
        for some in _in_turns(addresses):
            among = CooperationRow.cooperation_id.in_(some)
            for one in await self._many(CooperationDetail, query.where(among)):
                found[Address(one.programme, one.slug)] = one
        return found

    async def members_at(self, addresses: Iterable[Address]) -> Mapping[Address, Mapping[str, str]]:
        """Return what the organisations of cooperations are called, by id, also of those gone."""
        found: dict[Address, dict[str, str]] = {}
        query = select(MemberRow.cooperation_id, MemberRow.id, MemberRow.name)
        async with self._database.reading() as connection:
            for some in _in_turns(addresses):
                for row in await connection.execute(
                    query.where(MemberRow.cooperation_id.in_(some))
                ):
                    address = Address(*row.cooperation_id.split("/", 1))
                    found.setdefault(address, {})[row.id] = row.name
        return found

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


def _in_turns(addresses: Iterable[Address]) -> Iterator[list[str]]:
    """Yield the ids of cooperations, as many at a time as a statement takes."""
    wanted = sorted({str(one) for one in addresses})
    for start in range(0, len(wanted), _MOST):
        yield wanted[start : start + _MOST]
