from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from coopflow.entrypoints.http.pages import Paging


def paging(cursor: str | None) -> Paging:
    server = {"scheme": "http", "server": ("testserver", 80), "path": "/v1/things"}
    scope = {"type": "http", "method": "GET", "query_string": b"", "headers": [], **server}
    return Paging(Request(scope), Response(), limit=1, cursor=cursor)


def test_a_list_is_paged_whole_in_whatever_order_the_database_has_it() -> None:
    """A locale that passes over hyphens orders ids otherwise: none is left out or comes twice."""
    found = ["ab", "a-c", "ac", "a-d"]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(len(found)):
        page = paging(cursor).cut(found, lambda one: (one,), str)
        seen += page.items
        cursor = parse_qs(urlsplit(page.next or "").query).get("cursor", [None])[0]
    assert cursor is None
    assert seen == sorted(found)
