"""Who sees what there is: programmes and cooperations that are not for a caller do not exist.

Somebody sees a programme who manages it, holds another role in it, or administers all of them, and
a cooperation who manages its programme or holds a role in it. To all others either is
``not_found``, in the same words as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path

from coopflow.application.callers import Caller
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.base import Slug
from coopflow.domain.roles import PROGRAMME_MANAGER, roles_of
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services

ProgrammeId = Annotated[Slug, Path(description="The id of a programme.", examples=["valdore"])]
CooperationId = Annotated[
    Slug, Path(description="The id of a cooperation.", examples=["bocage-gourmand"])
]


@dataclass(frozen=True)
class Sight:
    """A cooperation that a caller may see.

    Attributes:
        address: where it is found.
        caller: who sees it.
        roles: those that the caller holds in it or in its programme; somebody who administers the
            installation sees what a programme manager sees.
    """

    address: Address
    caller: Caller
    roles: frozenset[str]


async def seen_programme(programme: ProgrammeId, caller: CallerDep) -> str:
    """Return a programme that the caller sees.

    Raises:
        ProblemError: it is not there for them (``not_found``).
    """
    if caller.manages(programme) or caller.grants(programme):
        return programme
    raise ProblemError("not_found")


async def managed_programme(programme: ProgrammeId, caller: CallerDep) -> str:
    """Return a programme that the caller manages.

    Raises:
        ProblemError: it is not there for them (``not_found``), or they see but do not manage it
            (``forbidden``).
    """
    await seen_programme(programme, caller)
    if not caller.manages(programme):
        raise ProblemError("forbidden")
    return programme


async def seen_cooperation(
    programme: ProgrammeId, cooperation: CooperationId, caller: CallerDep, services: ServicesDep
) -> Sight:
    """Return a cooperation that the caller sees.

    Raises:
        ProblemError: it is not there for them (``not_found``).
    """
    address = Address(programme, cooperation)
    if not caller.reaches(programme):
        raise ProblemError("not_found")
    roles = await _roles(services, address, caller)
    if not roles:
        raise ProblemError("not_found")
    return Sight(address, caller, roles)


async def _roles(services: Services, address: Address, caller: Caller) -> frozenset[str]:
    """Return the roles that count in a cooperation; none when it is not there."""
    programme = address.programme
    try:
        state = await services.engine.state(address)
    except UnknownCooperationError:
        return frozenset()
    roles = roles_of(caller.person, state) if caller.person else frozenset()
    held = roles | set(caller.grants(programme))
    return held | {PROGRAMME_MANAGER} if caller.manages(programme) else held


ProgrammeDep = Annotated[str, Depends(seen_programme)]
"""The programme of the path, which the caller sees."""

ManagedProgrammeDep = Annotated[str, Depends(managed_programme)]
"""The programme of the path, which the caller manages."""

CooperationDep = Annotated[Sight, Depends(seen_cooperation)]
"""The cooperation of the path, which the caller sees."""
