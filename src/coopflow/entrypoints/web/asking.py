"""What the form of a command asks by what is settled, and what it shows beside its fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from coopflow.domain.base import Label
from coopflow.domain.decisions import default_rule
from coopflow.domain.state import Decision
from coopflow.domain.voting import rule_words
from coopflow.entrypoints.http.looking import look
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.forms.faults import Fault, Words
from coopflow.entrypoints.web.forms.shown import Shown
from coopflow.entrypoints.web.forms.typed import Typed, listed
from coopflow.readmodel.views import DisagreementContent

_SETTLED_BY: Final[Mapping[tuple[str, str, str], tuple[Collection[str], Collection[str]]]] = {
    ("delegate_ballot", "decision", ""): (["until"], []),
    ("resolve_change", "verdict", "accepted"): (["until"], []),
    ("resolve_change", "verdict", "declined"): (["until"], ["reason"]),
    ("resolve_change", "verdict", "deferred"): ([], ["until"]),
    ("cast_ballot", "choice", "objection"): ([], ["reason"]),
}
"""Fields that are not asked and that are needed once another is settled, by any value or by one."""

_ON_DISAGREEMENTS: Final = frozenset(
    {
        *("triage_disagreement", "settle_disagreement", "escalate_disagreement"),
        *("withdraw_disagreement", "conclude_mediation"),
    }
)
_ON_OBJECTIONS: Final = frozenset(
    {"qualify_objection", "integrate_objection", "withdraw_objection"}
)
_PLACES: Final = {
    "decision": "/decisions/{}",
    "disagreement": "/disagreements/{}",
    "review": "/reviews/{}",
    "meeting": "/meetings/{}",
    "kind": "/documents/{}",
}


class Quote(NamedTuple):
    """What somebody wrote that a command is about: who or what it is, and the text."""

    title: str
    text: str


def asked(command: str, fields: Iterable[Shown], settled: Mapping[str, str]) -> tuple[Shown, ...]:
    """Return the fields that make sense beside what is settled, as they are needed then."""
    left_out: set[str] = set()
    needed: set[str] = set()
    for (of, field, value), (without, needs) in _SETTLED_BY.items():
        if of == command and field in settled and value in {"", settled[field]}:
            left_out.update(without)
            needed.update(needs)
    found = []
    for one in fields:
        if one.path in left_out and not one.value and not one.errors:
            continue
        if command == "delegate_ballot" and one.path == "to":
            others = tuple(option for option in one.options if option.value != settled.get("from"))
            found.append(replace(one, options=others))
        else:
            found.append(replace(one, required=one.required or one.path in needed))
    return tuple(found)


async def usual_rule(page: CooperationPage, command: str, settled: Mapping[str, str]) -> str:
    """Return in words which rule decides where none is chosen; empty where that is open."""
    subject = {
        "submit_document": f"document:{settled.get('kind', '')}",
        "open_decision": settled.get("subject", ""),
    }.get(command, "")
    if not subject:
        return ""
    looked = await look(page.services, page.sight)
    kind, _, about = subject.partition(":")
    if kind == "document" and about not in looked.rules.policy.documents.kinds:
        return ""  # whatever stands in the address
    rule = page.say.label(rule_words(default_rule(looked.state, looked.rules, subject)))
    return page.say.label(_USUAL).format(rule=rule)


def with_usual_rule(fields: Iterable[Shown], words: str) -> Iterator[Shown]:
    """Yield fields, of which the one for a rule says which one decides otherwise."""
    for one in fields:
        if words and one.path == "rule" and one.parts:
            select, *rest = one.parts
            yield replace(one, parts=(replace(select, help=words), *rest))
        else:
            yield one


_USUAL: Final = Label(en="Left open, this holds: {rule}.", fr="Si rien n'est choisi : {rule}.")


def place_of(page: CooperationPage, command: str, field: str, value: str) -> str | None:
    """Return where what is settled is read, if anywhere."""
    if field == "kind" and command != "submit_document":
        return None
    return page.path + _PLACES[field].format(value) if field in _PLACES else None


async def with_mediator(page: CooperationPage, typed: Typed) -> Typed:
    """Return what is settled of an acceptance with who is proposed as mediator."""
    state = (await look(page.services, page.sight)).state
    one = state.disagreements.get(typed.part("disagreement").text)
    if one is None or one.mediator is None or not {*one.parties} & {*page.speaks_for}:
        return typed
    return typed.having("person", Typed((one.mediator,)))


async def with_electors(page: CooperationPage, typed: Typed) -> Typed:
    """Return a vote held in a meeting with a place for the answer of each elector.

    Those who have one keep theirs, so that faults stand where they were found.
    """
    decision = await _decision(page, typed)
    if decision is None:
        return typed
    there = list(typed.part("ballots").items)
    named = {one.part("key").text for one in there}
    electors = [one for one in decision.electors if one not in named]
    places = [Typed(parts={"key": Typed((one,))}) for one in electors]
    return typed.having("ballots", listed([*there, *places]))


def without_absent(typed: Typed) -> Typed:
    """Return a vote held in a meeting without those who gave no answer."""
    there = [one for one in typed.part("ballots").items if one.part("value").text.strip()]
    return typed.having("ballots", listed(there))


async def of_nobody(page: CooperationPage, typed: Typed) -> tuple[Fault, ...]:
    """Return what is wrong with a vote held in a meeting to which nobody has given an answer.

    It would close the decision at once. Under silence alone it says something: nobody objected.
    """
    decision = await _decision(page, typed)
    is_silent = decision is not None and decision.rule.name == "silence"
    return () if is_silent or typed.part("ballots").items else (Fault("ballots", _NOBODY),)


async def _decision(page: CooperationPage, typed: Typed) -> Decision | None:
    looked = await look(page.services, page.sight)
    return looked.decisions.get(typed.part("decision").text)


_NOBODY: Final[Words] = (
    "Write down at least one answer: this closes the decision.",
    "Consignez au moins une réponse : la décision sera close.",
)


async def quotes(page: CooperationPage, command: str, typed: Typed) -> tuple[Quote, ...]:
    """Return what a command is about in the words of who wrote it, as far as the reader may."""
    if command in _ON_DISAGREEMENTS:
        slug, person = typed.part("disagreement").text, page.visitor.person
        queries = page.services.queries
        found = await queries.disagreement_content(page.sight.address, slug, person)
        if isinstance(found, DisagreementContent):
            return (Quote(page.say.label(_CONTENT), found.content),)
    if command in _ON_OBJECTIONS and page.sees_all("decisions"):
        state = (await look(page.services, page.sight)).state
        decision = state.decisions.get(typed.part("decision").text)
        organisation = typed.part("organisation").text
        one = decision.objections.get(organisation) if decision else None
        if one is not None and one.reason:
            return (Quote(page.say.label(_OBJECTION), one.reason),)
    return ()


_CONTENT: Final = Label(
    en="What the disagreement is, sealed", fr="En quoi consiste le désaccord, sous scellé"
)
_OBJECTION: Final = Label(en="The objection", fr="L'objection")
