"""Compiling definitions: digests, what is remembered, and what is refused."""

import json
from typing import Any

import pytest

from coopflow.definitions.compile import (
    DefinitionError,
    compile_definition,
    definition_of,
    shared,
)
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.yaml import load
from coopflow.domain.rulebook import Definition
from coopflow.temporal.messages import Carried

REFERENCE = load_definition("impact-collectif", "reference")


def _with_policy(**changes: Any) -> Definition:
    """Return the reference definition with another policy, and the digest that belongs to it."""
    return definition_of(REFERENCE.lifecycle, {**REFERENCE.policy, **changes})


def test_a_rulebook_holds_everything_the_engine_asks_for() -> None:
    """Every criterion has a predicate whose facts can be queried."""
    rulebook = compile_definition(REFERENCE)
    assert set(rulebook.predicates) == set(rulebook.criteria)
    for predicate in rulebook.predicates.values():
        assert set(predicate.names) <= set(rulebook.queries)
    assert rulebook.lifecycle.gate("renewal") is not None
    assert rulebook.definition == REFERENCE


def test_the_digest_is_that_of_the_canonical_json() -> None:
    """The digest depends on the contents only, not on the order in which they are written."""
    backwards = dict(reversed(REFERENCE.policy.items()))
    again = definition_of(dict(reversed(REFERENCE.lifecycle.items())), backwards)
    assert again.digest == REFERENCE.digest
    assert definition_of({}, {}).digest == (
        "fd5d92c70405b12923b82c26206be3a040d156902b546fad4435a41b61c237f9"
    )
    assert _with_policy(version=2).digest != REFERENCE.digest


def test_a_definition_survives_its_travel() -> None:
    """What comes back from JSON has the same digest and compiles to the same rulebook."""
    back = Definition.model_validate_json(REFERENCE.model_dump_json())
    assert back == REFERENCE
    assert compile_definition(back) is compile_definition(REFERENCE)


def test_a_forged_digest_is_refused() -> None:
    """Contents that are not those of the digest never take the place of those that are."""
    compile_definition(REFERENCE)
    forged = REFERENCE.but(policy={**REFERENCE.policy, "version": 7})
    with pytest.raises(DefinitionError, match="the digest is not that of"):
        compile_definition(forged)
    assert compile_definition(REFERENCE).policy.version == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": 0}, "version\n  Input should be greater than or equal to 1"),
        (
            {"advice": [{"id": "a", "label": {"fr": "x", "en": "x"}, "when": "zzz > 1"}]},
            "criterion a: there is no fact named zzz",
        ),
    ],
)
def test_what_cannot_be_compiled_says_why(changes: dict[str, Any], why: str) -> None:
    """A wrong shape and a wrong expression are refused with a typed error."""
    with pytest.raises(DefinitionError, match=why):
        compile_definition(_with_policy(**changes))


@pytest.mark.parametrize("version", [0, 2**63])
def test_a_version_that_no_database_holds_is_refused(version: int) -> None:
    """However a definition came, its version fits into 63 bits."""
    with pytest.raises(DefinitionError, match="version"):
        compile_definition(_with_policy(version=version))
    lifecycle = {**REFERENCE.lifecycle, "version": version}
    with pytest.raises(DefinitionError, match="version"):
        compile_definition(definition_of(lifecycle, REFERENCE.policy))
    compile_definition(_with_policy(version=2**63 - 1))


@pytest.mark.parametrize("value", [float("nan"), {1}, "\ud800"])
def test_only_json_can_be_digested(value: Any) -> None:
    """A value that JSON cannot say exactly has no digest."""
    with pytest.raises(DefinitionError, match="cannot be written as JSON"):
        definition_of({"lifecycle": value}, {})


def test_compiling_asks_only_for_what_the_engine_needs() -> None:
    """What people are told when they edit a file does not stop a cooperation that lives by it."""
    remedies = json.loads(json.dumps(REFERENCE.policy["remedies"]))
    remedies["sign-charter"]["steps"] = ["a_command_of_old"]
    policy = compile_definition(_with_policy(remedies=remedies)).policy
    assert policy.remedies["sign-charter"].steps == ("a_command_of_old",)


def test_the_contents_are_those_of_the_files() -> None:
    """A definition holds what the files say, word for word."""
    assert REFERENCE.lifecycle == load(find("workflows", "impact-collectif")).data
    assert REFERENCE.policy == load(find("policies", "reference")).data


def test_a_definition_is_never_equal_to_something_else() -> None:
    """The key that rulebooks are remembered by compares with its like only."""
    from coopflow.definitions import compile as module  # noqa: PLC0415 - looks inside

    assert module._ByDigest(REFERENCE) == module._ByDigest(REFERENCE)
    assert module._ByDigest(REFERENCE) != REFERENCE


def test_equal_definitions_are_one_in_memory() -> None:
    """Thousands of cooperations live by the same one: what comes over the wire is let go of."""
    again = Definition.model_validate_json(REFERENCE.model_dump_json())
    other = again.model_copy(update={"digest": "another"})
    assert shared(again) is shared(REFERENCE)
    assert shared(other) is other
    carried = Carried(definition=again, unregistered=(again,))
    read = Carried.model_validate_json(carried.model_dump_json())
    assert read.definition is read.unregistered[0] is shared(REFERENCE)
