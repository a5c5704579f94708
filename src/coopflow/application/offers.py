"""Offering a policy to a cooperation: what keeps it from being one that it could follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic_core import to_json

from coopflow.definitions.compile import DefinitionError, compile_definition
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition

OFFERS_KEPT: Final = 6
"""How many policies a cooperation may have been offered: they travel with it from run to run."""

MAX_DEFINITION_BYTES: Final = 100_000
"""The largest definition that is taken, in bytes of JSON: so many fit beside the state of a run."""


def too_large(definition: Definition) -> Refusal | None:
    """Return why a definition is too large to travel with a cooperation, or None when it is not.

    Asked before it is sent: a workflow that has taken one must take it again when it is replayed.
    """
    size, name = len(to_json(definition)), definition.policy_name
    if size <= MAX_DEFINITION_BYTES:
        return None
    return Refusal(
        code="too_large",
        message=f"{name} and its lifecycle are {size} bytes long, at most {MAX_DEFINITION_BYTES} "
        "are taken; leave some criteria or words out",
        facts={"policy": name, "bytes": size, "limit": MAX_DEFINITION_BYTES},
    )


def refusal_of(offer: Definition, known: Sequence[Definition]) -> Refusal | None:
    """Return why a definition cannot be offered, or None when it can.

    Args:
        offer: what is offered.
        known: what the cooperation was opened with, then what was offered before.
    """
    first, name = known[0], offer.policy_name
    if offer.lifecycle != first.lifecycle:
        return Refusal(
            code="invalid_command",
            message=f"{name} is offered for the lifecycle {offer.lifecycle_name}, the cooperation "
            f"follows {first.lifecycle_name}",
            facts={"policy": name, "lifecycle": offer.lifecycle_name},
        )
    same = [one for one in known if one.policy_name == name]
    if same and same[0] != offer:
        return Refusal(
            code="already_exists",
            message=f"another policy was offered as {name}; give this one a version of its own",
            facts={"policy": name},
        )
    if not same and len(known) > OFFERS_KEPT:
        return Refusal(
            code="too_large",
            message=f"{OFFERS_KEPT} policies have been offered already",
            facts={"policy": name, "limit": OFFERS_KEPT},
        )
    try:
        compile_definition(offer)
    except DefinitionError as error:
        return Refusal(code="invalid_command", message=str(error), facts={"policy": name})
    return None
