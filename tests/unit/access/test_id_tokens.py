from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from coopflow.access.errors import UnknownKeyError, UntrustedTokenError
from coopflow.access.id_tokens import LEEWAY, Expected, key_set, verified

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
THEN = int(NOW.timestamp())
KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})
KEYS = KeySet([KEY, OTHER])
EXPECTED = Expected(issuer="https://id.example", audience="us", client="us", nonce="n")


def claims(**more: Any) -> dict[str, Any]:
    told = {"iss": "https://id.example", "aud": "us", "sub": "s", "nonce": "n"}
    found = told | {"iat": THEN, "exp": THEN + 300} | more
    return {name: value for name, value in found.items() if value is not None}


def signed(told: dict[str, Any], key: Any = KEY, alg: str = "ES256", **header: Any) -> str:
    rules = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, told, key, registry=rules)


def raw(header: dict[str, Any], told: dict[str, Any], signature: str = "") -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
        for one in (header, told)
    )
    return ".".join([*parts, signature])


@pytest.mark.parametrize(
    "token",
    [
        signed(claims()),
        signed(claims(), OTHER, "RS256"),
        signed(claims(), OTHER, "PS384"),
        signed(claims(aud=["us"])),
        signed(claims(aud=["us", "them"], azp="us")),
        signed(claims(exp=THEN - LEEWAY + 1)),
        signed(claims(iat=THEN + LEEWAY)),
        signed(claims(), **{"made.by": "some provider"}),
    ],
)
def test_a_token_of_the_provider_is_trusted(token: str) -> None:
    """Signed by a key of theirs, for us, of this sign-in, and now."""
    assert verified(token, KEYS, EXPECTED, NOW)["sub"] == "s"


@pytest.mark.parametrize(
    "told",
    [
        claims(iss="https://evil.example"),
        claims(iss=None),
        claims(aud="them"),
        claims(aud=["them"]),
        claims(aud=["us", "them"]),
        claims(aud=["us", "them"], azp="them"),
        claims(aud=None),
        claims(azp="them"),
        claims(nonce="m"),
        claims(nonce=None),
        claims(sub=None),
        claims(sub=""),
        claims(sub=7),
        claims(sub="s" * 256),
        claims(exp=None),
        claims(exp=THEN - LEEWAY),
        claims(exp="tomorrow"),
        claims(iat=None),
        claims(iat=THEN + 2 * LEEWAY),
        claims(nbf=THEN + 2 * LEEWAY),
        claims(at_hash="of another token"),
    ],
)
def test_a_token_that_says_something_else_is_not(told: dict[str, Any]) -> None:
    """Of another provider, for another client, of another sign-in, about nobody, or too late."""
    expected = EXPECTED.but(access_token="given with it")  # noqa: S106 - for tests
    with pytest.raises(UntrustedTokenError):
        verified(signed(told), KEYS, expected, NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "a.b.c.d.e",
        raw({"alg": "none"}, claims()),
        raw({"alg": "None", "kid": "one"}, claims()),
        raw({"kid": "one"}, claims()),
        raw({"alg": "ES256", "kid": "one"}, claims(), "AAAA"),
        raw({"alg": 7, "kid": ["one"]}, claims()),
        raw({"alg": "ES256", "kid": "one"}, claims(), signed(claims()).rpartition(".")[2]),
        signed(claims(), OctKey.generate_key(256, {"kid": "one"}), "HS256"),
        signed(claims(), ECKey.generate_key("P-256", {"kid": "one"})),
        signed(claims(), OTHER, "RS256", kid="one"),
    ],
)
def test_a_token_that_proves_nothing_is_not_trusted(token: str) -> None:
    """Unsigned, signed by somebody else or with something else, or no token at all."""
    with pytest.raises(UntrustedTokenError):
        verified(token, KEYS, EXPECTED, NOW)


def test_the_public_key_is_no_shared_secret() -> None:
    """A token signed with the public key as if it were a secret proves nothing."""
    unsigned = raw({"alg": "HS256", "kid": "one"}, claims())[:-1]
    code = hmac.digest(KEY.as_pem(private=False), unsigned.encode(), "sha256")
    forged = f"{unsigned}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"
    with pytest.raises(UntrustedTokenError):
        verified(forged, KEYS, EXPECTED, NOW)


def test_an_unknown_key_is_told_apart() -> None:
    """The provider may have begun to use it, and is asked again."""
    new = ECKey.generate_key("P-256", {"kid": "three"})
    with pytest.raises(UnknownKeyError):
        verified(signed(claims(), new), KEYS, EXPECTED, NOW)


def test_an_access_token_may_be_given_to_another_client() -> None:
    """What counts of it is the audience."""
    told = claims(aud=["the-api", "account"], azp="their-app", nonce=None)
    expected = Expected(issuer="https://id.example", audience="the-api")
    assert verified(signed(told), KEYS, expected, NOW)["azp"] == "their-app"
    with pytest.raises(UntrustedTokenError):
        verified(signed(told), KEYS, expected.but(audience="another-api"), NOW)


def test_keys_that_are_for_something_else_are_left_out() -> None:
    """Those to encrypt with, those that are shared, and those of kinds that are not known."""
    told = KEY.as_dict(private=False)
    shared = OctKey.generate_key(256, {"kid": "three"}).as_dict(private=True)
    found = key_set(
        {
            "keys": [
                told,
                OTHER.as_dict(private=False) | {"use": "enc"},
                shared,
                {"kty": "from the future", "kid": "four"},
            ]
        }
    )
    assert [key.kid for key in found] == ["one"]


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"keys": []}, {"keys": [{}]}, {"keys": "none"}, {"keys": [{"kty": "EC"}]}],
)
def test_a_document_without_keys(document: Any) -> None:
    """Whatever is there instead, nobody is let in."""
    with pytest.raises(UntrustedTokenError):
        key_set(document)
