"""What is answered when something is not: problem details (RFC 9457), in French or English.

Each kind of problem has a type that stays, ``urn:coopflow:problem:CODE``, and a page that says what
it means, ``/v1/problems/CODE``. What a cooperation refuses has the code of the refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from coopflow.application.callers import Language
from coopflow.application.engine import UnavailableError, UnknownCooperationError
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.directory.errors import (
    DirectoryError,
    FaultyRecordError,
    StaleError,
    TakenError,
    UnknownRecordError,
)
from coopflow.domain.base import Shape
from coopflow.domain.refusals import Refusal, RefusedError
from coopflow.domain.tools import path_of
from coopflow.entrypoints.http.languages import language_of
from coopflow.entrypoints.http.problem_kinds import KINDS, OF_STATUS
from coopflow.outgoing.errors import EndpointFault, UnknownDeliveryError, UnknownEndpointError
from coopflow.temporal.errors import TemporalUnavailableError
from coopflow.wording.faults import fault_in, told_in

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:coopflow:problem:"

PROBLEM_KEY: Final = "coopflow.problem"
"""Where the scope of a request holds the problem that it was answered with."""

_RETRY_AFTER: Final = 5
_UNKNOWN: Final[Mapping[type[Exception], str]] = {
    UnknownRecordError: "not_found",
    UnknownCooperationError: "not_found",
    UnknownEndpointError: "unknown_webhook",
    UnknownDeliveryError: "unknown_delivery",
}

_log = structlog.get_logger(__name__)


class FieldProblem(Shape):
    """What is wrong with one part of a request."""

    path: Annotated[str, Field(examples=["body.organisation.category"])]
    problem: Annotated[str, Field(examples=["Field required"])]


class Problem(Shape):
    """Why something was not done; a problem changes nothing unless it says so.

    Attributes:
        type: tells problems apart, and stays: ``urn:coopflow:problem:`` and the code.
        title: what it is, in the language of the request.
        status: the status of the answer.
        detail: what is wrong with this request, and what to do.
        instance: the path of the request.
        code: the last part of the type; for what a cooperation refuses, the code of the refusal.
        facts: what the refusal is about, in words of the contract.
        errors: what is wrong with which part of the request.
    """

    type: Annotated[str, Field(examples=[f"{URN}too_early"])]
    title: Annotated[str, Field(examples=["Too early"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[409])]
    detail: Annotated[str, Field(examples=["not everyone has answered yet"])]
    instance: str
    code: Annotated[str, Field(examples=["too_early"])]
    facts: dict[str, Any] | None = None
    errors: tuple[FieldProblem, ...] | None = None


class ProblemError(Exception):
    """Ends a request with a problem; ``refusal`` is what a cooperation refused, if that is it."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
        errors: Sequence[FieldProblem] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say which.

        Args:
            code: one of ``problem_kinds.KINDS``.
            detail: in English, what is wrong with this request; by default what the kind says.
            facts: what it is about.
            errors: what is wrong with which part of the request.
            headers: of the answer.
        """
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.facts = dict(facts) if facts else None
        self.errors = tuple(errors) if errors else None
        self.headers = dict(headers or {})
        self.refusal: Refusal | None = None


class HiddenError(ProblemError):
    """Ends a request about something that is not there for the one who asks."""

    def __init__(self) -> None:
        """Say no more than that it is not there."""
        super().__init__("not_found")


def refused(refusal: Refusal) -> ProblemError:
    """Return the problem that a refusal is."""
    found = ProblemError(refusal.code, refusal.message or None, facts=refusal.facts)
    found.refusal = refusal
    return found


def problem_of(error: ProblemError, request: Request) -> Problem:
    """Return the problem as the one who asked reads it."""
    kind = KINDS[error.code]
    language = language_of(request)
    # Messages of the domain are English; in French the kind explains, and the facts say the rest.
    detail = error.detail if error.detail and language == "en" else kind.explained(language)
    return Problem(
        type=f"{URN}{error.code}",
        title=kind.title(language),
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        code=error.code,
        facts=error.facts,
        errors=error.errors,
    )


def answer(error: ProblemError, request: Request) -> JSONResponse:
    """Answer a request with a problem, and leave a note of it in the scope of the request."""
    problem = problem_of(error, request)
    request.scope[PROBLEM_KEY] = error
    headers = {
        "Vary": "Accept-Language",
        "Content-Language": language_of(request),
        "Link": f'<{request.scope.get("root_path", "")}/v1/problems/{error.code}>; rel="help"',
        "Cache-Control": "no-store",
        **error.headers,
    }
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


Answering = Callable[[ProblemError, Request], Response]
"""Answers a request with a problem."""


def broken(error: Exception, request: Request, answer: Answering = answer) -> Response:
    """Answer a request that a fault of ours ends, and log the fault."""
    _log.error("a request failed", exc_info=error)
    return answer(ProblemError("internal"), request)


def install(app: FastAPI, answer: Answering = answer) -> None:
    """Let an application answer with problems, whatever goes wrong.

    Args:
        app: the application.
        answer: how it answers; by default with problem details.
    """

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return answer(error, request)

    async def refused_inside(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        return answer(refused(error.refusal), request)

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(of_framework(error), request)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(_invalid(error, language_of(request)), request)

    async def unknown(request: Request, error: Exception) -> Response:
        return answer(ProblemError(_UNKNOWN[type(error)]), request)

    async def faulty(request: Request, error: Exception) -> Response:
        assert isinstance(error, (EndpointFault, DirectoryError, FaultsError))
        return answer(_of_record(error, language_of(request)), request)

    async def unavailable(request: Request, error: Exception) -> Response:
        _log.warning("unavailable", advice=str(error))  # it names hosts: not for those who ask
        headers = {"Retry-After": str(_RETRY_AFTER)}
        return answer(ProblemError("unavailable", headers=headers), request)

    async def unexpected(request: Request, error: Exception) -> Response:
        return broken(error, request, answer)

    app.add_exception_handler(ProblemError, told)
    app.add_exception_handler(RefusedError, refused_inside)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)
    for kind in _UNKNOWN:
        app.add_exception_handler(kind, unknown)
    app.add_exception_handler(EndpointFault, faulty)
    app.add_exception_handler(DirectoryError, faulty)
    app.add_exception_handler(FaultsError, faulty)
    app.add_exception_handler(UnavailableError, unavailable)
    app.add_exception_handler(TemporalUnavailableError, unavailable)
    app.add_exception_handler(Exception, unexpected)


def of_framework(error: HTTPException) -> ProblemError:
    """Return the problem that the framework found: no such address, no such method there."""
    code = OF_STATUS.get(error.status_code, "malformed_request")
    return ProblemError(code, headers=error.headers)


def _of_record(
    error: EndpointFault | DirectoryError | FaultsError, language: Language
) -> ProblemError:
    """Return what is wrong with what somebody keeps: a webhook, or a record of the directory."""
    match error:
        case EndpointFault(field="status"):
            return ProblemError("wrong_state", str(error))
        case EndpointFault():
            faults = {error.field: str(error)}
        case TakenError():
            return ProblemError("already_exists", str(error), facts={"field": error.field})
        case StaleError():
            return ProblemError("outdated", str(error))
        case FaultsError():
            return ProblemError(
                "invalid_request",
                errors=[_in_file(fault_in(one, language)) for one in error.faults],
            )
        case FaultyRecordError():
            faults = error.faults
        case _:
            return ProblemError("in_use", str(error))
    errors = [
        FieldProblem(path=f"body.{field}", problem=told_in(told, language))
        for field, told in faults.items()
    ]
    return ProblemError("invalid_request", errors=errors)


def _in_file(fault: Fault) -> FieldProblem:
    where = f"body:{fault.line}:{fault.column}" + (f": {fault.path}" if fault.path else "")
    remedy = f" ({fault.remedy})" if fault.remedy else ""
    return FieldProblem(path=where, problem=f"{fault.message}{remedy}")


def _invalid(error: RequestValidationError, language: Language) -> ProblemError:
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return ProblemError("malformed_request", "the body is not JSON")
    return ProblemError(
        "invalid_request",
        errors=[
            FieldProblem(path=path_of(one["loc"]), problem=told_in(one["msg"], language))
            for one in faults
        ],
    )
