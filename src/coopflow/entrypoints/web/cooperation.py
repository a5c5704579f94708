"""What every page of a cooperation is given, and the frame that they share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from coopflow.application.access import Subject, allowed
from coopflow.application.engine import Address
from coopflow.domain.base import Label
from coopflow.domain.roles import MATRIX, PROGRAMME_MANAGER, REPRESENTATIVE, WHILE_ACTIVE
from coopflow.domain.rulebook import Rulebook
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.guards import CooperationDep, Sight
from coopflow.entrypoints.web.guards import Visitor, VisitorDep
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.views import CooperationDetail, MemberView
from coopflow.services import Services
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases


class Tab(NamedTuple):
    """A page of a cooperation that all its pages lead to.

    Attributes:
        path: below the cooperation; empty for the first one.
        label: what it is called.
        subject: what a reader has to be allowed to read to be led there.
    """

    path: str
    label: Label
    subject: Subject


_TOMBSTONE: Final = re.compile(r"erased-[0-9]+")

TABS: Final[tuple[Tab, ...]] = (
    Tab("", Label(en="Overview", fr="Vue d'ensemble"), "cooperation"),
    Tab("gates", Label(en="Gates", fr="Passages"), "gates"),
    Tab("documents", Label(en="Documents", fr="Documents"), "documents"),
    Tab("decisions", Label(en="Decisions", fr="Décisions"), "decisions"),
    Tab("disagreements", Label(en="Disagreements", fr="Désaccords"), "disagreements"),
    Tab("reviews", Label(en="Reviews", fr="Bilans"), "reviews"),
    Tab("meetings", Label(en="Meetings", fr="Réunions"), "meetings"),
    Tab("indicators", Label(en="Indicators", fr="Indicateurs"), "measures"),
    Tab("journal", Label(en="Journal", fr="Journal"), "journal"),
    Tab("forecast", Label(en="Forecast", fr="Prévision"), "forecast"),
    Tab("people", Label(en="People", fr="Membres"), "people"),
)
"""The pages of a cooperation, in order."""


@dataclass(frozen=True)
class CooperationPage:
    """A page of a cooperation for a reader who sees it.

    Attributes:
        request: what was asked.
        services: the parts of the platform.
        sight: the cooperation, and how much of it the reader may read (``sight.may``).
        visitor: the reader.
        rules: what the cooperation follows; None where that is not registered.
        members: its organisations, those that left too; of who may not read them only those that
            the reader speaks for.
        say: the words of the reader's language.
        names: of stages, gates, conditions and organisations.
    """

    request: Request
    services: Services
    sight: Sight
    visitor: Visitor
    rules: Rulebook | None
    members: tuple[MemberView, ...]
    say: Phrases
    names: Names
    _people: dict[str, str] = field(default_factory=dict)

    @property
    def detail(self) -> CooperationDetail:
        """The cooperation as the read model has it."""
        return self.sight.detail

    @property
    def path(self) -> str:
        """Where its pages begin, as ``/c/valdore/bocage-gourmand``."""
        return path_of(*self.sight.address)

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """The organisations that the reader speaks for, also those invited or suspended."""
        return tuple(
            one.id
            for one in self.members
            if one.status != "left" and self.visitor.person in {one.representative, one.alternate}
        )

    def may(self, subject: Subject) -> bool:
        """Whether the reader may read something of it."""
        return allowed(subject, self.sight.roles) is not None

    def sees_all(self, subject: Subject) -> bool:
        """Whether the reader may read all of something, not only what was published."""
        return allowed(subject, self.sight.roles) == "all"

    def may_give(self, command: str) -> bool:
        """Whether some role of the reader may give a command, as far as roles alone tell."""
        held = set(self.sight.roles)
        if PROGRAMME_MANAGER not in self.visitor.caller.grants(self.detail.programme):
            held.discard(PROGRAMME_MANAGER)  # who administers the installation reads, no more
        return bool(held & MATRIX[command].keys()) or bool(self.may_give_for(command))

    def may_give_for(self, command: str) -> tuple[str, ...]:
        """Return the organisations for which the reader may give a command as who speaks for them.

        Those that are invited or suspended may less than active ones, yet not nothing: they
        describe themselves, say who speaks for them, leave, and bring a disagreement to its end.
        """
        if MATRIX[command].get(REPRESENTATIVE) != "own":
            return ()
        own, active = self.speaks_for, {one.id for one in self.members if one.status == "active"}
        return tuple(one for one in own if one in active or command not in WHILE_ACTIVE)

    def do(self, command: str, return_to: str | None = None, **settled: str) -> str:
        """Return where a command is given.

        Args:
            command: its wire name.
            return_to: where to go afterwards; by default to where the reader is.
            settled: fields of the command that are not asked any more.
        """
        back = self.request.url.path.removeprefix(self.request.scope.get("root_path", ""))
        return command_path(self.sight.address, command, return_to or back, **settled)

    def organisation(self, slug: str) -> str:
        """Return what an organisation is called; its id where it is not known."""
        return self.names.organisation(slug)

    def several(self, organisations: Iterable[str]) -> str:
        """Write a list of what organisations are called."""
        return self.say.several([self.organisation(one) for one in organisations])

    @property
    def people(self) -> Mapping[str, str]:
        """What those are called who were looked up."""
        return self._people

    async def know(self, people: Collection[str]) -> None:
        """Look up what people are called, so that templates can ask ``page.person``."""
        unknown = {one for one in people if one} - self._people.keys()
        if unknown:
            found = await self.services.directory.people_by_id(unknown)
            self._people.update({person: one.name for person, one in found.items()})
            erased = [one for one in unknown - found.keys() if is_erased(one)]
            self._people.update(dict.fromkeys(erased, self.say("person.erased")))

    def person(self, person: str) -> str:
        """Return what somebody is called; their id where the directory does not know them."""
        return self._people.get(person, person)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page within the frame of the cooperation.

        Templates are given ``page`` besides what ``render`` gives them.
        """
        tabs = [one for one in TABS if self.may(one.subject)]
        return render(self.request, template, status=status, page=self, tabs=tabs, **values)


def path_of(programme: str, cooperation: str) -> str:
    """Return where the pages of a cooperation begin."""
    return f"/c/{programme}/{cooperation}"


def command_path(address: Address, command: str, return_to: str, **settled: str) -> str:
    """Return where a command is given: settled fields are not asked; then one is back there."""
    query = urlencode({**settled, "return_to": return_to})
    return f"{path_of(*address)}/do/{command}?{query}"


async def cooperation_page(
    request: Request, services: ServicesDep, visitor: VisitorDep, sight: CooperationDep
) -> CooperationPage:
    """Return what a page of the cooperation of the path is given.

    Raises:
        HiddenError: it is not there for the reader.
    """
    rulebooks: Rulebooks = request.app.state.rulebooks
    rules = await rulebooks.of(sight.detail, sight.detail.policy)
    members = await services.queries.members(sight.address)
    if allowed("members", sight.roles) is None:
        own = visitor.person
        members = tuple(one for one in members if own in {one.representative, one.alternate})
    say = phrases_of(request)
    names = Names(rules, say, {one.id: one.name for one in members})
    return CooperationPage(request, services, sight, visitor, rules, members, say, names)


CooperationPageDep = Annotated[CooperationPage, Depends(cooperation_page)]
"""A page of the cooperation of the path."""


def is_erased(person: str) -> bool:
    """Whether an id is what stands where somebody was erased."""
    return _TOMBSTONE.fullmatch(person) is not None
