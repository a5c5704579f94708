"""The pages of somebody's own account, and the frame that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from coopflow.application.callers import Caller
from coopflow.directory.people import Person
from coopflow.domain.base import Label
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.web.guards import VisitorDep
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.services import Services
from coopflow.wording.phrases import Phrases


class AccountTab(NamedTuple):
    """A page of the account: where it is below ``/account``, and what it is called."""

    path: str
    label: Label


ACCOUNT_TABS: Final = (
    AccountTab("", Label(en="Who I am", fr="Qui je suis")),
    AccountTab("notices", Label(en="Notices", fr="Avis")),
    AccountTab("calendars", Label(en="Calendars", fr="Agendas")),
    AccountTab("access", Label(en="Access", fr="Accès")),
)
"""The pages of the account, in order."""


@dataclass(frozen=True)
class AccountPage:
    """A page of the reader's own account.

    Attributes:
        request: what was asked.
        services: the parts of the platform.
        caller: who reads.
        record: the reader as the directory has them.
        say: the words of the reader's language.
    """

    request: Request
    services: Services
    caller: Caller
    record: Person
    say: Phrases

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page within the frame of the account."""
        return render(self.request, template, status=status, page=self, tabs=ACCOUNT_TABS, **values)


async def account_page(request: Request, services: ServicesDep, visitor: VisitorDep) -> AccountPage:
    """Return what a page of the account is given.

    Raises:
        UnknownRecordError: the directory no longer knows the reader.
    """
    record = await services.directory.person(visitor.person)
    return AccountPage(request, services, visitor.caller, record, phrases_of(request))


AccountPageDep = Annotated[AccountPage, Depends(account_page)]
"""A page of the reader's own account."""
