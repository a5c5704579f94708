"""The codec server: decrypts payloads for the pages and the command of Temporal, for who may.

It speaks their protocol: `POST …/decode` and `…/encode` with payloads as JSON. Whoever asks shows a
token, as `Authorization: Bearer TOKEN` or, since the pages can send none of ours, as a part of the
path: `http://127.0.0.1:8234/TOKEN`. Browsers are answered on behalf of named origins only. Nothing
of a request is logged.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

import uvicorn
from google.protobuf import json_format
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads

from coopflow.domain.catalogue import COMMANDS, EVENTS
from coopflow.domain.marks import Mark, holders
from coopflow.domain.state import Cooperation
from coopflow.sealing.errors import KeysError
from coopflow.sealing.keys import KeyRing
from coopflow.temporal.codec import EncryptionCodec
from coopflow.temporal.errors import DamagedPayloadError

LARGEST: Final = 16 * 2**20
"""Bytes of the largest request; a page of a history has four megabytes at most, here in Base64."""

SEALED: Final = "(sealed)"
"""What stands for what the pages of Temporal are not to show."""

_HEADERS: Final = ("Authorization", "Authorization-Extras", "Content-Type", "X-Namespace")
_JSON: Final = b"json/plain"

# By the kind of a command or event. Of one payload nobody can tell whether a ballot is secret.
_KEPT_BACK: Final[Mapping[str, Collection[str]]] = {
    kind: holders(shape, Mark.SEALED) for kind, shape in {**COMMANDS, **EVENTS}.items()
}
# With the salts, or the secret that they are made from, an answer can be found from the digests.
_KEPT_BACK_ANYWHERE: Final = holders(Cooperation, Mark.SEALED) | {"salts", "pepper"}


def codec_server(
    keys: KeyRing, *, token: str, origins: Collection[str], programme: str = ""
) -> Starlette:
    """Return the application, for any ASGI server.

    Args:
        keys: those of this process.
        token: what callers have to show.
        origins: the addresses of the pages that browsers may call from, such as
            ``http://127.0.0.1:8233``.
        programme: the only one whose payloads are decrypted; all when empty.
    """
    codec = EncryptionCodec(keys, programme)
    verbs: Mapping[str, Callable[[list[Payload]], Awaitable[list[Payload]]]] = {
        "encode": codec.encode,
        "decode": codec.decode,
    }

    async def answer(request: Request) -> Response:
        *folders, verb = request.path_params["path"].split("/")
        _check_caller(request, token, folders, origins)
        if verb not in verbs:
            raise HTTPException(404, "There are /decode and /encode.")
        payloads = _payloads(await _body(request))
        try:
            found = await verbs[verb](payloads)
        except (KeysError, DamagedPayloadError) as error:
            raise HTTPException(400, str(error)) from error
        shown = [withheld(payload) for payload in found] if verb == "decode" else found
        text = json_format.MessageToJson(Payloads(payloads=shown), indent=None)
        return Response(text, media_type="application/json")

    cors = Middleware(
        CORSMiddleware, allow_origins=list(origins), allow_methods=["POST"], allow_headers=_HEADERS
    )
    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])], middleware=[cors])


def http_server(app: Starlette) -> uvicorn.Server:
    """Return what serves the application: ``serve(sockets=[...])``, until a signal ends it."""
    # It would quote paths, which may carry the token.
    logging.getLogger("uvicorn.access").disabled = True
    options = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    return uvicorn.Server(options)


def withheld(payload: Payload) -> Payload:
    """Return a payload without ballots and without the sealed content of disagreements."""
    if payload.metadata.get("encoding") != _JSON:
        return payload
    try:
        data = json.dumps(_without(json.loads(payload.data)), ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # what cannot be looked through is not shown
        data = json.dumps(SEALED).encode()
    return Payload(metadata=payload.metadata, data=data)


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(one) for one in value]
    if not isinstance(value, dict):
        return value
    hidden = set(_KEPT_BACK_ANYWHERE)
    for name in ("command", "type"):
        kind = value.get(name)
        if isinstance(kind, str):
            hidden |= set(_KEPT_BACK.get(kind, ()))
    return {
        name: SEALED if name in hidden and one else _without(one) for name, one in value.items()
    }


def _check_caller(
    request: Request, token: str, folders: Collection[str], origins: Collection[str]
) -> None:
    origin = request.headers.get("origin")
    if origin is not None and origin not in origins:
        raise HTTPException(403, "Pages of this origin may not ask: coopflow codec-server --origin")
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    offered = [*folders, *([shown] if scheme.lower() == "bearer" else [])]
    # All of them, each in constant time.
    matches = [hmac.compare_digest(one.encode(), token.encode()) for one in offered]
    if not any(matches):
        raise HTTPException(401, "The token is missing or another one.")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413, f"A request may have {LARGEST} bytes.")
    return bytes(body)


def _payloads(body: bytes) -> list[Payload]:
    try:
        return list(json_format.Parse(body, Payloads()).payloads)
    except (json_format.ParseError, ValueError, RecursionError):
        raise HTTPException(400, "The body is not payloads as JSON.") from None
