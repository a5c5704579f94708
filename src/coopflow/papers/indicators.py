"""What a cooperation measures, in the report of a year: a row for each indicator, and its chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coopflow.domain.state import Series
from coopflow.domain.tools import Indicator, ValueChain
from coopflow.papers.about import About
from coopflow.papers.paper import Picture, Rich, Table, plain
from coopflow.papers.years import Year
from coopflow.pictures.picture import Frame
from coopflow.pictures.values import ValueAt, values_picture

_HEADER: Final = (
    "report.indicator",
    "report.baseline",
    "report.latest",
    "report.target",
    "report.taken",
)
_WIDTHS: Final = (4, 1.5, 2, 1.5, 1.3)
_DRAWN: Final = 60


def measured(year: Year) -> tuple[Indicator, ...]:
    """Return the indicators of the value chain that applied as a year ended."""
    chain = year.after.current("value_chain")
    typed = chain.typed if chain is not None else None
    objectives = typed.objectives if isinstance(typed, ValueChain) else ()
    return tuple(one for objective in objectives for one in objective.indicators)


def values_table(about: About, year: Year) -> Table:
    """Return where each indicator began, how it stood in the end, and where it is to come."""
    say = about.say
    rows = tuple(_row(about, year, one) for one in measured(year))
    return Table(tuple(say(key) for key in _HEADER), rows, _WIDTHS)


def charts(about: About, year: Year) -> Iterator[Picture]:
    """Yield how each indicator has developed up to the end of the year; one value is no chart."""
    for number, one in enumerate(measured(year)):
        values = [
            ValueAt(entry.at.astimezone(about.say.zone).date(), fields["value"])
            for entry, fields in year.so_far("measure_recorded")
            if fields["indicator"] == one.id
        ][-_DRAWN:]
        if len(values) < 2:  # noqa: PLR2004 - one value is no development
            continue
        drawn = values_picture(
            one.definition,
            values,
            about.say,
            Frame(prefix=f"i{number}"),
            unit=one.unit,
            baseline=one.baseline,
            target=one.target,
        )
        yield Picture(drawn.svg, drawn.text, _called(one))


def _called(one: Indicator) -> str:
    return f"{one.definition} ({one.unit})"


def _row(about: About, year: Year, one: Indicator) -> tuple[Rich, ...]:
    say, series = about.say, year.after.measures.get(one.id, Series())
    latest = series.latest[-1] if series.latest else None
    taken = sum(1 for _, fields in year.events("measure_recorded") if fields["indicator"] == one.id)
    value = "–" if latest is None else say.value(latest.value)
    if latest is not None:
        value += f" ({latest.period or say.day(latest.at)})"
    return (
        plain(_called(one)),
        plain(say.amount(one.baseline)),
        plain(value),
        plain(say.amount(one.target)),
        plain(str(taken)),
    )
