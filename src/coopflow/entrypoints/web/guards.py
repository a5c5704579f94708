"""What every page is given: who reads it, and that forms come from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from coopflow.application.callers import SCOPES, Caller
from coopflow.entrypoints.http.dependencies import CallerDep, caller_of, services_of
from coopflow.entrypoints.http.origins import check_origin
from coopflow.entrypoints.http.problems import ProblemError


async def from_here(request: Request) -> None:
    """Check that what changes something was sent by a page of this site.

    Raises:
        ProblemError: it was not (``cross_site``).
    """
    check_origin(request)


def _dependency(check: object) -> Dependency:
    found = Depends(check)  # type: ignore[arg-type]
    assert isinstance(found, Dependency)
    return found


OPEN: tuple[Dependency, ...] = (_dependency(from_here),)
"""What routers of pages have that are for everybody."""


async def _person(caller: CallerDep) -> None:
    _signed_in(caller)


def _signed_in(caller: Caller) -> str:
    """Return who has signed in.

    Raises:
        ProblemError: a token asks (``forbidden``): what it may do is for the API to tell, as pages
            look at no scopes.
    """
    is_person = caller.name == f"person:{caller.person}" and caller.scopes.issuperset(SCOPES)
    if caller.person is None or not is_person:
        raise ProblemError("forbidden", "pages are for people who sign in; programs use the API")
    return caller.person


MEMBERS: tuple[Dependency, ...] = (*OPEN, _dependency(_person))
"""What routers of pages have that are for people who have signed in."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who reads pages.

    Attributes:
        caller: who they are.
        person: their id.
        name: what they are called, or their id where the directory does not know them.
    """

    caller: Caller
    person: str
    name: str


async def visitor_of(request: Request) -> Visitor:
    """Return who reads a page.

    Raises:
        ProblemError: nobody can tell (``unauthenticated``), or it is a program (``forbidden``).
    """
    caller = await caller_of(request)
    person = _signed_in(caller)
    known = await services_of(request).directory.people_by_id([person])
    found = known.get(person)
    return Visitor(caller, person, found.name if found else person)


VisitorDep = Annotated[Visitor, Depends(visitor_of)]
"""Who reads the page."""
