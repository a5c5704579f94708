"""What the faces of a platform use: each part, opened and joined once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from coopflow.access.access import Access
from coopflow.application.erasing import Eraser
from coopflow.directory.directory import Directory
from coopflow.directory.publications import Publications
from coopflow.directory.saved_views import SavedViews
from coopflow.outgoing.mail.health import MailHealth
from coopflow.outgoing.mail.invitations import Invitations
from coopflow.outgoing.mail.reminders import Reminders
from coopflow.outgoing.mail.tidings import Tidings
from coopflow.outgoing.webhooks import Webhooks
from coopflow.papers.making import Papers
from coopflow.readmodel.chronicle import Chronicle
from coopflow.readmodel.feed import Feed
from coopflow.readmodel.history import History
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry
from coopflow.readmodel.transfer import WholeJournals
from coopflow.requests.answers import KeptAnswers
from coopflow.requests.audit import Audit
from coopflow.requests.files import Files
from coopflow.requests.operations import Operations
from coopflow.requests.unsent import UnsentTexts
from coopflow.sealing.texts import ExportSeals
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.transfer import WholeWorkflows


@dataclass(frozen=True)
class Services:
    """The parts that a face uses, for as long as they are open (``bootstrap.services``).

    Attributes:
        engine: gives cooperations commands, and looks at them as they are.
        queries: asks the read model.
        chronicle: looks through journals.
        history: looks at cooperations as they were.
        registry: the lifecycles and policies that cooperations follow or were offered.
        directory: people, organisations and programmes.
        answers: what was answered to requests that may be sent again.
        unsent: what people have typed into forms and not sent yet.
        operations: what goes on after its request was answered.
        files: files that are made for people, and kept for a while.
        tidings: tells people by mail that a file is ready.
        audit: who was refused what.
        note_queues: has what waits in tables among the figures, as it is now.
        mail_health: says how the sending of mail is.
        access: who gets in.
        feed: what happens, in order.
        webhooks: who is told what happens.
        journals: whole journals, taken out and in.
        workflows: what whole cooperations live on.
        export_seals: encrypts what is sealed in files of whole cooperations.
        eraser: erases people from wherever they are known.
        invitations: invites people in by mail.
        reminders: reminds people by mail of what is waited for.
        views: the views of portfolios that people saved.
        publications: what cooperations show to everybody.
        papers: makes documents to print, to sign and to keep.
    """

    engine: TemporalEngine
    queries: Queries
    chronicle: Chronicle
    history: History
    registry: Registry
    directory: Directory
    answers: KeptAnswers
    unsent: UnsentTexts
    operations: Operations
    files: Files
    tidings: Tidings
    audit: Audit
    note_queues: Callable[[], Awaitable[None]]
    mail_health: Callable[[], Awaitable[MailHealth]]
    access: Access
    feed: Feed
    webhooks: Webhooks
    journals: WholeJournals
    workflows: WholeWorkflows
    export_seals: ExportSeals
    eraser: Eraser
    invitations: Invitations
    reminders: Reminders
    views: SavedViews
    publications: Publications
    papers: Papers
