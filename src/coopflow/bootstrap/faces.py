"""All that a face of the platform uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coopflow.bootstrap.engines import connected_engine
from coopflow.bootstrap.entering import access_over
from coopflow.bootstrap.figures import note_queues
from coopflow.bootstrap.parts import as_it_is, key_ring, seals_of
from coopflow.bootstrap.sending import webhooks_over
from coopflow.settings import Settings

if TYPE_CHECKING:
    from coopflow.bootstrap.engines import Running
    from coopflow.services import Services


@asynccontextmanager
async def services(settings: Settings, here: Running | None = None) -> AsyncIterator[Services]:
    """Open all that a face of the platform uses, for the length of a block.

    Args:
        settings: where the engine and the read model are.
        here: the engine, where it runs in this process: its news are seen at once.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.erasing import Eraser
    from coopflow.directory.directory import Directory
    from coopflow.directory.publications import Publications
    from coopflow.directory.saved_views import SavedViews
    from coopflow.outgoing.mail.health import mail_health
    from coopflow.outgoing.mail.invitations import Invitations
    from coopflow.outgoing.mail.queue import MailQueue
    from coopflow.outgoing.mail.reminders import Reminders
    from coopflow.outgoing.mail.tidings import Tidings
    from coopflow.papers.making import Papers
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.readmodel.chronicle import Chronicle
    from coopflow.readmodel.feed import Feed
    from coopflow.readmodel.history import History
    from coopflow.readmodel.news import News
    from coopflow.readmodel.people import People
    from coopflow.readmodel.queries import Queries
    from coopflow.readmodel.registry import Registry
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.requests.answers import KeptAnswers
    from coopflow.requests.audit import Audit
    from coopflow.requests.files import Files
    from coopflow.requests.operations import Operations
    from coopflow.requests.unsent import UnsentTexts
    from coopflow.sealing.texts import ExportSeals
    from coopflow.services import Services
    from coopflow.temporal.transfer import WholeWorkflows
    from coopflow.temporal.writing import writing

    seals = seals_of(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(as_it_is(settings))
        if here is not None:
            writer, feed = here.writer, here.feed
        else:
            news = News()
            read_model = AwaitedReadModel(database, news)
            read_model.take_as_it_is()
            writer = await stack.enter_async_context(writing(read_model))
            feed = Feed(database, news)
        engine = await stack.enter_async_context(connected_engine(settings, writer))
        directory = Directory(database)
        access = await stack.enter_async_context(access_over(settings, database, directory))
        mails = MailQueue(database, directory)
        history, registry = History(database), Registry(database)
        unsent = UnsentTexts(database, seals)
        files = Files(database, seals)
        yield Services(
            engine=engine,
            queries=Queries(database),
            history=history,
            registry=registry,
            chronicle=Chronicle(database),
            directory=directory,
            answers=KeptAnswers(database, seals),
            unsent=unsent,
            operations=Operations(database, seals),
            files=files,
            tidings=Tidings(mails, is_on=settings.smtp_url is not None),
            audit=Audit(database),
            note_queues=partial(note_queues, database),
            mail_health=partial(mail_health, database),
            access=access,
            feed=feed,
            webhooks=webhooks_over(database, settings),
            journals=WholeJournals(database),
            workflows=WholeWorkflows(engine),
            export_seals=ExportSeals(key_ring(settings)),
            eraser=Eraser(engine, People(database), directory, access, mails, unsent, files),
            invitations=Invitations(mails, directory, is_on=settings.smtp_url is not None),
            reminders=Reminders(database, mails, directory, is_on=settings.smtp_url is not None),
            views=SavedViews(database),
            publications=Publications(database),
            papers=Papers(history, registry, directory, ZoneInfo(settings.time_zone)),
        )
