"""A small identity provider for tests, by OpenID Connect, on loopback.

It does what the standard asks of one: discovery, authorization codes that work once, PKCE, client
authentication, ID tokens that are signed with keys that change. Whoever comes is signed in as
``account`` without being asked. Tests may let it lie.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID: Final = "coopflow"
CLIENT_SECRET: Final = "not a secret: it opens a provider that the tests run"  # noqa: S105

Claims = dict[str, Any]


class IdentityProvider:
    """What the provider knows, and how it behaves; tests change the attributes.

    Attributes:
        account: who signs in next: ``sub`` and what else is told of them.
        twist: changes the claims of an ID token before it is signed.
        forge: signs an ID token otherwise than the provider would.
        discovery: what the discovery document says beside, or instead of, what is so.
        in_id_token: whether the e-mail address is in the ID token, or told by ``/userinfo`` alone.
        asked: how often each address was asked for.
    """

    def __init__(self, url: str) -> None:
        """Serve at an address."""
        self.issuer = url
        self.client_secret: str | None = CLIENT_SECRET
        self.account: Claims = {}
        self.asked: dict[str, int] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
                Route("/userinfo", self._userinfo),
                Route("/sign-out", self._sign_out),
            ]
        )
        self._codes: dict[str, dict[str, str]] = {}
        self._access: dict[str, Claims] = {}
        self.reset()

    def reset(self) -> None:
        """Behave as it should from now on, with a new key."""
        self.account = {"sub": "s-1", "email": "max@example.org", "email_verified": True}
        self.twist: Callable[[Claims], Claims] = dict
        self.forge: Callable[[Claims], str] = self.sign
        self.discovery: Claims = {}
        self.in_id_token = True
        self.published: list[ECKey] = []
        self.rotate()
        self.asked.clear()

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with a new key from now on."""
        self.key = ECKey.generate_key("P-256", {"kid": token_urlsafe(8), "use": "sig"})
        self.published = [*self.published, self.key] if keep else [self.key]

    def claims(self, **more: Any) -> Claims:
        """Return what a token says that is given now."""
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        account = self.account if self.in_id_token else {"sub": self.account["sub"]}
        return {**told, **account, **more}

    def sign(self, claims: Claims) -> str:
        """Sign claims as the provider does."""
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def _count(self, request: Request) -> None:
        self.asked[request.url.path] = self.asked.get(request.url.path, 0) + 1

    async def _discovery(self, request: Request) -> Response:
        self._count(request)
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/sign-out",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse({**told, **self.discovery})

    async def _keys(self, request: Request) -> Response:
        self._count(request)
        return JSONResponse(KeySet([*self.published]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked["client_id"] != CLIENT_ID or asked["code_challenge_method"] != "S256":
            return Response("who are you?", 400)
        code = token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def _token(self, request: Request) -> Response:
        self._count(request)
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = token_urlsafe(16)
        self._access[access] = dict(self.account)
        claims = self.twist(self.claims(nonce=asked["nonce"]))
        tokens = {"access_token": access, "token_type": "Bearer", "id_token": self.forge(claims)}
        return JSONResponse(tokens)

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        ours = (CLIENT_ID, self.client_secret or "")
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, secret = base64.b64decode(shown).decode().partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == ours
        return (form.get("client_id"), form.get("client_secret", "")) == ours

    async def _userinfo(self, request: Request) -> Response:
        self._count(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self._access:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(self._access[token])

    async def _sign_out(self, request: Request) -> Response:
        self._count(request)
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 302)


@contextlib.contextmanager
def serving_provider() -> Iterator[IdentityProvider]:
    """Run a provider for the length of a block, in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = IdentityProvider(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(
        uvicorn.Config(provider.app, log_config=None, access_log=False, lifespan="off")
    )
    # It listens already, so that nobody has to wait; signals are for the main thread.
    thread = threading.Thread(target=lambda: asyncio.run(server._serve([listening])))
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
