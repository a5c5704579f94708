"""What a portfolio is narrowed to, as a query says it: strictly, or as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from coopflow.domain.alerts import Severity
from coopflow.domain.base import Slug
from coopflow.domain.state import CooperationStatus
from coopflow.readmodel.narrowing import LIVING_ONLY, Below, Days, PortfolioFilter

_LONGEST: Final = 200
_VERSIONED: Final = r"^[A-Za-z0-9][A-Za-z0-9._:-]*@[0-9]{1,19}$"
_STORABLE: Final = r"^[^\x00]+$"

assert LIVING_ONLY == "living", "as the annotation of the status spells it"

Status = CooperationStatus | Annotated[str, Query(pattern="^living$")]


def filters(  # noqa: PLR0913 - what narrows a list, each by name
    *,
    stage: Annotated[Slug | None, Query(description="Only those in this stage.")] = None,
    status: Annotated[
        Status | None, Query(description="Only those; `living` for all that are not closed.")
    ] = None,
    lifecycle: Annotated[
        str | None,
        Query(
            pattern=_VERSIONED,
            max_length=_LONGEST,
            description="Only those that follow this lifecycle.",
            examples=["impact-collectif@1"],
        ),
    ] = None,
    policy: Annotated[
        str | None,
        Query(
            pattern=_VERSIONED,
            max_length=_LONGEST,
            description="Only those that follow this policy.",
            examples=["reference@1"],
        ),
    ] = None,
    territory: Annotated[
        str | None,
        Query(pattern=_STORABLE, max_length=_LONGEST, description="Only those of this territory."),
    ] = None,
    holder: Annotated[
        Slug | None, Query(description="Only those with this organisation in support.")
    ] = None,
    facilitator: Annotated[
        Slug | None, Query(description="Only those that this person facilitates.")
    ] = None,
    severity: Annotated[
        Severity | None, Query(description="Only those with an alert that is this urgent.")
    ] = None,
    alert: Annotated[
        Slug | None, Query(description="Only those with this alert.", examples=["no_plenary"])
    ] = None,
    text: Annotated[
        str | None,
        Query(
            pattern=_STORABLE,
            max_length=_LONGEST,
            description="Only those whose title, territory or id holds this, whatever its case "
            "and accents.",
        ),
    ] = None,
    below: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z0-9_-]{1,64}:[0-9]$",
            description="Only those in which a condition has not reached a level.",
            examples=["support:2"],
        ),
    ] = None,
    stuck_days: Annotated[
        Days | None, Query(description="Only those in their stage for so many days.")
    ] = None,
    due_days: Annotated[
        Days | None,
        Query(description="Only those in which something is due within so many days."),
    ] = None,
    disagreements: Annotated[
        bool | None, Query(description="Only those with open disagreements, or without any.")
    ] = None,
) -> PortfolioFilter:
    """Return what a query asks to narrow a portfolio to."""
    condition, _, level = (below or "").partition(":")
    return PortfolioFilter(
        stage=stage,
        status=status,
        lifecycle=lifecycle,
        policy=policy,
        territory=territory,
        holder=holder,
        facilitator=facilitator,
        severity=severity,
        alert=alert,
        text=text,
        below=Below(condition, int(level)) if below else None,
        stuck_days=stuck_days,
        due_days=due_days,
        disagreements=disagreements,
    )


FilterDep = Annotated[PortfolioFilter, Depends(filters)]
"""What a portfolio is narrowed to; a query that cannot be read is refused."""

_READ_AS: Final[dict[str, TypeAdapter[Any]]] = {
    name: TypeAdapter(annotation)
    for name, annotation in get_type_hints(filters, include_extras=True).items()
    if name != "return"
}

FILTERS: Final = tuple(_READ_AS)
"""The names of the filters in a query."""


def readable_filters(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the filters of a query that can be read, as it says them; forms send empty ones too.

    The last one of a name counts.
    """
    found = {}
    for name, value in query:
        if name in _READ_AS and value.strip() and _is_readable(name, value.strip()):
            found[name] = value.strip()
    return found


def pairs_in(query: str) -> list[tuple[str, str]]:
    """Return what a query says; nothing where it cannot be read."""
    try:
        return parse_qsl(query, max_num_fields=100)
    except ValueError:
        return []


def read_filters(told: Mapping[str, str]) -> PortfolioFilter:
    """Return what readable filters say."""
    return filters(**{name: _READ_AS[name].validate_python(value) for name, value in told.items()})


def _is_readable(name: str, value: str) -> bool:
    try:
        _READ_AS[name].validate_python(value)
    except ValidationError:
        return False
    return not any("\ud800" <= one <= "\udfff" for one in value)
