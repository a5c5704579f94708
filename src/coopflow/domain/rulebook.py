"""What a cooperation is judged by: its lifecycle and its policy, ready to be applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from coopflow.domain.base import Shape, Slug
from coopflow.domain.facts import CheckHolds, FactValue, Query
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Condition, Criterion, GatePolicy, LevelCriterion, Policy
from coopflow.domain.state import Cooperation


class Definition(Shape):
    """A lifecycle and a policy as plain data: what travels with a cooperation.

    ``digest`` is the SHA-256 of the canonical JSON of both contents; ``lifecycle`` and ``policy``
    are the contents of the files, checked when they were read.
    """

    lifecycle: dict[str, Any]
    policy: dict[str, Any]
    digest: str

    @property
    def lifecycle_name(self) -> str:
        """The lifecycle's name and version, ``name@version``."""
        return f"{self.lifecycle['lifecycle']}@{self.lifecycle['version']}"

    @property
    def policy_name(self) -> Slug:
        """The policy's name and version, ``name@version``."""
        return f"{self.policy['policy']}@{self.policy['version']}"


class Finding(NamedTuple):
    """Whether an expression holds; when it could not be computed it does not, and says why."""

    holds: bool
    error: str | None = None


Comparison = Literal[">=", ">", "<=", "<", "==", "!="]


class Want(NamedTuple):
    """One of the things that an expression asks for, all of which must hold."""

    name: str
    comparison: Comparison
    bound: FactValue


class Predicate(Protocol):
    """A compiled expression over facts."""

    @property
    def wants(self) -> tuple[Want, ...]:
        """What it asks of single facts; empty when it asks for something less simple."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The facts it reads, in the order in which they first appear."""
        ...

    def __call__(self, values: tuple[FactValue | None, ...]) -> Finding:
        """Evaluate it on the values of ``names``, in that order; never raises.

        With values that are unknown (None) it holds when it would whatever they are.
        """
        ...


@dataclass(frozen=True)
class Rulebook:
    """A checked and compiled definition.

    Attributes:
        definition: the data it was compiled from.
        lifecycle: the stages and gates.
        policy: the numbers, criteria and rules.
        queries: every fact that a criterion may read, by name.
        predicates: the compiled ``when`` of every criterion, guard and piece of advice, by id.
        usable: the compiled ``when`` of every remedy that has one, by id.
        family: the rulebooks, by the name and version of their policy, that a cooperation which
            follows this one may come to follow; itself among them. Empty when it has no other.
    """

    definition: Definition
    lifecycle: Lifecycle
    policy: Policy
    queries: Mapping[str, Query]
    predicates: Mapping[str, Predicate] = field(repr=False)
    usable: Mapping[str, Predicate] = field(repr=False, default_factory=dict)
    family: Mapping[str, Rulebook] = field(repr=False, default_factory=dict)

    def knows(self, policy: str) -> bool:
        """Whether a policy, ``name@version``, can be followed."""
        return policy in self.family or policy == self.definition.policy_name

    def followed_by(self, state: Cooperation) -> Rulebook:
        """Return the rulebook of the family that a cooperation follows."""
        return self.family.get(state.policy, self)

    def gate_policy(self, gate: str) -> GatePolicy:
        """Return what a gate asks for; a gate that the policy leaves out asks for nothing."""
        return self.policy.gates.get(gate) or GatePolicy(minima={})

    def criteria_asked(self, gate: str) -> Iterator[tuple[Condition, LevelCriterion]]:
        """Yield the criteria of the levels that a gate asks for, each with its condition."""
        minima = self.gate_policy(gate).minima
        for condition in self.policy.conditions:
            for criterion in condition.criteria:
                if criterion.level <= minima.get(condition.id, 0):
                    yield condition, criterion

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """The ids of the checks whose answers it reads, sorted."""
        found = {one.check for one in self.queries.values() if isinstance(one, CheckHolds)}
        return tuple(sorted(found))

    @cached_property
    def level_reads(self) -> Mapping[str, tuple[str, ...]]:
        """For each condition the fields of the state that its level depends on."""
        return {
            condition.id: self._reads(criterion.id for criterion in condition.criteria)
            for condition in self.policy.conditions
        }

    @cached_property
    def levels_read(self) -> tuple[str, ...]:
        """The fields of the state that any level depends on."""
        return tuple(sorted({part for parts in self.level_reads.values() for part in parts}))

    @cached_property
    def guard_reads(self) -> tuple[str, ...]:
        """The fields of the state that any guard depends on."""
        return self._reads(guard.id for gate in self.policy.gates.values() for guard in gate.guards)

    @cached_property
    def advice_reads(self) -> tuple[str, ...]:
        """The fields of the state that any advice depends on."""
        return self._reads(piece.id for piece in self.policy.advice)

    def _reads(self, criteria: Iterable[str]) -> tuple[str, ...]:
        names = {name for criterion in criteria for name in self.predicates[criterion].names}
        return tuple(sorted({part for name in names for part in self.queries[name].depends_on()}))

    @cached_property
    def criteria(self) -> Mapping[str, Criterion]:
        """Every criterion, guard and piece of advice by its id."""
        found: dict[str, Criterion] = {}
        for condition in self.policy.conditions:
            found.update({criterion.id: criterion for criterion in condition.criteria})
        for gate in self.policy.gates.values():
            found.update({guard.id: guard for guard in gate.guards})
        found.update({criterion.id: criterion for criterion in self.policy.advice})
        return found
