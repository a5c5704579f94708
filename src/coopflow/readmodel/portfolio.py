"""The portfolio of a programme: one row for each cooperation, and how many stand where.

Rows hold facts and instants; what depends on now is worked out when it is asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, Executable, Select, and_, bindparam, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.domain.calendar import add_months, end_of
from coopflow.readmodel.asking import PAGE
from coopflow.readmodel.called import Called
from coopflow.readmodel.counting import Counts
from coopflow.readmodel.dues import Dues
from coopflow.readmodel.narrowing import EVERYTHING, Order, PortfolioFilter, narrowed, place_of
from coopflow.readmodel.outlines import NEVER, sorted_by
from coopflow.readmodel.tables import (
    ActionRow,
    AlertRow,
    Base,
    CooperationRow,
    DisagreementRow,
    DocumentRow,
    DueRow,
    IndicatorRow,
    LevelsRow,
    MemberRow,
    OutlineRow,
    UtcInstant,
)
from coopflow.readmodel.views import AlertView, PortfolioPlace, PortfolioRow
from coopflow.readmodel.waiting import Waiting
from coopflow.readmodel.yardsticks import Yardstick

TREND_MONTHS: Final = 6
"""How far back the trend of levels and the movement of members look."""

_URGENCY: Final = {"red": 0, "amber": 1, "info": 2}
_KEPT: Final = tuple(
    name for name in PortfolioRow.model_fields if name in CooperationRow.__table__.columns
)


def _of_page(table: type[Base], *names: str) -> Select[Any]:
    """Select columns of a table, of the cooperations of a page: the value ``ids``."""
    columns = table.__table__.c
    chosen = select(*(columns[name] for name in ("cooperation_id", *names)))
    return chosen.where(columns.cooperation_id.in_(bindparam("ids", expanding=True)))


# Made once: making a statement takes as long as asking for the rows of a page. ``since`` is since
# when movements count, ``today`` the day on which it is asked.
_SINCE: Final = bindparam("since", type_=UtcInstant)
_ROWS: Final = _of_page(CooperationRow, "lifecycle", "policy", "secured_until", *_KEPT)
_ALERTS: Final = _of_page(AlertRow, "severity", "code", "about", "since")
_MOVED: Final = _of_page(MemberRow, "status", "joined_at", "moved_at").where(
    or_(MemberRow.joined_at > _SINCE, and_(MemberRow.status == "left", MemberRow.moved_at > _SINCE))
)
_OVERDUE: Final = _of_page(ActionRow).where(
    ActionRow.is_open.is_(True), ActionRow.due < bindparam("today", type_=Date)
)
_DISAGREEMENTS: Final = _of_page(DisagreementRow, "blocks").where(DisagreementRow.state != "closed")
_EXPIRIES: Final = _of_page(DocumentRow, "valid_until", "kind").where(
    DocumentRow.status.in_(["approved", "in_force"]), DocumentRow.valid_until.is_not(None)
)
_INDICATORS: Final = _of_page(IndicatorRow, "frequency", "measured_at")
_DUE: Final = (
    _of_page(DueRow, "kind")
    .join(
        OutlineRow,
        and_(OutlineRow.cooperation_id == DueRow.cooperation_id, OutlineRow.due_at == DueRow.at),
    )
    .order_by(DueRow.kind.desc())  # of several at an instant, the last one read is the first
)


def _levels_before() -> Select[str, dict[str, int]]:
    last = (
        select(LevelsRow.cooperation_id, func.max(LevelsRow.seq).label("seq"))
        .where(
            LevelsRow.cooperation_id.in_(bindparam("ids", expanding=True)), LevelsRow.at <= _SINCE
        )
        .group_by(LevelsRow.cooperation_id)
        .subquery()
    )
    return select(LevelsRow.cooperation_id, LevelsRow.levels).join(
        last, and_(LevelsRow.cooperation_id == last.c.cooperation_id, LevelsRow.seq == last.c.seq)
    )


_LEVELS_BEFORE: Final = _levels_before()


class Portfolios(Called, Counts, Waiting, Dues):
    """Answers how the cooperations of a programme stand."""

    async def portfolio(  # noqa: PLR0913 - what narrows a list, each by name
        self,
        programme: str,
        now: datetime,
        *,
        only: PortfolioFilter = EVERYTHING,
        order: Order = "title",
        after: PortfolioPlace | None = None,
        limit: int = PAGE,
    ) -> tuple[PortfolioRow, ...]:
        """List the cooperations of a programme by title, then by id, or in another order.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            only: what to narrow the list to.
            order: by what to put it in order.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        place = place_of(order)
        chosen = select(OutlineRow.cooperation_id, OutlineRow.due_at)
        chosen = chosen.where(*narrowed(programme, only, now))
        if after is not None:
            chosen = chosen.where(tuple_(*place) > tuple_(*_bound(after, order)))
        chosen = chosen.order_by(*place).limit(limit)
        async with self._database.reading() as connection:
            due = {row.cooperation_id: row.due_at for row in await connection.execute(chosen)}
            told = (await connection.execute(_ROWS, {"ids": list(due)})).mappings()
            rows = {row["cooperation_id"]: dict(row) for row in told}
            found = [rows[slug] for slug in due]
            yardsticks = await self._yardsticks.of(
                connection, [(row["lifecycle"], row["policy"]) for row in found]
            )
            beside = await _Beside.read(connection, list(due), now)
        return tuple(
            beside.row(
                row,
                yardsticks[row["lifecycle"], row["policy"]],
                None if due[row["cooperation_id"]] == NEVER else due[row["cooperation_id"]],
            )
            for row in found
        )


def _bound(after: PortfolioPlace, order: Order) -> tuple[Any, Any]:
    """Return what the columns of an order are compared with."""
    if order == "title":
        return literal(sorted_by(after.title)), literal(after.slug)
    instant = after.stage_since if order == "stage_since" else after.due_at or NEVER
    return literal(instant, UtcInstant), literal(after.slug)


class _Beside:
    """What other tables say of the cooperations of a page, each by their ids."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.since = add_months(now, -TREND_MONTHS)
        self.alerts: dict[str, list[AlertView]] = defaultdict(list)
        self.levels: dict[str, dict[str, int]] = {}
        self.joined = Counter[str]()
        self.left = Counter[str]()
        self.overdue = Counter[str]()
        self.open = Counter[str]()
        self.blocking = Counter[str]()
        self.expiries: dict[str, tuple[datetime, str]] = {}
        self.due: dict[str, str] = {}
        self.indicators: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)

    @classmethod
    async def read(cls, connection: AsyncConnection, ids: Sequence[str], now: datetime) -> _Beside:
        """Read them, with one look into each table."""
        found = cls(now)
        values = {"ids": list(ids), "since": found.since, "today": now.date()}

        async def rows(query: Executable) -> Sequence[Any]:
            return (await connection.execute(query, values)).all()

        for row in await rows(_ALERTS):
            shown = AlertView(
                severity=row.severity, code=row.code, about=row.about, since=row.since
            )
            found.alerts[row.cooperation_id].append(shown)
        for row in await rows(_MOVED):
            if row.joined_at is not None and row.joined_at > found.since:
                found.joined[row.cooperation_id] += 1
            if row.status == "left" and row.moved_at is not None and row.moved_at > found.since:
                found.left[row.cooperation_id] += 1
        found.overdue.update(row.cooperation_id for row in await rows(_OVERDUE))
        for row in await rows(_DISAGREEMENTS):
            found.open[row.cooperation_id] += 1
            found.blocking[row.cooperation_id] += row.blocks
        for row in await rows(_EXPIRIES):
            this = (row.valid_until, row.kind)
            found.expiries[row.cooperation_id] = min(
                found.expiries.get(row.cooperation_id, this), this
            )
        found.due = dict(await rows(_DUE))
        for row in await rows(_INDICATORS):
            found.indicators[row.cooperation_id].append((row.frequency, row.measured_at))
        for row in await rows(_LEVELS_BEFORE):
            found.levels[row.cooperation_id] = row.levels
        return found

    def row(
        self, kept: dict[str, Any], asked: Yardstick, next_due_at: datetime | None
    ) -> PortfolioRow:
        """Return the row of a cooperation."""
        slug, levels = kept["cooperation_id"], kept["levels"]
        before = self.levels.get(slug, {})
        gate, minima = asked.gates.get(kept["stage"], (None, {}))
        indicators = self.indicators[slug]
        current = [asked.current_until(*one) for one in indicators]
        expiry, kind = self.expiries.get(slug, (None, None))
        alerts = sorted(
            self.alerts[slug],
            key=lambda one: (_URGENCY[one.severity], one.since, one.code, one.about),
        )
        return PortfolioRow(
            **{name: kept[name] for name in _KEPT},
            days_in_stage=(self.now - kept["stage_since"]).days,
            trend={name: level - before.get(name, 0) for name, level in levels.items()},
            next_gate=gate,
            lacks={
                name: least - levels.get(name, 0)
                for name, least in minima.items()
                if least > levels.get(name, 0)
            },
            members_in=self.joined[slug],
            members_out=self.left[slug],
            months_funded=_months(self.now, kept["secured_until"]),
            actions_overdue=self.overdue[slug],
            indicators=len(indicators),
            indicators_current=sum(1 for until in current if until and self.now < until),
            disagreements_open=self.open[slug],
            disagreements_blocking=self.blocking[slug],
            next_expiry_at=expiry,
            next_expiry_of=kind,
            next_due_at=next_due_at,
            next_due_of=self.due.get(slug),
            alerts=tuple(alerts),
        )


def _months(now: datetime, until: date | None) -> int | None:
    """Return how many whole months lie between now and the end of a day."""
    if until is None:
        return None
    end = end_of(until)
    months = max((end.year - now.year) * 12 + end.month - now.month, 0)
    return max(months - 1, 0) if add_months(now, months) > end else months
