"""The reference policy and lifecycle: every criterion, threshold and number of the method."""

from fractions import Fraction
from typing import Any

import pytest

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.calendar import Span
from coopflow.domain.facts import FactValue
from coopflow.domain.tools import MISSIONS
from coopflow.domain.voting import Consent, QualifiedMajority, SimpleMajority

RULES = compile_definition(load_definition("impact-collectif", "reference"))
POLICY = RULES.policy
YEAR = Span(months=12)

# Condition, level, criterion, the fact it reads, a value that just holds and one that just fails.
LEVELS: list[tuple[str, int, str, str, FactValue, FactValue]] = [
    ("common_plan", 1, "vision-contributors", "vision.contributors", 3, 2),
    ("common_plan", 2, "vision-adopted", "vision_adopted", True, False),
    ("common_plan", 2, "sheet-adopted", "sheet_adopted", True, False),
    ("common_plan", 3, "charter-in-force", "charter.in_force", True, False),
    ("common_plan", 3, "objectives-led", "chain_leads", 1, 0),
    ("common_plan", 4, "roadmap-after-review", "roadmap_after_review", True, False),
    ("common_plan", 4, "due-actions-settled", "roadmap.due_settled_share", 7 / 10, 2 / 3),
    ("mutual_actions", 1, "map-actors", "map.actors", 5, 4),
    ("mutual_actions", 1, "map-categories", "map.categories", 3, 2),
    ("mutual_actions", 2, "objectives-levers", "chain_levers", 1, 0),
    ("mutual_actions", 2, "objectives-contributors", "chain_contributors", 2, 1),
    ("mutual_actions", 2, "complementarities", "chain.complementarities", 1, 0),
    ("mutual_actions", 3, "roadmap-adopted", "roadmap_adopted", True, False),
    ("mutual_actions", 3, "actions-assigned", "roadmap.unassigned", 0, 1),
    ("mutual_actions", 3, "actions-joint", "roadmap.joint_share", 1 / 3, 3 / 10),
    ("mutual_actions", 3, "actions-on-time", "roadmap.overdue_share", 3 / 10, 1 / 3),
    ("mutual_actions", 4, "actions-adjusted", "adjusted_after_review", True, False),
    ("shared_evaluation", 1, "sheet-goals", "sheet.goals", 3, 2),
    ("shared_evaluation", 2, "objectives-questions", "chain_questions", 1, 0),
    ("shared_evaluation", 2, "objectives-indicators", "chain_indicators", 1, 0),
    ("shared_evaluation", 3, "indicators-current", "indicators.current_share", 3 / 5, 0.5),
    ("shared_evaluation", 3, "indicators-contributors", "indicators.contributors", 2, 1),
    ("shared_evaluation", 3, "measures-reviewed", "reviews_of_measures", 1, 0),
    ("shared_evaluation", 4, "indicators-repeated", "indicators_measured_twice", 3 / 5, 0.5),
    ("shared_evaluation", 4, "decision-cites-indicator", "decisions_citing", 1, 0),
    ("shared_evaluation", 4, "review-published", "reviews_published", 1, 0),
    ("communication", 1, "plenary-held", "plenaries_of_the_year", 1, 0),
    ("communication", 2, "plenaries-quorate", "plenaries_quorate", 2, 1),
    ("communication", 3, "plenary-recent", "plenaries_recent", 1, 0),
    ("communication", 3, "attendance-recent", "attendance_recent", 3 / 5, 0.59),
    ("communication", 3, "disagreement-procedure", "charter.disagreement_procedure", True, False),
    ("communication", 4, "pulse-good", "pulse_recent", 3.0, 2.9),
    ("communication", 4, "disagreements-treated", "disagreements.escalated_by_expiry", 0, 1),
    ("support", 1, "mandate-running", "mandate.running", True, False),
    ("support", 2, "mandate-missions", "mandate.missions", 4, 3),
    ("support", 2, "mandate-hours", "mandate.hours_month", 0.5, 0.0),
    ("support", 2, "mandate-end", "mandate.has_end", True, False),
    ("support", 3, "support-model-adopted", "support_model_adopted", True, False),
    ("support", 3, "support-missions", "support.missions", len(MISSIONS), 5),
    ("support", 3, "support-deputy", "support.deputy", True, False),
    ("support", 3, "support-funded", "funded_half_year", True, False),
    ("support", 4, "support-funded-long", "funded_year", True, False),
    ("support", 4, "support-sources", "support.secured_sources", 2, 1),
    ("support", 4, "support-feedback", "support_feedback", 3.5, 3.4),
]
GUARDS: list[tuple[str, str, bool, str, FactValue, FactValue]] = [
    ("to_structuration", "members-enough", True, "members.active", 3, 2),
    ("to_structuration", "members-diverse", True, "members.categories", 2, 1),
    ("to_animation", "charter-signed", True, "charter.signed_share", 2 / 3, 0.6),
    ("renewal", "annual-review-recent", False, "annual_reviews_recent", 1, 0),
]


def test_the_table_has_every_criterion() -> None:
    """The criteria of the policy are those of the table, in its order, and each can be met."""
    found = [
        (condition.id, criterion.level, criterion.id)
        for condition in POLICY.conditions
        for criterion in condition.criteria
    ]
    assert found == [row[:3] for row in LEVELS]
    assert [
        (gate, guard.id, guard.lasting)
        for gate, content in POLICY.gates.items()
        for guard in content.guards
    ] == [row[:3] for row in GUARDS]
    assert "".join(condition.letter for condition in POLICY.conditions) == "ABCDE"


@pytest.mark.parametrize(
    ("criterion", "fact", "enough", "short"),
    [row[2:] for row in LEVELS] + [(row[1], *row[3:]) for row in GUARDS],
)
def test_each_threshold_is_exact(
    criterion: str, fact: str, enough: FactValue, short: FactValue
) -> None:
    """A criterion reads one fact, holds at its threshold and not just below it."""
    predicate = RULES.predicates[criterion]
    assert predicate.names == (fact,)
    assert predicate((enough,)).holds
    assert not predicate((short,)).holds


@pytest.mark.parametrize(
    ("reading", "parameters"),
    [
        ("vision_adopted", {"fact": "document.usable", "kind": "shared_vision"}),
        ("sheet_adopted", {"fact": "document.usable", "kind": "identity_sheet"}),
        ("roadmap_adopted", {"fact": "document.usable", "kind": "roadmap"}),
        ("support_model_adopted", {"fact": "document.usable", "kind": "support_model"}),
        ("chain_leads", {"fact": "chain.least", "of": "leads"}),
        ("chain_levers", {"fact": "chain.least", "of": "levers"}),
        ("chain_contributors", {"fact": "chain.least", "of": "contributors"}),
        ("chain_questions", {"fact": "chain.least", "of": "questions"}),
        ("chain_indicators", {"fact": "chain.least", "of": "indicators"}),
        ("roadmap_after_review", {"fact": "roadmap.after_review", "within": YEAR}),
        ("adjusted_after_review", {"fact": "roadmap.adjusted_after_review", "within": YEAR}),
        (
            "reviews_of_measures",
            {"fact": "reviews", "kind": None, "within": YEAR, "examined_measures": True},
        ),
        ("indicators_measured_twice", {"fact": "indicators.repeated_share", "values": 2}),
        ("decisions_citing", {"fact": "decisions.citing_indicator", "within": YEAR}),
        ("reviews_published", {"fact": "reviews", "within": None, "published": True}),
        (
            "plenaries_of_the_year",
            {"kind": "plenary", "within": YEAR, "organisations": 3, "minuted": True},
        ),
        (
            "plenaries_quorate",
            {
                "kind": "plenary",
                "within": Span(months=6),
                "quorum": Fraction(1, 2),
                "minuted": True,
                "minutes_within": Span(days=15),
            },
        ),
        ("plenaries_recent", {"kind": "plenary", "within": Span(days=120), "minuted": False}),
        ("attendance_recent", {"fact": "attendance", "last": 3}),
        ("pulse_recent", {"fact": "pulse.score", "within": YEAR, "answered": Fraction(1, 2)}),
        ("funded_half_year", {"fact": "support.funded", "months": 6}),
        ("funded_year", {"fact": "support.funded", "months": 12}),
        ("support_feedback", {"fact": "support.feedback", "within": YEAR}),
        ("annual_reviews_recent", {"kind": "annual", "within": Span(days=90)}),
    ],
)
def test_each_reading_has_its_window(reading: str, parameters: dict[str, Any]) -> None:
    """A named reading asks the published fact with the numbers of the method."""
    asked = POLICY.facts[reading].model_dump() | dict(POLICY.facts[reading])
    assert {name: asked[name] for name in parameters} == parameters


def test_nothing_is_named_for_nothing() -> None:
    """Every reading is read and every remedy helps with something."""
    read = {name for predicate in RULES.predicates.values() for name in predicate.names}
    assert set(POLICY.facts) <= read
    helps = {remedy for criterion in RULES.criteria.values() for remedy in criterion.remedies}
    assert set(POLICY.remedies) == helps


def test_what_gates_ask_for_can_be_remedied() -> None:
    """Every criterion that a gate may ask for names a remedy."""
    asked = [
        criterion
        for condition in POLICY.conditions
        for criterion in condition.criteria
        if criterion.level <= max(gate.minima[condition.id] for gate in POLICY.gates.values())
    ]
    guards = [guard for gate in POLICY.gates.values() for guard in gate.guards]
    assert [one.id for one in (*asked, *guards) if not one.remedies] == []


def test_the_gates_ask_for_their_minima() -> None:
    """The minima of each gate, in the order A to E, and the way it is ratified."""
    order = [condition.id for condition in POLICY.conditions]
    minima = {gate: [one.minima[name] for name in order] for gate, one in POLICY.gates.items()}
    assert minima == {
        "to_structuration": [2, 1, 1, 1, 1],
        "to_animation": [3, 2, 2, 2, 2],
        "renewal": [3, 3, 3, 3, 3],
    }
    terms = POLICY.ratification
    assert (terms.rule, terms.quorum, terms.open_for) == (Consent(), Fraction(1, 2), Span(days=14))
    assert (terms.conditions_short, terms.levels_short, terms.never_short) == (1, 1, ("support",))
    assert terms.remedy_within == Span(days=90)
    assert (POLICY.waiver.within, POLICY.waiver.times) == (Span(days=90), 1)
    cures = [POLICY.cure_span(condition) for condition in order]
    assert cures == [Span(days=90)] * 4 + [Span(days=60)]


def test_the_documents_last_and_are_adopted_as_the_method_says() -> None:
    """Validity in months and the rule of each kind of document."""
    documents = POLICY.documents
    assert {
        kind: (one.rule.name, one.valid.months if one.valid else None)
        for kind, one in documents.kinds.items()
    } == {
        "shared_vision": ("consent", 24),
        "stakeholder_map": ("simple_majority", 12),
        "identity_sheet": ("consent", 12),
        "value_chain": ("consent", 18),
        "charter": ("consent", 24),
        "roadmap": ("consent", 6),
        "feedback_loop": ("silence", None),
        "support_model": ("consent", 12),
    }
    assert documents.stale_for == Span(days=60)
    assert (documents.signed_share, documents.turnover_share) == (Fraction(2, 3), Fraction(1, 3))


def test_the_decisions_are_taken_as_the_method_says() -> None:
    """Default rules, what is not allowed, and the times of decisions."""
    numbers = POLICY.decisions
    strong = QualifiedMajority(threshold=Fraction(2, 3), base="electorate")
    assert numbers.rules == {
        **dict.fromkeys(("mandate", "admission", "policy", "return", "gate"), Consent()),
        **dict.fromkeys(("exclusion", "waiver", "closing"), strong),
        "other": SimpleMajority(),
    }
    assert {subject for subject, rules in numbers.not_allowed.items() if "silence" in rules} == {
        "document:charter",
        "gate",
        "admission",
        "exclusion",
        "mandate",
        "document:support_model",
        "closing",
        "money",
    }
    assert (numbers.quorum, numbers.open_for) == (Fraction(1, 2), Span(days=14))
    assert (numbers.silence_for, numbers.objection_extends) == (Span(days=7), Span(days=7))
    assert (numbers.material_extends, numbers.rounds) == (Span(days=3), 3)
    assert numbers.reminders.half_time
    assert numbers.reminders.before_closing == (Span(hours=48),)
    assert (numbers.delegation.per_holder, numbers.veto_within) == (2, Span(days=5))
    call = numbers.second_call
    assert (call.earliest, call.latest) == (Span(days=7), Span(days=15))
    assert call.quorum_factor == Fraction(1, 2)
    assert set(call.never_for) == {"document:charter", "exclusion", "gate"}


def test_time_runs_as_the_method_says() -> None:
    """Reviews, measures, disagreements and alerts."""
    assert {kind: (one.every, one.stages) for kind, one in POLICY.reviews.cadence.items()} == {
        "quarterly": (Span(months=3), ("animation",)),
        "annual": (YEAR, ("animation",)),
        "evaluation": (Span(months=24), ("animation",)),
    }
    assert POLICY.reviews.members_gone_share == Fraction(1, 3)
    assert {name: span.days for name, span in POLICY.measures.current_for.items()} == {
        "monthly": 46,
        "quarterly": 137,
        "half_yearly": 274,
        "yearly": 548,
    }
    ladder = POLICY.disagreements.model_dump(exclude={"blocking_matters"})
    assert {step: span["days"] for step, span in ladder.items()} == {
        "raised": 5,
        "dialogue": 21,
        "facilitation": 30,
        "mediation": 60,
        "extension": 30,
        "collective_decision": 30,
        "separation": 60,
        "follow_up": 90,
        "ask_within": 10,
        "blocks_for": 180,
    }
    assert set(POLICY.disagreements.blocking_matters) == {
        "object",
        "charter",
        "money",
        "data_safety",
        "exclusion",
        "support_mandate",
    }
    alerts = POLICY.alerts
    assert (alerts.mandate_ends_within.days, alerts.cure_ends_within.days) == (90, 15)
    assert (alerts.expires_within.days, alerts.no_plenary_for.days) == (60, 90)
    assert (alerts.attendance_below, alerts.attendance_last) == (Fraction(3, 5), 3)
    assert alerts.event_stands_for == Span(days=30)


def test_the_advice_of_the_method_is_given() -> None:
    """All four pieces of advice have criteria, and none of them is asked for by a gate."""
    assert [criterion.id for criterion in POLICY.advice] == [
        "advice-profiles",
        "advice-discovery",
        "advice-experiments",
        "advice-reviews-published",
        "advice-minutes",
        "advice-support",
    ]
    assert RULES.predicates["advice-support"]((True, 10.0)).holds
    assert not RULES.predicates["advice-support"]((True, 0.0)).holds
    assert not RULES.predicates["advice-profiles"]((0.99,)).holds


def test_the_lifecycle_has_three_stages_and_three_gates() -> None:
    """The stages in order with their tools, the gates between them, and the ways back."""
    lifecycle = RULES.lifecycle
    assert {stage.id: stage.tools for stage in lifecycle.stages} == {
        "impulsion": ("shared_vision", "stakeholder_map", "identity_sheet"),
        "structuration": ("value_chain", "charter"),
        "animation": ("roadmap", "feedback_loop", "support_model"),
    }
    assert [stage.falls_back_to for stage in lifecycle.stages] == [
        None,
        "impulsion",
        "structuration",
    ]
    assert [(gate.id, gate.leaves, gate.enters, gate.term) for gate in lifecycle.gates] == [
        ("to_structuration", "impulsion", "structuration", None),
        ("to_animation", "structuration", "animation", None),
        ("renewal", "animation", "animation", YEAR),
    ]
