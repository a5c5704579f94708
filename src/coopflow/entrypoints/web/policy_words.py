"""A policy as people read it: what it asks for and what it sets, in words, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from coopflow.definitions.terms import DECIDED, MATTERS, TERMS
from coopflow.domain.base import Label, Shape
from coopflow.domain.calendar import Span
from coopflow.domain.lifecycle import Gate
from coopflow.domain.missing import asked, words_of
from coopflow.domain.policy import REVIEW_LABELS, Criterion
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.tools import FREQUENCY_LABELS, KIND_LABELS
from coopflow.domain.voting import RULE_LABELS, Rule, rule_words
from coopflow.wording.phrases import Phrases

_PARTS: Final[tuple[tuple[str, Label], ...]] = (
    ("decisions", Label(en="Decisions: ballots and quorums", fr="Décisions : votes et quorums")),
    ("ratification", Label(en="Ratification of gates", fr="Ratification des passages")),
    ("waiver", Label(en="Waivers", fr="Dérogations")),
    ("documents", Label(en="Documents", fr="Documents")),
    ("clocks", Label(en="Time to remedy", fr="Temps pour remédier")),
    ("disagreements", Label(en="Disagreements, step by step", fr="Désaccords, pas à pas")),
    ("reviews", Label(en="Reviews", fr="Bilans")),
    ("measures", Label(en="Indicators", fr="Indicateurs")),
    ("alerts", Label(en="Alerts", fr="Alertes")),
)
"""What a policy sets beside its criteria, in the order in which people read it."""

_NOTHING: Final = Label(en="nothing", fr="rien")
_NO_LIMIT: Final = Label(en="no limit", fr="sans limite")


class CriterionRead(NamedTuple):
    """A criterion: what it is called, and what it asks of which figures.

    Attributes:
        label: what it is called.
        asks: each figure with its threshold; empty where the expression says it best.
        expression: as the policy writes it.
    """

    label: str
    asks: tuple[str, ...]
    expression: str


class LevelRead(NamedTuple):
    """What one level of a condition asks for."""

    level: int
    criteria: tuple[CriterionRead, ...]


class ConditionRead(NamedTuple):
    """A condition, level by level, and how long it may stay below what is asked."""

    letter: str
    label: str
    cure: str
    levels: tuple[LevelRead, ...]


class GateRead(NamedTuple):
    """What a gate asks for: least levels of conditions, in the order of the policy, and guards."""

    gate: Gate
    label: str
    leaves: str
    enters: str
    term: str
    minima: tuple[tuple[str, str, int], ...]
    guards: tuple[CriterionRead, ...]


class PartRead(NamedTuple):
    """A part of what a policy sets: each value with what it is called."""

    id: str
    label: str
    values: tuple[tuple[str, str], ...]


class PolicyRead(NamedTuple):
    """A policy as people read it."""

    conditions: tuple[ConditionRead, ...]
    gates: tuple[GateRead, ...]
    parts: tuple[PartRead, ...]
    advice: tuple[CriterionRead, ...]


def read(rules: Rulebook, say: Phrases) -> PolicyRead:
    """Return a policy in the words of a language."""
    return _Reader(rules, say).read()


class _Reader:
    def __init__(self, rules: Rulebook, say: Phrases) -> None:
        self._rules, self._say = rules, say
        conditions = {one.id: one.label for one in rules.policy.conditions}
        self._names: Mapping[str, Mapping[str, Label]] = {
            "kinds": KIND_LABELS,
            "cadence": REVIEW_LABELS,
            "current_for": FREQUENCY_LABELS,
            "rules": DECIDED,
            "not_allowed": DECIDED,
        }
        self._values: Mapping[str, Mapping[str, Label]] = {
            "never_short": conditions,
            "stages": {one.id: one.label for one in rules.lifecycle.stages},
            "not_allowed": RULE_LABELS,
            "never_for": DECIDED,
            "blocking_matters": MATTERS,
        }

    def read(self) -> PolicyRead:
        policy = self._rules.policy
        return PolicyRead(
            conditions=tuple(
                ConditionRead(
                    letter=one.letter,
                    label=self._say.label(one.label),
                    cure=self._say.label(policy.cure_span(one.id).words()),
                    levels=tuple(
                        LevelRead(level, tuple(map(self._criterion, self._at(one.criteria, level))))
                        for level in sorted({each.level for each in one.criteria})
                    ),
                )
                for one in policy.conditions
            ),
            gates=tuple(map(self._gate, self._rules.lifecycle.gates)),
            parts=tuple(
                PartRead(name, self._say.label(label), tuple(self._stated(name)))
                for name, label in _PARTS
            ),
            advice=tuple(map(self._criterion, policy.advice)),
        )

    @staticmethod
    def _at(criteria: tuple[Any, ...], level: int) -> list[Criterion]:
        return [one for one in criteria if one.level == level]

    def _criterion(self, criterion: Criterion) -> CriterionRead:
        asks = []
        for want in self._rules.predicates[criterion.id].wants:
            query = self._rules.queries[want.name]
            what = self._say.label(words_of(query))
            if isinstance(want.bound, bool):
                negated = "non : " if self._say.language == "fr" else "not: "
                asks.append(what if want.bound else f"{negated}{what}")
            else:
                colon = " : " if self._say.language == "fr" else ": "
                asks.append(f"{what}{colon}{self._say.label(asked(want, query))}")
        label = self._say.label(criterion.label)
        return CriterionRead(label, tuple(asks), criterion.when)

    def _gate(self, gate: Gate) -> GateRead:
        asks, say, lifecycle = self._rules.gate_policy(gate.id), self._say, self._rules.lifecycle
        stages = {one.id: say.label(one.label) for one in lifecycle.stages}
        return GateRead(
            gate=gate,
            label=say.label(gate.label),
            leaves=stages[gate.leaves],
            enters=stages[gate.enters],
            term=say.label(gate.term.words()) if gate.term else "",
            minima=tuple(
                (one.letter, say.label(one.label), asks.minima[one.id])
                for one in self._rules.policy.conditions
                if asks.minima.get(one.id)
            ),
            guards=tuple(map(self._criterion, asks.guards)),
        )

    def _stated(self, part: str) -> Iterator[tuple[str, str]]:
        yield from self._walk(part, (), getattr(self._rules.policy, part))

    def _walk(
        self, pattern: str, names: tuple[Label, ...], value: Any
    ) -> Iterator[tuple[str, str]]:
        term = TERMS.get(pattern) or TERMS.get(".".join(pattern.split(".")[-2:]))
        field = pattern.removesuffix(".*").rpartition(".")[2]
        if term is not None:
            sense, english, french = term
            words = french if self._say.language == "fr" else english
            said = self._value(field, value, _NO_LIMIT if sense else _NOTHING)
            yield words.format(*map(self._say.label, names)), said
        elif isinstance(value, Mapping):
            known = self._names.get(field, {})
            for key, inner in value.items():
                label = known.get(key) or Label(en=str(key), fr=str(key))
                yield from self._walk(f"{pattern}.*", (label, *names), inner)
        elif isinstance(value, Shape):
            for name in type(value).model_fields:
                yield from self._walk(f"{pattern}.{name}", names, getattr(value, name))

    def _value(self, field: str, value: Any, none: Label) -> str:
        say = self._say
        if isinstance(value, tuple):
            said = say.several([self._value(field, one, none) for one in value])
            return said or say.label(_NOTHING)
        label = self._values.get(field, {}).get(value) if isinstance(value, str) else None
        match value:
            case None:
                label = none
            case bool():
                return say("fact.true" if value else "fact.false")
            case Span():
                label = value.words()
            case Shape():
                label = rule_words(cast("Rule", value))
        return str(value) if label is None else say.label(label)
