"""Which programmes a caller sees, and who may keep them."""

from __future__ import annotations

from collections.abc import Sequence

from coopflow.application.callers import Caller
from coopflow.directory.programmes import ProgrammeSeen
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services


async def programmes_there(
    services: Services, caller: Caller, programmes: Sequence[str]
) -> list[ProgrammeSeen]:
    """Return those of these programmes that are there, in this order.

    There is what the directory keeps, what has cooperations, and what the caller has a role in.
    """
    kept = await services.directory.programmes_by_id(programmes)
    found: list[ProgrammeSeen] = []
    for one in programmes:
        is_there = one in kept or bool(caller.grants(one))
        if is_there or await services.queries.cooperations(programme=one, limit=1):
            found.append(ProgrammeSeen.of(one, kept.get(one)))
    return found


async def own_programmes(services: Services, caller: Caller) -> set[str]:
    """Return the programmes that somebody sees who does not administer all of them."""
    named = {*caller.roles, *((caller.programmes or ()) if caller.administrator else ())}
    if caller.person is not None:
        named.update(await services.queries.programmes_of(caller.person))
    return {one for one in named if caller.reaches(one)}


def check_administrates(caller: Caller) -> None:
    """Check that a caller administers the whole installation.

    Raises:
        ProblemError: they do not (``forbidden``).
    """
    if not caller.administrates_all:
        raise ProblemError("forbidden")
