"""Remedies as people carry them out: step by step, with who may take each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from coopflow.domain.explanation import Examination, RemedyOffer
from coopflow.domain.roles import MATRIX
from coopflow.domain.state import Cooperation, Decision
from coopflow.entrypoints.web.cooperation import CooperationPage

_FOR_ITS_DOCUMENT: Final = frozenset({"draft_document", "submit_document"})


class Step(NamedTuple):
    """One command of a remedy.

    Attributes:
        command: its wire name.
        path: where the reader gives it; None where they may not, or not yet.
        who: the roles that may, in words.
        is_done: whether it was given already, and what it made still waits for the next one.
        is_mine: whether the reader may give it, as far as roles tell.
    """

    command: str
    path: str | None
    who: str
    is_done: bool
    is_mine: bool


class Way(NamedTuple):
    """Something that would help.

    Attributes:
        id: of the remedy.
        label: what is to be done.
        steps: the commands, in order.
        people: how many organisations at least must act.
        answers: the criteria that it would meet, by their labels.
    """

    id: str
    label: str
    steps: tuple[Step, ...]
    people: int
    answers: tuple[str, ...]

    @property
    def next(self) -> Step | None:
        """The first step that is left; None when all are done."""
        return next((one for one in self.steps if not one.is_done), None)


def ways(
    page: CooperationPage, found: Examination, state: Cooperation
) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """Return the shortest way to pass a gate, and what else would help to do so."""
    wanted = [one for one in (*found.guards, *found.criteria) if not one.met and not one.waived]
    offers = {one.id: one for one in found.remedies}
    of_use = [slug for slug in offers if any(slug in one.remedies for one in wanted)]
    made = {
        slug: _way(
            page,
            offers[slug],
            state,
            [page.say.label(one.label) for one in wanted if slug in one.remedies],
        )
        for slug in of_use
    }
    # Who is there comes first: documents name those who contribute, and members decide on them.
    guarding = {slug for one in found.guards if not one.met for slug in one.remedies}
    first = sorted(found.shortest, key=lambda slug: slug not in guarding)
    shortest = tuple(made[slug] for slug in first)
    others = tuple(way for slug, way in made.items() if slug not in found.shortest)
    return shortest, others


def _way(
    page: CooperationPage, offer: RemedyOffer, state: Cooperation, answers: Iterable[str]
) -> Way:
    deciding = _deciding(offer, state)
    done = _done(offer, state, deciding)
    return Way(
        offer.id,
        page.say.label(offer.label),
        tuple(_step(page, offer, number, deciding, done) for number in range(len(offer.steps))),
        offer.people,
        tuple(answers),
    )


def _deciding(offer: RemedyOffer, state: Cooperation) -> Decision | None:
    """Return the decision that a remedy has come to, if it is open."""
    subject = f"document:{offer.document}" if offer.document else None
    if "propose_mandate" in offer.steps:
        subject = "mandate"
    found = [one for one in state.decisions.values() if one.is_open and one.subject == subject]
    return found[-1] if found else None


def _done(offer: RemedyOffer, state: Cooperation, deciding: Decision | None) -> int:
    """Return how many steps of a remedy have been taken already, as far as can be told."""
    if "cast_ballot" in offer.steps and deciding is not None:
        return offer.steps.index("cast_ballot")
    if "submit_document" in offer.steps and offer.document is not None:
        versions = state.documents.get(offer.document, ())
        if versions and versions[-1].status == "draft":
            return offer.steps.index("submit_document")
    return 0


def _step(
    page: CooperationPage,
    offer: RemedyOffer,
    number: int,
    deciding: Decision | None,
    done: int,
) -> Step:
    command = offer.steps[number]
    is_mine = page.may_give(command) and page.detail.status != "closed"
    path = None
    if command == "cast_ballot":
        path = f"{page.path}/decisions/{deciding.id}" if deciding and is_mine else None
    elif is_mine and command in _FOR_ITS_DOCUMENT and offer.document is not None:
        is_possible = command != "submit_document" or number == done
        path = page.do(command, kind=offer.document) if is_possible else None
    elif is_mine and not (command == "sign_charter" and "submit_document" in offer.steps):
        path = page.do(command)
    roles = offer.roles[command] or tuple(MATRIX[command])
    who = page.say.either([page.say(f"role.{role}") for role in roles])
    return Step(command, path, who, number < done, is_mine)
