"""The shape of a policy: what it may say, and the numbers of the reference one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from coopflow.domain.policy import SUBJECTS, Policy, subject_kind
from tests.collective import reference_rules


def _policy(change: Callable[[dict[str, Any]], None]) -> Policy:
    raw = copy.deepcopy(reference_rules().definition.policy)
    change(raw)
    return Policy.model_validate(raw)


def _set(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        *way, last = path
        for step in way:
            raw = raw[step]
        raw[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_set("surprise", value=1), "surprise"),
        (_set("version", value=0), "version"),
        (_set("conditions", value=[]), "conditions"),
        (_set("conditions", 0, "letter", value="aa"), "conditions.0.letter"),
        (_set("conditions", 0, "criteria", value=[]), "conditions.0.criteria"),
        (_set("conditions", 0, "criteria", 0, "level", value=5), "conditions.0.criteria.0.level"),
        (_set("conditions", 0, "criteria", 0, "when", value=" "), "conditions.0.criteria.0.when"),
        (_set("conditions", 0, "label", "fr", value=""), "conditions.0.label.fr"),
        (_set("gates", "renewal", "minima", "support", value=-1), "gates.renewal.minima.support"),
        (_set("facts", "Loud", value={"fact": "members.active"}), "facts.Loud"),
        (_set("facts", "quiet", value={"fact": "no.such"}), "facts.quiet"),
        (_set("remedies", "hold-plenary", "steps", value=[]), "remedies.hold-plenary.steps"),
        (_set("decisions", "quorum", value="3/2"), "decisions.quorum"),
        (_set("decisions", "rules", "other", value="coin"), "decisions.rules.other"),
        (_set("documents", "kinds", "letter", value={"rule": "consent"}), "documents.kinds.letter"),
        (_set("clocks", "cure", value={}), "clocks.cure"),
        (_set("clocks", "cure", value={"days": -1}), "clocks.cure.days"),
        (_set("alerts", "attendance_below", value=2), "alerts.attendance_below"),
        (_set("alerts", "attendance_last", value=0), "alerts.attendance_last"),
        (_set("reviews", "cadence", "weekly", value={}), "reviews.cadence.weekly"),
        (_set("measures", "current_for", "daily", value={"days": 1}), "measures.current_for.daily"),
    ],
)
def test_a_policy_that_says_something_impossible_is_refused(
    change: Callable[[dict[str, Any]], None], where: str
) -> None:
    """Unknown keys, values out of range and empty lists are faults at their place."""
    with pytest.raises(ValidationError) as refused:
        _policy(change)
    places = [".".join(map(str, fault["loc"])) for fault in refused.value.errors()]
    assert any(place.startswith(where) for place in places), places


def test_a_policy_may_leave_out_what_it_does_not_need() -> None:
    """No advice, no reading of facts and no cadence are as good as any."""

    def bare(raw: dict[str, Any]) -> None:
        del raw["advice"], raw["facts"]
        raw["reviews"]["cadence"] = {}

    policy = _policy(bare)
    assert (policy.advice, policy.facts, policy.reviews.cadence) == ((), {}, {})


def test_the_reference_policy_holds_the_numbers_of_the_contract() -> None:
    """Terms of documents, of the ladder, of decisions and of alerts."""
    policy = reference_rules().policy
    valid = {
        kind: document.valid.months if document.valid else None
        for kind, document in policy.documents.kinds.items()
    }
    assert valid == {
        "shared_vision": 24,
        "stakeholder_map": 12,
        "identity_sheet": 12,
        "value_chain": 18,
        "charter": 24,
        "roadmap": 6,
        "feedback_loop": None,
        "support_model": 12,
    }
    rules = {kind: document.rule.name for kind, document in policy.documents.kinds.items()}
    assert {kind for kind, rule in rules.items() if rule != "consent"} == {
        "stakeholder_map",
        "feedback_loop",
    }
    assert (rules["stakeholder_map"], rules["feedback_loop"]) == ("simple_majority", "silence")
    ladder = policy.disagreements
    assert [
        getattr(ladder, step).days
        for step in (
            "raised",
            "dialogue",
            "facilitation",
            "mediation",
            "extension",
            "ask_within",
            "collective_decision",
            "separation",
            "follow_up",
            "blocks_for",
        )
    ] == [5, 21, 30, 60, 30, 10, 30, 60, 90, 180]
    assert (policy.documents.stale_for.days, str(policy.documents.signed_share)) == (60, "2/3")
    assert str(policy.documents.turnover_share) == "1/3"
    decisions = policy.decisions
    assert (str(decisions.quorum), decisions.open_for.days, decisions.rounds) == ("1/2", 14, 3)
    assert (decisions.silence_for.days, decisions.objection_extends.days) == (7, 7)
    assert (decisions.material_extends.days, decisions.veto_within.days) == (3, 5)
    assert (decisions.second_call.earliest.days, decisions.second_call.latest.days) == (7, 15)
    assert decisions.delegation.per_holder == 2
    assert [span.hours for span in decisions.reminders.before_closing] == [48]
    assert (policy.waiver.within.days, policy.waiver.times) == (90, 1)
    assert policy.ratification.open_for.days == 14
    assert policy.ratification.remedy_within.days == 90
    cadence = policy.reviews.cadence
    assert {kind: one.every.months for kind, one in cadence.items()} == {
        "quarterly": 3,
        "annual": 12,
        "evaluation": 24,
    }


@pytest.mark.parametrize(
    ("subject", "kind"),
    [("gate:to_animation", "gate"), ("policy:mine@2", "policy"), ("other", "other"), ("", "")],
)
def test_the_kind_of_a_subject_stands_before_its_colon(subject: str, kind: str) -> None:
    """A subject without a colon is its own kind."""
    assert subject_kind(subject) == kind


def test_rules_are_given_and_forbidden_for_subjects_that_exist() -> None:
    """A misspelt subject in the policy would never be looked at."""
    decisions = reference_rules().policy.decisions
    named = [*decisions.rules, *decisions.not_allowed, *decisions.second_call.never_for]
    assert {subject_kind(subject) for subject in named} <= SUBJECTS
