"""What is asked of the read model, and what is taken out of it and compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coopflow.application.engine import UnavailableError
from coopflow.bootstrap.engines import connected_engine
from coopflow.bootstrap.entering import access_over
from coopflow.bootstrap.parts import as_it_is, seals_of
from coopflow.settings import Settings

if TYPE_CHECKING:
    from coopflow.application.erasing import Eraser
    from coopflow.application.verification import Lag, Verifier
    from coopflow.directory.directory import Directory
    from coopflow.papers.making import Papers
    from coopflow.readmodel.people import People
    from coopflow.readmodel.queries import Queries
    from coopflow.readmodel.reading import Reading
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.temporal.transfer import WholeWorkflows


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Reading]:
    """Open the read model as it is, to ask all that it answers.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.readmodel.reading import Reading

    async with as_it_is(settings) as database:
        yield Reading.of(database)


@asynccontextmanager
async def papers(settings: Settings) -> AsyncIterator[tuple[Papers, Queries]]:
    """Open what makes documents of cooperations, and what finds these.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version; or a package of the extra ``server`` is missing.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.directory.directory import Directory
    from coopflow.readmodel.reading import Reading

    if find_spec("typst") is None:
        raise UnavailableError("documents need the package typst: pip install 'coopflow[server]'")
    from coopflow.papers.making import Papers

    async with as_it_is(settings) as database:
        reading, zone = Reading.of(database), ZoneInfo(settings.time_zone)
        yield Papers(reading.history, reading.registry, Directory(database), zone), reading.queries


@asynccontextmanager
async def people(settings: Settings) -> AsyncIterator[People]:
    """Open the journals of the read model, to look where they name people.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.readmodel.people import People

    async with as_it_is(settings) as database:
        yield People(database)


@asynccontextmanager
async def directory(settings: Settings) -> AsyncIterator[Directory]:
    """Open the directory of people, organisations and programmes.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.directory.directory import Directory

    async with as_it_is(settings) as database:
        yield Directory(database)


@asynccontextmanager
async def eraser(settings: Settings) -> AsyncIterator[Eraser]:
    """Open what erases people from wherever they are known.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        SettingsError: those of the identity provider are at fault.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.erasing import Eraser
    from coopflow.directory.directory import Directory
    from coopflow.outgoing.mail.queue import MailQueue
    from coopflow.readmodel.people import People
    from coopflow.requests.files import Files
    from coopflow.requests.unsent import UnsentTexts

    async with as_it_is(settings) as database, connected_engine(settings) as engine:
        directory = Directory(database)
        async with access_over(settings, database, directory) as access:
            mails = MailQueue(database, directory)
            unsent = UnsentTexts(database, seals_of(settings))
            files = Files(database, seals_of(settings))
            yield Eraser(engine, People(database), directory, access, mails, unsent, files)


@asynccontextmanager
async def transfer(settings: Settings) -> AsyncIterator[tuple[WholeJournals, WholeWorkflows]]:
    """Open what whole cooperations are taken out of, and into.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.temporal.transfer import WholeWorkflows

    async with as_it_is(settings) as database, connected_engine(settings) as engine:
        yield WholeJournals(database), WholeWorkflows(engine)


@asynccontextmanager
async def verifier(settings: Settings, *, database_only: bool = False) -> AsyncIterator[Verifier]:
    """Open what compares the read model with the journal and the workflows, and restores it.

    Args:
        settings: where the read model and the engine are.
        database_only: compare the tables with the journal alone; no engine is needed.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault, or there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.verification import Verifier
    from coopflow.readmodel.verification import Examination
    from coopflow.temporal.histories import Histories

    async with AsyncExitStack() as stack:
        tables = Examination(await stack.enter_async_context(as_it_is(settings)))
        if database_only:
            yield Verifier(tables, None)
            return
        engine = await stack.enter_async_context(connected_engine(settings))
        yield Verifier(tables, Histories(engine))


async def lag(settings: Settings, limit: int) -> Lag:
    """Ask some cooperations that live how far the read model is behind them.

    Raises:
        TemporalSettingsError: the settings of Temporal are at fault, or there are no good keys.
        TemporalUnavailableError: the engine, or every worker, does not answer.
    """
    from coopflow.temporal.histories import Histories

    async with connected_engine(settings) as engine:
        return await Histories(engine).lag(limit)
