"""Questions to the read model.

Nothing that they answer tells a secret choice, and sealed content only to whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import bindparam, case, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.differences import differences
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.disagreements import (
    READERS,
    DisagreementClosed,
    DisagreementRaised,
    MediationEnded,
    may_read_content,
    may_read_settlement,
)
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Disagreement
from coopflow.readmodel.agenda import Agendas
from coopflow.readmodel.asking import PAGE, columns_of
from coopflow.readmodel.course import Courses
from coopflow.readmodel.disclosure import LINE_COLUMNS, lines
from coopflow.readmodel.journal import read_about
from coopflow.readmodel.measuring import Measurements
from coopflow.readmodel.migrate import is_current
from coopflow.readmodel.portfolio import Portfolios
from coopflow.readmodel.projector import projected_state
from coopflow.readmodel.tables import (
    AlertRow,
    CooperationRow,
    DecisionRow,
    DisagreementRow,
    DocumentRow,
    JournalRow,
    MeetingRow,
    MemberRow,
    OutboxRow,
    ReviewRow,
    RoleRow,
)
from coopflow.readmodel.views import (
    AgreedText,
    AlertView,
    CooperationDetail,
    CooperationSummary,
    DecisionView,
    DisagreementContent,
    DisagreementView,
    DocumentDetail,
    DocumentDifference,
    DocumentSummary,
    JournalLine,
    MeetingView,
    MemberView,
    OutboxLine,
    ReviewView,
)

# Made once: making a statement takes as long as asking for few rows.
_LINES: Final = (
    select(*LINE_COLUMNS)
    .where(
        JournalRow.cooperation_id == bindparam("cooperation"), JournalRow.seq > bindparam("after")
    )
    .order_by(JournalRow.seq)
    .limit(bindparam("limit"))
)
_URGENCY: Final = case({"red": 0, "amber": 1}, value=AlertRow.severity, else_=2)


class Queries(Agendas, Courses, Measurements, Portfolios):
    """Answers questions from the database.

    Every question may raise DatabaseUnavailableError. Lists about a cooperation that is not there
    are empty.
    """

    async def cooperations(  # noqa: PLR0913 - what may be asked
        self,
        *,
        programme: str | None = None,
        stage: str | None = None,
        status: str | None = None,
        involving: str | None = None,
        after: Address | None = None,
        limit: int = PAGE,
    ) -> tuple[CooperationSummary, ...]:
        """List cooperations by programme, then by id.

        Args:
            programme: only those of this programme.
            stage: only those in this stage.
            status: only those of this status.
            involving: only those in which this person has a part.
            after: only those that follow this address: that of the last one on the page before.
            limit: at most so many.
        """
        query = columns_of(CooperationSummary, CooperationRow)
        wanted = {"programme": programme, "stage": stage, "status": status}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(getattr(CooperationRow, name) == value)
        if involving is not None:
            theirs = select(RoleRow.cooperation_id).where(RoleRow.person == involving)
            query = query.where(CooperationRow.cooperation_id.in_(theirs))
        place = tuple_(CooperationRow.programme, CooperationRow.slug)
        if after is not None:
            query = query.where(place > after)
        query = query.order_by(CooperationRow.programme, CooperationRow.slug).limit(limit)
        return await self._many(CooperationSummary, query)

    async def cooperation(self, address: Address) -> CooperationDetail:
        """Return one cooperation.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        for found in await self._of(address, CooperationDetail, CooperationRow):
            return found
        raise UnknownCooperationError(address)

    async def find(self, slug: str) -> tuple[Address, ...]:
        """Return the cooperations of that id, of whatever programme."""
        query = (
            select(CooperationRow.programme, CooperationRow.slug)
            .where(CooperationRow.slug == slug)
            .order_by(CooperationRow.programme)
        )
        async with self._database.reading() as connection:
            return tuple(Address(*row) for row in await connection.execute(query))

    async def journal(
        self, address: Address, after: int = 0, limit: int = PAGE
    ) -> tuple[JournalLine, ...]:
        """Return a page of the journal: at most ``limit`` entries after that of a number.

        Without the keys nothing is shown of what may be kept back.
        """
        which = {"cooperation": str(address), "after": after, "limit": limit}
        async with self._database.reading() as connection:
            rows = (await connection.execute(_LINES, which)).mappings()
            return await lines(connection, address, map(dict, rows))

    async def members(self, address: Address) -> tuple[MemberView, ...]:
        """List the organisations by id, also those that have left."""
        return await self._of(address, MemberView, MemberRow, "id")

    async def documents(self, address: Address) -> tuple[DocumentSummary, ...]:
        """List all versions of all documents, without content."""
        return await self._of(address, DocumentSummary, DocumentRow, "kind", "version")

    async def document(self, address: Address, kind: str, version: int) -> DocumentDetail | None:
        """Return a version of a document with its content, if there is one."""
        query = columns_of(DocumentDetail, DocumentRow, address)
        query = query.where(DocumentRow.kind == kind, DocumentRow.version == version)
        return next(iter(await self._many(DocumentDetail, query)), None)

    async def document_difference(
        self, address: Address, kind: str, earlier: int, later: int
    ) -> DocumentDifference | None:
        """Return what differs between two versions of a document, if there are both."""
        query = select(DocumentRow.version, DocumentRow.content).where(
            DocumentRow.cooperation_id == str(address),
            DocumentRow.kind == kind,
            DocumentRow.version.in_([earlier, later]),
        )
        async with self._database.reading() as connection:
            found = {row.version: row.content for row in await connection.execute(query)}
        if not {earlier, later} <= found.keys():
            return None
        return DocumentDifference(
            kind=kind,
            earlier=earlier,
            later=later,
            differences=differences(found[earlier], found[later]),
        )

    async def decisions(self, address: Address) -> tuple[DecisionView, ...]:
        """List the decisions in the order in which they were opened."""
        return await self._of(address, DecisionView, DecisionRow, "opened_at", "id")

    async def meetings(self, address: Address) -> tuple[MeetingView, ...]:
        """List the meetings in the order in which they were held."""
        return await self._of(address, MeetingView, MeetingRow, "held_at", "id")

    async def reviews(self, address: Address) -> tuple[ReviewView, ...]:
        """List the reviews in the order in which they were opened."""
        return await self._of(address, ReviewView, ReviewRow, "opened_at", "id")

    async def disagreements(self, address: Address) -> tuple[DisagreementView, ...]:
        """List the disagreements in the order in which they were raised."""
        return await self._of(address, DisagreementView, DisagreementRow, "raised_at", "id")

    async def disagreement(self, address: Address, disagreement: str) -> DisagreementView | Refusal:
        """Return a disagreement as everyone may see it, or refuse: ``unknown_disagreement``."""
        async with self._database.reading() as connection:
            return await _disagreement(connection, address, disagreement)

    async def disagreement_content(
        self, address: Address, disagreement: str, person: str
    ) -> DisagreementContent | Refusal:
        """Return a disagreement with what is sealed of it, to whom may read that at present.

        Args:
            address: of its cooperation.
            disagreement: its id.
            person: who wants to read; that it is they is for the caller to know.

        Returns:
            The content; or a refusal: ``unknown_disagreement``, or ``forbidden`` with the state and
            the ``readers`` that there are in it.

        Raises:
            KeysError: the keys are missing.
            BrokenSealError: it was changed in the database.
        """
        async with self._database.reading() as connection:
            view = await _disagreement(connection, address, disagreement)
            if isinstance(view, Refusal):
                return view
            state = await projected_state(connection, address)
            one = state.disagreements.get(disagreement) or _known(view)
            if not may_read_content(one, state, person):
                return _sealed(one, person)
            events = await read_about(connection, address, disagreement)
        found = _content(events, settled=may_read_settlement(one, state, person))
        return DisagreementContent.model_validate(view.model_dump() | found)

    async def alerts(self, address: Address) -> tuple[AlertView, ...]:
        """List the alerts that stand, the most urgent first, then the oldest."""
        query = columns_of(AlertView, AlertRow, address)
        query = query.order_by(_URGENCY, AlertRow.since, AlertRow.code, AlertRow.about)
        return await self._many(AlertView, query)

    async def outbox(
        self, address: Address | None = None, after: int = 0, limit: int = PAGE
    ) -> tuple[OutboxLine, ...]:
        """List notices in the order in which they came, those after the line of an id."""
        query = columns_of(OutboxLine, OutboxRow, address)
        query = query.where(OutboxRow.id > after).order_by(OutboxRow.id).limit(limit)
        return await self._many(OutboxLine, query)

    async def is_current(self) -> bool:
        """Whether the tables are there, and of this version.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        return await is_current(self._database)


async def _disagreement(
    connection: AsyncConnection, address: Address, disagreement: str
) -> DisagreementView | Refusal:
    query = columns_of(DisagreementView, DisagreementRow, address)
    query = query.where(DisagreementRow.id == disagreement)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        message = f"there is no disagreement {disagreement} in {address}"
        return Refusal(
            code="unknown_disagreement", message=message, facts={"disagreement": disagreement}
        )
    return DisagreementView.model_validate(dict(row))


def _known(view: DisagreementView) -> Disagreement:
    """Return a disagreement that the state has let go, by its row."""
    kept = {name: getattr(view, name) for name in Disagreement.model_fields if hasattr(view, name)}
    return Disagreement(**kept)


def _sealed(one: Disagreement, person: str) -> Refusal:
    readers = READERS[one.state]
    said = " and ".join(f"the {reader}" for reader in readers)
    return Refusal(
        code="forbidden",
        message=f"{person} may not read the content of {one.id}: in {one.state} it is for {said}",
        facts={"disagreement": one.id, "state": one.state, "readers": list(readers)},
    )


def _content(entries: Iterable[Entry], *, settled: bool) -> dict[str, Any]:
    """Return what is sealed of a disagreement, with or without what the parties settled on."""
    content = ""
    agreed: list[AgreedText] = []
    for entry in entries:
        event, outcome, text = entry.event, "", None
        if isinstance(event, DisagreementRaised):
            content = event.content
        elif isinstance(event, DisagreementClosed) and (settled or event.outcome != "settled"):
            outcome, text = event.outcome, event.agreed_text
        elif isinstance(event, MediationEnded):
            outcome, text = event.reason, event.agreed_text
        if text is not None:
            agreed.append(AgreedText(seq=entry.seq, at=entry.at, outcome=outcome, text=text))
    return {"content": content, "agreed": agreed}
