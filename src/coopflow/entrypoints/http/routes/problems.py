"""What the kinds of problems mean."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from coopflow.domain.base import Shape
from coopflow.entrypoints.http.answers import problems
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import URN, ProblemError

router = APIRouter(prefix="/problems", tags=["problems"])


class ProblemPage(Shape):
    """A kind of problem, and what it means."""

    type: str
    status: int
    title: str
    meaning: str


@router.get("", operation_id="list_problems", summary="The kinds of problems")
async def list_all(language: LanguageDep) -> tuple[ProblemPage, ...]:
    """List all kinds of problems that there are."""
    return tuple(_page(code, language) for code in KINDS)


@router.get(
    "/{code}",
    operation_id="show_problem",
    summary="What a kind of problem means",
    responses=problems(404),
)
async def show(
    code: Annotated[str, Path(examples=["too_early"], max_length=120)], language: LanguageDep
) -> ProblemPage:
    """Say what a kind of problem means, and what to do about it."""
    if code not in KINDS:
        raise ProblemError("not_found")
    return _page(code, language)


def _page(code: str, language: LanguageDep) -> ProblemPage:
    kind = KINDS[code]
    return ProblemPage(
        type=f"{URN}{code}",
        status=kind.status,
        title=kind.title(language),
        meaning=kind.explained(language),
    )
