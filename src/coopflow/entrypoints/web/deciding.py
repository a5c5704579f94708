"""A decision for who follows the link of a mail: what they see of it, and for whom they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from fastapi import Request
from pydantic import TypeAdapter

from coopflow.access.decision_links import DecisionLink
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.people import caller as caller_from
from coopflow.application.callers import Caller
from coopflow.domain.roles import REPRESENTATIVE
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.voting import Rule
from coopflow.entrypoints.http.languages import CALLER_KEY
from coopflow.entrypoints.http.turnstile import address_of, count
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.views import AnswerView, CooperationDetail, DecisionView, DocumentDetail
from coopflow.services import Services

_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
_TASKS: Final = 500
_KINDS: Final = ("answer", "object")


@dataclass(frozen=True)
class Chance:
    """An organisation that the person answers for.

    Attributes:
        organisation: its id.
        name: what it is called.
        entrusted: the names of those that answer by it, too.
        answered: what the person answered for it; None while nothing.
        others: the organisations that it may entrust its vote to.
        holder: what is called to whom it has entrusted its vote; empty while to nobody.
    """

    organisation: str
    name: str
    entrusted: tuple[str, ...] = ()
    answered: AnswerView | None = None
    others: tuple[str, ...] = ()
    holder: str = ""


@dataclass(frozen=True)
class Deciding:
    """A decision for one person, by the link of a mail.

    Attributes:
        link: what was followed.
        caller: in whose name an answer is given; they may do nothing else by it.
        detail: the cooperation.
        view: the decision.
        rule: how it is decided.
        chances: for whom the person answers.
        document: the version that is put to the decision; None where it is about none.
        names: what the organisations are called.
        rules: what the cooperation follows; None where they are not registered.
    """

    link: DecisionLink
    caller: Caller
    detail: CooperationDetail
    view: DecisionView
    rule: Rule
    chances: tuple[Chance, ...]
    document: DocumentDetail | None
    names: Mapping[str, str]
    rules: Rulebook | None

    @property
    def is_open(self) -> bool:
        """Whether it takes answers."""
        return self.view.result is None

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered."""
        return self.rule.choices


async def deciding(request: Request, services: Services, secret: str) -> Deciding | None:
    """Return what a link opens; None when it opens nothing, or nothing any more.

    Its person still has to speak for an active member. The page is in their language where the
    browser has no other wish.

    Raises:
        ProblemError: secrets are tried (``rate_limited``).
        UnavailableError: the database does not answer.
    """
    now = services.access.now()
    try:
        link, person = await services.access.decision_links.find(secret, now)
    except RefusedCredentialError:
        await count(request, "failures", address_of(request))
        return None
    request.scope[CALLER_KEY] = Caller(name="decision-link", language=person.language)
    queries, address = services.queries, link.address
    roles = (await queries.parts(address, person.id)).roles
    view = next((one for one in await queries.decisions(address) if one.id == link.decision), None)
    if REPRESENTATIVE not in roles or view is None:
        return None
    detail = await queries.cooperation(address)
    caller = caller_from(person).but(administrator=False, roles={}, scopes=frozenset({"write"}))
    names = {one.id: one.name for one in await queries.members(address)}
    rulebooks: Rulebooks = request.app.state.rulebooks
    rules = await rulebooks.of(detail, detail.policy)
    chances: tuple[Chance, ...] = ()
    if view.result is None:
        found = await _chances(services, link, names, now)
        chances = await _entrusting(services, link, detail, found, rules)
    kind, _, thing = view.subject.partition(":")
    document = None
    if kind == "document" and view.document_version is not None:
        document = await queries.document(address, thing, view.document_version)
    rule = _RULE.validate_python(view.rule)
    return Deciding(link, caller, detail, view, rule, chances, document, names, rules)


async def _entrusting(
    services: Services,
    link: DecisionLink,
    detail: CooperationDetail,
    found: _Found,
    rules: Rulebook | None,
) -> tuple[Chance, ...]:
    """Return for whom somebody answers, with those to whom votes may be or are entrusted.

    Whoever has entrusted a vote is not waited for any more, and may still give it.
    """
    if rules is None or not rules.policy.decisions.delegation.per_holder:
        return found.chances
    state = await services.engine.state(detail.address)
    decision, now = state.decisions.get(link.decision), services.access.now()
    if decision is None:
        return found.chances
    passed_on: dict[str, str] = {}
    for one, given in state.delegations.items():
        covering = [each for each in given if each.covers(decision.id, now)]
        # As the domain has it: one for this decision goes before one until a date.
        covering.sort(key=lambda each: each.decision is None)
        passed_on |= {one: covering[0].to} if covering else {}
    asked = {one.organisation for one in found.chances}
    held = tuple(
        Chance(one, found.names.get(one, one), holder=found.names.get(passed_on[one], ""))
        for one in decision.electors
        if one in passed_on and one in found.mine - asked
    )
    return held + tuple(
        one
        if one.entrusted or one.answered or one.organisation not in decision.electors
        else replace(
            one,
            others=tuple(
                other
                for other in decision.electors
                if other != one.organisation and other not in passed_on
            ),
        )
        for one in found.chances
    )


class _Found(NamedTuple):
    """For whom somebody is waited for or has answered, and for whom they speak.

    Attributes:
        chances: the former.
        mine: the latter.
        names: what the organisations are called.
    """

    chances: tuple[Chance, ...]
    mine: frozenset[str | None]
    names: Mapping[str, str]


async def _chances(
    services: Services, link: DecisionLink, names: Mapping[str, str], now: datetime
) -> _Found:
    """Return for whom somebody has to answer, then for whom they have: the last answer counts."""
    queries, address = services.queries, link.address
    tasks = await queries.tasks(link.person, now, cooperation=address, limit=_TASKS)
    found = {
        one.organisation: Chance(
            one.organisation,
            names.get(one.organisation, one.organisation),
            tuple(names.get(other, other) for other in one.entrusted),
        )
        for one in tasks
        if one.about == link.decision and one.kind in _KINDS
    }
    held = await queries.holders(address)
    mine = {one.about for one in held if one.person == link.person and one.role == REPRESENTATIVE}
    for one in await queries.answers(link.person, programme=link.programme, limit=_TASKS):
        is_this = (one.slug, one.decision) == (link.cooperation, link.decision)
        if is_this and not one.delegated and one.organisation in mine - found.keys():
            name = names.get(one.organisation, one.organisation)
            found[one.organisation] = Chance(one.organisation, name, (), one)
    return _Found(tuple(found.values()), frozenset(mine), names)
