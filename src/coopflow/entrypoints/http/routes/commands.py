"""The routes of all commands, made from their table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response

from coopflow.application.access import allowed
from coopflow.application.engine import Address
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.commands.bodies import body_of, example_of, path_fields
from coopflow.entrypoints.http.commands.giving import CommandAnswer, Done, Order, carry_out
from coopflow.entrypoints.http.commands.table import ROUTES, CommandRoute
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.etags import ExpectedSeqDep
from coopflow.entrypoints.http.guards import CooperationDep, Outlook, OutlookDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.middleware.idempotency import KEY, IdempotencyKeyDep
from coopflow.entrypoints.http.preferences import PatienceDep, Waiting
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError
from coopflow.requests.operations import Operation, Outcome
from coopflow.services import Services

router = APIRouter(dependencies=[needs("write", "act")])

_Endpoint = Callable[..., Coroutine[Any, Any, CommandAnswer | Operation]]


def _endpoint(route: CommandRoute) -> _Endpoint:
    """Return what answers a command; its parameters are those of its path and its body."""
    in_path = path_fields(route)

    async def give(**asked: Any) -> CommandAnswer | Operation:
        request: Request = asked["request"]
        response: Response = asked["response"]
        body = asked["body"]
        payload = _payload(body)
        payload |= {name: asked[name] for name in in_path}
        if "outlook" in asked:
            outlook: Outlook = asked["outlook"]
            address = Address(outlook.programme, payload["cooperation"])
            caller, reads = outlook.caller, True
        else:
            sight = asked["sight"]
            address, caller = sight.address, sight.caller
            reads = allowed("journal", sight.roles) is not None
        order = Order(
            route=route,
            address=address,
            caller=caller,
            key=request.scope[KEY],
            payload=payload,
            actor=body.actor,
            expected_seq=asked.get("expected_seq"),
            reads_journal=reads,
        )
        services: Services = asked["services"]
        place = f"/v1/programmes/{address.programme}/cooperations/{address.cooperation}"

        def outcome(done: Done) -> Outcome:
            where = None if done.created is None else here(request, place + done.created)
            return Outcome(result=done.answer.model_dump(mode="json"), location=where)

        work = carry_out(services, order)
        waiting = Waiting(request, services, caller, asked["patience"])
        found = await waiting.come_to(work, outcome)
        if isinstance(found, Operation):
            return waiting.announce(found, response)
        location = outcome(found).location
        if location is not None:
            response.status_code = 201
            response.headers["Location"] = location
        return found.answer

    body = _with_example(body_of(route), example_of(route))
    guard: dict[str, Any] = (
        {"outlook": OutlookDep}
        if route.command == "open_cooperation"
        else {"sight": CooperationDep, "expected_seq": ExpectedSeqDep}
    )
    shown = {
        name: Annotated[kind, Path(examples=[route.example[name]])]
        for name, kind in in_path.items()
    }
    parameters = {
        **guard,
        **shown,
        "body": body,
        "request": Request,
        "response": Response,
        "services": ServicesDep,
        "patience": PatienceDep,
        "key": IdempotencyKeyDep,
    }
    give.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
            for name, kind in parameters.items()
        ]
    )
    return give


def _payload(body: Any) -> dict[str, Any]:
    """Return a body as data, without what is not of the command.

    Raises:
        ProblemError: a key of it is no Unicode (``invalid_request``).
    """
    try:
        payload: dict[str, Any] = body.model_dump(
            mode="json", by_alias=True, exclude_unset=True, exclude={"actor"}
        )
    except UnicodeEncodeError as error:
        fault = FieldProblem(path="body", problem="a key holds a lone surrogate")
        raise ProblemError("invalid_request", errors=[fault]) from error
    return payload


def _with_example(model: Any, example: dict[str, Any]) -> Any:
    return Annotated[model, Body(examples=[example])]


for _route in ROUTES:
    _statuses = {409, 412, 413}
    router.add_api_route(
        _route.full_path,
        _endpoint(_route),
        methods=["POST"],
        operation_id=_route.command,
        summary=_route.summary,
        description=f"Give the command `{_route.command}`.",
        tags=[_route.tag],
        response_model=None,
        responses={
            **guarded(*_statuses),
            202: {"model": Operation, "description": "It goes on"},
            200: {"model": CommandAnswer, "description": "Accepted"},
            **({201: {"model": CommandAnswer, "description": "Created"}} if _route.created else {}),
        },
    )
