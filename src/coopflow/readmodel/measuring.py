"""Questions about what a cooperation measures."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import select

from coopflow.application.engine import Address
from coopflow.readmodel.asking import Asking
from coopflow.readmodel.tables import CooperationRow, IndicatorRow, MeasureRow
from coopflow.readmodel.views import IndicatorView, MeasureView

_VALUES: Final = 24


class Measurements(Asking):
    """Answers what is measured, by whom, and with which values."""

    async def measures(
        self, address: Address, now: datetime, *, values: int = _VALUES
    ) -> tuple[IndicatorView, ...]:
        """List the indicators of the value chain that counts, by id, with their latest values.

        Args:
            address: of the cooperation.
            now: the instant at which it is asked: values are current for a while only.
            values: at most so many values of each, the latest first.
        """
        mine, own = (table.cooperation_id == str(address) for table in (IndicatorRow, MeasureRow))
        names = [name for name in IndicatorView.model_fields if name in IndicatorRow.__table__.c]
        indicators = (
            select(IndicatorRow.measured_at, *(getattr(IndicatorRow, name) for name in names))
            .where(mine)
            .order_by(IndicatorRow.id)
        )
        latest = (
            select(
                MeasureRow.indicator,
                *(getattr(MeasureRow, name) for name in MeasureView.model_fields),
            )
            .join(
                IndicatorRow,
                (IndicatorRow.cooperation_id == MeasureRow.cooperation_id)
                & (IndicatorRow.id == MeasureRow.indicator),
            )
            .where(own, MeasureRow.number > IndicatorRow.measured - values)
            .order_by(MeasureRow.indicator, MeasureRow.number.desc())
        )
        followed = select(CooperationRow.lifecycle, CooperationRow.policy).where(
            CooperationRow.cooperation_id == str(address)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(followed)).one_or_none()
            if row is None:
                return ()
            definition = (row.lifecycle, row.policy)
            asked = (await self._yardsticks.of(connection, [definition]))[definition]
            found = [dict(one) for one in (await connection.execute(indicators)).mappings()]
            series = defaultdict(list)
            for one in (await connection.execute(latest)).mappings():
                told = dict(one)
                series[told.pop("indicator")].append(MeasureView.model_validate(told))
        return tuple(
            IndicatorView(
                **{name: one[name] for name in names},
                is_current=until is not None and now < until,
                current_until=until,
                values=tuple(series[one["id"]]),
            )
            for one in found
            for until in [asked.current_until(one["frequency"], one["measured_at"])]
        )
