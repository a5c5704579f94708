"""Definitions as they travel, and rulebooks as they are applied."""

from typing import Any

from coopflow.definitions.compile import compile_definition
from coopflow.domain.rulebook import Definition, Rulebook
from tests.collective import reference_rules
from tests.stages import varied


def test_a_definition_is_named_by_name_and_version() -> None:
    """Both parts say which version they are of."""
    definition = reference_rules().definition
    assert definition.lifecycle_name == "impact-collectif@1"
    assert definition.policy_name == "reference@1"
    renamed = definition.but(policy={**definition.policy, "policy": "mine", "version": 3})
    assert renamed.policy_name == "mine@3"


def test_a_definition_travels_as_plain_data() -> None:
    """It survives JSON unchanged."""
    definition = reference_rules().definition
    assert Definition.model_validate_json(definition.model_dump_json()) == definition


def test_a_gate_that_the_policy_leaves_out_asks_for_nothing() -> None:
    """Minima and guards are empty then."""
    rules = reference_rules()
    assert rules.gate_policy("renewal") is rules.policy.gates["renewal"]
    nothing = rules.gate_policy("no_gate")
    assert (nothing.minima, nothing.guards) == ({}, ())


def test_every_criterion_guard_and_advice_is_found_by_its_id() -> None:
    """Their ids are unique over the whole policy."""
    rules = reference_rules()
    policy = rules.policy
    named = [criterion.id for one in policy.conditions for criterion in one.criteria]
    named += [guard.id for gate in policy.gates.values() for guard in gate.guards]
    named += [criterion.id for criterion in policy.advice]
    assert len(named) == len(set(named))
    assert list(rules.criteria) == named
    assert set(rules.predicates) == set(named)


def test_a_level_depends_on_what_its_criteria_read() -> None:
    """Each condition names the parts of the state, and of documents, that it is read off."""
    rules = reference_rules()
    assert rules.level_reads["communication"] == (
        "charter",
        "disagreements",
        "meetings",
        "pulses",
    )
    assert rules.level_reads["support"] == ("mandate", "support_model")
    assert set(rules.level_reads) == {one.id for one in rules.policy.conditions}
    assert rules.guard_reads == ("charter", "members", "reviews")


def test_a_condition_has_a_cure_of_its_own_or_the_common_one() -> None:
    """A condition that the policy does not know has the common one."""
    policy = reference_rules().policy
    assert policy.cure_span("support").days == 60
    assert policy.cure_span("communication").days == 90
    assert policy.cure_span("something").days == 90


def test_rulebooks_are_compiled_once() -> None:
    """Equal definitions share one rulebook, others have their own."""

    def nothing(_: dict[str, Any]) -> None:
        return

    def renamed(policy: dict[str, Any]) -> None:
        policy["policy"] = "another"

    # Not the one that tests share: many others may have been compiled since.
    assert varied(nothing) is compile_definition(reference_rules().definition)
    other: Rulebook = varied(renamed)
    assert other is not reference_rules()
    assert other.definition.digest != reference_rules().definition.digest
