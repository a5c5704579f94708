"""What the stages, gates, conditions and organisations of a cooperation are called.

Labels of the first three stand in the lifecycle and the policy that the cooperation follows. Where
this machine has other files than these, ids serve as names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import UnknownNameError, load_definition
from coopflow.domain.rulebook import Rulebook
from coopflow.wording.phrases import Phrases


class ConditionName(NamedTuple):
    """A condition as people see it: its letter and its label."""

    letter: str
    label: str


class Names:
    """The names that a definition gives, in one language, and those of organisations."""

    def __init__(
        self,
        rules: Rulebook | None,
        say: Phrases,
        organisations: Mapping[str, str] | None = None,
    ) -> None:
        """Read names off a rulebook; without one, ids serve.

        Args:
            rules: what the cooperation follows.
            say: the language.
            organisations: names of organisations by id; without them, ids serve.
        """
        self._rules = rules
        self._say = say
        self._organisations = organisations or {}

    def ordered(self, conditions: Iterable[str]) -> list[str]:
        """Return conditions in the order of the policy."""
        known = [one.id for one in self._rules.policy.conditions] if self._rules else []
        given = list(conditions)
        return sorted(given, key=lambda one: known.index(one) if one in known else len(known))

    def condition(self, condition: str) -> ConditionName:
        """Name a condition."""
        for one in self._rules.policy.conditions if self._rules else ():
            if one.id == condition:
                return ConditionName(one.letter, self._say.label(one.label))
        return ConditionName(condition[:1].upper(), _spelled(condition))

    def stage(self, stage: str) -> str:
        """Name a stage."""
        found = self._rules.lifecycle.stage(stage) if self._rules else None
        return self._say.label(found.label) if found else _spelled(stage)

    def gate(self, gate: str) -> str:
        """Name a gate."""
        found = self._rules.lifecycle.gate(gate) if self._rules else None
        return self._say.label(found.label) if found else _spelled(gate)

    def organisation(self, slug: str) -> str:
        """Name an organisation."""
        return self._organisations.get(slug, slug)

    def labelled(self, slug: str) -> str | None:
        """Name a stage, gate, condition or criterion; None for what is none of these."""
        if self._rules is None:
            return None
        policy, lifecycle = self._rules.policy, self._rules.lifecycle
        labels = {slug: one.label for slug, one in self._rules.criteria.items()}
        labels |= {one.id: one.label for one in policy.conditions}
        labels |= {one.id: one.label for one in lifecycle.stages}
        labels |= {one.id: one.label for one in lifecycle.gates}
        return self._say.label(labels[slug]) if slug in labels else None

    def advice(self) -> dict[str, str]:
        """Name every piece of advice, by its id in the order of the policy."""
        pieces = self._rules.policy.advice if self._rules else ()
        return {one.id: self._say.label(one.label) for one in pieces}


def told_apart(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the titles of lifecycles or policies so that no two are the same.

    Args:
        titles: by ``name@version``; of several with one title each is told with its version, and
            where that does not do, with its name, too.
    """
    versioned = {
        name: f"{title}, version {name.rpartition('@')[2]}" for name, title in titles.items()
    }
    times, versions = Counter(titles.values()), Counter(versioned.values())
    found = {}
    for name, title in titles.items():
        found[name] = title
        if times[title] > 1:
            alone = versions[versioned[name]] == 1
            found[name] = versioned[name] if alone else f"{title} ({name})"
    return found


def _spelled(name: str) -> str:
    return name.replace("_", " ")


@cache
def known_rules(lifecycle: str, policy: str) -> Rulebook | None:
    """Return the rulebook of those names and versions; None when the files here are others.

    Args:
        lifecycle: ``name@version``, as a cooperation states it.
        policy: likewise.
    """
    try:
        found = load_definition(lifecycle.partition("@")[0], policy.partition("@")[0])
    except (FaultsError, UnknownNameError):
        return None
    if (found.lifecycle_name, found.policy_name) != (lifecycle, policy):
        return None
    return compile_definition(found)
