"""What is taken away of a programme or a cooperation, made as files, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from coopflow.application.access import Extent, Subject
from coopflow.application.callers import Language
from coopflow.application.engine import Address
from coopflow.entrypoints import workbooks
from coopflow.entrypoints.spreadsheets import (
    BOM,
    Speech,
    decisions_sheet,
    indicators_sheet,
    portfolio_sheet,
)
from coopflow.outgoing.called import Namer
from coopflow.papers.about import Reader
from coopflow.papers.making import PAPER_KINDS, Wanted
from coopflow.readmodel.narrowing import EVERYTHING, PortfolioFilter
from coopflow.readmodel.views import DecisionView, PortfolioPlace, PortfolioRow
from coopflow.requests.files import Ordered
from coopflow.requests.operations import Progress
from coopflow.services import Services
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases

Format = Literal["csv", "xlsx"]

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": workbooks.MEDIA_TYPE,
    "pdf": "application/pdf",
}

_AT_ONCE: Final = 200
_VALUES: Final = 1000


class Made(NamedTuple):
    """A file that was made: its name, what it is, and what is in it."""

    name: str
    media_type: str
    content: bytes


class Come:
    """How far something has come, while it goes on."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.done = 0
        self.total: int | None = None

    def told(self, done: int, total: int) -> None:
        """Take note of how much of how much is done."""
        self.done, self.total = done, total

    def progress(self) -> Progress:
        """Say how far it has come."""
        return Progress(done=self.done, total=self.total)


SUBJECTS: Final[Mapping[str, Subject]] = {
    "decisions": "decisions",
    "indicators": "measures",
    "identity_sheet": "documents",
    "charter": "documents",
    "journal": "journal",
    "gate": "gates",
    "report": "gates",
}
"""What somebody must be allowed to read who asks for what is made of a cooperation."""


async def make(
    services: Services, ordered: Ordered, come: Come, only: PortfolioFilter = EVERYTHING
) -> Made:
    """Make a file of what was ordered.

    Args:
        services: the parts of the platform.
        ordered: what it is made of.
        come: is told how far it is.
        only: what a portfolio is narrowed to.

    Raises:
        UnknownCooperationError: there is no such cooperation any more.
        NoSuchPaperError: there is nothing to make a paper of.
        UnavailableError: the database does not answer.
        OverflowError: there are more rows than a workbook holds.
    """
    form: Format = "csv" if ordered.form == "csv" else "xlsx"
    language = ordered.language
    if ordered.cooperation is None:
        programme = ordered.programme
        return await portfolio(services, programme, form, language, only=only, come=come)
    address = Address(ordered.programme, ordered.cooperation)
    if ordered.kind == "decisions":
        extent = ordered.extents["decisions"]
        return await decisions(services, address, extent, form, language)
    if ordered.kind == "indicators":
        return await indicators(services, address, form, language)
    named, _, about = ordered.kind.partition(":")
    kind = next(one for one in PAPER_KINDS if one == named)
    year = int(about) if kind == "report" and about else None
    gate = about if kind == "gate" else ""
    wanted = Wanted(kind, Reader(ordered.extents), language, gate=gate, year=year)
    content = await services.papers.make(address, wanted, come.told)
    words = ordered.kind.replace("_", "-").replace(":", "-")
    name = f"{address.cooperation}-{words}.pdf"
    return Made(name, MEDIA_TYPES["pdf"], content)


async def portfolio(  # noqa: PLR0913 - of what, for whom, and how far it is
    services: Services,
    programme: str,
    form: Format,
    language: Language,
    *,
    only: PortfolioFilter = EVERYTHING,
    come: Come | None = None,
    bom: bool = False,
) -> Made:
    """Make the portfolio of a programme, or what it is narrowed to: one row each, by title.

    Raises:
        UnavailableError: the database does not answer.
        OverflowError: there are more cooperations than a workbook holds.
    """
    come = come or Come()
    now = datetime.now(UTC)
    counts = await services.queries.portfolio_counts(programme, now, only=only)
    come.total = counts.total
    called: dict[str, str] = {}
    pages = _pages(services, programme, now, only, come, called)
    name = f"{programme}-portfolio"
    if form == "csv":
        rows = [row async for page in pages for row in page]
        text = await asyncio.to_thread(portfolio_sheet, rows, language, called)
        return _csv(name, text, bom=bom)
    rules = await services.queries.rulebooks.commonest(programme, counts)
    say = Phrases(language, services.papers.zone)
    names = Names(rules, say)
    levels = await services.queries.levels_by_stage(programme, now, only=only, closed=True)
    conditions = names.ordered(sorted({one.condition for one in levels}))
    book = workbooks.portfolio_book(conditions, Speech(say, names, called))
    async for page in pages:
        await asyncio.to_thread(book.add, page)
    content = await asyncio.to_thread(book.finished)
    return Made(f"{name}.xlsx", MEDIA_TYPES["xlsx"], content)


async def _pages(  # noqa: PLR0913, PLR0917 - as above
    services: Services,
    programme: str,
    now: datetime,
    only: PortfolioFilter,
    come: Come,
    called: dict[str, str],
) -> AsyncIterator[Sequence[PortfolioRow]]:
    """Yield the rows, and learn what the organisations in support are called."""
    after: PortfolioPlace | None = None
    ask = services.queries.portfolio
    while page := await ask(programme, now, only=only, after=after, limit=_AT_ONCE):
        after = page[-1].place
        come.done += len(page)
        unknown = {one.mandate_holder for one in page if one.mandate_holder} - called.keys()
        called |= await services.queries.organisation_names(programme, unknown)
        yield page


async def decisions(  # noqa: PLR0913 - as above
    services: Services,
    address: Address,
    extent: Extent,
    form: Format,
    language: Language,
    *,
    bom: bool = False,
) -> Made:
    """Make the register of decisions: one row for each, in the order of opening.

    Args:
        services: who is asked.
        address: whose.
        extent: how much of it whoever asks may read.
        form: as what.
        language: of the headers and the arithmetic.
        bom: whether a CSV begins with a mark by which some spreadsheets know UTF-8.

    Raises:
        UnavailableError: the database does not answer.
    """
    found: list[DecisionView] = [
        one
        for one in await services.queries.decisions(address)
        if extent == "all" or one.closed_at is not None
    ]
    name = f"{address.cooperation}-decisions"
    if form == "csv":
        return _csv(name, decisions_sheet(found, language), bom=bom)
    say = Phrases(language, services.papers.zone)
    namer = Namer(services.queries, say)
    subjects = {one.subject: await namer.said(address, one.subject) for one in found}
    speech = Speech(say, Names(None, say), subjects=subjects)
    content = await asyncio.to_thread(workbooks.decisions_book, found, speech)
    return Made(f"{name}.xlsx", MEDIA_TYPES["xlsx"], content)


async def indicators(
    services: Services, address: Address, form: Format, language: Language, *, bom: bool = False
) -> Made:
    """Make the indicators: one row for each value, the latest first.

    Raises:
        UnavailableError: the database does not answer.
    """
    found = await services.queries.measures(address, datetime.now(UTC), values=_VALUES)
    name = f"{address.cooperation}-indicators"
    if form == "csv":
        return _csv(name, indicators_sheet(found, language), bom=bom)
    say = Phrases(language, services.papers.zone)
    members = (await services.queries.members_at([address])).get(address, {})
    speech = Speech(say, Names(None, say), members)
    content = await asyncio.to_thread(workbooks.indicators_book, found, speech)
    return Made(f"{name}.xlsx", MEDIA_TYPES["xlsx"], content)


def _csv(name: str, sheet: str, *, bom: bool) -> Made:
    return Made(f"{name}.csv", MEDIA_TYPES["csv"], ((BOM if bom else "") + sheet).encode())
