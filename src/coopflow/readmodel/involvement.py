"""Questions about people: which roles somebody holds, where, and who holds which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from coopflow.application.engine import Address
from coopflow.domain.roles import REPRESENTATIVE, ROLES
from coopflow.readmodel.asking import PAGE, Asking, columns_of
from coopflow.readmodel.tables import CooperationRow, RoleRow
from coopflow.readmodel.views import Involvement, RoleView

_PARTS: Final = select(RoleRow.role, RoleRow.counts).where(
    RoleRow.cooperation_id == bindparam("cooperation"), RoleRow.person == bindparam("person")
)


class Parts(NamedTuple):
    """The parts of a person in a cooperation.

    Attributes:
        any: whether there are some: who speaks for an organisation that is invited or suspended
            has one.
        roles: those that count.
    """

    any: bool
    roles: frozenset[str]


class AboutPeople(Asking):
    """Answers who has which part in which cooperation. Whoever was erased has none."""

    async def parts(self, address: Address, person: str) -> Parts:
        """Return which parts a person has in a cooperation, also those that do not count yet."""
        which = {"cooperation": str(address), "person": person}
        async with self._database.reading() as connection:
            found = (await connection.execute(_PARTS, which)).all()
        return Parts(bool(found), frozenset(one.role for one in found if one.counts))

    async def roles(self, address: Address, person: str) -> frozenset[str]:
        """Return the roles that a person holds in a cooperation, none when it is not there.

        They are those of :func:`coopflow.domain.roles.roles_of`, without what is granted outside.
        """
        query = select(RoleRow.role).where(
            RoleRow.cooperation_id == str(address),
            RoleRow.person == person,
            RoleRow.counts.is_(True),
        )
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def holders(self, address: Address) -> tuple[RoleView, ...]:
        """List who holds which role in a cooperation, by role, then by what it is about."""
        query = columns_of(RoleView, RoleRow, address)
        query = query.order_by(RoleRow.role, RoleRow.about, RoleRow.alternate, RoleRow.person)
        return await self._many(RoleView, query)

    async def cooperations_of(
        self,
        person: str,
        *,
        programme: str | None = None,
        within: Collection[str] | None = None,
        after: Address | None = None,
        limit: int = PAGE,
    ) -> tuple[Involvement, ...]:
        """List the cooperations in which a person has a part, in a stable order.

        Args:
            person: an opaque id.
            programme: only those of this programme.
            within: only those of these programmes.
            after: only those that follow this address: that of the last one on the page before.
            limit: at most so many.
        """
        theirs = select(RoleRow.cooperation_id).where(RoleRow.person == person).distinct()
        query = (
            select(CooperationRow)
            .where(CooperationRow.cooperation_id.in_(theirs))
            .order_by(CooperationRow.cooperation_id)
            .limit(limit)
        )
        if programme is not None:
            query = query.where(CooperationRow.programme == programme)
        if within is not None:
            query = query.where(CooperationRow.programme.in_(within))
        if after is not None:
            query = query.where(CooperationRow.cooperation_id > str(after))
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).mappings().all()
            held = await connection.execute(
                select(RoleRow).where(
                    RoleRow.person == person,
                    RoleRow.cooperation_id.in_([row["cooperation_id"] for row in found]),
                )
            )
            parts = defaultdict(list)
            for row in held:
                parts[row.cooperation_id].append(row)
        return tuple(
            Involvement(
                programme=row["programme"],
                slug=row["slug"],
                title=row["title"],
                status=row["status"],
                stage=row["stage"],
                roles=tuple(
                    role
                    for role in ROLES
                    if any(one.role == role and one.counts for one in parts[row["cooperation_id"]])
                ),
                organisations=tuple(
                    sorted(
                        one.about
                        for one in parts[row["cooperation_id"]]
                        if one.role == REPRESENTATIVE
                    )
                ),
            )
            for row in found
        )

    async def programmes_of(self, person: str) -> tuple[str, ...]:
        """List the programmes that have a cooperation in which a person has a part, by id."""
        query = (
            select(CooperationRow.programme)
            .join(RoleRow, RoleRow.cooperation_id == CooperationRow.cooperation_id)
            .where(RoleRow.person == person)
            .distinct()
            .order_by(CooperationRow.programme)
        )
        async with self._database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())
