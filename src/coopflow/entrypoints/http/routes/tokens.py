"""API tokens: what programs show to get in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Response

from coopflow.access.grants import Token, TokenRequest
from coopflow.domain.base import Shape
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.middleware.idempotency import TAKES_KEY
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.tokens import make_token

router = APIRouter(tags=["access"], dependencies=[needs("tokens")], responses=guarded())

_EXAMPLE = {
    "name": "nightly export",
    "scopes": ["read", "exports"],
    "programmes": ["valdore"],
    "expires_at": "2027-01-31T00:00:00Z",
}


class TokenMade(Shape):
    """A token that was made, with its secret, which is told this once.

    Attributes:
        token: what is kept of it.
        secret: what programs show: ``Authorization: Bearer SECRET``.
    """

    token: Token
    secret: str


@router.get("/tokens", operation_id="list_tokens", summary="Tokens")
async def list_all(caller: CallerDep, services: ServicesDep) -> tuple[Token, ...]:
    """List the tokens that you keep, the newest first: your own, or as an administrator all."""
    return await services.access.tokens.all(caller)


@router.post(
    "/tokens",
    operation_id="make_token",
    dependencies=[TAKES_KEY],
    summary="Make a token",
    status_code=201,
)
async def make(
    body: Annotated[TokenRequest, Body(examples=[_EXAMPLE])],
    caller: CallerDep,
    services: ServicesDep,
    response: Response,
) -> TokenMade:
    """Make a token, which can do no more than you may, and ends within a year."""
    token, secret = await make_token(services, caller, body)
    response.headers["Cache-Control"] = "no-store"
    return TokenMade(token=token, secret=secret)


@router.delete("/tokens/{token}", operation_id="revoke_token", summary="Revoke a token")
async def revoke(
    token: Annotated[
        str, Path(max_length=64, description="The id of a token.", examples=["5f1c2a9b0d3e4f67"])
    ],
    caller: CallerDep,
    services: ServicesDep,
) -> Token:
    """Revoke a token, and all that were made with it, for good."""
    access = services.access
    found = await access.tokens.revoke(token, caller, access.now())
    if found is None:
        raise ProblemError("not_found")
    return found
