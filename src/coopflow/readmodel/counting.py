"""How many cooperations of a portfolio stand where, and how long they stay there."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.domain.alerts import SEVERITIES
from coopflow.readmodel.asking import Asking
from coopflow.readmodel.narrowing import (
    EVERYTHING,
    LIVING,
    LIVING_ONLY,
    PortfolioFilter,
    matching,
    narrowed,
)
from coopflow.readmodel.tables import DAY, OutlineRow, PassageRow
from coopflow.readmodel.views import (
    Followed,
    LevelCount,
    PortfolioCounts,
    Spread,
    StageTimes,
    ValueCount,
)

_BY: Final = ("status", "stage", "lifecycle", "policy")
_VALUED: Final = ("territory", "holder")
_VALUES: Final = 100


class Counts(Asking):
    """Answers how many cooperations of a programme stand where."""

    async def portfolio_counts(
        self, programme: str, now: datetime, *, only: PortfolioFilter = EVERYTHING
    ) -> PortfolioCounts:
        """Count the cooperations of a portfolio, and how many each other filter would show.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            only: what it is narrowed to; what would be shown with another value of one filter is
                counted with all the others.
        """

        async def without(
            *names: str, by: Sequence[str], most: int | None = None
        ) -> dict[tuple[Any, ...], int]:
            where = narrowed(programme, only, now, but=names)
            columns = [getattr(OutlineRow, name) for name in by]
            async with self._database.reading() as connection:
                return await _counted(connection, columns, where, most)

        # Alerts and where they stand in one go: there are few combinations, and what is to be
        # counted of which is told by them.
        combined, *valued = await asyncio.gather(
            without(*_BY, "alert", "severity", by=["alerts", *_BY]),
            *(without(name, by=[name], most=_VALUES) for name in _VALUED),
        )
        standing, alerts = Counter[tuple[str, ...]](), Counter[str]()
        for (told, *at), number in combined.items():
            if _has_alerts(told, only):
                standing[tuple(at)] += number
            if _is_wanted(at, only):
                alerts[told] += number
        by_alert, by_severity = Counter[str](), Counter[str]()
        for told, number in alerts.items():
            by_alert.update(dict.fromkeys(told.split(), number))
            by_severity.update(dict.fromkeys(_severities(told), number))
        shown = {at: number for at, number in standing.items() if _is_wanted(at, only)}
        by_name = {name: _others(standing, only, at) for at, name in enumerate(_BY)}
        return PortfolioCounts(
            total=sum(shown.values()),
            commonest=_commonest(shown),
            **{name: _told(found) for name, found in by_name.items()},
            alert=_told(by_alert),
            severity=_told(by_severity),
            **{
                name: _told({value: number for (value,), number in found.items() if value})
                for name, found in zip(_VALUED, valued, strict=True)
            },
        )

    async def levels_by_stage(
        self,
        programme: str,
        now: datetime,
        *,
        only: PortfolioFilter = EVERYTHING,
        closed: bool = False,
    ) -> tuple[LevelCount, ...]:
        """Count the cooperations of a programme by stage, condition and level.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            only: what it is narrowed to.
            closed: whether those that are closed count, too.
        """
        standing = [getattr(OutlineRow, name) for name in _BY]
        where = narrowed(programme, only, now) if closed else _living(programme, only, now)
        found = Counter[tuple[str, str]]()
        async with self._database.reading() as connection:
            # By all that comes before in the index, so that nothing has to be sorted.
            told = [*(await _counted(connection, [*standing, OutlineRow.brief], where)).items()]
            if any(not words for (*_, words), _ in told):  # too long for an index
                long = [*where, OutlineRow.brief == ""]
                told += (await _counted(connection, [*standing, OutlineRow.levels], long)).items()
        for (_, stage, _, _, words), number in told:
            found[stage, words] += number
        counted = Counter[tuple[str, str, int]]()
        for (stage, words), number in found.items():
            for word in words.split():
                condition, _, level = word.rpartition(":")
                counted[stage, condition, int(level)] += number
        return tuple(
            LevelCount(stage=stage, condition=condition, level=level, cooperations=number)
            for (stage, condition, level), number in sorted(counted.items())
        )

    async def stage_times(
        self, programme: str, now: datetime, *, only: PortfolioFilter = EVERYTHING
    ) -> tuple[StageTimes, ...]:
        """Tell for each stage how many days cooperations spent there, and those that are there.

        Args:
            programme: which one.
            now: the instant at which it is asked.
            only: what it is narrowed to, by what cooperations are now.
        """
        ended = [PassageRow.programme == programme]
        if not only.is_empty:
            # PostgreSQL would let several processes each put all stays into a table of their own.
            shown = matching(programme, only, now).cte("shown")
            shown = shown.prefix_with("MATERIALIZED", dialect="postgresql")
            # An index holds the stays of each, and is found by something asked of each stage.
            ended = [PassageRow.cooperation_id == shown.c.cooperation_id, PassageRow.stage > ""]
        there = _living(programme, only, now)
        passed, present = await asyncio.gather(self._spent(ended), self._stayed(there, now))
        return tuple(
            StageTimes(
                stage=stage,
                passed=passed[stage].total(),
                passed_days=_spread(passed[stage]),
                present=present[stage].total(),
                present_days=_spread(present[stage]),
            )
            for stage in sorted({*passed, *present})
        )

    async def _spent(self, where: Sequence[ColumnElement[bool]]) -> dict[str, Counter[int]]:
        """Return by stage how many stays of each number of days have ended there."""
        async with self._database.reading() as connection:
            # Numbers first: with filters rows are sorted, and so they are sorted faster.
            counted = await _counted(connection, [PassageRow.days, PassageRow.stage], where)
        found = defaultdict[str, Counter[int]](Counter)
        for (days, stage), number in counted.items():
            found[stage][days] = number
        return found

    async def _stayed(
        self, where: Sequence[ColumnElement[bool]], now: datetime
    ) -> dict[str, Counter[int]]:
        """Return by stage how many cooperations have been there for each number of days."""
        today, second = divmod(int(now.timestamp()), DAY)
        # Read off an index in its order: of the same day are those that came earlier in it than it
        # is now, and those that came later, for whom the last day is not over.
        came = (OutlineRow.stage, OutlineRow.stage_day)
        later = func.count().filter(OutlineRow.stage_epoch > OutlineRow.stage_day * DAY + second)
        query = select(*came, func.count(), later).where(*where).group_by(*came)
        found = defaultdict[str, Counter[int]](Counter)
        async with self._database.reading() as connection:
            for stage, day, number, unfinished in await connection.execute(query):
                found[stage][max(today - day, 0)] += number - unfinished
                found[stage][max(today - day - 1, 0)] += unfinished
        return found


def _living(programme: str, only: PortfolioFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return what holds of the outlines that a portfolio shows and that are not closed."""
    if only.status in {None, LIVING_ONLY}:
        return narrowed(programme, only.but(status=LIVING_ONLY), now)
    return [*narrowed(programme, only, now), OutlineRow.status.in_(LIVING)]


async def _counted(
    connection: AsyncConnection,
    columns: Sequence[Any],
    where: Sequence[ColumnElement[bool]],
    most: int | None = None,
) -> dict[tuple[Any, ...], int]:
    """Return how many rows there are of each combination of values, or of the commonest ones."""
    number = func.count()
    query = select(*columns, number).where(*where).group_by(*columns)
    if most is not None:
        query = query.order_by(number.desc(), *columns).limit(most)
    return {tuple(row[:-1]): row[-1] for row in (await connection.execute(query)).all()}


def _spread(days: Counter[int]) -> Spread | None:
    """Return the quartiles of numbers of days, each one of the numbers."""
    if not days:
        return None
    told = sorted(days)
    up_to = list(accumulate(days[one] for one in told))
    lower, median, upper = (
        told[bisect_left(up_to, (up_to[-1] * part + 3) // 4)] for part in (1, 2, 3)
    )
    return Spread(lower=lower, median=median, upper=upper)


def _severities(alerts: str) -> set[str]:
    """Return how urgent alerts are."""
    return {SEVERITIES[one] for one in alerts.split() if one in SEVERITIES}


def _has_alerts(alerts: str, only: PortfolioFilter) -> bool:
    """Whether cooperations with these alerts are shown, as far as alerts are asked for."""
    if only.alert is not None and f" {only.alert} " not in alerts:
        return False
    return only.severity is None or only.severity in _severities(alerts)


def _is_wanted(at: Sequence[str], only: PortfolioFilter, but: int | None = None) -> bool:
    """Whether cooperations that stand there are shown, whatever one of the filters says."""
    for number, (name, value) in enumerate(zip(_BY, at, strict=True)):
        wanted = getattr(only, name)
        if number == but or wanted in {None, value}:
            continue
        if not (name == "status" and wanted == LIVING_ONLY and value in LIVING):
            return False
    return True


def _others(
    standing: Mapping[tuple[str, ...], int], only: PortfolioFilter, but: int
) -> Mapping[str, int]:
    """Count by the values of one column what the filters on the other columns show."""
    found = Counter[str]()
    for at, number in standing.items():
        if _is_wanted(at, only, but):
            found[at[but]] += number
    return found


def _commonest(shown: Mapping[tuple[str, ...], int]) -> Followed | None:
    """Return the lifecycle and the policy that most follow together."""
    found = Counter[tuple[str, str]]()
    for at, number in shown.items():
        stands = dict(zip(_BY, at, strict=True))
        found[stands["lifecycle"], stands["policy"]] += number
    if not found:
        return None
    lifecycle, policy = min(found, key=lambda pair: (-found[pair], pair))
    return Followed(lifecycle=lifecycle, policy=policy)


def _told(counted: Mapping[str, int]) -> tuple[ValueCount, ...]:
    return tuple(
        ValueCount(value=value, cooperations=number) for value, number in sorted(counted.items())
    )
