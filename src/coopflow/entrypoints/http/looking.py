"""A cooperation at an instant: as it was, as it stands, as it will stand if nobody acts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from coopflow.application.engine import UnknownCooperationError
from coopflow.application.outlook import told
from coopflow.definitions.compile import compile_definition, compile_family
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Decision
from coopflow.entrypoints.http.guards import Sight
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services


@dataclass(frozen=True)
class Looked:
    """A cooperation at an instant.

    Attributes:
        state: what it comes to then.
        at: the instant.
        rules: the rulebook that it follows, with those that it may come to follow.
        undisclosed: open decisions with a secret ballot, by id, as they stand now: the state is
            without them, as what comes of them would tell how the answers stand.
    """

    state: Cooperation
    at: datetime
    rules: Rulebook
    undisclosed: Mapping[str, Decision]

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """All decisions, those with a secret ballot as well."""
        return {**self.state.decisions, **self.undisclosed}


async def look(services: Services, sight: Sight, at: datetime | None = None) -> Looked:
    """Return a cooperation as it stands, stood or will stand at an instant, by default now.

    Raises:
        ProblemError: it was not open then (``not_found``).
        UnavailableError: the engine or the database does not answer.
    """
    engine, address = services.engine, sight.address
    try:
        head, state, definitions = await engine.latest(address)
    except UnknownCooperationError:
        return await _look_back(services, sight, at)
    rules = compile_family(*definitions)
    as_of = state.as_of or datetime.now(UTC)
    now = as_of if head.mode == "recorded" else max(as_of, datetime.now(UTC))
    instant = at or now
    if instant < as_of:
        await engine.until_projected(address)  # what is not in the journal yet did not happen
        state = await services.history.state(address, instant)
        if state.status == "unopened":
            raise ProblemError("not_found", f"{address} was not open yet")
    secret = {
        slug: one for slug, one in state.decisions.items() if one.secret and one.result is None
    }
    kept = state.but(
        decisions={slug: one for slug, one in state.decisions.items() if slug not in secret}
    )
    then = await asyncio.to_thread(told, kept if secret else state, instant, rules)
    return Looked(then, instant, rules, secret)


async def _look_back(services: Services, sight: Sight, at: datetime | None) -> Looked:
    """Look at a cooperation that was closed so long ago that Temporal keeps it no more."""
    instant = at or datetime.now(UTC)
    detail = sight.detail
    definition = await services.registry.definition(
        detail.lifecycle, detail.policy, detail.programme
    )
    state = await services.history.state(sight.address, instant)
    if state.status == "unopened" or definition is None:
        raise ProblemError("not_found", f"{sight.address} was not open yet")
    return Looked(state, instant, compile_definition(definition), {})
