"""What may be asked about all cooperations: a method for each question, and nothing is changed.

A new question of the read model is one more method here, of a line or two.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Final, TypeVar

from coopflow.application.engine import Address
from coopflow.client.means import Means
from coopflow.domain.base import Slug
from coopflow.domain.marks import Person
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.agenda import AgendaItem
from coopflow.readmodel.feed import FeedItem
from coopflow.readmodel.narrowing import EVERYTHING, Order, PortfolioFilter
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Kind
from coopflow.readmodel.views import (
    AnswerView,
    CooperationSummary,
    DefinitionSummary,
    DueView,
    Involvement,
    LevelCount,
    OutboxLine,
    PortfolioCounts,
    PortfolioRow,
    StageTimes,
    TaskView,
    WaitedFor,
    WaitingView,
)
from coopflow.readmodel.waiting import Whom

_PAGE: Final = 100

V = TypeVar("V")


class PlatformQuestions:
    """The questions, as methods.

    What is long comes page by page while one iterates, ``page`` things at a time. A programme that
    is not said is that of the client; without one, all of them. A person who is not said is the one
    who acts; without one it is ``NobodyActsError``. Any may raise ``UnavailableError`` when the
    read model does not answer, and ``NoReadModelError`` when the client has none.
    """

    _means: Means

    @property
    def _queries(self) -> Queries:
        return self._means.reading.queries

    # --- cooperations -----------------------------------------------------------------------------

    def cooperations(
        self,
        *,
        programme: Slug | None = None,
        stage: str | None = None,
        status: str | None = None,
        involving: Person | None = None,
        page: int = _PAGE,
    ) -> AsyncIterator[CooperationSummary]:
        """Yield cooperations by programme, then by id.

        Args:
            programme: only those of this programme.
            stage: only those in this stage.
            status: only those of this status.
            involving: only those in which this person has a part.
            page: how many are read at a time.
        """
        ask = partial(
            self._queries.cooperations,
            programme=self._within(programme),
            stage=stage,
            status=status,
            involving=involving,
            limit=page,
        )
        return _every(ask, attrgetter("address"))

    def portfolio(
        self,
        *,
        programme: Slug | None = None,
        only: PortfolioFilter = EVERYTHING,
        order: Order = "title",
        page: int = _PAGE,
    ) -> AsyncIterator[PortfolioRow]:
        """Yield how the cooperations of a programme stand, by title or in another order.

        Args:
            programme: which one.
            only: what to narrow it to.
            order: by what to put it in order.
            page: how many are read at a time.

        Raises:
            NoProgrammeError: none was named.
        """
        asked = self._asked(self._queries.portfolio, programme, only)
        return _every(partial(asked, order=order, limit=page), attrgetter("place"))

    async def portfolio_counts(
        self, programme: Slug | None = None, *, only: PortfolioFilter = EVERYTHING
    ) -> PortfolioCounts:
        """Count what a portfolio shows, and what each value of a filter would show.

        Raises:
            NoProgrammeError: none was named.
        """
        return await self._asked(self._queries.portfolio_counts, programme, only)()

    async def levels_by_stage(
        self, programme: Slug | None = None, *, only: PortfolioFilter = EVERYTHING
    ) -> tuple[LevelCount, ...]:
        """Count the cooperations of a programme that live, by stage, condition and level.

        Raises:
            NoProgrammeError: none was named.
        """
        return await self._asked(self._queries.levels_by_stage, programme, only)()

    async def stage_times(
        self, programme: Slug | None = None, *, only: PortfolioFilter = EVERYTHING
    ) -> tuple[StageTimes, ...]:
        """Tell how many days cooperations spend in each stage.

        Raises:
            NoProgrammeError: none was named.
        """
        return await self._asked(self._queries.stage_times, programme, only)()

    def dues(
        self,
        begin: datetime,
        end: datetime,
        *,
        programme: Slug | None = None,
        only: PortfolioFilter = EVERYTHING,
        page: int = _PAGE,
    ) -> AsyncIterator[DueView]:
        """Yield what is due in a programme between two instants, soonest first.

        Raises:
            NoProgrammeError: none was named.
        """
        asked = self._asked(self._queries.dues, programme, only)
        return _every(partial(asked, begin=begin, end=end, limit=page), attrgetter("place"))

    def waiting(
        self,
        *,
        programme: Slug | None = None,
        only: PortfolioFilter = EVERYTHING,
        person: Person | None = None,
        organisation: Slug | None = None,
        page: int = _PAGE,
    ) -> AsyncIterator[WaitingView]:
        """Yield what a programme waits for, what has been waiting longest first.

        Args:
            programme: which one.
            only: only in cooperations that such a portfolio shows.
            person: only from this person.
            organisation: only for this organisation.
            page: how many are read at a time.

        Raises:
            NoProgrammeError: none was named.
        """
        asked = self._asked(self._queries.waiting, programme, only)
        whom = {"person": person, "organisation": organisation}
        return _every(partial(asked, **whom, limit=page), attrgetter("waits"))

    async def organisation_names(
        self, organisations: Collection[Slug] | None = None, *, programme: Slug | None = None
    ) -> Mapping[Slug, str]:
        """Return what organisations are called in a programme, by id.

        Args:
            organisations: which ones, 500 at most; None for those that are in support.
            programme: which one; by default that of the application.

        Raises:
            NoProgrammeError: none was named.
        """
        within = self._means.programme_of(programme)
        return await self._queries.organisation_names(within, organisations)

    def waited_for(
        self,
        by: Whom = "person",
        *,
        programme: Slug | None = None,
        only: PortfolioFilter = EVERYTHING,
        page: int = _PAGE,
    ) -> AsyncIterator[WaitedFor]:
        """Yield for whom a programme waits, whom it has been waiting for longest first.

        Raises:
            NoProgrammeError: none was named.
        """
        asked = self._asked(self._queries.waited_for, programme, only)
        return _every(partial(asked, by=by, limit=page), attrgetter("place"))

    def _asked(
        self, ask: Callable[..., Awaitable[V]], programme: Slug | None, only: PortfolioFilter
    ) -> Callable[..., Awaitable[V]]:
        within, now = self._means.programme_of(programme), datetime.now(UTC)
        return partial(ask, within, now, only=only)

    async def find(self, cooperation: Slug) -> tuple[Address, ...]:
        """Return where there are cooperations of an id, in whatever programme."""
        return await self._queries.find(cooperation)

    async def follow(
        self,
        cursor: str | None = None,
        *,
        programme: Slug | None = None,
        types: Collection[str] | None = None,
    ) -> AsyncIterator[FeedItem]:
        """Yield what happens in all cooperations, in one order, and go on waiting for more.

        Args:
            cursor: that of an item, to go on after it; by default what happens from now on.
            programme: only what happens in this programme.
            types: only events of these types.

        Raises:
            FeedCursorError: nothing goes on from this cursor.
        """
        feed, within = self._means.reading.feed, self._within(programme)
        begin = await feed.end() if cursor is None else cursor
        async for item in feed.follow(begin, programme=within, types=types):
            yield item

    async def outbox(self, after: int = 0, limit: int = _PAGE) -> tuple[OutboxLine, ...]:
        """List the notices of all cooperations that wait to be sent, after the line of an id."""
        return await self._queries.outbox(None, after, limit)

    # --- people -----------------------------------------------------------------------------------

    def involvements(
        self, person: Person | None = None, *, programme: Slug | None = None, page: int = _PAGE
    ) -> AsyncIterator[Involvement]:
        """Yield the cooperations in which somebody has a part, with which."""
        who, within = self._means.acting(person), self._within(programme)
        ask = partial(self._queries.cooperations_of, who, programme=within, limit=page)
        return _every(ask, lambda one: Address(one.programme, one.slug))

    async def programmes_of(self, person: Person | None = None) -> tuple[str, ...]:
        """List the programmes in which somebody has a part."""
        return await self._queries.programmes_of(self._means.acting(person))

    def tasks(
        self,
        person: Person | None = None,
        *,
        manages: Collection[Slug] = (),
        programme: Slug | None = None,
        page: int = _PAGE,
    ) -> AsyncIterator[TaskView]:
        """Yield what awaits somebody, soonest deadline first; each says which command would do it.

        Args:
            person: whom it awaits.
            manages: the programmes that they manage, as the caller knows.
            programme: only what is in this programme.
            page: how many are read at a time.
        """
        who, within, now = self._means.acting(person), self._within(programme), datetime.now(UTC)
        ask = partial(self._queries.tasks, who, now, manages=manages, programme=within, limit=page)
        return _every(ask, attrgetter("place"))

    def answers(
        self, person: Person | None = None, *, programme: Slug | None = None, page: int = _PAGE
    ) -> AsyncIterator[AnswerView]:
        """Yield the answers that somebody gave to decisions, the latest first.

        What was chosen in a secret ballot is not told.
        """
        who, within = self._means.acting(person), self._within(programme)
        ask = partial(self._queries.answers, who, programme=within, limit=page)
        return _every(ask, attrgetter("place"))

    async def agenda_of(
        self,
        person: Person | None = None,
        *,
        manages: Collection[Slug] = (),
        programme: Slug | None = None,
    ) -> tuple[AgendaItem, ...]:
        """List what is to come for somebody, soonest first.

        Args:
            person: for whom.
            manages: the programmes that they manage, as the caller knows.
            programme: only what is in this programme.
        """
        who, only = self._means.acting(person), self._within(programme)
        within = None if only is None else [only]
        return await self._queries.agenda_of(who, datetime.now(UTC), manages=manages, within=within)

    # --- lifecycles and policies ------------------------------------------------------------------

    async def definitions(self, kind: Kind | None = None) -> tuple[DefinitionSummary, ...]:
        """List the lifecycles and policies that are followed or were offered, and by how many."""
        return await self._means.reading.registry.all(kind)

    async def definition(self, lifecycle: str, policy: str) -> Definition | None:
        """Return a lifecycle with a policy, each by its ``name@version``, if both are known."""
        return await self._means.reading.registry.definition(lifecycle, policy)

    def _within(self, programme: Slug | None) -> Slug | None:
        return programme or self._means.programme


async def _every(
    ask: Callable[..., Awaitable[tuple[V, ...]]], place: Callable[[V], object]
) -> AsyncIterator[V]:
    """Yield what a question answers, page by page, each after the place of the last one."""
    after: object = None
    while found := await ask(after=after):
        for one in found:
            yield one
        after = place(found[-1])
