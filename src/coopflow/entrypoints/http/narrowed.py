"""What a portfolio is narrowed to, in the words of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from coopflow.entrypoints.http.filters import read_filters
from coopflow.readmodel.narrowing import LIVING_ONLY, PortfolioFilter
from coopflow.readmodel.registry import Kind
from coopflow.services import Services
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases

_LONGEST: Final = 60


async def in_words(
    services: Services,
    programme: str,
    told: Mapping[str, str],
    say: Phrases,
    *,
    names_people: bool = True,
) -> str:
    """Return what a portfolio is narrowed to, as people say it; empty for nothing.

    Args:
        services: the parts of the platform.
        programme: of which programme.
        told: the filters, as a query says them.
        say: the language.
        names_people: whether it says who facilitates; what is kept must not.

    Raises:
        UnavailableError: the database does not answer.
    """
    narrowed = _Narrowed(services, programme, read_filters(told), say)
    words = [await narrowed.said(name, names_people=names_people) for name in told]
    return (" ; " if say.language == "fr" else "; ").join(words)


class _Narrowed:
    """Says what filters are, each by its name."""

    def __init__(
        self, services: Services, programme: str, only: PortfolioFilter, say: Phrases
    ) -> None:
        self._services, self._programme, self._only, self._say = services, programme, only, say

    async def said(self, name: str, *, names_people: bool) -> str:
        """Say one of them."""
        say, only = self._say, self._only
        if name == "disagreements":
            return say(f"narrowed.{'with' if only.disagreements else 'without'}_disagreements")
        if name == "facilitator" and not names_people:
            return say("narrowed.one_facilitator")
        value = _brief(await self._value(name))
        level = only.below.level if only.below else None
        return say(f"narrowed.{name}", value=value, level=level)

    async def _value(self, name: str) -> str:
        value, say = getattr(self._only, name), self._say
        found = str(value)
        match name:
            case "stage":
                found = (await self._names()).stage(value)
            case "below":
                found = (await self._names()).condition(value.condition).label
            case "status":
                found = say("narrowed.living" if value == LIVING_ONLY else f"status.{value}")
            case "lifecycle" | "policy":
                found = await self._title(name, value)
            case "holder":
                called = await self._services.queries.organisation_names(self._programme, [value])
                found = called.get(value, value)
            case "facilitator":
                known = await self._services.directory.people_by_id([value])
                found = known[value].name if value in known else value
            case "severity":
                found = say(f"urgency.{value}")
            case "alert":
                found = say(f"alert.{value}")
            case "stuck_days" | "due_days":
                found = say.count(value, "day")
        return found

    async def _names(self) -> Names:
        """Return what stages and conditions are called by what most of them follow."""
        queries, now = self._services.queries, datetime.now(UTC)
        follow = PortfolioFilter(lifecycle=self._only.lifecycle, policy=self._only.policy)
        counts = await queries.portfolio_counts(self._programme, now, only=follow)
        rules = await queries.rulebooks.commonest(self._programme, counts)
        return Names(rules, self._say)

    async def _title(self, kind: Kind, name: str) -> str:
        labels = await self._services.queries.rulebooks.labels(self._programme, kind, [name])
        if name not in labels:
            return name
        version = name.rpartition("@")[2]
        return self._say("narrowed.version", title=self._say.label(labels[name]), version=version)


def _brief(text: str) -> str:
    """Return a text on one line, and no longer than names are."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
