"""A portfolio as a page asks for it: filters, what is looked at, and the links between."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, TypeVar, get_args
from urllib.parse import urlencode

from coopflow.domain.base import Label
from coopflow.entrypoints.http.filters import read_filters, readable_filters
from coopflow.readmodel.narrowing import ORDERS, Order, PortfolioFilter

T = TypeVar("T")

View = Literal["list", "stages", "heat", "stuck", "due", "waiting", "times"]
VIEWS: Final[tuple[View, ...]] = get_args(View)

LABELS: Final[Mapping[View, Label]] = {
    "list": Label(en="List", fr="Liste"),
    "stages": Label(en="By stage", fr="Par étape"),
    "heat": Label(en="Conditions", fr="Conditions"),
    "stuck": Label(en="Stuck", fr="Bloquées"),
    "due": Label(en="Comes due", fr="Échéances"),
    "waiting": Label(en="Waits for people", fr="En attente"),
    "times": Label(en="Time in stages", fr="Durée des étapes"),
}
"""What is looked at, and what it is called."""

ORDER_LABELS: Final[Mapping[Order, Label]] = {
    "title": Label(en="by title", fr="par titre"),
    "stage_since": Label(en="longest in their stage first", fr="depuis longtemps dans leur étape"),
    "due_at": Label(en="what is due first", fr="par prochaine échéance"),
}

STUCK_DAYS: Final = 180
"""How long somebody is in a stage who is taken for stuck, unless another number is asked for."""

DUE_WEEKS: Final = 4
"""How far ahead what comes due is shown."""


class Cursor(NamedTuple):
    """Where a page goes on: what the last thing on the one before is ordered by."""

    parts: tuple[str, ...]

    @classmethod
    def read(cls, text: str | None, length: int) -> tuple[str, ...] | None:
        """Read one of so many parts; None where there is none, or it is none of ours."""
        if not text:
            return None
        try:
            found = json.loads(base64.urlsafe_b64decode(text.encode()))
        except (ValueError, binascii.Error, RecursionError):
            return None
        is_ours = isinstance(found, list) and len(found) == length
        if not is_ours or not all(isinstance(one, str) and _is_storable(one) for one in found):
            return None
        return tuple(found)

    @staticmethod
    def write(parts: Sequence[str]) -> str:
        """Write one for a link."""
        return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode()


def moment_of(text: str) -> datetime | None:
    """Return the instant that a part of a cursor writes; None when it writes none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


@dataclass(frozen=True)
class Asked:
    """What a page of a portfolio is asked for; what cannot be read is passed over.

    Attributes:
        told: the filters, as the query says them.
        only: the same, read.
        view: what is looked at.
        order: by what lists are put in order.
        person: whom one waits for, where that is asked.
        by: people or organisations, where one looks for whom is waited.
        after: where the page goes on.
    """

    told: Mapping[str, str]
    only: PortfolioFilter
    view: View = "list"
    order: Order = "title"
    person: str | None = None
    organisation: str | None = None
    by: Literal["person", "organisation"] = "person"
    after: str | None = None

    @classmethod
    def read(cls, query: Iterable[tuple[str, str]]) -> Asked:
        """Read a query."""
        pairs = list(query)
        told = readable_filters(pairs)
        said = {name: value.strip() for name, value in pairs}
        return cls(
            told=told,
            only=read_filters(told),
            view=_one_of(VIEWS, said.get("view"), "list"),
            order=_one_of(ORDERS, said.get("order"), "title"),
            person=_id(said.get("person")),
            organisation=_id(said.get("organisation")),
            by=_one_of(("person", "organisation"), said.get("by"), "person"),
            after=said.get("after"),
        )

    def query(self, **changes: Any) -> str:
        """Return the query of a link to the same page, or to one that differs.

        Another filter or another view begins at the beginning. None takes a part away.
        """
        more = {
            "view": None if self.view == "list" else self.view,
            "order": None if self.order == "title" else self.order,
            "person": self.person,
            "organisation": self.organisation,
            "by": None if self.by == "person" else self.by,
        }
        if "view" in changes:
            more |= {"person": None, "organisation": None, "by": None}
            changes = changes | {"view": None if changes["view"] == "list" else changes["view"]}
        parts = dict(self.told) | more | changes
        return urlencode({name: value for name, value in parts.items() if value is not None})

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is set."""
        return bool(self.told)


def _one_of(choices: Sequence[T], wanted: object, otherwise: T) -> T:
    return next((one for one in choices if one == wanted), otherwise)


def _id(text: str | None) -> str | None:
    """Return an id that may be looked for; None for what can be none."""
    found = readable_filters([("holder", text or "")])
    return found.get("holder")


class More(NamedTuple):
    """A page of a list, and the query of the one after it; None after the last one."""

    items: tuple[Any, ...]
    next: str | None


def page_of(
    found: Sequence[T], limit: int, asked: Asked, place: Callable[[T], Sequence[str]]
) -> More:
    """Return a page, given one thing more than it holds, or fewer."""
    if len(found) <= limit:
        return More(tuple(found), None)
    shown = tuple(found[:limit])
    return More(shown, asked.query(after=Cursor.write(place(shown[-1]))))


def reminded(text: str | None) -> dict[str, int] | None:
    """Return what came of reminders, as the link back from sending them says it."""
    names = ("sent", "people", "again", "secret", "unreachable", "gone")
    parts = (text or "").split("-")
    if len(parts) != len(names) or not all(re.fullmatch(r"[0-9]{1,9}", one) for one in parts):
        return None
    return {name: int(one) for name, one in zip(names, parts, strict=True)}
