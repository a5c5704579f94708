from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr, ValidationError

from coopflow.access.attempts import proofs
from coopflow.access.errors import (
    ProviderUnavailableError,
    SignInError,
    UntrustedTokenError,
)
from coopflow.access.identities import Account
from coopflow.access.provider import Provider, ProviderOptions
from tests.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    IdentityProvider,
    serving_provider,
)

BACK = "http://127.0.0.1:1/v1/sign-in/callback"
SECRET = "what the browser keeps"  # noqa: S105 - for tests


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with serving_provider() as provider:
        yield provider


@pytest.fixture
def theirs(running: IdentityProvider) -> IdentityProvider:
    running.client_secret = CLIENT_SECRET
    running.reset()
    return running


def options(theirs: IdentityProvider, **more: Any) -> ProviderOptions:
    values = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return ProviderOptions.model_validate({"issuer": theirs.issuer} | values | more)


@pytest.fixture
async def provider(theirs: IdentityProvider) -> AsyncIterator[Provider]:
    found = Provider(options(theirs))
    yield found
    await found.close()


def now() -> datetime:
    return datetime.now(UTC)


async def answer(provider: Provider, secret: str = SECRET) -> dict[str, str]:
    """Go to the provider as a browser does, and return what it answers."""
    url = await provider.authorization_url(secret, BACK, now())
    async with httpx.AsyncClient() as browser:
        sent = await browser.get(url)
    assert sent.status_code == 302
    back = urlsplit(sent.headers["location"])
    assert back._replace(query="").geturl() == BACK
    return {name: values[0] for name, values in parse_qs(back.query).items()}


async def sign_in(provider: Provider) -> Account:
    got = await answer(provider)
    assert got["state"] == proofs(SECRET).state
    return await provider.account_of(got["code"], SECRET, BACK, now(), got["iss"])


async def test_somebody_signs_in(provider: Provider, theirs: IdentityProvider) -> None:
    """The account is the one that the provider vouches for."""
    assert await sign_in(provider) == Account(
        issuer=theirs.issuer, subject="s-1", email="max@example.org", email_verified=True
    )


async def test_the_provider_is_not_told_the_proofs(provider: Provider) -> None:
    """What the browser carries there shows neither its secret nor the verifier."""
    url = await provider.authorization_url(SECRET, BACK, now())
    assert SECRET not in url
    assert proofs(SECRET).verifier not in url
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]


@pytest.mark.parametrize(
    ("methods", "secret"),
    [
        (["client_secret_post"], CLIENT_SECRET),
        (["client_secret_basic"], "p%20+:é/ and=more"),
        (["none"], None),
    ],
)
async def test_ways_to_say_who_the_platform_is(
    theirs: IdentityProvider, methods: list[str], secret: str | None
) -> None:
    """As the provider takes it, and with whatever characters it gave the secret."""
    theirs.discovery = {"token_endpoint_auth_methods_supported": methods}
    theirs.client_secret = secret
    provider = Provider(options(theirs, client_secret=secret))
    assert (await sign_in(provider)).subject == "s-1"
    await provider.close()


async def test_a_code_works_once(provider: Provider) -> None:
    """Nobody gets in by a code that was seen on its way."""
    got = await answer(provider)
    await provider.account_of(got["code"], SECRET, BACK, now(), got["iss"])
    with pytest.raises(SignInError, match="invalid_grant"):
        await provider.account_of(got["code"], SECRET, BACK, now(), got["iss"])


async def test_a_code_of_another_browser(provider: Provider) -> None:
    """Put into one's own answer, a code that somebody else got is worth nothing."""
    got = await answer(provider, "what another browser keeps")
    with pytest.raises(SignInError, match="invalid_grant"):
        await provider.account_of(got["code"], SECRET, BACK, now(), got["iss"])


async def test_the_answer_of_another_provider(provider: Provider) -> None:
    """A provider that mixes itself up with ours gets no code out of us (RFC 9207)."""
    got = await answer(provider)
    for issuer in ("https://evil.example", None):
        with pytest.raises(SignInError, match="provider"):
            await provider.account_of(got["code"], SECRET, BACK, now(), issuer)
    assert (await provider.account_of(got["code"], SECRET, BACK, now(), got["iss"])).subject


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"exp": 1},
        {"sub": None},
    ],
)
async def test_an_id_token_that_is_not_for_us(
    provider: Provider, theirs: IdentityProvider, lie: Claims
) -> None:
    """Even the provider itself cannot hand on what it gave for something else."""
    theirs.twist = lambda claims: {
        name: value for name, value in (claims | lie).items() if value is not None
    }
    with pytest.raises(UntrustedTokenError):
        await sign_in(provider)


async def test_an_id_token_that_is_not_signed(provider: Provider, theirs: IdentityProvider) -> None:
    """A token with ``alg`` none, a forged one, none at all."""
    head = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    theirs.forge = lambda claims: f"{head}.{theirs.sign(claims).split('.')[1]}."
    with pytest.raises(UntrustedTokenError):
        await sign_in(provider)
    theirs.forge = lambda claims: ""
    with pytest.raises(UntrustedTokenError):
        await sign_in(provider)


async def test_new_keys_are_fetched_when_they_are_used(
    provider: Provider, theirs: IdentityProvider
) -> None:
    """A key that is not known is asked for, but not again and again."""
    at = now()
    await sign_in(provider)
    assert theirs.asked["/keys"] == 1
    theirs.rotate()
    got = await answer(provider)
    later = at + timedelta(minutes=1)
    assert (await provider.account_of(got["code"], SECRET, BACK, later, got["iss"])).subject
    assert theirs.asked["/keys"] == 2

    theirs.key = ECKey.generate_key("P-256", {"kid": "not published"})
    for _ in range(3):
        got = await answer(provider)
        with pytest.raises(UntrustedTokenError):
            await provider.account_of(got["code"], SECRET, BACK, later, got["iss"])
    assert theirs.asked["/keys"] == 2


async def test_an_address_that_the_provider_did_not_verify(
    provider: Provider, theirs: IdentityProvider
) -> None:
    """It is told as such, whatever stands in the place of true."""
    for value in (False, "true", 1, None):
        theirs.account["email_verified"] = value
        assert not (await sign_in(provider)).email_verified
    theirs.account["email"] = ["max@example.org"]
    assert (await sign_in(provider)).email is None


async def test_an_address_that_is_told_apart(provider: Provider, theirs: IdentityProvider) -> None:
    """Where it is not in the ID token it is asked for, and has to be of the same account."""
    theirs.in_id_token = False
    assert (await sign_in(provider)).email == "max@example.org"
    assert theirs.asked["/userinfo"] == 1
    theirs.twist = lambda claims: claims | {"sub": "s-2"}
    assert (await sign_in(provider)).email is None


async def test_a_token_for_the_api(provider: Provider, theirs: IdentityProvider) -> None:
    """An access token for the audience that is set lets its account in, another does not."""
    token = theirs.sign(theirs.claims(aud=["the-api"], azp="an-app", scope="coopflow:read"))
    account, scope = await provider.bearer_of(token, "the-api", now())
    assert (account.subject, scope) == ("s-1", "coopflow:read")
    for audience, at in ((CLIENT_ID, now()), ("the-api", now() + timedelta(minutes=7))):
        with pytest.raises(UntrustedTokenError):
            await provider.bearer_of(token, audience, at)


async def test_signing_out_with_the_provider(provider: Provider, theirs: IdentityProvider) -> None:
    """The browser is sent there and back, if the provider has such a place."""
    url = await provider.sign_out_url("http://127.0.0.1:1/", now())
    assert url is not None
    assert url.startswith(f"{theirs.issuer}/sign-out?client_id={CLIENT_ID}&post_logout")
    theirs.discovery = {"end_session_endpoint": None}
    assert await provider.sign_out_url("http://127.0.0.1:1/", now() + timedelta(hours=2)) is None


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_provider_that_says_something_else(
    provider: Provider, theirs: IdentityProvider, told: dict[str, Any]
) -> None:
    """One that calls itself otherwise, or has its secrets sent in clear, is not used."""
    theirs.discovery = told
    with pytest.raises(ProviderUnavailableError):
        await provider.authorization_url(SECRET, BACK, now())


async def test_a_provider_that_is_away() -> None:
    """It is said so, with its address, and it is asked again the next time."""
    provider = Provider(ProviderOptions(issuer="http://127.0.0.1:9", client_id="us"))
    for _ in range(2):
        with pytest.raises(ProviderUnavailableError, match=r"127\.0\.0\.1:9/"):
            await provider.authorization_url(SECRET, BACK, now())
    await provider.close()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b"x" * 600_000, b'{"issuer": "http://localhost"}']
)
async def test_an_answer_that_cannot_be_meant(body: bytes) -> None:
    """Not JSON, not an object, without an end, or without what is needed."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    options = ProviderOptions(issuer="http://localhost", client_id="us")
    provider = Provider(options, transport)
    with pytest.raises(ProviderUnavailableError):
        await provider.metadata(now())
    await provider.close()


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "http://id.example"},
        {"issuer": "ftp://localhost"},
        {"issuer": "https://"},
        {"client_id": ""},
        {"scopes": "email profile"},
    ],
)
def test_options_that_cannot_be_meant(more: dict[str, str]) -> None:
    """In clear over a network, without a name, or without asking who it is."""
    values: dict[str, Any] = {"issuer": "https://id.example", "client_id": "us"}
    with pytest.raises(ValidationError):
        ProviderOptions.model_validate(values | more)
    assert ProviderOptions(**values, client_secret=SecretStr("x")).scopes == "openid email"
