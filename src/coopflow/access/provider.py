"""An identity provider, by OpenID Connect: the authorization code flow with PKCE.

Any provider with a discovery document will do. Nothing of it is trusted but what it signs, and
what it says of itself at the address that the settings name.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from coopflow.access.attempts import proofs
from coopflow.access.credentials import is_same
from coopflow.access.errors import (
    ProviderUnavailableError,
    SignInError,
    UnknownKeyError,
)
from coopflow.access.id_tokens import Expected, key_set, verified
from coopflow.access.identities import Account
from coopflow.domain.base import Shape

DISCOVERY: Final = "/.well-known/openid-configuration"

_FRESH: Final = timedelta(hours=1)
_KEYS_REST: Final = timedelta(seconds=30)
_PATIENCE: Final = 10.0
_LARGEST: Final = 512 * 1024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_BASIC: Final = "client_secret_basic"


def _secure(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return url  # nobody listens between two programs of one machine
    raise ValueError("an address that begins with https:// is needed")


SecureUrl = Annotated[str, AfterValidator(_secure)]
"""The address of something that secrets are sent to, or that is believed."""


class ProviderOptions(Shape):
    """How a provider is reached, and who the platform is to it.

    Attributes:
        issuer: the provider, as it calls itself; its discovery document lies below.
        client_id: what the provider calls the platform.
        client_secret: how the platform proves that; None for a public client, with PKCE alone.
        scopes: what the provider is asked for; ``openid`` and the e-mail address at least.
    """

    issuer: SecureUrl
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr | None = None
    scopes: Annotated[str, Field(pattern=r"(^| )openid( |$)")] = "openid email"


class ProviderMetadata(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3); the rest is left.

    Attributes:
        end_session_endpoint: where it signs somebody out, if it does.
        iss_in_answers: whether its answers say that they are its own (RFC 9207).
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    issuer: str
    authorization_endpoint: SecureUrl
    token_endpoint: SecureUrl
    jwks_uri: SecureUrl
    userinfo_endpoint: SecureUrl | None = None
    end_session_endpoint: SecureUrl | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)
    iss_in_answers: bool = Field(
        default=False, alias="authorization_response_iss_parameter_supported"
    )


class Provider:
    """One provider. Close it when done.

    Every method may raise ProviderUnavailableError.
    """

    def __init__(
        self, options: ProviderOptions, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Use a provider, which is asked when it is first needed.

        Args:
            options: how it is reached.
            transport: by what; by default over the network.
        """
        self.options = options
        # A redirect could lead anywhere: what the provider says of itself names the last address.
        self._http = httpx.AsyncClient(
            timeout=_PATIENCE, follow_redirects=False, transport=transport
        )
        self._asking = asyncio.Lock()
        self._metadata: tuple[ProviderMetadata, datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def authorization_url(self, secret: str, redirect_uri: str, now: datetime) -> str:
        """Return where to send a browser that is to sign in.

        Args:
            secret: that of the attempt.
            redirect_uri: where the provider sends it back to; the provider has to know it.
            now: the current time.
        """
        metadata, sent = await self.metadata(now), proofs(secret)
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.options.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=self.options.scopes,
            state=sent.state,
            nonce=sent.nonce,
            code_challenge=create_s256_code_challenge(sent.verifier),
            code_challenge_method="S256",
        )
        return str(url)

    async def account_of(
        self, code: str, secret: str, redirect_uri: str, now: datetime, issuer: str | None = None
    ) -> Account:
        """Redeem the code of an answer, and return the account that signed in.

        Args:
            code: what the provider gave the browser.
            secret: that of the attempt.
            redirect_uri: the same as on the way there.
            now: the current time.
            issuer: whose answer it says it is (``iss``), if it does.

        Raises:
            SignInError: the provider does not take the code, or the answer is another's.
            UntrustedTokenError: what it gave for it is not to be trusted.
        """
        metadata, sent = await self.metadata(now), proofs(secret)
        # Else a provider that somebody set up could have the codes of another one redeemed here.
        if issuer is None and metadata.iss_in_answers:
            raise SignInError("the answer does not say which provider it is from")
        if issuer is not None and not is_same(issuer, metadata.issuer):
            raise SignInError("the answer is from another provider")
        tokens = await self._redeem(metadata, code, sent.verifier, redirect_uri)
        access_token = tokens.get("access_token")
        expected = Expected(
            issuer=metadata.issuer,
            audience=self.options.client_id,
            client=self.options.client_id,
            nonce=sent.nonce,
            access_token=access_token if isinstance(access_token, str) else None,
        )
        claims = await self._verified(str(tokens.get("id_token", "")), expected, now)
        if "email" not in claims and metadata.userinfo_endpoint is not None:
            told = await self._userinfo(metadata.userinfo_endpoint, expected.access_token)
            if told.get("sub") == claims["sub"]:
                claims |= {name: told[name] for name in ("email", "email_verified") if name in told}
        return _account(claims)

    async def bearer_of(self, token: str, audience: str, now: datetime) -> tuple[Account, str]:
        """Return whose access token it is that a program shows, and its scopes.

        Raises:
            UntrustedTokenError: it is not to be trusted, or not for this audience.
        """
        expected = Expected(issuer=self.options.issuer, audience=audience)
        claims = await self._verified(token, expected, now)
        scope = claims.get("scope", "")
        return _account(claims), scope if isinstance(scope, str) else ""

    async def sign_out_url(self, back_to: str, now: datetime) -> str | None:
        """Return where to send a browser that signs out with the provider too, if it does that."""
        endpoint = (await self.metadata(now)).end_session_endpoint
        if endpoint is None:
            return None
        asked = {"client_id": self.options.client_id, "post_logout_redirect_uri": back_to}
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    async def metadata(self, now: datetime) -> ProviderMetadata:
        """Return what the provider says of itself; it is asked again every hour."""
        async with self._asking:
            if self._metadata is None or self._metadata[1] + _FRESH <= now:
                document = await self._get(self.options.issuer.rstrip("/") + DISCOVERY)
                try:
                    metadata = ProviderMetadata.model_validate(document)
                except ValidationError as error:
                    raise ProviderUnavailableError(
                        f"the discovery document of {self.options.issuer} is not one: "
                        f"{error.errors()[0]['loc']}"
                    ) from None
                if metadata.issuer != self.options.issuer:
                    raise ProviderUnavailableError(
                        f"{self.options.issuer} calls itself {metadata.issuer}; set that"
                    )
                self._metadata = (metadata, now)
            return self._metadata[0]

    async def _verified(self, token: str, expected: Expected, now: datetime) -> dict[str, Any]:
        try:
            return verified(token, await self._keys_at(now), expected, now)
        except UnknownKeyError:
            # The provider has changed its keys, or somebody makes us ask: not more than so often.
            return verified(token, await self._keys_at(now, at_most=_KEYS_REST), expected, now)

    async def _keys_at(self, now: datetime, at_most: timedelta = _FRESH) -> KeySet:
        metadata = await self.metadata(now)
        async with self._asking:
            if self._keys is None or self._keys[1] + at_most <= now:
                self._keys = (key_set(await self._get(metadata.jwks_uri)), now)
            return self._keys[0]

    async def _redeem(
        self, metadata: ProviderMetadata, code: str, verifier: str, redirect_uri: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        ours, secret = self.options.client_id, self.options.client_secret
        auth: httpx.BasicAuth | None = None
        if secret is None:
            form["client_id"] = ours
        elif _BASIC in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749, section 2.3.1: both are encoded as in a form.
            auth = httpx.BasicAuth(quote_plus(ours), quote_plus(secret.get_secret_value()))
        else:
            form |= {"client_id": ours, "client_secret": secret.get_secret_value()}
        request = self._http.build_request("POST", metadata.token_endpoint, data=form)
        status, tokens = await self._send(request, auth)
        if status != httpx.codes.OK:
            reason = tokens.get("error")
            raise SignInError(f"the provider does not take the code: {status} {reason!r}"[:200])
        return tokens

    async def _userinfo(self, url: str, access_token: str | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        status, told = await self._send(self._http.build_request("GET", url, headers=headers))
        return told if status == httpx.codes.OK else {}

    async def _get(self, url: str) -> dict[str, Any]:
        status, document = await self._send(self._http.build_request("GET", url))
        if status != httpx.codes.OK:
            raise ProviderUnavailableError(f"{url} answers {status}")
        return document

    async def _send(
        self, request: httpx.Request, auth: httpx.BasicAuth | None = None
    ) -> tuple[int, dict[str, Any]]:
        request.headers["Accept"] = "application/json"
        try:
            answer = await self._http.send(request, stream=True, auth=auth)
            try:
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _LARGEST:
                        raise ProviderUnavailableError(f"{request.url} answers without an end")
            finally:
                await answer.aclose()
        except httpx.HTTPError as error:
            raise ProviderUnavailableError(
                f"{request.url} does not answer: {type(error).__name__}"
            ) from error
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            if answer.status_code == httpx.codes.OK:
                raise ProviderUnavailableError(f"{request.url} answers something else than JSON")
            document = {}
        return answer.status_code, document


def _account(claims: dict[str, Any]) -> Account:
    email = claims.get("email")
    return Account(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email if isinstance(email, str) else None,
        # Nothing but true: some providers write what people entered beside "false".
        email_verified=claims.get("email_verified") is True,
    )
