"""What may be asked about one cooperation: a method for each question, and nothing is changed.

A new question of the read model is one more method here, of one line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Final, TypeVar

from coopflow.application.engine import Address
from coopflow.application.gate_check import check_gate
from coopflow.application.impact import Impact, impact_on
from coopflow.application.outlook import forecast, told
from coopflow.client.means import Means
from coopflow.client.refusals import RefusedError
from coopflow.definitions.compile import compile_definition, compile_family
from coopflow.domain.calendar import add_months
from coopflow.domain.cooperation import Upcoming
from coopflow.domain.explanation import Examination
from coopflow.domain.marks import Person
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import Kind
from coopflow.readmodel.agenda import AgendaItem
from coopflow.readmodel.feed import FeedItem
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import (
    AlertView,
    CooperationDetail,
    DecisionView,
    DisagreementContent,
    DisagreementView,
    DocumentDetail,
    DocumentDifference,
    DocumentSummary,
    IndicatorView,
    JournalLine,
    LevelsSince,
    MeetingView,
    MemberView,
    OutboxLine,
    ReviewView,
    RoleView,
)

_PAGE: Final = 100
_VALUES: Final = 24
_FORESEEN_MONTHS: Final = 24

V = TypeVar("V")


class CooperationQuestions(ABC):
    """The questions, as methods.

    Those about what is listed and counted go to the read model, which follows within moments:
    ``caught_up`` waits for it. Those about states, gates and what is to come go to the engine.
    Any may raise ``UnknownCooperationError``, and ``UnavailableError`` when what it asks does not
    answer; those of the read model ``NoReadModelError`` when the client has none.
    """

    _means: Means

    @abstractmethod
    async def address(self) -> Address:
        """Return where the cooperation is found."""

    # --- the read model ---------------------------------------------------------------------------

    @property
    def _queries(self) -> Queries:
        return self._means.reading.queries

    async def detail(self) -> CooperationDetail:
        """Return the cooperation as a page shows it: stage, levels, clocks, verdict, mandate."""
        return await self._queries.cooperation(await self.address())

    async def members(self) -> tuple[MemberView, ...]:
        """List the organisations by id, also those that have left."""
        return await self._queries.members(await self.address())

    async def documents(self) -> tuple[DocumentSummary, ...]:
        """List all versions of all documents, without content."""
        return await self._queries.documents(await self.address())

    async def document(self, kind: Kind, version: int) -> DocumentDetail | None:
        """Return a version of a document with its content, if there is one."""
        return await self._queries.document(await self.address(), kind, version)

    async def document_difference(
        self, kind: Kind, earlier: int, later: int
    ) -> DocumentDifference | None:
        """Return what differs between two versions of a document, if there are both."""
        address = await self.address()
        return await self._queries.document_difference(address, kind, earlier, later)

    async def decisions(self) -> tuple[DecisionView, ...]:
        """List the decisions in the order in which they were opened."""
        return await self._queries.decisions(await self.address())

    async def meetings(self) -> tuple[MeetingView, ...]:
        """List the meetings in the order in which they were held."""
        return await self._queries.meetings(await self.address())

    async def reviews(self) -> tuple[ReviewView, ...]:
        """List the reviews in the order in which they were opened."""
        return await self._queries.reviews(await self.address())

    async def measures(self, values: int = _VALUES) -> tuple[IndicatorView, ...]:
        """List the indicators of the value chain that counts, by id, with their latest values.

        Args:
            values: at most so many values of each.
        """
        address, now = await self.address(), datetime.now(UTC)
        return await self._queries.measures(address, now, values=values)

    async def levels_over_time(self) -> tuple[LevelsSince, ...]:
        """List the levels of all conditions with their beginnings, oldest first."""
        return await self._queries.levels_over_time(await self.address())

    async def disagreements(self) -> tuple[DisagreementView, ...]:
        """List the disagreements in the order in which they were raised, as everyone sees them."""
        return await self._queries.disagreements(await self.address())

    async def disagreement(self, disagreement: str) -> DisagreementView:
        """Return a disagreement as everyone may see it.

        Raises:
            UnknownDisagreementError: there is none by this id.
        """
        return _found(await self._queries.disagreement(await self.address(), disagreement))

    async def disagreement_content(
        self, disagreement: str, reader: Person | None = None
    ) -> DisagreementContent:
        """Return a disagreement with what is sealed of it, if it is for the reader at present.

        Args:
            disagreement: its id.
            reader: who wants to read, by default the person of the client; that it is they is for
                the caller to know.

        Raises:
            UnknownDisagreementError: there is none by this id.
            ForbiddenError: it is not for them; ``facts`` name the readers that there are.
            NobodyActsError: nobody was named.
            KeysError: the keys are missing.
        """
        who = self._means.acting(reader)
        address = await self.address()
        return _found(await self._queries.disagreement_content(address, disagreement, who))

    async def roles(self, person: Person | None = None) -> frozenset[str]:
        """Return the roles that somebody holds in the cooperation, by default who acts.

        What they are granted outside of it is not among them.

        Raises:
            NobodyActsError: nobody was named.
        """
        return await self._queries.roles(await self.address(), self._means.acting(person))

    async def holders(self) -> tuple[RoleView, ...]:
        """List who holds which role, by role, then by what it is about."""
        return await self._queries.holders(await self.address())

    async def agenda(self) -> tuple[AgendaItem, ...]:
        """List what is to come, soonest first: closings, meetings, expiries, actions, clocks."""
        return await self._queries.agenda(await self.address())

    async def alerts(self) -> tuple[AlertView, ...]:
        """List the alerts that stand, the most urgent first, then the oldest."""
        return await self._queries.alerts(await self.address())

    async def outbox(self, after: int = 0, limit: int = _PAGE) -> tuple[OutboxLine, ...]:
        """List the notices that wait to be sent, those after the line of an id."""
        return await self._queries.outbox(await self.address(), after, limit)

    async def journal(self, after: int = 0, page: int = _PAGE) -> AsyncIterator[JournalLine]:
        """Yield the entries of the journal in order; what is not for everyone is left out.

        Args:
            after: begin after the entry of this number.
            page: how many are read at a time.
        """
        address = await self.address()
        while lines := await self._queries.journal(address, after, page):
            for line in lines:
                yield line
            after = lines[-1].seq

    async def follow(
        self, cursor: str | None = None, *, types: Collection[str] | None = None
    ) -> AsyncIterator[FeedItem]:
        """Yield what happens in the cooperation, and go on waiting for more.

        Args:
            cursor: that of an item, to go on after it; by default what happens from now on.
            types: only events of these types.

        Raises:
            FeedCursorError: nothing goes on from this cursor.
        """
        address, feed = await self.address(), self._means.reading.feed
        begin = await feed.end() if cursor is None else cursor
        async for item in feed.follow(begin, address=address, types=types):
            yield item

    async def caught_up(self, seq: int | None = None) -> None:
        """Wait until the read model has all entries up to a number, by default all there are now.

        Raises:
            BehindError: it has not within the patience of the client.
        """
        address = await self.address()
        if seq is None:
            seq = (await self._means.engine.state(address)).seq
        await self._means.caught_up(address, seq)

    # --- the engine -------------------------------------------------------------------------------

    async def state(self, at: datetime | None = None) -> Cooperation:
        """Return all that the cooperation is, was, or will be at an instant if nobody acts.

        It holds secret choices and sealed words: work things out from it, and do not show it.

        Args:
            at: the instant, with a time zone; by default the latest that was told.

        Returns:
            The state; before it was opened, one whose status is ``unopened``.
        """
        address = await self.address()
        state = await self._means.engine.state(address)
        if at is None:
            return state
        if state.as_of is None or at >= state.as_of:
            return told(state, at, await self.rules())
        await self._means.caught_up(address, state.seq)  # what is not there yet did not happen
        return await self._means.reading.history.state(address, at)

    async def definitions(self) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since."""
        return await self._means.engine.definitions(await self.address())

    async def rules(self) -> Rulebook:
        """Return the rulebook that the cooperation follows, to work things out with its state."""
        return compile_family(*await self.definitions())

    async def check_gate(self, gate: str, at: datetime | None = None) -> Examination:
        """Check a gate, with an explanation: what is met, what was read, what remedies the rest.

        Args:
            gate: its id.
            at: the instant, past or to come; by default now.

        Raises:
            UnknownGateError: the lifecycle has no such gate.
            WrongStateError: there was no cooperation then.
        """
        if at is None:
            return _found(await self._means.engine.check_gate(await self.address(), gate))
        state = await self._open_at(at)
        return _found(check_gate(state, gate, at, await self.rules()))

    async def forecast(
        self, *, until: datetime | None = None, after: datetime | None = None
    ) -> tuple[Upcoming, ...]:
        """Return what will happen by itself if nobody acts, in order.

        Args:
            until: the last instant to look at; by default two years on.
            after: the instant to look ahead from; by default now.
        """
        state = await self.state()
        after = after or self._means.now(state)
        until = until or add_months(after, _FORESEEN_MONTHS)
        return tuple(forecast(state, after, until, await self.rules()))

    async def impact(self, definition: Definition, at: datetime | None = None) -> Impact:
        """Return what following another policy would change, all else as it is.

        Args:
            definition: the policy, with the lifecycle of the cooperation.
            at: the instant, past or to come; by default now.

        Raises:
            WrongStateError: there was no cooperation then.
        """
        state = await self._open_at(at)
        return impact_on(state, at or self._means.now(state), compile_definition(definition))

    async def _open_at(self, at: datetime | None) -> Cooperation:
        """Return the state at an instant.

        Raises:
            WrongStateError: there was no cooperation then.
        """
        state = await self.state(at)
        if state.status == "unopened":
            message = f"the cooperation was not open yet at {at}"
            raise RefusedError.of(Refusal(code="wrong_state", message=message))
        return state


def _found(answer: V | Refusal) -> V:
    if isinstance(answer, Refusal):
        raise RefusedError.of(answer)
    return answer
