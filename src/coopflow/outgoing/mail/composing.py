"""Writing letters: to one person, in their language, of what is so when they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from coopflow.application.engine import Address
from coopflow.application.tasks import KINDS
from coopflow.directory.people import Person
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.domain.voting import Rule, rule_words
from coopflow.outgoing.called import Namer
from coopflow.outgoing.mail.letter import Action, Fact, Item, Letter, Section
from coopflow.outgoing.mail.occasions import Occasions
from coopflow.outgoing.mail.places import SIGN_IN_LASTS, Places, Secrets
from coopflow.outgoing.mail.recipients import VOTES
from coopflow.outgoing.mail.tidings import ReadyFile
from coopflow.outgoing.mail.words import MailPhrases
from coopflow.outgoing.whereabouts import place_below
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import DecisionView, OutboxLine, TaskView

MOST: Final = 20
"""How many entries a list of a digest has; the page has all of them."""

_ANSWERS: Final = ("answer", "object")
_LONGEST: Final = 90
_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)


class Told(NamedTuple):
    """A notice as it is told.

    Attributes:
        line: the notice.
        title: what its cooperation is called.
        what: what it is about, in words.
        decision: where it is about one.
        whole: what is asked there, in full.
    """

    line: OutboxLine
    title: str
    what: str
    decision: DecisionView | None
    whole: str = ""

    @property
    def address(self) -> Address:
        """Of the cooperation."""
        return Address(*self.line.cooperation_id.split("/", 1))


class Composer:
    """Writes letters. Every method may raise DatabaseUnavailableError."""

    def __init__(
        self,
        occasions: Occasions,
        queries: Queries,
        secrets: Secrets,
        places: Places,
        zone: tzinfo,
    ) -> None:
        """Join the parts.

        Args:
            occasions: what is told of.
            queries: what awaits people.
            secrets: makes those of links.
            places: where links lead to.
            zone: where people live: instants are written as clocks show them there.
        """
        self._occasions = occasions
        self._queries = queries
        self._secrets = secrets
        self._places = places
        self._zone = zone

    async def notice(self, notice: int, person: Person, now: datetime) -> Letter | None:
        """Write of one notice; None when there is nothing to tell this person any more."""
        say = self._phrases(person)
        told = await self._told(notice, person, Namer(self._queries, say), say)
        if told is None:
            return None
        if told.line.kind in VOTES:
            return await self._vote(told, person, say, now)
        facts: list[Fact] = []
        one = told.decision
        key = f"mail.{told.line.kind}"
        if one is not None:
            result = say(f"result.{one.result}")
            facts += [
                Fact(label=say("mail.question"), value=told.whole),
                Fact(label=say("mail.result"), value=result),
                *_arithmetic(one, say),
                Fact(label=say("mail.closed"), value=say.moment(one.closed_at or told.line.at)),
            ]
        else:
            result = ""
            facts += [
                Fact(label=say("mail.review"), value=told.what),
                Fact(label=say("mail.opened"), value=say.moment(told.line.at)),
            ][: 1 if told.line.kind == "publish_summary" else 2]
        words = {"what": told.what, "title": told.title, "result": result}
        paragraphs = [say(f"{key}.text", **words)]
        if one is not None and one.vetoed:
            paragraphs.append(say("mail.outcome.vetoed"))
        return Letter(
            language=person.language,
            subject=say(f"{key}.subject", **words),
            title=say(f"{key}.title", **words),
            greeting=say("mail.greeting", name=person.name),
            paragraphs=tuple(paragraphs),
            facts=tuple(facts),
            action=Action(label=say(_page(told)[0]), url=self._url(told)),
            because=say("mail.because", kind=say(f"notice.{told.line.kind}")),
            stop=await self._stop(told.line.kind, person, say, now),
        )

    async def digest(
        self,
        rhythm: str,
        notices: tuple[int, ...],
        person: Person,
        manages: tuple[str, ...],
        now: datetime,
    ) -> Letter | None:
        """Write a digest: what awaits somebody, and what happened; None when that is nothing.

        Args:
            rhythm: ``daily`` or ``weekly``.
            notices: what was held for it.
            person: to whom.
            manages: the programmes that they manage.
            now: the present instant.
        """
        say = self._phrases(person)
        namer = Namer(self._queries, say)
        news = []
        for notice in notices:
            told = await self._told(notice, person, namer, say)
            if told is not None and told.line.kind not in VOTES:  # those await, or are answered
                news.append(_news(told, say).but(url=self._url(told)))
        tasks = await self._queries.tasks(person.id, now, manages=manages, limit=MOST + 1)
        awaits = await self._all_awaited(tasks[:MOST], person, namer, say, now)
        more = say("mail.digest.more")
        sections = [
            Section(
                title=say("mail.digest.awaits"),
                items=tuple(awaits),
                more=more if len(tasks) > MOST else None,
            ),
            Section(
                title=say("mail.digest.news"),
                items=tuple(news[-MOST:]),
                more=more if len(news) > MOST else None,
            ),
        ]
        if not awaits and not news:
            return None
        counted = (("waiting", len(tasks)), ("told", len(news)))
        counts = [
            say(f"mail.digest.{name}", count=f"{MOST}+" if count > MOST else count)
            for name, count in counted
            if count
        ]
        return Letter(
            language=person.language,
            subject=say(f"mail.{rhythm}.subject", counts=", ".join(counts)),
            title=say(f"mail.{rhythm}.title"),
            greeting=say("mail.greeting", name=person.name),
            sections=tuple(one for one in sections if one.items),
            action=Action(label=say("mail.look"), url=self._places.home),
            because=say(f"mail.digest.{rhythm}"),
            stop=await self._stop(rhythm, person, say, now),
        )

    async def invitation(self, person: Person, now: datetime) -> Letter:
        """Write to somebody who is invited in."""
        say = self._phrases(person)
        secret = await self._secrets.sign_in(person.id, now, SIGN_IN_LASTS)
        words = {"place": self._places.name}
        return Letter(
            language=person.language,
            subject=say("mail.invitation.subject", **words),
            title=say("mail.invitation.title", **words),
            greeting=say("mail.greeting", name=person.name),
            paragraphs=(say("mail.invitation.text"),),
            action=Action(
                label=say("mail.invitation.action"),
                url=self._places.sign_in(secret),
                note=say("mail.invitation.note", until=say.moment(now + SIGN_IN_LASTS)),
            ),
            because=say("mail.invitation.because"),
        )

    def file_ready(self, file: ReadyFile, person: Person) -> Letter:
        """Write to somebody that a file is ready which they asked for."""
        say = self._phrases(person)
        words = {"name": file.name}
        return Letter(
            language=person.language,
            subject=say("mail.file_ready.subject", **words),
            title=say("mail.file_ready.title"),
            greeting=say("mail.greeting", name=person.name),
            paragraphs=(say("mail.file_ready.text", **words),),
            action=Action(
                label=say("mail.file_ready.action"),
                url=self._places.file(file.id),
                note=say("mail.file_ready.note", until=say.moment(file.until)),
            ),
            because=say("mail.file_ready.because"),
        )

    async def reminded(
        self, occasion: str, person: Person, now: datetime
    ) -> tuple[str, tuple[TaskView, ...]]:
        """Return who reminds somebody on an occasion, and of what that is still waited for."""
        return await self._occasions.reminded(occasion.partition(":")[2], person.id, now)

    async def reminder(
        self, by: str, tasks: tuple[TaskView, ...], person: Person, now: datetime
    ) -> Letter:
        """Write to somebody whom a manager of their programme reminds of tasks.

        Args:
            by: the name of who reminds them.
            tasks: what is waited for, what has been waiting longest first.
            person: to whom.
            now: the present instant.
        """
        say = self._phrases(person)
        words = {"by": by, "count": len(tasks), "title": _short(tasks[0].title)}
        one_or_more = "one" if len(tasks) == 1 else "several"
        namer = Namer(self._queries, say)
        items = tuple(await self._all_awaited(tasks[:MOST], person, namer, say, now))
        more = say("mail.digest.more") if len(tasks) > MOST else None
        awaits = Section(title=say("mail.digest.awaits"), items=items, more=more)
        return Letter(
            language=person.language,
            subject=say(f"mail.reminder.subject.{one_or_more}", **words),
            title=say("mail.reminder.title"),
            greeting=say("mail.greeting", name=person.name),
            paragraphs=(say(f"mail.reminder.text.{one_or_more}", **words),),
            sections=(awaits,),
            action=Action(label=say("mail.look"), url=self._places.home),
            because=say("mail.reminder.because", by=by),
            stop=await self._stop("remind_voters", person, say, now),
        )

    def _url(self, told: Told) -> str:
        return self._places.cooperation(told.address, *_page(told)[1])

    def _phrases(self, person: Person) -> MailPhrases:
        return MailPhrases(person.language, self._zone)

    async def _told(
        self, notice: int, person: Person, namer: Namer, say: MailPhrases
    ) -> Told | None:
        line = await self._occasions.line(notice)
        if line is None:
            return None
        address = Address(*line.cooperation_id.split("/", 1))
        called = await self._occasions.cooperation(address)
        if called is None or not await self._occasions.has_part(address, person.id):
            return None
        title = called.title
        if line.kind in VOTES or line.kind == "publish_outcome":
            one = await self._occasions.decision(address, line.about)
            if one is None or (one.result is None) != (line.kind in VOTES):
                return None
            whole = one.question or await namer.said(address, one.subject)
            return Told(line, title, _short(whole), one, whole)
        kind, period = line.about, ""
        if line.kind != "convene_review":
            review = await self._occasions.review(address, line.about)
            if review is None:
                return None
            kind, period = review.kind, review.period or ""
        return Told(line, title, f"{say(f'review.{kind}')} {period}".rstrip(), None)

    async def _vote(
        self, told: Told, person: Person, say: MailPhrases, now: datetime
    ) -> Letter | None:
        one, address = told.decision, told.address
        if one is None or one.closes_at <= now:
            return None
        asked = await self._occasions.asked(address, one.id, person.id, now)
        if asked is None:
            return None
        words = {"what": told.what, "title": told.title, "day": say.day(one.closes_at)}
        key = f"mail.{told.line.kind}"
        paragraphs = [say(f"{key}.text", **words)]
        if asked.kind == "object":
            paragraphs.append(say("mail.silence"))
        if one.secret:
            paragraphs.append(say("mail.secret"))
        told_answers = say("mail.answered", answers=one.answers, electorate=one.electorate)
        facts = [
            (say("mail.question"), told.whole),
            (say("mail.for"), say.several(list(asked.organisations))),
            (say("mail.until"), say.moment(one.closes_at)),
            (say("mail.rule"), say.label(rule_words(_RULE.validate_python(one.rule)))),
            (say("mail.answers"), told_answers),
        ]
        return Letter(
            language=person.language,
            subject=say(f"{key}.subject", **words),
            title=say(f"{key}.title"),
            greeting=say("mail.greeting", name=person.name),
            paragraphs=tuple(paragraphs),
            facts=tuple(Fact(label=label, value=value) for label, value in facts),
            action=await self._to_decision(address, one, asked.kind, person, say, now),
            because=say("mail.because", kind=say(f"notice.{told.line.kind}")),
            stop=await self._stop(told.line.kind, person, say, now),
        )

    async def _to_decision(  # noqa: PLR0913, PLR0917 - what leads to it, and whom
        self,
        address: Address,
        one: DecisionView,
        kind: str,
        person: Person,
        say: MailPhrases,
        now: datetime,
    ) -> Action:
        secret, until = await self._secrets.decision(person.id, address, one.id, now, one.closes_at)
        return Action(
            label=say("mail.object" if kind == "object" else "mail.answer"),
            url=self._places.decision(secret),
            note=say("mail.no_password", until=say.moment(until)),
        )

    async def _all_awaited(
        self,
        tasks: Sequence[TaskView],
        person: Person,
        namer: Namer,
        say: MailPhrases,
        now: datetime,
    ) -> list[Item]:
        await namer.prepare(
            (Address(one.programme, one.slug), one.subject, one.kind) for one in tasks
        )
        return [await self._awaited(one, person, namer, say, now) for one in tasks]

    async def _awaited(
        self, task: TaskView, person: Person, namer: Namer, say: MailPhrases, now: datetime
    ) -> Item:
        due = task.due_at
        told = say.day(task.due_on) if task.due_on else say.moment(due) if due else None
        until = say("mail.digest.by", until=told) if told else say("mail.digest.open")
        address = Address(task.programme, task.slug)
        below = place_below(f"task:{task.kind}", task.about, task.subject)
        url = self._places.cooperation(address, *below)
        subject = await namer.said(address, task.subject, task.kind)
        if task.kind in _ANSWERS and due is not None:
            secret, _ = await self._secrets.decision(person.id, address, task.about, now, due)
            url = self._places.decision(secret)
        return Item(
            title=f"{say.label(KINDS[task.kind])}{say.colon}{subject}",
            details=(task.title, until),
            url=url,
        )

    async def _stop(self, kind: str, person: Person, say: MailPhrases, now: datetime) -> Action:
        secret = await self._secrets.stop(person.id, kind, now)
        label = "mail.stop_digest" if kind in {"daily", "weekly"} else "mail.stop"
        return Action(label=say(label), url=self._places.stop(secret))


def manages(roles: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the programmes that somebody manages, by what they hold in each."""
    return tuple(name for name, held in roles.items() if PROGRAMME_MANAGER in held)


def _page(told: Told) -> tuple[str, tuple[str, ...]]:
    """Return what leads to the page of a notice, and where that is below its cooperation."""
    match told.line.kind:
        case "publish_outcome":
            return "mail.to_decision", ("decisions", told.line.about)
        case "convene_review":
            return "mail.to_cooperation", ()
        case _:
            return "mail.to_review", ("reviews", told.line.about)


def _news(told: Told, say: MailPhrases) -> Item:
    one = told.decision
    words = {"title": told.title, "result": say(f"result.{one.result}") if one else ""}
    return Item(
        title=f"{say(f'mail.{told.line.kind}.title', **words)}{say.colon}{told.what}",
        details=(
            told.title,
            *(fact.value for fact in (_arithmetic(one, say) if one else [])),
            say.moment(told.line.at),
        ),
    )


def _arithmetic(one: DecisionView, say: MailPhrases) -> list[Fact]:
    if one.arithmetic is None:
        return []
    return [Fact(label=say("mail.why"), value=say.counted(one.arithmetic))]


def _short(text: str) -> str:
    """Return a text as it fits into a subject line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
