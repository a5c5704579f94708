"""What becomes different for people when one policy takes the place of another, in words.

A difference is called stricter or looser only where that is certain: what meets the stricter policy
meets the looser one in that respect too. Everything else that differs has just changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from coopflow.definitions.order import Asked, Part, arrow, compare, growth, times, together
from coopflow.definitions.terms import (
    DECIDED,
    LEFT_OUT,
    MATTERS,
    NOTHING,
    TERMS,
    THINGS,
    Term,
    Words,
)
from coopflow.domain.base import Label, Shape
from coopflow.domain.calendar import Span
from coopflow.domain.missing import words_of
from coopflow.domain.policy import REVIEW_LABELS, Policy
from coopflow.domain.rulebook import Predicate, Rulebook
from coopflow.domain.tools import FREQUENCY_LABELS, KIND_LABELS
from coopflow.domain.voting import RULE_LABELS, Rule, rule_words

Direction = Literal["stricter", "looser", "new", "gone", "changed"]


class Difference(NamedTuple):
    """One thing that differs.

    ``path`` is where it stands in the policy, with ids in the place of list indices; ``label`` says
    what it is, from what and to what.
    """

    direction: Direction
    path: str
    label: Label


_LISTS: Final = frozenset({"conditions", "criteria", "advice", "guards"})
_UNSAID: Final = frozenset({"id", "facts"})
"""What is no difference by itself; readings are compared where criteria read them."""

_NAMED: Final = frozenset({"policy", "version", "label", "author", "lifecycle"})
"""What tells policies apart without making them differ."""

_NO_LIMIT: Final = Label(en="no limit", fr="sans limite")
_ALWAYS: Final = Label(en="always", fr="toujours")
_MOVED: Final = (Label(en="removed", fr="retrait"), Label(en="added", fr="ajout"))
_FLAGS: Final = (Label(en="no", fr="non"), Label(en="yes", fr="oui"))


def differences(old: Rulebook, new: Rulebook) -> tuple[Difference, ...]:
    """Return what differs between two policies, in the order of the policy; () when nothing does.

    Things are compared by their ids, so their order says nothing; a thing that only the new policy
    has comes after those of the old one. Names and versions of policies are no differences.
    """
    return tuple(_Comparison(old, new).fields(_Place(), old.policy, new.policy))


class _Place(NamedTuple):
    """Where a value stands; in the pattern ids are ``*``. ``names`` goes from inside out."""

    path: str = ""
    pattern: str = ""
    key: str = ""
    names: tuple[Label, ...] = ()

    @property
    def field(self) -> str:
        return self.pattern.removesuffix(".*").rpartition(".")[2]

    @property
    def term(self) -> Term | None:
        return TERMS.get(self.pattern) or TERMS.get(".".join(self.pattern.split(".")[-2:]))

    def at(self, name: str) -> _Place:
        if name == "criteria":  # they stand right under their condition
            return self
        path, pattern = (f"{said}.{name}".lstrip(".") for said in (self.path, self.pattern))
        return self._replace(path=path, pattern=pattern)

    def under(self, key: str, name: Label) -> _Place:
        return _Place(f"{self.path}.{key}", f"{self.pattern}.*", key, (name, *self.names))

    def says(self, words: Words, rest: Label) -> Label:
        en = words[0].format(*(name.en for name in self.names))
        fr = words[1].format(*(name.fr for name in self.names))
        return Label(en=f"{en}: {rest.en}", fr=f"{fr} : {rest.fr}")


class _Comparison:
    """Two rulebooks side by side, and what is called how in either of them."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self._both = both = (old, new)
        self._asked = tuple(
            {one.id for gate in rules.policy.gates for _, one in rules.criteria_asked(gate)}
            for rules in both
        )
        conditions = {c.id: c.label for rules in both for c in rules.policy.conditions}
        remedies = {key: r.label for rules in both for key, r in rules.policy.remedies.items()}
        self._names: dict[str, Mapping[str, Label]] = {
            "gates": {gate.id: gate.label for rules in both for gate in rules.lifecycle.gates},
            "stages": {one.id: one.label for rules in both for one in rules.lifecycle.stages},
            "minima": conditions,
            "never_short": conditions,
            "remedies": remedies,
            "document": KIND_LABELS,
            "kinds": KIND_LABELS,
            "cadence": REVIEW_LABELS,
            "current_for": FREQUENCY_LABELS,
            "rules": DECIDED,
            "not_allowed": {**DECIDED, **RULE_LABELS},  # what is decided, by which rules
            "never_for": DECIDED,
            "blocking_matters": MATTERS,
        }

    def fields(self, place: _Place, old: Shape, new: Shape) -> Iterator[Difference]:
        """Compare two shapes field by field."""
        passed_over = _UNSAID | (_NAMED if isinstance(old, Policy) else frozenset())
        for name in type(old).model_fields:
            if name not in passed_over:
                before, after = getattr(old, name), getattr(new, name)
                if name in _LISTS:
                    before, after = ({one.id: one for one in ones} for ones in (before, after))
                yield from self._compare(place.at(name), before, after)

    def _compare(self, place: _Place, old: Any, new: Any) -> Iterator[Difference]:
        term = place.term
        if term is None:
            walk = self._items if isinstance(old, Mapping) else self.fields
            yield from walk(place, old, new)
        elif place.field == "when":
            yield from self._criterion(place, term, old, new)
        else:
            yield from self._value(place, term, old, new)

    def _items(
        self, place: _Place, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Difference]:
        left_out = LEFT_OUT.get(f"{place.pattern}.*")
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key, left_out), new.get(key, left_out)
            label = getattr(before or after, "label", None) or self._name(place, key)
            here = place.under(key, label)
            if before is None or after is None:
                yield self._came_or_went(here, before, after)
            else:
                yield from self._compare(here, before, after)

    def _came_or_went(self, place: _Place, old: Any, new: Any) -> Difference:
        came = old is None
        direction: Direction = "new" if came else "gone"
        if self._is_asked(place, self._asked[came]):
            direction = "stricter" if came else "looser"
        thing, term = THINGS.get(place.pattern), place.term
        if thing is not None:
            return Difference(direction, place.path, place.says(thing, _MOVED[came]))
        assert term is not None  # what can be left out is a thing or a value
        before, after = (NOTHING if one is None else self._said(place, one) for one in (old, new))
        return Difference(direction, place.path, place.says(term[1:], arrow(before, after)))

    @staticmethod
    def _is_asked(place: _Place, asked: set[str]) -> bool:
        """Whether a gate asks for what stands here, of the criteria that its levels ask for."""
        is_guard = place.pattern == "gates.*.guards.*"
        return is_guard or (place.pattern == "conditions.*.*" and place.key in asked)

    def _value(self, place: _Place, term: Term, old: Any, new: Any) -> Iterator[Difference]:
        if place.pattern == "conditions.*.cure" and old != new:
            # A condition that says nothing has the time that all have.
            old, new = (rules.policy.cure_span(place.key) for rules in self._both)
        if isinstance(old, Label) and old.en == new.en:
            # Where one language stays as it is, show the other: nothing would seem to differ.
            old, new = (Label(en=one.fr, fr=one.fr) for one in (old, new))
        elif isinstance(old, Label) and old.fr == new.fr:
            old, new = (Label(en=one.en, fr=one.en) for one in (old, new))
        sense, words = term[0], term[1:]
        sign = times(growth(old, new), sense) if sense else None
        if old != new and sign != 0:
            none = _NO_LIMIT if sense else NOTHING
            said = (none if one is None else self._said(place, one) for one in (old, new))
            yield Difference(_direction(sign), place.path, place.says(words, arrow(*said)))

    def _criterion(self, place: _Place, term: Term, old: Any, new: Any) -> Iterator[Difference]:
        asks = [self._asks(place, rules) for rules in self._both]
        parts = compare(*asks) if all(asks) else self._source(place, old, new)
        said = [part for part in parts if part.sign != 0]
        if said:
            label = Label(
                en="; ".join(part.label.en for part in said),
                fr=" ; ".join(part.label.fr for part in said),
            )
            sign = together(part.sign for part in said) if term[0] else None
            yield Difference(_direction(sign), place.path, place.says(term[1:], label))

    def _asks(self, place: _Place, rules: Rulebook) -> list[Asked]:
        predicate = _predicate(place, rules)
        wants = predicate.wants if predicate else ()
        return [Asked.of(want, rules.queries[want.name]) for want in wants]

    def _source(self, place: _Place, old: str | None, new: str | None) -> Iterator[Part]:
        """Compare what is no plain conjunction: how it is written, then what it reads."""
        predicate = _predicate(place, self._both[0])
        if old != new:
            said = (Label(en=f"“{one}”", fr=f"« {one} »") if one else _ALWAYS for one in (old, new))
            yield Part(None, arrow(*said))
            return
        for name in predicate.names if predicate else ():
            was, now = (words_of(rules.queries[name]) for rules in self._both)
            if was != now:
                yield Part(None, arrow(was, now))

    def _name(self, place: _Place, key: str) -> Label:
        return self._names.get(place.field, {}).get(key) or Label(en=key, fr=key)

    def _said(self, place: _Place, value: Any) -> Label:
        if isinstance(value, bool):
            return _FLAGS[value]
        if isinstance(value, Span):
            return value.words()
        if isinstance(value, Label):
            return Label(en=f"“{value.en}”", fr=f"« {value.fr} »")
        if isinstance(value, Shape):
            return rule_words(cast("Rule", value))
        if isinstance(value, tuple):
            said = [self._said(place, one) for one in value]
            en, fr = ", ".join(one.en for one in said), ", ".join(one.fr for one in said)
            return Label(en=en, fr=fr) if said else NOTHING
        return self._name(place, str(value))


def _predicate(place: _Place, rules: Rulebook) -> Predicate | None:
    known = rules.usable if place.pattern.startswith("remedies") else rules.predicates
    return known.get(place.key)


def _direction(sign: int | None) -> Direction:
    return "changed" if sign is None else "stricter" if sign > 0 else "looser"
