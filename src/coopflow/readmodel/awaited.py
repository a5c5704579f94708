"""A read model whose database may be away when a worker starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopflow.application.engine import Address
from coopflow.application.notices import Notice
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.news import News
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.projector import Projector


class AwaitedReadModel:
    """Takes entries and notices as soon as the tables are there; refuses them until then.

    Whoever hands them over keeps what is refused and comes again, as with a database that goes away
    later on. So a worker can carry cooperations on before it has seen its database.
    """

    def __init__(self, database: Database, news: News | None = None) -> None:
        """Write to a database, once it is prepared, and tell of it."""
        self._database = database
        self._news = news
        self._board = Outbox(database)
        self._projector: Projector | None = None

    async def prepare(self) -> None:
        """Bring the tables up to date, and the rows that an earlier version has written.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            LaterTablesError: a later version of coopflow has changed it.
        """
        await migrate(self._database)
        projector = Projector(self._database, news=self._news)
        await projector.refresh()
        self._projector = projector

    def take_as_it_is(self) -> None:
        """Write to tables that are known to be up to date, and leave what they hold as it is."""
        self._projector = Projector(self._database, news=self._news)

    async def apply(
        self,
        programme: str,
        cooperation: str,
        entries: Sequence[Entry],
        definitions: Sequence[Definition] = (),
        imported_to: int = 0,
    ) -> int:
        """Store entries as the projector does.

        Raises:
            DatabaseUnavailableError: the tables are not prepared, or the database does not answer.
        """
        return await self._prepared().apply(
            programme, cooperation, entries, definitions, imported_to
        )

    async def write_ahead(
        self, several: Mapping[Address, Sequence[Entry]]
    ) -> Mapping[Address, int]:
        """Store what plainly follows, as the projector does.

        Raises:
            DatabaseUnavailableError: the tables are not prepared, or the database does not answer.
        """
        return await self._prepared().write_ahead(several)

    async def deliver(self, programme: str, notices: tuple[Notice, ...]) -> None:
        """Keep notices as the outbox does.

        Raises:
            DatabaseUnavailableError: the tables are not prepared, or the database does not answer.
        """
        self._prepared()
        await self._board.deliver(programme, notices)

    def _prepared(self) -> Projector:
        if self._projector is None:
            raise DatabaseUnavailableError(
                self._database.url,
                "its tables are not prepared yet",
                "what is missing is in the log of this worker, which tries again",
            )
        return self._projector
