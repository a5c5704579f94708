"""Who sees what there is: programmes and cooperations that are not for a caller do not exist.

Somebody sees a programme who manages it, holds another role in it, has a part in one of its
cooperations or administers all programmes; and a cooperation who manages its programme or has a
part in it. To all others either is ``not_found``, in the same words as if it were not there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from coopflow.application.access import Extent, Subject, allowed
from coopflow.application.callers import Caller
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.base import Slug
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.readmodel.views import CooperationDetail
from coopflow.services import Services

ProgrammeId = Annotated[Slug, Path(description="The id of a programme.", examples=["valdore"])]
CooperationId = Annotated[
    Slug, Path(description="The id of a cooperation.", examples=["bocage-gourmand"])
]


@dataclass(frozen=True)
class Outlook:
    """A programme that a caller may see.

    Attributes:
        programme: its id.
        caller: who sees it.
        manages: whether they manage it, and see all that is in it.
    """

    programme: str
    caller: Caller
    manages: bool


@dataclass(frozen=True)
class Sight:
    """A cooperation that a caller may see.

    Attributes:
        address: where it is found.
        caller: who sees it.
        roles: those that the caller holds in it or in its programme; somebody who administers the
            installation sees what a programme manager sees.
        detail: the cooperation as the read model has it.
    """

    address: Address
    caller: Caller
    roles: frozenset[str]
    detail: CooperationDetail

    def may(self, subject: Subject) -> Extent:
        """Return how much of something the caller may read.

        Raises:
            ProblemError: nothing of it (``forbidden``).
        """
        extent = allowed(subject, self.roles)
        if extent is None:
            raise ProblemError("forbidden", facts={"subject": subject})
        return extent


async def seen_programme(
    programme: ProgrammeId, caller: CallerDep, services: ServicesDep
) -> Outlook:
    """Return a programme that the caller sees.

    Raises:
        HiddenError: it is not there for them.
    """
    manages = caller.manages(programme)
    if manages or caller.grants(programme) or await _has_a_part(services, programme, caller):
        return Outlook(programme, caller, manages)
    raise HiddenError


async def seen_programme_id(outlook: Annotated[Outlook, Depends(seen_programme)]) -> str:
    """Return the id of a programme that the caller sees."""
    return outlook.programme


async def _has_a_part(services: Services, programme: str, caller: Caller) -> bool:
    """Whether the caller has a part in a cooperation of a programme."""
    if caller.person is None or not caller.reaches(programme):
        return False
    found = await services.queries.cooperations_of(caller.person, programme=programme, limit=1)
    return bool(found)


async def managed_programme(outlook: Annotated[Outlook, Depends(seen_programme)]) -> str:
    """Return a programme that the caller manages.

    Raises:
        HiddenError: it is not there for them, or they see but do not manage it
            (``forbidden``).
    """
    if not outlook.manages:
        raise ProblemError("forbidden")
    return outlook.programme


async def seen_cooperation(
    programme: ProgrammeId, cooperation: CooperationId, caller: CallerDep, services: ServicesDep
) -> Sight:
    """Return a cooperation that the caller sees.

    Raises:
        HiddenError: it is not there for them.
    """
    address = Address(programme, cooperation)
    # What is asked is the same whether it is there or not, and so is how long that takes.
    held = await services.queries.parts(address, caller.person or "")
    with contextlib.suppress(UnknownCooperationError):
        detail = await services.queries.cooperation(address)
        if caller.manages(programme):
            return Sight(address, caller, held.roles | {PROGRAMME_MANAGER}, detail)
        if caller.reaches(programme) and held.any:
            return Sight(address, caller, held.roles, detail)
    raise HiddenError


OutlookDep = Annotated[Outlook, Depends(seen_programme)]
"""The programme of the path, which the caller sees, and how much of it."""

ProgrammeDep = Annotated[str, Depends(seen_programme_id)]
"""The id of the programme of the path, which the caller sees."""

ManagedProgrammeDep = Annotated[str, Depends(managed_programme)]
"""The programme of the path, which the caller manages."""

CooperationDep = Annotated[Sight, Depends(seen_cooperation)]
"""The cooperation of the path, which the caller sees."""
