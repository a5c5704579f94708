"""Lists that are handed out page by page: opaque cursors that name the last thing of a page.

A page goes on after that thing, whatever was added or taken away before it meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Query, Request, Response

from coopflow.domain.base import Shape
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError

_MOST: Final = 200
_BY_DEFAULT: Final = 50
_LARGEST: Final = 2**63 - 1

T = TypeVar("T")
Key = tuple[str | int, ...]
"""What a list is ordered by, down to a single thing."""


class Page(Shape, Generic[T]):
    """A page of a list.

    Attributes:
        items: what is on it, in the order of the list.
        next: where the next page is; none after the last one.
    """

    items: tuple[T, ...]
    next: str | None = None


class Paging:
    """Which page of a list is asked for."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: Annotated[
            int, Query(ge=1, le=_MOST, description="At most so many on a page.")
        ] = _BY_DEFAULT,
        cursor: Annotated[
            str | None,
            Query(max_length=2000, description="From the link `next` of the page before."),
        ] = None,
    ) -> None:
        """Read it from the query of a request."""
        self.limit = limit
        self._cursor = cursor
        self._request = request
        self._response = response

    def after(self, *kinds: type) -> Key | None:
        """Return the key of the last thing of the page before; None for the first page.

        Args:
            kinds: the types of its parts.

        Raises:
            ProblemError: the cursor is none of such a list (``invalid_request``).
        """
        if self._cursor is None:
            return None
        try:
            found = json.loads(base64.urlsafe_b64decode(self._cursor.encode()))
        except (ValueError, binascii.Error, RecursionError):
            found = None
        are_ours = isinstance(found, list) and all(map(_can_be_compared, found))
        if not are_ours or [type(one) for one in found] != list(kinds):
            raise _no_cursor()
        return tuple(found)

    def page(self, found: Sequence[T], key: Callable[[T], Key]) -> Page[T]:
        """Return a page, given what follows the cursor: one thing more than it holds, or fewer."""
        items = tuple(found[: self.limit])
        if len(found) <= self.limit:
            return Page(items=items)
        cursor = base64.urlsafe_b64encode(json.dumps(key(items[-1])).encode()).decode()
        url = self._request.url.include_query_params(cursor=cursor, limit=self.limit)
        path = self._request.scope["path"].removeprefix(self._request.scope.get("root_path", ""))
        link = f"{here(self._request, path)}?{url.query}"
        self._response.headers["Link"] = f'<{link}>; rel="next"'
        return Page(items=items, next=link)

    def cut(self, found: Iterable[T], key: Callable[[T], Key], *kinds: type) -> Page[T]:
        """Return the page of a list that is there as a whole, in the order of its keys.

        How a database orders texts is up to its locale: it is not how they are compared here.
        """
        after = self.after(*kinds)
        rest = [one for one in found if after is None or _follows(key(one), after)]
        return self.page(sorted(rest, key=key), key)


def _can_be_compared(part: object) -> bool:
    """Whether every database can compare a part of a key: a made-up one may be anything."""
    if isinstance(part, str):
        return "\x00" not in part and not any("\ud800" <= one <= "\udfff" for one in part)
    return isinstance(part, int) and abs(part) <= _LARGEST


def moment(instant: datetime) -> str:
    """Write an instant so that texts are in the order of time."""
    return instant.isoformat(timespec="microseconds")


def instant(part: object) -> datetime:
    """Return the instant that a part of a cursor writes.

    Raises:
        ProblemError: it writes none (``invalid_request``).
    """
    try:
        return datetime.fromisoformat(str(part)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_cursor() from None


def _no_cursor() -> ProblemError:
    fault = FieldProblem(path="query.cursor", problem="take it from the link `next`")
    return ProblemError("invalid_request", errors=[fault])


def _follows(key: Any, after: Any) -> bool:
    return bool(key > after)


PagingDep = Annotated[Paging, Depends()]
"""Which page is asked for."""
