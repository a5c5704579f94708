"""Where people are: in which programmes something is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.directory.tables import ParticipationRow
from coopflow.readmodel.tables import CooperationRow, RoleRow


async def presence(
    connection: AsyncConnection, people: Collection[str]
) -> Mapping[str, frozenset[str]]:
    """Return the programmes in which each of these people takes part, or has a part somewhere.

    Cooperations know people by id, also before the directory does: whoever could give such an id an
    address of their own would get in as somebody of another programme.
    """
    in_cooperations = (
        select(RoleRow.person, CooperationRow.programme)
        .join(CooperationRow, CooperationRow.cooperation_id == RoleRow.cooperation_id)
        .where(RoleRow.person.in_(people))
    )
    in_directory = select(ParticipationRow.person, ParticipationRow.programme).where(
        ParticipationRow.person.in_(people)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for person, programme in await connection.execute(union(in_cooperations, in_directory)):
        found[person].add(programme)
    return {person: frozenset(found[person]) for person in people}
