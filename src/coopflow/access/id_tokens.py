"""Tokens that an identity provider signs: what makes them trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, OctKey

from coopflow.access.errors import UnknownKeyError, UntrustedTokenError
from coopflow.domain.base import Shape

ALGORITHMS: Final = tuple(
    f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)
)
"""How tokens may be signed: with a key that the provider alone has. Never not at all, and never
with a secret that is shared."""

LEEWAY: Final = 60
"""By how many seconds the clocks of provider and platform may differ."""

_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core 1.0, section 2


def key_set(document: Any) -> KeySet:
    """Read the keys of a provider, leaving out those that are not for signatures.

    Raises:
        UntrustedTokenError: the document holds none that can be used.
    """
    try:
        keys: list[Key] = [
            key
            for key in KeySet.import_key_set(document)
            if not isinstance(key, OctKey) and key.get("use") != "enc"
        ]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UntrustedTokenError(f"the keys of the provider cannot be read: {error!r}") from error
    if not keys:
        raise UntrustedTokenError("the provider has no key to verify signatures with")
    return KeySet(keys)


class Expected(Shape):
    """What a token has to say.

    Attributes:
        issuer: the provider.
        audience: for whom it has to be.
        client: to whom it has to have been given, if that matters: ID tokens are ours alone.
        nonce: what the browser was sent to the provider with, if the token is from a sign-in.
        access_token: what came with it, of which it may hold a digest.
    """

    issuer: str
    audience: str
    client: str | None = None
    nonce: str | None = None
    access_token: str | None = None


def verified(token: str, keys: KeySet, expected: Expected, now: datetime) -> dict[str, Any]:
    """Return what a token says, once it is proven to come from the provider, for us and now.

    Raises:
        UnknownKeyError: it names a key that is not among these.
        UntrustedTokenError: it is forged, for somebody else, of another sign-in, or has expired.
    """
    # Unlisted headers are allowed, as of many providers; critical ones that are unknown are not.
    rules = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        read = jwt.decode(token, keys, registry=rules)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.audience},
            },
            {
                "nonce": expected.nonce,
                "client_id": expected.client,
                "access_token": expected.access_token,
            },
        )
        claims.validate(int(now.timestamp()), LEEWAY)
    except InvalidKeyIdError as error:
        raise UnknownKeyError("the token is signed with an unknown key") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        reason = error.error if isinstance(error, JoseError) else type(error).__name__
        raise UntrustedTokenError(f"the token is not to be trusted: {reason}") from error
    if not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
        raise UntrustedTokenError("the token is about nobody")
    return dict(claims)
