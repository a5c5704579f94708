"""What a portfolio is narrowed to and ordered by, over outlines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from pydantic import Field
from sqlalchemy import ColumnElement, Integer, Select, and_, false, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import GenericFunction

from coopflow.domain.alerts import SEVERITIES, Severity
from coopflow.domain.base import Shape
from coopflow.domain.roles import FACILITATOR
from coopflow.readmodel.folding import unaccented
from coopflow.readmodel.outlines import NAMED
from coopflow.readmodel.tables import OutlineRow, RoleRow

Order = Literal["title", "stage_since", "due_at"]
"""By what a portfolio is put in order: titles, who has been longest in a stage, what is due first.

It is a way to look, not a ranking: nothing is scored.
"""
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

LIVING_ONLY: Final = "living"
"""What stands for all statuses of cooperations that are not closed."""

LIVING: Final = ("active", "paused", "closing")
"""The statuses of cooperations that are not closed."""

Days = Annotated[int, Field(ge=0, le=36500)]


class Below(NamedTuple):
    """A condition that has not reached a level."""

    condition: str
    level: int


class PortfolioFilter(Shape):
    """What a portfolio is narrowed to; all of it must hold.

    Attributes:
        stage: only cooperations in this stage.
        status: only those of this status; ``living`` for all that are not closed.
        lifecycle: only those that follow this lifecycle, as ``name@version``.
        policy: only those that follow this policy, as ``name@version``.
        territory: only those of this territory.
        holder: only those with this organisation in support.
        facilitator: only those that this person facilitates.
        severity: only those with an alert that is this urgent.
        alert: only those with this alert.
        text: only those whose title, territory or id holds this, whatever its case and accents.
        below: only those in which a condition has not reached a level.
        stuck_days: only those that have been in their stage for so many days.
        due_days: only those in which something is due within so many days, as of their last entry.
        disagreements: only those in which disagreements are open, or only those without any.
        involving: only those in which this person has a part.
    """

    stage: str | None = None
    status: str | None = None
    lifecycle: str | None = None
    policy: str | None = None
    territory: str | None = None
    holder: str | None = None
    facilitator: str | None = None
    severity: Severity | None = None
    alert: str | None = None
    text: str | None = None
    below: Below | None = None
    stuck_days: Days | None = None
    due_days: Days | None = None
    disagreements: bool | None = None
    involving: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return all(getattr(self, name) is None for name in type(self).model_fields)


EVERYTHING: Final = PortfolioFilter()

_LONG: Final = aliased(OutlineRow)


def narrowed(
    programme: str, only: PortfolioFilter, now: datetime, *, but: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    """Return what holds of the outlines that a portfolio shows.

    Args:
        programme: of which programme.
        only: what it is narrowed to.
        now: the instant at which it is asked.
        but: the parts of the filter to pass over.
    """
    kept = only.but(**dict.fromkeys(but))
    return [OutlineRow.programme == programme, *_conditions(kept, now)]


def matching(programme: str, only: PortfolioFilter, now: datetime) -> Select[Any]:
    """Select the ids of the cooperations that a portfolio shows."""
    return select(OutlineRow.cooperation_id).where(*narrowed(programme, only, now))


def is_shown(
    cooperation_id: ColumnElement[str] | Any, programme: str, only: PortfolioFilter, now: datetime
) -> ColumnElement[bool]:
    """Return whether a portfolio shows the cooperation of an id, looked up for each row by itself.

    For few rows that is faster than to select all ids first; PostgreSQL would turn what only asks
    whether there is one into just that.
    """
    one = OutlineRow.cooperation_id == cooperation_id
    found = select(OutlineRow.cooperation_id).where(one, *narrowed(programme, only, now))
    return found.scalar_subquery().is_not(None)


def place_of(order: Order) -> tuple[Any, ...]:
    """Return the columns by which a portfolio is put in order, down to a single cooperation."""
    return (getattr(OutlineRow, order), OutlineRow.slug)


def _conditions(only: PortfolioFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    for name in ("stage", "lifecycle", "policy", "holder"):
        if (wanted := getattr(only, name)) is not None:
            yield getattr(OutlineRow, name) == wanted
    for name, condition in _CONDITIONS.items():
        if (wanted := getattr(only, name)) is not None:
            yield condition(wanted, now)


def _of_status(status: str, _: datetime) -> ColumnElement[bool]:
    among = LIVING if status == LIVING_ONLY else (status,)
    return OutlineRow.status.in_(among)


def _in_territory(territory: str, _: datetime) -> ColumnElement[bool]:
    return OutlineRow.territory == territory[:NAMED]


def _is_urgent(severity: Severity, now: datetime) -> ColumnElement[bool]:
    codes = [code for code, urgency in SEVERITIES.items() if urgency == severity]
    # Workers of before the column leave it empty: their rows are told by the codes.
    told = and_(OutlineRow.urgent == "", or_(false(), *(_has_alert(one, now) for one in codes)))
    return or_(_has_word(OutlineRow.urgent, severity), told)


def _has_alert(code: str, _: datetime) -> ColumnElement[bool]:
    return _has_word(OutlineRow.alerts, code)


def _is_below(below: Below, _: datetime) -> ColumnElement[bool]:
    told = [f"{below.condition}:{level}" for level in range(below.level)]

    def has_one(levels: Any) -> ColumnElement[bool]:
        return or_(false(), *(_has_word(levels, one) for one in told))

    return _in_either("brief", "levels", has_one)


def _holds(text: str, _: datetime) -> ColumnElement[bool]:
    return _in_either("sought", "searched", lambda told: _has(told, unaccented(text)))


def _in_either(
    short: str, whole: str, holds: Callable[[Any], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Return whether something holds of a column, which another one has where it is short.

    The long ones are asked apart, so that an index holds all that is asked of the others.
    """
    found = select(_LONG.cooperation_id).where(
        getattr(_LONG, short) == "", holds(getattr(_LONG, whole))
    )
    brief = getattr(OutlineRow, short)
    return or_(holds(brief), and_(brief == "", OutlineRow.cooperation_id.in_(found)))


def _is_stuck(days: int, now: datetime) -> ColumnElement[bool]:
    return OutlineRow.stage_since <= now - timedelta(days=days)


def _is_due(days: int, now: datetime) -> ColumnElement[bool]:
    return OutlineRow.due_at <= now + timedelta(days=days)


def _disagrees(does: bool, _: datetime) -> ColumnElement[bool]:  # noqa: FBT001 - a part of a filter
    return OutlineRow.disagreements > 0 if does else OutlineRow.disagreements == 0


def _is_facilitated_by(person: str, _: datetime) -> ColumnElement[bool]:
    return _involves(RoleRow.person == person, RoleRow.role == FACILITATOR)


def _has_a_part(person: str, _: datetime) -> ColumnElement[bool]:
    return _involves(RoleRow.person == person)


_CONDITIONS: Final[Mapping[str, Callable[[Any, datetime], ColumnElement[bool]]]] = {
    "status": _of_status,
    "territory": _in_territory,
    "severity": _is_urgent,
    "alert": _has_alert,
    "below": _is_below,
    "text": _holds,
    "stuck_days": _is_stuck,
    "due_days": _is_due,
    "disagreements": _disagrees,
    "facilitator": _is_facilitated_by,
    "involving": _has_a_part,
}


def _involves(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return OutlineRow.cooperation_id.in_(select(RoleRow.cooperation_id).where(*conditions))


def _has_word(column: Any, word: str) -> ColumnElement[bool]:
    return _has(column, f" {word} ")


def _has(column: Any, part: str) -> ColumnElement[bool]:
    return _Place(column, part) > 0


class _Place(GenericFunction[int]):
    """Where in a text another one begins, from 1; 0 where it does not.

    Letters are compared as they are. LIKE takes half as long again, and SQLite's takes capitals
    and small letters for the same.
    """

    type = Integer()
    name = "instr"
    inherit_cache = True


@compiles(_Place, "postgresql")
def _place_on_postgresql(place: _Place, compiler: Any, **given: Any) -> str:
    return f"strpos({compiler.process(place.clauses, **given)})"
