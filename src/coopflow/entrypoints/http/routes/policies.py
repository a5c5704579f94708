"""Policies: those of the library, and the one that a cooperation follows."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.diff import Direction, differences
from coopflow.definitions.library import available, load_definition
from coopflow.domain.base import Label, Shape, Slug
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.problems import ProblemError

router = APIRouter(tags=["policies"], dependencies=[needs("read")], responses=guarded())

PolicyName = Annotated[Slug, Path(description="The name of a policy.", examples=["reference"])]


class PolicySummary(Shape):
    """A policy: its name, its version, the lifecycle that it is for, and what it is called."""

    name: Slug
    version: int
    lifecycle: str
    label: Label


class PolicyContent(PolicySummary):
    """A policy with all that it says, as data."""

    content: dict[str, Any]


class Criterion(Shape):
    """Something that a level, a gate or a piece of advice asks for, in words."""

    id: Slug
    label: Label


class LevelExplained(Shape):
    """What one level of a condition asks for."""

    level: int
    criteria: tuple[Criterion, ...]


class ConditionExplained(Shape):
    """A condition, level by level."""

    id: Slug
    letter: str
    label: Label
    levels: tuple[LevelExplained, ...]


class GateExplained(Shape):
    """What a gate asks for."""

    id: Slug
    label: Label
    minima: dict[Slug, int]
    guards: tuple[Criterion, ...]


class PolicyExplained(PolicySummary):
    """What a policy asks for, in words."""

    conditions: tuple[ConditionExplained, ...]
    gates: tuple[GateExplained, ...]
    advice: tuple[Criterion, ...]


class PolicyDifference(Shape):
    """One thing that differs between two policies."""

    direction: Direction
    path: str
    label: Label


@router.get("/policies", operation_id="list_policies", summary="Policies of the library")
async def list_all() -> tuple[PolicySummary, ...]:
    """List the policies that cooperations may be opened with by their names."""
    return tuple([_summary(await _loaded(name)) for name in available("policies")])


@router.get("/policies/{policy}", operation_id="show_policy", summary="A policy of the library")
async def show(policy: PolicyName) -> PolicyContent:
    """Return a policy with all that it says."""
    return _content(await _loaded(policy))


@router.get(
    "/policies/{policy}/explanation",
    operation_id="explain_policy",
    summary="What a policy asks for, in words",
)
async def explain(policy: PolicyName) -> PolicyExplained:
    """Say in words what each level, gate and piece of advice asks for."""
    rules = await _loaded(policy)
    conditions = tuple(
        ConditionExplained(
            id=condition.id,
            letter=condition.letter,
            label=condition.label,
            levels=tuple(
                LevelExplained(
                    level=level,
                    criteria=tuple(
                        Criterion(id=one.id, label=one.label)
                        for one in condition.criteria
                        if one.level == level
                    ),
                )
                for level in sorted({one.level for one in condition.criteria})
            ),
        )
        for condition in rules.policy.conditions
    )
    gates = tuple(
        GateExplained(
            id=gate.id,
            label=gate.label,
            minima=dict(rules.gate_policy(gate.id).minima),
            guards=tuple(
                Criterion(id=one.id, label=one.label) for one in rules.gate_policy(gate.id).guards
            ),
        )
        for gate in rules.lifecycle.gates
    )
    advice = tuple(Criterion(id=one.id, label=one.label) for one in rules.policy.advice)
    return PolicyExplained(
        **dict(_summary(rules)), conditions=conditions, gates=gates, advice=advice
    )


@router.get(
    "/policies/{policy}/differences/{other}",
    operation_id="compare_policies",
    summary="What differs between two policies",
)
async def compare(
    policy: PolicyName,
    other: Annotated[Slug, Path(description="The name of another.", examples=["demanding"])],
) -> tuple[PolicyDifference, ...]:
    """List what differs from one policy to another, in words."""
    old, new = await _loaded(policy), await _loaded(other)
    return tuple(PolicyDifference(**one._asdict()) for one in differences(old, new))


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/policy",
    operation_id="show_followed_policy",
    summary="The policy that a cooperation follows",
)
async def followed(sight: CooperationDep, services: ServicesDep) -> PolicyContent:
    """Return the policy that a cooperation follows, with all that it says."""
    sight.may("cooperation")
    detail = sight.detail
    found: Definition | None = await services.registry.definition(
        detail.lifecycle, detail.policy, detail.programme
    )
    if found is None:
        raise ProblemError("not_found")
    return _content(compile_definition(found))


async def _loaded(name: str) -> Rulebook:
    if name not in available("policies"):
        raise ProblemError("not_found")
    definition = await asyncio.to_thread(load_definition, None, name)
    return compile_definition(definition)


def _summary(rules: Rulebook) -> PolicySummary:
    return PolicySummary(
        name=rules.policy.policy,
        version=rules.policy.version,
        lifecycle=rules.definition.lifecycle_name,
        label=rules.policy.label,
    )


def _content(rules: Rulebook) -> PolicyContent:
    return PolicyContent(**dict(_summary(rules)), content=rules.definition.policy)
