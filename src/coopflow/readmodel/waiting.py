"""What has been waiting longest in a programme, and for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, case, func, literal, literal_column, select, tuple_

from coopflow.readmodel.asking import PAGE, Asking
from coopflow.readmodel.inbox import task_view
from coopflow.readmodel.narrowing import EVERYTHING, PortfolioFilter
from coopflow.readmodel.nearby import Shown, first_of
from coopflow.readmodel.tables import CooperationRow, TaskRow, UtcInstant
from coopflow.readmodel.views import WaitedFor, WaitingPlace, WaitingView

Whom = Literal["person", "organisation"]

_ORDER: Final = (
    TaskRow.begins_at,
    TaskRow.cooperation_id,
    TaskRow.person,
    TaskRow.kind,
    TaskRow.about,
    TaskRow.organisation,
)
_OF: Final = (TaskRow.begins_at, TaskRow.cooperation_id)
_TASKS: Final = (
    select(*TaskRow.__table__.columns, CooperationRow.slug, CooperationRow.title)
    .join(CooperationRow, CooperationRow.cooperation_id == TaskRow.cooperation_id)
    .order_by(*_ORDER)
)


class Waiting(Asking):
    """Answers what the cooperations of a programme wait for."""

    async def waiting(  # noqa: PLR0913 - what narrows a list, each by name
        self,
        programme: str,
        now: datetime,
        *,
        only: PortfolioFilter = EVERYTHING,
        person: str | None = None,
        organisation: str | None = None,
        kind: str | None = None,
        after: WaitingPlace | None = None,
        limit: int = PAGE,
    ) -> tuple[WaitingView, ...]:
        """List what is waited for, what has been waiting longest first.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            only: only in cooperations that such a portfolio shows.
            person: only what is waited for from this person.
            organisation: only what is for this organisation.
            kind: only tasks of this kind.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        where = _waits(programme, now)
        wanted = {"person": person, "organisation": organisation, "kind": kind}
        for name, value in wanted.items():
            if value is not None:
                where.append(getattr(TaskRow, name) == value)
        if after is not None:
            begins, *rest = after
            place = tuple_(literal(begins, UtcInstant), *map(literal, rest))
            where.append(tuple_(*_ORDER) > place)
        shown = Shown(programme, only, now)
        async with self._database.reading() as connection:
            rows = await first_of(connection, _TASKS, shown, of=_OF, where=where, limit=limit)
        return tuple(task_view(WaitingView, row, now) for row in rows)

    async def waited_for(  # noqa: PLR0913 - what narrows a list, each by name
        self,
        programme: str,
        now: datetime,
        *,
        by: Whom = "person",
        only: PortfolioFilter = EVERYTHING,
        after: tuple[datetime, str] | None = None,
        limit: int = PAGE,
    ) -> tuple[WaitedFor, ...]:
        """List for whom cooperations wait, whom they have been waiting for longest first.

        What any holder of a role may do is for nobody in particular, and left out; so is, by
        organisation, what is for none.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            by: people or organisations.
            only: only in cooperations that such a portfolio shows.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        who = getattr(TaskRow, by)
        since = func.min(TaskRow.begins_at, type_=UtcInstant)
        # By an expression, for which there is no index: SQLite would walk along that of everybody,
        # to the end, rather than look at what is nearby.
        name_of = who.concat(literal_column("''"))
        first = select(name_of.label("who"), since.label("since"))
        where = [*_waits(programme, now), who != ""]
        if after is not None:
            at, name = after
            first = first.having(
                tuple_(since, name_of) > tuple_(literal(at, UtcInstant), literal(name))
            )
        first = first.group_by(name_of).order_by(since, name_of)
        shown = Shown(programme, only, now)
        async with self._database.reading() as connection:
            rows = await first_of(connection, first, shown, of=_OF, where=where, limit=limit)
            found = {row["who"]: row["since"] for row in rows}
            # Only of those who are shown: counting takes longer than finding who comes first.
            counted = (
                select(
                    who.label("who"),
                    func.count().label("tasks"),
                    func.sum(case((TaskRow.due_at < now, 1), else_=0)).label("overdue"),
                    func.count(TaskRow.cooperation_id.distinct()).label("cooperations"),
                )
                .where(
                    *_waits(programme, now),
                    who.in_(found),
                    *shown.looked_up(TaskRow.cooperation_id),
                )
                .group_by(who)
            )
            told = {row["who"]: row for row in (await connection.execute(counted)).mappings()}
        return tuple(WaitedFor(since=at, **told[one]) for one, at in found.items())


def _waits(programme: str, now: datetime) -> list[ColumnElement[bool]]:
    return [TaskRow.programme == programme, TaskRow.begins_at <= now]
