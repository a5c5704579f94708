"""Who takes part in a cooperation: organisations, those who speak for them, roles, the mandate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.domain.roles import (
    EVALUATOR,
    FACILITATOR,
    FUNDER,
    MATRIX,
    MEDIATOR,
    OBSERVER,
    REPRESENTATIVE,
)
from coopflow.entrypoints.http.looking import look
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.terms import TELLING, Term, terms_of
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import MemberView, RoleView

_MOST: Final = 2000
_ORDER: Final = ("active", "invited", "suspended", "left")
_HELD: Final = (FACILITATOR, MEDIATOR, EVALUATOR, FUNDER, OBSERVER)

_OF_MEMBER: Final = {
    "invited": ("describe_member", "appoint_representative", "withdraw_member"),
    "active": (
        "describe_member",
        "appoint_representative",
        "suspend_member",
        "withdraw_member",
    ),
    "suspended": (
        "reinstate_member",
        "describe_member",
        "appoint_representative",
        "withdraw_member",
    ),
    "left": (),
}
"""What may be done about an organisation, by its status."""

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


class Organisation(NamedTuple):
    """An organisation, and what the reader may do about it.

    Attributes:
        member: what is known of it.
        in_support: whether it holds the support function.
        commands: what the reader may do about it, as far as roles tell.
    """

    member: MemberView
    in_support: bool
    commands: tuple[str, ...]


class Support(NamedTuple):
    """The mandate that runs.

    Attributes:
        holder: the organisation.
        people: who speaks for it.
        missions: what it does.
        hours_month: how many hours a month, where that is stated.
        since: since when.
        ends_on: its last day; None for none.
        interim: whether it only bridges a gap.
        following: the organisation whose mandate begins next, if one does.
    """

    holder: str
    people: tuple[str, ...]
    missions: tuple[str, ...]
    hours_month: float | None
    since: datetime
    ends_on: date | None
    interim: bool
    following: str | None


@router.get("/people")
async def show(page: CooperationPageDep) -> Response:
    """Show who takes part, as what, and what the reader may do about it."""
    page.sight.may("people")
    queries, address = page.services.queries, page.sight.address
    holders = await queries.holders(address)
    spoken = [one for member in page.members for one in (member.representative, member.alternate)]
    terms = await _terms(page)
    told = {one.part.person for one in terms}
    await page.know({*(one.person for one in holders), *(one for one in spoken if one), *told})
    members = sorted(page.members, key=lambda one: (_ORDER.index(one.status), one.name.lower()))
    return page.render(
        "cooperation/people.html",
        organisations=tuple(organisation_of(page, one) for one in members),
        held=_held(holders),
        support=await _support(page),
        terms=terms,
        is_open=page.detail.status != "closed",
    )


def organisation_of(page: CooperationPage, member: MemberView) -> Organisation:
    """Return an organisation with what the reader may do about it, as far as roles tell."""
    is_running = page.detail.status in {"active", "closing"}
    commands = _OF_MEMBER[member.status] if is_running else ()
    return Organisation(
        member,
        in_support=member.id == page.detail.mandate_holder and member.status != "left",
        commands=tuple(one for one in commands if _may_about(page, one, member)),
    )


def _may_about(page: CooperationPage, command: str, member: MemberView) -> bool:
    """Whether the reader may give a command about an organisation: some for their own alone."""
    own = member.id in page.may_give_for(command)
    others = set(page.sight.roles) & {one for one in MATRIX[command] if one != REPRESENTATIVE}
    return own or (bool(others) and page.may_give(command))


def _held(holders: tuple[RoleView, ...]) -> dict[str, tuple[RoleView, ...]]:
    """Return who holds which role as such, each once."""
    found: dict[str, tuple[RoleView, ...]] = {}
    for role in _HELD:
        people = {one.person: one for one in holders if one.role == role and one.counts}
        if people:
            found[role] = tuple(people.values())
    return found


async def _terms(page: CooperationPage) -> tuple[Term, ...]:
    """Return who held what, for who may read the journal that says so."""
    if not page.may("journal"):
        return ()
    found = await page.services.chronicle.latest(
        page.sight.address, Narrowing(types=TELLING), limit=_MOST
    )
    return terms_of(reversed(found))


async def _support(page: CooperationPage) -> Support | None:
    state = (await look(page.services, page.sight)).state
    mandate, following = state.mandate, state.next_mandate
    if mandate is None:
        return None
    holder = state.members.get(mandate.holder)
    return Support(
        holder=mandate.holder,
        people=holder.people if holder else (),
        missions=mandate.missions,
        hours_month=mandate.hours_month,
        since=mandate.since,
        ends_on=mandate.ends_on,
        interim=mandate.interim,
        following=following.holder if following else None,
    )
