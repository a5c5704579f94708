"""Lists that are shown page by page: each page goes on after the last thing of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request
from pydantic import AfterValidator

from coopflow.entrypoints.http.links import here

T = TypeVar("T")


def _without_nul(text: str) -> str:
    return text.replace("\0", "")


Sought = Annotated[str, Query(max_length=200), AfterValidator(_without_nul)]
"""What is looked for; NULs, which no database can be asked for, are left out."""

After = Annotated[
    str | None, Query(max_length=200), AfterValidator(lambda one: one and _without_nul(one))
]
"""After what a list goes on, likewise."""


@dataclass(frozen=True)
class Listed(Generic[T]):
    """A page of a list.

    Attributes:
        items: what is on it.
        next: where the next page is; None after the last one.
    """

    items: tuple[T, ...]
    next: str | None


def next_page(request: Request, last: object | None, name: str = "after") -> str | None:
    """Return where a list goes on.

    Args:
        request: for the page before.
        last: the last thing on that page; None where it is the last page.
        name: what the query calls it.
    """
    if last is None:
        return None
    path = request.url.path.removeprefix(request.scope.get("root_path", "").rstrip("/"))
    query = request.url.include_query_params(**{name: str(last)}).query
    return f"{here(request, path)}?{query}"
