"""Reminding people of what is waited for, and views of a portfolio that are saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.saved_views import MOST as MOST_VIEWS
from coopflow.directory.saved_views import SavedView, TooManyViewsError, ViewName
from coopflow.domain.base import Shape, Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.filters import FilterDep
from coopflow.entrypoints.http.guards import ManagedProgrammeDep
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.outgoing.mail.invitations import MailOffError
from coopflow.outgoing.mail.reminders import MOST, Reminded, TaskKey
from coopflow.readmodel.narrowing import PortfolioFilter
from coopflow.services import Services

router = APIRouter(prefix="/programmes/{programme}/portfolio", tags=["portfolio"])

_READS: Final = [needs("read")]
_ACTS: Final = [needs("write")]


class TaskNamed(Shape):
    """What tells a task of a programme from all others."""

    cooperation: Slug
    person: Slug
    kind: Slug
    about: Annotated[str, Field(max_length=400)]
    organisation: Annotated[str, Field(max_length=120)] = ""

    def key(self, programme: str) -> TaskKey:
        """Return it as a key."""
        address = str(Address(programme, self.cooperation))
        return TaskKey(address, self.person, self.kind, self.about, self.organisation)


class ReminderAsked(Shape):
    """Of what people are to be reminded: of some tasks, or of all that the filters show.

    Of the latter it may be only what is waited for from a person, or for an organisation.
    """

    tasks: Annotated[tuple[TaskNamed, ...], Field(max_length=MOST)] = ()
    all_shown: bool = False
    person: Slug | None = None
    organisation: Slug | None = None


async def remind(
    services: Services, programme: str, caller: Caller, asked: ReminderAsked, only: PortfolioFilter
) -> Reminded:
    """Send reminders as the caller, who manages the programme.

    Raises:
        ProblemError: no mail is sent here (``mail_off``), or the caller is no person
            (``forbidden``).
    """
    now = datetime.now(UTC)
    keys = [one.key(programme) for one in asked.tasks]
    if asked.all_shown:
        found = await services.queries.waiting(
            programme,
            now,
            only=only,
            person=asked.person,
            organisation=asked.organisation,
            limit=MOST,
        )
        keys = [TaskKey(*one.waits[1:]) for one in found if one.person]
    try:
        return await services.reminders.send(programme, own(caller), keys, now)
    except MailOffError as error:
        raise ProblemError("mail_off", str(error)) from None


def own(caller: Caller) -> str:
    """Return the person that a caller is.

    Raises:
        ProblemError: none (``forbidden``).
    """
    if caller.person is None:
        raise ProblemError("forbidden", "this is for people: sign in, or act for one")
    return caller.person


@router.post(
    "/reminders",
    operation_id="send_reminders",
    summary="Remind people of what is waited for",
    dependencies=_ACTS,
    responses=guarded(409),
)
async def send_reminders(
    programme: ManagedProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    only: FilterDep,
    asked: ReminderAsked,
    _: IdempotencyKeyDep,
) -> Reminded:
    """Send each person one mail with the tasks that they are reminded of, of each once a day.

    Of answers in a secret ballot nobody is reminded: it would tell who has not answered.
    """
    return await remind(services, programme, caller, asked, only)


@router.get(
    "/views",
    operation_id="list_saved_views",
    summary="Saved views",
    dependencies=_READS,
    responses=guarded(),
)
async def views(
    programme: ManagedProgrammeDep, caller: CallerDep, services: ServicesDep
) -> tuple[SavedView, ...]:
    """List the views that the caller saved: each is the query of the portfolio by a name."""
    return await services.views.of(programme, own(caller))


@router.put(
    "/views",
    operation_id="save_view",
    summary="Save a view",
    status_code=204,
    dependencies=_READS,
    responses=guarded(409),
)
async def save_view(
    programme: ManagedProgrammeDep, caller: CallerDep, services: ServicesDep, view: SavedView
) -> None:
    """Save a view for oneself; one of the same name is replaced."""
    await keep_view(services, programme, caller, view)


async def keep_view(services: Services, programme: str, caller: Caller, view: SavedView) -> None:
    """Save a view of the caller.

    Raises:
        ProblemError: they have too many (``already_exists``), or are no person (``forbidden``).
    """
    try:
        await services.views.save(programme, own(caller), view, datetime.now(UTC))
    except TooManyViewsError:
        message = f"you have {MOST_VIEWS} views: remove one of them first"
        raise ProblemError("already_exists", message) from None


@router.delete(
    "/views",
    operation_id="remove_view",
    summary="Remove a saved view",
    status_code=204,
    dependencies=_READS,
    responses=guarded(),
)
async def remove_view(
    programme: ManagedProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    name: Annotated[ViewName, Query(description="Its name.", examples=["To look at"])],
) -> None:
    """Remove a view that one saved."""
    if not await services.views.remove(programme, own(caller), name):
        raise ProblemError("not_found")
