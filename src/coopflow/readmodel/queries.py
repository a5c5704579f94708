"""Questions to the read model. Nothing that they answer tells a secret choice or sealed content."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.base import Shape
from coopflow.domain.redaction import sealed
from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import (
    AlertRow,
    Base,
    CooperationRow,
    DecisionRow,
    DisagreementRow,
    DocumentRow,
    JournalRow,
    MeetingRow,
    MemberRow,
    OutboxRow,
    ReviewRow,
)
from coopflow.readmodel.views import (
    AlertView,
    CooperationDetail,
    CooperationSummary,
    DecisionView,
    DisagreementView,
    DocumentDetail,
    DocumentSummary,
    JournalLine,
    MeetingView,
    MemberView,
    OutboxLine,
    ReviewView,
)

_PAGE: Final = 100
_URGENCY: Final = case({"red": 0, "amber": 1}, value=AlertRow.severity, else_=2)

V = TypeVar("V", bound=Shape)


class Queries:
    """Answers questions from the database.

    Every question may raise DatabaseUnavailableError. Lists about a cooperation that is not there
    are empty.
    """

    def __init__(self, database: Database) -> None:
        """Ask a database."""
        self._database = database

    async def cooperations(
        self,
        *,
        programme: str | None = None,
        stage: str | None = None,
        status: str | None = None,
        after: Address | None = None,
        limit: int = _PAGE,
    ) -> tuple[CooperationSummary, ...]:
        """List cooperations by programme, then by id.

        Args:
            programme: only those of this programme.
            stage: only those in this stage.
            status: only those of this status.
            after: only those that follow this address: that of the last one on the page before.
            limit: at most so many.
        """
        query = _select(CooperationSummary, CooperationRow)
        wanted = {"programme": programme, "stage": stage, "status": status}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(getattr(CooperationRow, name) == value)
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
        query = _select(CooperationDetail, CooperationRow, address)
        for found in await self._many(CooperationDetail, query):
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
        self, address: Address, after: int = 0, limit: int = _PAGE
    ) -> tuple[JournalLine, ...]:
        """Return a page of the journal: at most ``limit`` entries after that of a number."""
        query = (
            select(
                *(
                    getattr(JournalRow, name)
                    for name in JournalLine.model_fields
                    if name != "redacted"
                )
            )
            .where(JournalRow.cooperation_id == str(address), JournalRow.seq > after)
            .order_by(JournalRow.seq)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            secret = await _secret_decisions(connection, address)
            rows = (await connection.execute(query)).mappings()
            return tuple(_line(dict(row), secret) for row in rows)

    async def members(self, address: Address) -> tuple[MemberView, ...]:
        """List the organisations by id, also those that have left."""
        query = _select(MemberView, MemberRow, address).order_by(MemberRow.id)
        return await self._many(MemberView, query)

    async def documents(self, address: Address) -> tuple[DocumentSummary, ...]:
        """List all versions of all documents, without content."""
        query = _select(DocumentSummary, DocumentRow, address)
        query = query.order_by(DocumentRow.kind, DocumentRow.version)
        return await self._many(DocumentSummary, query)

    async def document(self, address: Address, kind: str, version: int) -> DocumentDetail | None:
        """Return a version of a document with its content, if there is one."""
        query = _select(DocumentDetail, DocumentRow, address)
        query = query.where(DocumentRow.kind == kind, DocumentRow.version == version)
        return next(iter(await self._many(DocumentDetail, query)), None)

    async def decisions(self, address: Address) -> tuple[DecisionView, ...]:
        """List the decisions in the order in which they were opened."""
        query = _select(DecisionView, DecisionRow, address)
        query = query.order_by(DecisionRow.opened_at, DecisionRow.id)
        return await self._many(DecisionView, query)

    async def meetings(self, address: Address) -> tuple[MeetingView, ...]:
        """List the meetings in the order in which they were held."""
        query = _select(MeetingView, MeetingRow, address)
        query = query.order_by(MeetingRow.held_at, MeetingRow.id)
        return await self._many(MeetingView, query)

    async def reviews(self, address: Address) -> tuple[ReviewView, ...]:
        """List the reviews in the order in which they were opened."""
        query = _select(ReviewView, ReviewRow, address)
        query = query.order_by(ReviewRow.opened_at, ReviewRow.id)
        return await self._many(ReviewView, query)

    async def disagreements(self, address: Address) -> tuple[DisagreementView, ...]:
        """List the disagreements in the order in which they were raised."""
        query = _select(DisagreementView, DisagreementRow, address)
        query = query.order_by(DisagreementRow.raised_at, DisagreementRow.id)
        return await self._many(DisagreementView, query)

    async def alerts(self, address: Address) -> tuple[AlertView, ...]:
        """List the alerts that stand, the most urgent first, then the oldest."""
        query = _select(AlertView, AlertRow, address)
        query = query.order_by(_URGENCY, AlertRow.since, AlertRow.code, AlertRow.about)
        return await self._many(AlertView, query)

    async def outbox(
        self, address: Address | None = None, after: int = 0, limit: int = _PAGE
    ) -> tuple[OutboxLine, ...]:
        """List notices in the order in which they came, those after the line of an id."""
        query = _select(OutboxLine, OutboxRow, address)
        query = query.where(OutboxRow.id > after).order_by(OutboxRow.id).limit(limit)
        return await self._many(OutboxLine, query)

    async def _many(self, view: type[V], query: Select[Any]) -> tuple[V, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(view.model_validate(dict(row)) for row in rows)


def _select(view: type[Shape], table: type[Base], address: Address | None = None) -> Select[Any]:
    query: Select[Any] = select(*(getattr(table, name) for name in view.model_fields))
    if address is None:
        return query
    mine: ColumnElement[bool] = table.__table__.c.cooperation_id == str(address)
    return query.where(mine)


async def _secret_decisions(connection: AsyncConnection, address: Address) -> frozenset[str]:
    found = await connection.execute(
        select(DecisionRow.id).where(
            DecisionRow.cooperation_id == str(address), DecisionRow.secret.is_(True)
        )
    )
    return frozenset(found.scalars())


def _line(row: dict[str, Any], secret: frozenset[str]) -> JournalLine:
    hidden = sealed(row["type"], row["data"], secret)
    shown = {name: value for name, value in row["data"].items() if name not in hidden}
    return JournalLine.model_validate(row | {"data": shown, "redacted": hidden})
