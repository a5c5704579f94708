"""What every page of a programme is given, and the frame that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from coopflow.directory.programmes import ProgrammeSeen
from coopflow.domain.base import Label
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.guards import OutlookDep
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.http.programmes import programmes_there
from coopflow.entrypoints.web.guards import Visitor, VisitorDep
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.services import Services
from coopflow.wording.phrases import Phrases


class ProgrammeTab(NamedTuple):
    """A page of a programme that all its pages lead to.

    Attributes:
        path: below the programme; empty for the first one.
        label: what it is called.
        is_managed: whether only those are led there who manage the programme.
    """

    path: str
    label: Label
    is_managed: bool = True


PROGRAMME_TABS: Final[tuple[ProgrammeTab, ...]] = (
    ProgrammeTab("", Label(en="Overview", fr="Vue d'ensemble"), is_managed=False),
    ProgrammeTab("portfolio", Label(en="Portfolio", fr="Portefeuille")),
    ProgrammeTab("policies", Label(en="Policies", fr="Politiques"), is_managed=False),
    ProgrammeTab("administration", Label(en="Administration", fr="Administration")),
)
"""The pages of a programme, in order."""


@dataclass(frozen=True)
class ProgrammePage:
    """A page of a programme for a reader who sees it.

    Attributes:
        request: what was asked.
        services: the parts of the platform.
        visitor: the reader.
        record: the programme as the directory has it, or as cooperations name it.
        manages: whether the reader manages it, and sees all that is in it.
        say: the words of the reader's language.
    """

    request: Request
    services: Services
    visitor: Visitor
    record: ProgrammeSeen
    manages: bool
    say: Phrases

    @property
    def id(self) -> str:
        """The id of the programme."""
        return self.record.id

    @property
    def path(self) -> str:
        """Where its pages begin, as ``/p/valdore``."""
        return f"/p/{self.record.id}"

    @property
    def administrates(self) -> bool:
        """Whether the reader administers the whole installation."""
        return self.visitor.caller.administrates_all

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page within the frame of the programme.

        Templates are given ``page`` besides what ``render`` gives them.
        """
        tabs = [one for one in PROGRAMME_TABS if self.manages or not one.is_managed]
        return render(self.request, template, status=status, page=self, tabs=tabs, **values)


async def programme_page(
    request: Request, services: ServicesDep, visitor: VisitorDep, outlook: OutlookDep
) -> ProgrammePage:
    """Return what a page of the programme of the path is given.

    Raises:
        HiddenError: it is not there for the reader.
    """
    for record in await programmes_there(services, visitor.caller, [outlook.programme]):
        say = phrases_of(request)
        return ProgrammePage(request, services, visitor, record, outlook.manages, say)
    raise HiddenError


async def managed_page(page: Annotated[ProgrammePage, Depends(programme_page)]) -> ProgrammePage:
    """Return what a page is given that is for those who manage the programme.

    Raises:
        HiddenError: the programme is not there for the reader.
        ProblemError: they see but do not manage it (``forbidden``).
    """
    if not page.manages:
        raise ProblemError("forbidden")
    return page


ProgrammePageDep = Annotated[ProgrammePage, Depends(programme_page)]
"""A page of the programme of the path, for whoever sees it."""

ManagedPageDep = Annotated[ProgrammePage, Depends(managed_page)]
"""A page of the programme of the path, for whoever manages it."""
