"""My decisions: what awaits somebody, the soonest deadline first, and what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import TypeAdapter

from coopflow.application.engine import Address
from coopflow.application.tasks import KINDS
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.domain.voting import Rule
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.pages import PagingDep, moment
from coopflow.entrypoints.http.programmes import programmes_there
from coopflow.entrypoints.http.routes import mine
from coopflow.entrypoints.web.cooperation import command_path, path_of
from coopflow.entrypoints.web.guards import MEMBERS, Visitor, VisitorDep
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.outgoing.called import Namer
from coopflow.readmodel.views import AnswerView, DecisionView, Involvement, MemberView, TaskView
from coopflow.services import Services
from coopflow.wording.ruling import ANSWERS

_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
_ANSWERS: Final = frozenset({"answer", "object"})
_SHOWN: Final = 10
_GIVEN: Final = 60
"""How many answers are gathered into what is shown first: one may have been given for several."""
_READ: Final = 200
"""How many are read at once where all are gathered."""
_INVOLVED: Final = 1000
"""In how many cooperations it is told for whom somebody speaks, where all answers are gathered."""

router = APIRouter(dependencies=MEMBERS)


class Waiting(NamedTuple):
    """Something that awaits the reader.

    Attributes:
        task: what.
        choices: what may be answered right there; empty where it is done on a page of its own.
        decision: what is decided, where it is a decision.
        organisations: what organisations of the cooperation are called.
        subject: what it is about, in words.
        key: tells one sending of the form from another.
    """

    task: TaskView
    choices: tuple[str, ...]
    decision: DecisionView | None
    organisations: Mapping[str, str]
    subject: str
    key: str

    @property
    def path(self) -> str:
        """Where the pages of its cooperation begin."""
        return path_of(self.task.programme, self.task.slug)

    @property
    def entrusted(self) -> list[str]:
        """What the organisations are called that answer by it, too."""
        return [self.organisations.get(one, one) for one in self.task.entrusted]

    def do(self, command: str, **settled: str) -> str:
        """Return where a command is given; afterwards one is back at what awaits."""
        address = Address(self.task.programme, self.task.slug)
        return command_path(address, command, "/", **settled)


class Answered(NamedTuple):
    """What the reader answered to a decision, for one organisation or several.

    Attributes:
        latest: the latest answer.
        choices: what was chosen, each once; empty where ballots are secret.
        organisations: what those are called that it was given for, without those that had
            entrusted their votes.
        entrusted: what those are called that had.
        is_recorded: whether the reader speaks for none there, and wrote down what others said.
        subject: what it is about, in words.
    """

    latest: AnswerView
    choices: tuple[str, ...]
    organisations: tuple[str, ...]
    entrusted: tuple[str, ...]
    is_recorded: bool
    subject: str


@router.get("/")
async def show(
    request: Request, services: ServicesDep, visitor: VisitorDep, paging: PagingDep
) -> Response:
    """Show what awaits the visitor in all cooperations, and what they answered last."""
    caller = visitor.caller
    tasks = await mine.tasks(caller, services, paging)
    answers = await services.queries.answers(visitor.person, within=caller.programmes, limit=_GIVEN)
    involved = await services.queries.cooperations_of(
        visitor.person, within=caller.programmes, limit=_SHOWN + 1
    )
    managed = [one for one in sorted(caller.roles) if PROGRAMME_MANAGER in caller.grants(one)]
    namer = Namer(services.queries, phrases_of(request))
    gathered = _by_decision(answers)
    shown = gathered[:_SHOWN]
    await namer.prepare(
        [
            *((Address(one.programme, one.slug), one.subject, one.kind) for one in tasks.items),
            *_subjects(shown),
        ]
    )
    return render(
        request,
        "home.html",
        visitor=visitor,
        now=datetime.now(UTC),
        waiting=await _waiting(services, tasks.items, namer),
        more=tasks.next,
        kinds=KINDS,
        spoken=ANSWERS,
        answers=await _answered(services, shown, involved, namer),
        has_more_answers=len(gathered) > _SHOWN or len(answers) == _GIVEN,
        involved=involved[:_SHOWN],
        managed=await programmes_there(services, caller, managed[:_SHOWN]) if managed else (),
        has_more=len(involved) > _SHOWN,
    )


@router.get("/answers")
async def show_answers(
    request: Request, services: ServicesDep, visitor: VisitorDep, paging: PagingDep
) -> Response:
    """Show all that the visitor answered, each decision once, by their latest answer to it."""
    after = paging.after(str, str, int)
    given = _by_decision(await _all_answers(services, visitor))
    given.sort(key=_key, reverse=True)
    page = paging.page([one for one in given if after is None or _key(one) < after], _key)
    involved = await services.queries.cooperations_of(
        visitor.person, within=visitor.caller.programmes, limit=_INVOLVED
    )
    namer = Namer(services.queries, phrases_of(request))
    await namer.prepare(_subjects(page.items))
    answers = await _answered(services, page.items, involved, namer)
    return render(request, "answers.html", visitor=visitor, answers=answers, next=page.next)


async def _waiting(services: Services, tasks: Iterable[TaskView], namer: Namer) -> list[Waiting]:
    decisions: dict[Address, Mapping[str, DecisionView]] = {}
    members: dict[Address, Mapping[str, str]] = {}
    found = []
    for task in tasks:
        address = Address(task.programme, task.slug)
        if address not in members:
            members[address] = _named(await services.queries.members(address))
        if task.kind in _ANSWERS and address not in decisions:
            known = await services.queries.decisions(address)
            decisions[address] = {one.id: one for one in known}
        decision = decisions.get(address, {}).get(task.payload.get("decision", ""))
        choices = (
            _RULE.validate_python(decision.rule).choices
            if decision is not None and task.kind in _ANSWERS
            else ()
        )
        subject = await namer.said(address, task.subject, task.kind)
        found.append(Waiting(task, choices, decision, members[address], subject, uuid4().hex))
    return found


async def _all_answers(services: Services, visitor: Visitor) -> list[AnswerView]:
    found: list[AnswerView] = []
    is_over = False
    while not is_over:
        some = await services.queries.answers(
            visitor.person,
            within=visitor.caller.programmes,
            after=found[-1].place if found else None,
            limit=_READ,
        )
        found.extend(some)
        is_over = len(some) < _READ
    return found


def _by_decision(answers: Iterable[AnswerView]) -> list[list[AnswerView]]:
    """Gather the answers to each decision, the latest first; the last one of each party counts."""
    given: dict[tuple[str, str, str], dict[str, AnswerView]] = {}
    for one in answers:
        about = one.programme, one.slug, one.decision
        given.setdefault(about, {}).setdefault(one.organisation, one)
    return [[*several.values()] for several in given.values()]


def _key(several: Sequence[AnswerView]) -> tuple[str, str, int]:
    """Return where a decision stands among those that were answered."""
    at, cooperation, seq = several[0].place
    return moment(at), cooperation, seq


def _subjects(given: Iterable[Sequence[AnswerView]]) -> list[tuple[Address, str, str]]:
    return [(Address(one[0].programme, one[0].slug), one[0].subject, "") for one in given]


async def _answered(
    services: Services,
    given: Iterable[Sequence[AnswerView]],
    involved: Iterable[Involvement],
    namer: Namer,
) -> list[Answered]:
    """Return what is shown of the answers to each decision."""
    own = {Address(one.programme, one.slug): one.organisations for one in involved}
    members: dict[Address, Mapping[str, str]] = {}
    found = []
    for several in given:
        address = Address(several[0].programme, several[0].slug)
        for_whom = own.get(address, tuple(one.organisation for one in several))
        if address not in members:
            members[address] = _named(await services.queries.members(address))
        called = {one: members[address].get(one.organisation, one.organisation) for one in several}
        found.append(
            Answered(
                latest=several[0],
                choices=tuple(dict.fromkeys(one.choice for one in several if one.choice)),
                organisations=_once(called[one] for one in several if not one.delegated),
                entrusted=_once(called[one] for one in several if one.delegated),
                is_recorded=not any(
                    one.delegated or one.organisation in for_whom for one in several
                ),
                subject=several[0].question or await namer.said(address, several[0].subject),
            )
        )
    return found


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _named(members: Iterable[MemberView]) -> Mapping[str, str]:
    return {one.id: one.name for one in members}
