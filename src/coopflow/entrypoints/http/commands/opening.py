"""The definition that a cooperation is opened with, by the names of a lifecycle and a policy."""

from __future__ import annotations

import asyncio

from coopflow.definitions.library import available, load_definition
from coopflow.domain.rulebook import Definition
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError
from coopflow.readmodel.registry import Registry


async def definition_named(
    registry: Registry, programme: str, lifecycle: str, policy: str
) -> Definition:
    """Return a definition of the library, or one that cooperations of a programme know.

    Args:
        registry: the registry.
        programme: the programme; what only others know is not there.
        lifecycle: a name of the library, or ``name@version``.
        policy: likewise.

    Raises:
        ProblemError: there is none by these names (``invalid_request``).
    """
    names = [one.partition("@")[0] for one in (lifecycle, policy)]
    # Only names that are there: others might be taken for paths of files.
    if names[0] in available("workflows") and names[1] in available("policies"):
        found = await asyncio.to_thread(load_definition, *names)
        if lifecycle in {names[0], found.lifecycle_name} and policy in {
            names[1],
            found.policy_name,
        }:
            return found
    known = await registry.definition(lifecycle, policy, programme)
    if known is None:
        listed = [f"{name}: {', '.join(available(name))}" for name in ("workflows", "policies")]
        raise ProblemError(
            "invalid_request",
            errors=[
                FieldProblem(
                    path="body.policy",
                    problem=f"there is no policy {policy} for a lifecycle {lifecycle}; there are "
                    f"{'; '.join(listed)}, and what cooperations of the programme follow, by "
                    "name@version",
                )
            ],
        )
    return known
