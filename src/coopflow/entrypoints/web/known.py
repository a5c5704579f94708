"""What there is to choose among in the forms of a cooperation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from coopflow.application.access import Subject
from coopflow.application.engine import UnknownCooperationError
from coopflow.definitions.compile import compile_family
from coopflow.domain.roles import MEDIATOR
from coopflow.entrypoints.http.looking import Looked, look
from coopflow.entrypoints.web.cooperation import CooperationPage, is_erased
from coopflow.entrypoints.web.forms.questions import Line, Question, Several, walk
from coopflow.entrypoints.web.forms.shown import Known, Option
from coopflow.wording.ruling import ANSWERS
from coopflow.wording.subjects import subject_said

_PEOPLE: Final = 500
_PART_OF: Final[Mapping[str, Subject]] = {
    "people": "people",
    "mediators": "people",
    "decisions": "decisions",
    "disagreements": "disagreements",
    "choices": "decisions",
    "reviews": "reviews",
    "changes": "reviews",
    "gates": "gates",
    "meetings": "meetings",
    "actions": "documents",
    "indicators": "measures",
    "objectives": "documents",
}
"""What somebody must be allowed to read to the whole extent who is offered what there is of it.

Who speaks for a member that is suspended may give commands, and read nothing by that.
"""


def sources_in(question: Question) -> frozenset[str]:
    """Return of which things a form offers those that are known."""
    asked = walk(question)
    return frozenset(one.source for one in asked if isinstance(one, Line | Several) and one.source)


async def known_in(page: CooperationPage, sources: frozenset[str], decision: str = "") -> Known:
    """Return what there is to choose among, as far as the reader may know it.

    Args:
        page: of the cooperation.
        sources: what is asked for, see ``sources_in``.
        decision: the decision that is answered, if that is settled.

    Raises:
        UnavailableError: the engine or the database does not answer.
    """
    sources = frozenset(one for one in sources if _may_know(page, one))
    found: dict[str, tuple[Option, ...]] = {}
    if "members" in sources:
        found["members"] = tuple(
            Option(one.id, one.name) for one in page.members if one.status != "left"
        )
    if "people" in sources:
        found["people"] = await _people(page)
    if "mediators" in sources:
        found["mediators"] = await _mediators(page)
    if sources & {"choices", *_OF_STATE}:
        looked = await look(page.services, page.sight)
        for source in sources & _OF_STATE.keys():
            found[source] = tuple(_OF_STATE[source](page, looked))
        if "subjects" in sources:
            found["subjects"] += await _offered(page, looked)
        if "choices" in sources:
            found["choices"] = tuple(_choices(page, looked, decision))
    return found


def _may_know(page: CooperationPage, source: str) -> bool:
    subject = _PART_OF.get(source)
    return subject is None or page.sees_all(subject)


async def _people(page: CooperationPage) -> tuple[Option, ...]:
    """Return people of the cooperation; for who manages the programme, all that take part in it."""
    spoken = [name for one in page.members for name in (one.representative, one.alternate) if name]
    held = await page.services.queries.holders(page.sight.address)
    known = {one for one in (*spoken, *(one.person for one in held)) if not is_erased(one)}
    await page.know(known)
    options = {one: page.person(one) for one in known}
    if page.visitor.caller.manages(page.detail.programme):
        people = await page.services.directory.people(page.detail.programme, limit=_PEOPLE)
        options |= {one.id: one.name for one in people}
    return tuple(Option(*one) for one in sorted(options.items(), key=lambda one: one[1].lower()))


async def _mediators(page: CooperationPage) -> tuple[Option, ...]:
    """Return those who hold the role of a mediator."""
    held = await page.services.queries.holders(page.sight.address)
    people = {one.person for one in held if one.role == MEDIATOR and not is_erased(one.person)}
    await page.know(people)
    options = [Option(one, page.person(one)) for one in people]
    return tuple(sorted(options, key=lambda one: one.label.lower()))


def _decisions(page: CooperationPage, looked: Looked) -> Iterator[Option]:
    for slug, one in looked.decisions.items():
        if one.is_open:
            yield Option(slug, one.question or subject_said(one.subject, page.say, page.names))


def _choices(page: CooperationPage, looked: Looked, decision: str) -> Iterator[Option]:
    """Yield how a decision may be answered; all that open ones offer where it is not settled."""
    asked = looked.decisions.get(decision)
    several = [asked] if asked else [one for one in looked.decisions.values() if one.is_open]
    for one in dict.fromkeys(choice for each in several for choice in each.rule.choices):
        yield Option(one, page.say.label(ANSWERS[one]))


def _reviews(page: CooperationPage, looked: Looked) -> Iterator[Option]:
    for slug, one in looked.state.reviews.items():
        if one.is_open:
            yield Option(slug, f"{page.say(f'review.{one.kind}')}, {page.say.day(one.opened_at)}")


def _changes(_: CooperationPage, looked: Looked) -> Iterator[Option]:
    for review in looked.state.reviews.values():
        for slug, one in review.changes.items():
            if review.is_open and one.status == "open":
                yield Option(slug, one.text)


def _disagreements(_: CooperationPage, looked: Looked) -> Iterator[Option]:
    for slug, one in looked.state.disagreements.items():
        if one.state != "closed":
            yield Option(slug, one.subject)


def _gates(page: CooperationPage, looked: Looked) -> Iterator[Option]:
    for gate in looked.rules.lifecycle.gates_from(looked.state.stage):
        yield Option(gate.id, page.say.label(gate.label))


def _meetings(page: CooperationPage, looked: Looked) -> Iterator[Option]:
    for slug, one in looked.state.meetings.items():
        yield Option(slug, f"{page.say(f'meeting.{one.kind}')}, {page.say.day(one.held_at)}")


def _actions(_: CooperationPage, looked: Looked) -> Iterator[Option]:
    for slug, one in looked.state.actions.items():
        yield Option(slug, one.title)


def _subjects(page: CooperationPage, looked: Looked) -> Iterator[Option]:
    for subject in _subjects_of(looked):
        kind, _, slug = subject.partition(":")
        if kind == "disagreement":
            raised = looked.state.disagreements[slug].subject
            yield Option(subject, f"{page.say('subject.disagreement')} ({raised})")
        else:
            yield Option(subject, subject_said(subject, page.say, page.names))


async def _offered(page: CooperationPage, looked: Looked) -> tuple[Option, ...]:
    """Return the policies that members may decide on, each as a subject.

    The engine is asked anew: an offer is in no journal, so what was looked at may lack it.
    """
    try:
        known = await page.services.engine.definitions(page.sight.address)
    except UnknownCooperationError:
        return ()
    family = compile_family(*known).family
    return tuple(
        Option(
            f"policy:{name}",
            f"{page.say('subject.policy')} ({page.say.label(rules.policy.label)}, {name})",
        )
        for name, rules in family.items()
        if name != looked.state.policy
    )


def _subjects_of(looked: Looked) -> Iterable[str]:
    """Return what is put to the members by no command of its own."""
    state = looked.state
    yield from ("other", "money", "closing")
    for slug, one in state.disagreements.items():
        if one.state == "collective_decision":
            yield f"disagreement:{slug}"
    yield from (f"exclusion:{slug}" for slug, one in state.members.items() if one.status != "left")
    yield from (f"return:{one}" for one in looked.rules.lifecycle.stages_before(state.stage))


def _indicators(_: CooperationPage, looked: Looked) -> Iterator[Option]:
    chain = looked.state.newest("value_chain", "approved", "in_force", "stale")
    for objective in getattr(chain.typed, "objectives", ()) if chain else ():
        for one in objective.indicators:
            yield Option(one.id, one.definition)


def _objectives(_: CooperationPage, looked: Looked) -> Iterator[Option]:
    chain = looked.state.newest("value_chain", "approved", "in_force", "stale")
    for one in getattr(chain.typed, "objectives", ()) if chain else ():
        yield Option(one.id, one.why)


_OF_STATE: Final[dict[str, Callable[[CooperationPage, Looked], Iterator[Option]]]] = {
    "decisions": _decisions,
    "reviews": _reviews,
    "changes": _changes,
    "disagreements": _disagreements,
    "gates": _gates,
    "meetings": _meetings,
    "actions": _actions,
    "indicators": _indicators,
    "objectives": _objectives,
    "subjects": _subjects,
}
