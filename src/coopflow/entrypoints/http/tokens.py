"""Making tokens on behalf of a caller, and which wish goes too far, in words."""

from __future__ import annotations

from typing import Final

from coopflow.access.errors import GrantRefusedError, RefusedCredentialError
from coopflow.access.grants import Token, TokenRequest
from coopflow.application.callers import Caller
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError
from coopflow.services import Services

REASONS: Final = {
    "tokens_needed": ("you may not keep tokens", "vous ne pouvez pas tenir de jetons"),
    "beyond_maker": (
        "this goes beyond what you may do yourself",
        "cela dépasse ce que vous pouvez faire vous-même",
    ),
    "act_needs_administrator": (
        "only who administers the installation hands this on",
        "seule l'administration de l'installation peut l'accorder",
    ),
    "not_yourself": (
        "a token acts for you or for nobody",
        "un jeton agit en votre nom ou au nom de personne",
    ),
    "in_the_past": ("this has passed", "cette date est passée"),
    "too_late": (
        "a token lasts a year at most, and no longer than the one that it is made with",
        "un jeton dure un an au plus, et pas plus longtemps que celui qui sert à le créer",
    ),
}
"""Why a token is not made, by the code of the rule that it would break, in English and French."""

_FIELDS_OF_TIME: Final = {"in_the_past", "too_late"}


async def make_token(services: Services, caller: Caller, wanted: TokenRequest) -> tuple[Token, str]:
    """Make a token, and return it with its secret, which is told this once.

    Raises:
        ProblemError: it would do what the caller may not, or lasts too long; the first error names
            the field.
    """
    access = services.access
    try:
        return await access.tokens.create(caller, wanted, access.now())
    except GrantRefusedError as error:
        code = "invalid_request" if error.code in _FIELDS_OF_TIME else "grant_refused"
        fault = FieldProblem(path=f"body.{error.field}", problem=REASONS[error.code][0])
        raise ProblemError(code, errors=[fault]) from error
    except RefusedCredentialError as error:
        raise ProblemError("unauthenticated") from error
