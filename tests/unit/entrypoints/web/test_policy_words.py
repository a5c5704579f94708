"""Policies in words: nothing that a policy sets is left out, in either language."""

from __future__ import annotations

import pytest

from coopflow.application.callers import Language
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import available, load_definition
from coopflow.entrypoints.web.policy_words import read
from coopflow.wording.phrases import Phrases


@pytest.mark.parametrize("name", sorted(available("policies")))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_policy_of_the_library_is_read(name: str, language: Language) -> None:
    """Each level, gate, guard and value is there, with words for it."""
    rules = compile_definition(load_definition(None, name))
    found = read(rules, Phrases(language))
    criteria = [each for one in found.conditions for level in one.levels for each in level.criteria]
    assert len(criteria) == sum(len(one.criteria) for one in rules.policy.conditions)
    assert [one.gate.id for one in found.gates] == [one.id for one in rules.lifecycle.gates]
    assert len(found.advice) == len(rules.policy.advice)
    values = {part.id: dict(part.values) for part in found.parts}
    assert len(values["disagreements"]) == len(type(rules.policy.disagreements).model_fields)
    assert len(values["alerts"]) == len(type(rules.policy.alerts).model_fields)
    assert all(words and value for part in found.parts for words, value in part.values)


def test_thresholds_are_said_with_what_they_are_asked_of() -> None:
    """A number stands beside what is counted, a span as people say it, a rule by its name."""
    rules = compile_definition(load_definition(None, "reference"))
    found = read(rules, Phrases("fr"))
    first = found.conditions[0].levels[0].criteria[0]
    assert first.asks[0].endswith("il faut au moins 3")
    assert found.conditions[0].letter == "A"
    values = {part.id: dict(part.values) for part in found.parts}
    assert values["disagreements"]["Temps de la médiation"] == "60 jours"
    assert values["decisions"]["Quorum des décisions"] == "1/2"
    minima = {letter: level for letter, _, level in found.gates[0].minima}
    assert minima == {
        one.letter: rules.gate_policy(found.gates[0].gate.id).minima[one.id]
        for one in rules.policy.conditions
        if rules.gate_policy(found.gates[0].gate.id).minima.get(one.id)
    }
