"""Proposing a policy to a cooperation as a decision of its own, safely said again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from coopflow.application.engine import Address, Engine, Reply, UnknownCooperationError
from coopflow.application.offers import refusal_of
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition

Outcome = Literal["proposed", "under_way", "followed", "refused", "left_out"]


class Proposal(NamedTuple):
    """What proposing a policy to a cooperation came to.

    Attributes:
        address: the cooperation.
        outcome: ``proposed`` now, ``under_way`` before, ``followed`` already, ``refused``, or
            ``left_out`` by whoever proposes it to all.
        decision: the decision that is open about it.
        detail: why it was refused or left out; empty otherwise.
        refusal: the same, where the cooperation refused it.
    """

    address: Address
    outcome: Outcome
    decision: str | None = None
    detail: str = ""
    refusal: Refusal | None = None


class Terms(NamedTuple):
    """Who proposes a policy, with which question, and until when the members answer.

    ``at`` says when, of a past that is recorded.
    """

    by: str
    question: str
    closes_at: datetime | None = None
    at: datetime | None = None


async def propose(
    engine: Engine, address: Address, definition: Definition, terms: Terms
) -> Proposal:
    """Offer a policy to a cooperation and open the decision on it, unless that is done already.

    Nothing changes until the members adopt it. An interruption is taken up by proposing again.
    Other content under a name and version that the cooperation knows is refused.

    Args:
        engine: where the cooperation lives.
        address: the cooperation.
        definition: the policy, with the lifecycle of the cooperation.
        terms: who proposes it and how; the cooperation decides whether they may.
    """
    try:
        state = await engine.state(address)
    except UnknownCooperationError as error:
        return Proposal(address, "refused", detail=str(error))
    name = definition.policy_name
    waiting = next(
        (
            one.id
            for one in state.decisions.values()
            if one.subject == f"policy:{name}" and one.is_open
        ),
        None,
    )
    if state.policy == name or waiting is not None:
        # Whoever has changed the file since, and not its version, must not believe it followed.
        refusal = refusal_of(definition, await engine.definitions(address))
        if refusal is not None:
            return _refused(address, refusal)
        return Proposal(address, "followed" if state.policy == name else "under_way", waiting)
    offered = await engine.offer(address, definition)
    if isinstance(offered, Refusal):
        return _refused(address, offered)
    slug = f"policy-{definition.policy['policy']}-{definition.policy['version']}"
    times = state.times_decided(f"policy:{name}")
    slug += f"-{times + 1}" if times else ""
    command: dict[str, Any] = {
        "command": "open_decision",
        "actor": terms.by,
        "id": f"propose:{slug}",  # said again after a failure, it is one command
        "decision": slug,
        "subject": f"policy:{name}",
        "question": terms.question,
    }
    if terms.closes_at is not None:
        command["closes_at"] = terms.closes_at.isoformat()
    if terms.at is not None:
        command["at"] = terms.at.isoformat()
    outcome = await engine.execute(address, command)
    if isinstance(outcome, Reply):
        return Proposal(address, "proposed", slug)
    return _refused(address, outcome)


def _refused(address: Address, refusal: Refusal) -> Proposal:
    return Proposal(address, "refused", detail=str(refusal), refusal=refusal)
