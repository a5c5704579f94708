"""Entity tags: what a thing was when it was looked at.

The tag of a cooperation is the number of its last entry, so that a command may be given on the
condition that nothing has happened since (``If-Match``), and that of a record of the directory its
version. All other answers are tagged by what they
say, see ``conditional``.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Response

from coopflow.entrypoints.http.problems import FieldProblem, ProblemError

_TAG: Final = re.compile(r'"(\d{1,18})"')


class EntityTag:
    """Tags an answer."""

    def __init__(self, response: Response) -> None:
        """Tag this answer."""
        self._response = response

    def of_cooperation(self, seq: int) -> None:
        """Say that it is about a cooperation as it was after an entry."""
        self._response.headers["ETag"] = f'"{seq}"'

    def of_record(self, version: int) -> None:
        """Say that it is about a record of the directory at a version."""
        self._response.headers["ETag"] = f'"{version}"'


def expected_seq(
    if_match: Annotated[
        str | None,
        Header(
            description="The `ETag` of the cooperation as you know it: the command is carried out "
            "only if nothing has happened since.",
            examples=['"12"'],
        ),
    ] = None,
) -> int | None:
    """Return the number of the last entry that a command expects; None when it expects nothing.

    Raises:
        ProblemError: the header is no such tag (``invalid_request``), or one that never matches
            (``outdated``).
    """
    return _number(if_match, "cooperation")


def expected_version(
    if_match: Annotated[
        str | None,
        Header(
            description="The `ETag` of the record as you know it: it is changed only if nobody has "
            "changed it since.",
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    """Return the version that a change starts from; None when it takes whatever there is.

    Raises:
        ProblemError: as of ``expected_seq``.
    """
    return _number(if_match, "record")


def _number(if_match: str | None, what: str) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    if if_match.strip().startswith("W/"):
        raise ProblemError("outdated")
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        fault = FieldProblem(path="header.If-Match", problem=f"send the ETag of the {what}")
        raise ProblemError("invalid_request", errors=[fault])
    return int(found[1])


EntityTagDep = Annotated[EntityTag, Depends()]
"""Tags the answer."""

ExpectedSeqDep = Annotated[int | None, Depends(expected_seq)]
"""The number of the last entry that the caller knows of, if the command depends on it."""

ExpectedVersionDep = Annotated[int | None, Depends(expected_version)]
"""The version that the caller knows of, if the change depends on it."""
