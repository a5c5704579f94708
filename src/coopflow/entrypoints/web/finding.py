"""What people, organisations and cooperations are called, as forms ask for them.

Links hold ids: what a form asks by name is looked up once, and led on to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from coopflow.readmodel.folding import unaccented
from coopflow.readmodel.narrowing import PortfolioFilter
from coopflow.services import Services

NAMED: Final = ("holder", "facilitator")
"""The filters that forms ask by name, in an input of this name with ``_name``."""

_SHOWN: Final = 10


class Unclear(NamedTuple):
    """A name that is nobody's, or that of several.

    Attributes:
        filter: which filter it was asked by.
        text: what was asked.
        found: the first of those that it may mean, by id.
        has_more: whether there are more.
    """

    filter: str
    text: str
    found: Mapping[str, str]
    has_more: bool


async def looked_up(
    services: Services, programme: str, query: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], tuple[Unclear, ...]]:
    """Return a query with ids for names, and the names that cannot be told.

    Raises:
        UnavailableError: the database does not answer.
    """
    said = dict(query)
    unclear: list[Unclear] = []
    search: Mapping[str, Callable[[str], Awaitable[Mapping[str, str]]]] = {
        "holder": lambda text: _organisations(services, programme, text),
        "facilitator": lambda text: _people(services, programme, text),
    }
    for name in NAMED:
        text = said.pop(f"{name}_name", None)
        if text is None:
            continue
        before, text = said.pop(name, ""), text.strip()[:200]
        if not text:
            continue
        found = await search[name](text)
        exact = [
            one for one, called in found.items() if unaccented(text) in {unaccented(called), one}
        ]
        if before in exact:
            said[name] = before
        elif len(exact) == 1 or len(found) == 1:
            said[name] = (exact or [*found])[0]
        else:
            shown = dict([*found.items()][:_SHOWN])
            unclear.append(Unclear(name, text, shown, len(found) > _SHOWN))
    return said, tuple(unclear)


async def _organisations(services: Services, programme: str, text: str) -> Mapping[str, str]:
    """Return the organisations in support whose name or id holds a text."""
    names = await services.queries.organisation_names(programme)
    wanted = unaccented(text)
    found = {
        one: name for one, name in names.items() if wanted in unaccented(name) or wanted in one
    }
    return dict(sorted(found.items(), key=lambda one: unaccented(one[1])))


async def _people(services: Services, programme: str, text: str) -> Mapping[str, str]:
    """Return those who take part in a programme whose name, address or id holds a text."""
    found = await services.directory.people(programme, called=text, limit=_SHOWN + 1)
    return {one.id: one.name for one in found}


async def cooperations_called(
    services: Services, programme: str, text: str, limit: int
) -> Mapping[str, str]:
    """Return titles of the cooperations of a programme, by id, in their order.

    Args:
        services: the parts of the platform.
        programme: which one.
        text: only those whose title, territory or id holds it; empty for all.
        limit: at most so many.

    Raises:
        UnavailableError: the database does not answer.
    """
    only = PortfolioFilter(text=text or None)
    now = datetime.now(UTC)
    found = await services.queries.portfolio(programme, now, only=only, limit=limit)
    return {one.slug: one.title for one in found}
