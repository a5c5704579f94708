"""The eight tools: what a draft may state, and what a submission must."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from coopflow.domain.tools import (
    FREQUENCY_LABELS,
    KIND_LABELS,
    MISSIONS,
    TOOLS,
    Action,
    Frequency,
    Kind,
    Mission,
    draft_faults,
    path_of,
    read,
    submission_faults,
)
from tests.collective import (
    charter,
    identity_sheet,
    roadmap,
    stakeholder_map,
    support_model,
    value_chain,
    vision,
)

MEMBERS = frozenset({"alpha", "beta", "gamma", "delta"})
COMPLETE: dict[str, dict[str, Any]] = {
    "shared_vision": vision(),
    "stakeholder_map": stakeholder_map(),
    "identity_sheet": identity_sheet(),
    "value_chain": value_chain(),
    "charter": charter(),
    "roadmap": roadmap(),
    "support_model": support_model(),
}
OPTIONAL = {
    "shared_vision": {"trends", "scenarios", "values", "dissent_notes"},
    "stakeholder_map": {"links"},
    "identity_sheet": {"funders"},
    "value_chain": set(),
    "charter": {"vetoes"},
    "roadmap": set(),
    "support_model": {"budget", "feedback"},
}


def paths(kind: str, content: dict[str, Any]) -> list[str]:
    """Return the places of the faults that keep a content from being submitted."""
    return [path for path, _ in submission_faults(kind, content, MEMBERS)]


def objective(**changes: Any) -> dict[str, Any]:
    first: dict[str, Any] = value_chain()["objectives"][0]
    return first | changes


def action(**changes: Any) -> dict[str, Any]:
    first: dict[str, Any] = roadmap()["actions"][0]
    return first | changes


@pytest.mark.parametrize("kind", COMPLETE)
def test_a_complete_content_is_submitted_as_it_is(kind: str) -> None:
    """A content that states all that is required has no fault, and reads as a typed value."""
    assert submission_faults(kind, COMPLETE[kind], MEMBERS) == []
    assert isinstance(read(kind, COMPLETE[kind]), TOOLS[kind])


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, content in COMPLETE.items() for field in content],
)
def test_a_required_field_that_is_missing_is_named(kind: str, field: str) -> None:
    """To submit each required field must be there; a draft may leave any out."""
    content = {name: value for name, value in COMPLETE[kind].items() if name != field}
    assert paths(kind, content) == ([] if field in OPTIONAL[kind] else [field])
    assert draft_faults(kind, content) == []


@pytest.mark.parametrize("kind", COMPLETE)
def test_an_empty_draft_is_a_draft(kind: str) -> None:
    """A draft may state nothing at all; it is then no typed value yet."""
    assert draft_faults(kind, {}) == []
    assert read(kind, {}) is None


@pytest.mark.parametrize("kind", COMPLETE)
def test_what_the_kind_does_not_have_is_a_fault(kind: str) -> None:
    """A field that the contract does not name is refused in drafts as well."""
    content = COMPLETE[kind] | {"colour": "red"}
    assert paths(kind, content) == ["colour"]
    assert [path for path, _ in draft_faults(kind, content)] == ["colour"]


@pytest.mark.parametrize(
    ("kind", "change", "path"),
    [
        ("shared_vision", {"horizon_year": "soon"}, "horizon_year"),
        ("shared_vision", {"horizon_year": 1899}, "horizon_year"),
        ("shared_vision", {"issue": 7}, "issue"),
        ("shared_vision", {"values": ["Care", 5]}, "values[1]"),
        ("shared_vision", {"contributors": "alpha"}, "contributors"),
        (
            "stakeholder_map",
            {"actors": [stakeholder_map()["actors"][0] | {"category": "guild"}]},
            "actors[0].category",
        ),
        (
            "stakeholder_map",
            {"actors": [stakeholder_map()["actors"][0] | {"influence": 6}]},
            "actors[0].influence",
        ),
        (
            "stakeholder_map",
            {"links": [{"from": "Actor 1", "to": "Actor 2", "kind": "love"}]},
            "links[0].kind",
        ),
        ("identity_sheet", {"start": "soon"}, "start"),
        ("identity_sheet", {"start": "3000-01-01"}, "start"),
        (
            "value_chain",
            {"objectives": [objective(indicators=[{"frequency": "daily"}])]},
            "objectives[0].indicators[0].frequency",
        ),
        (
            "value_chain",
            {
                "objectives": [
                    objective(indicators=[objective()["indicators"][0] | {"target": float("inf")}])
                ]
            },
            "objectives[0].indicators[0].target",
        ),
        (
            "charter",
            {"decision_rules": [charter()["decision_rules"][0] | {"rule": "dice"}]},
            "decision_rules[0].rule",
        ),
        (
            "charter",
            {
                "decision_rules": [
                    charter()["decision_rules"][0]
                    | {"fallback": {"name": "qualified_majority", "threshold": "3/2"}}
                ]
            },
            "decision_rules[0].fallback.threshold",
        ),
        (
            "charter",
            {"decision_rules": [charter()["decision_rules"][0] | {"quorum": "most"}]},
            "decision_rules[0].quorum",
        ),
        ("roadmap", {"actions": [action(status="maybe")]}, "actions[0].status"),
        ("roadmap", {"actions": [action(due="2026-02-30")]}, "actions[0].due"),
        ("support_model", {"hosting": "nowhere"}, "hosting"),
        ("support_model", {"missions": {"dance": {"holder": "alpha"}}}, "missions.dance"),
        ("support_model", {"missions": {"fund": {"holder": "a b"}}}, "missions.fund.holder"),
        ("support_model", {"hours_month": -1}, "hours_month"),
        (
            "support_model",
            {"budget": [support_model()["budget"][0] | {"amount": float("nan")}]},
            "budget[0].amount",
        ),
        ("support_model", {"feedback": [{"date": "2026-01-01", "score": 6}]}, "feedback[0].score"),
    ],
)
def test_what_a_draft_states_is_of_the_right_shape(
    kind: str, change: dict[str, Any], path: str
) -> None:
    """A wrong value is named by its path in drafts and submissions alike, and nothing else is."""
    assert [place for place, _ in draft_faults(kind, COMPLETE[kind] | change)] == [path]
    assert path in paths(kind, COMPLETE[kind] | change)


def test_a_draft_may_leave_a_text_empty() -> None:
    """An empty text is one that is still to be written: it only keeps from submitting."""
    content = COMPLETE["shared_vision"] | {"issue": "  "}
    assert draft_faults("shared_vision", content) == []
    assert paths("shared_vision", content) == ["issue"]


def test_a_target_may_be_put_in_words() -> None:
    """Where an indicator starts from and what it is to reach are numbers or words."""
    indicator = objective()["indicators"][0] | {"baseline": 12.5, "target": "below 10 %"}
    assert paths("value_chain", {"objectives": [objective(indicators=[indicator])]}) == []


@pytest.mark.parametrize(
    ("kind", "change", "path"),
    [
        (
            "identity_sheet",
            {"goals": {"inhabitants": "One", "territory": "Two"}},
            "goals.collective",
        ),
        ("identity_sheet", {"beneficiaries": []}, "beneficiaries"),
        ("shared_vision", {"contributors": []}, "contributors"),
        ("stakeholder_map", {"actors": []}, "actors"),
        ("stakeholder_map", {"links": [{"from": "Actor 1", "kind": "alliance"}]}, "links[0].to"),
        ("value_chain", {"objectives": [objective(levers=[])]}, "objectives[0].levers"),
        ("value_chain", {"objectives": [objective(contributors=[])]}, "objectives[0].contributors"),
        (
            "charter",
            {"decision_rules": [{"subject": "a", "rule": "consent", "quorum": "1/2"}]},
            "decision_rules[0].fallback",
        ),
        ("charter", {"commitments": [{"member": "alpha"}]}, "commitments[0].text"),
        ("roadmap", {"actions": []}, "actions"),
        ("support_model", {"missions": {}}, "missions"),
    ],
)
def test_what_is_incomplete_may_be_drafted_but_not_submitted(
    kind: str, change: dict[str, Any], path: str
) -> None:
    """Lists that are empty and parts that lack a field wait for the submission."""
    content = COMPLETE[kind] | change
    assert draft_faults(kind, content) == []
    assert paths(kind, content) == [path]


def test_a_rule_of_the_charter_is_written_in_either_way() -> None:
    """A name or a mapping is a rule, wherever the charter states one."""
    rules = [
        {
            "subject": "money",
            "rule": {"name": "unanimity", "strict": True},
            "quorum": 1,
            "fallback": "simple_majority",
        }
    ]
    assert paths("charter", charter(decision_rules=rules)) == []


def test_every_fault_is_told_at_once() -> None:
    """All faults are listed, in the order of the fields."""
    content = vision(horizon_year="soon", contributors=[], colour="red")
    assert paths("shared_vision", content) == ["horizon_year", "contributors", "colour"]


# --- rules over the whole content -----------------------------------------------------------------


def test_three_members_have_contributed_to_a_vision() -> None:
    """Three different organisations, all of them active members, each other one is named."""
    assert paths("shared_vision", vision(contributors=["alpha", "beta", "alpha"])) == [
        "contributors"
    ]
    stranger = vision(contributors=["alpha", "beta", "gamma", "omega"])
    assert submission_faults("shared_vision", stranger, MEMBERS) == [
        ("contributors[3]", "omega is not an active member")
    ]


def test_links_join_actors_of_the_map() -> None:
    """Either end of a link must be listed, and only the contract's words name it."""
    unknown = [{"from": "Nobody", "to": "No one", "kind": "tension"}]
    assert paths("stakeholder_map", stakeholder_map(links=unknown)) == [
        "links[0].from",
        "links[0].to",
    ]
    misnamed = [{"source": "Actor 1", "target": "Actor 2", "kind": "alliance"}]
    assert set(paths("stakeholder_map", stakeholder_map(links=misnamed))) == {
        "links[0].from",
        "links[0].to",
        "links[0].source",
        "links[0].target",
    }


def test_ids_of_a_value_chain_are_unique() -> None:
    """Two objectives, or two indicators anywhere, of one id are refused with the id."""
    faults = submission_faults(
        "value_chain", value_chain(objectives=[objective(), objective()]), MEMBERS
    )
    assert faults == [
        ("objectives", "the id o1 is used 2 times"),
        ("objectives.indicators", "the indicator id o1-1 is used 2 times"),
        ("objectives.indicators", "the indicator id o1-2 is used 2 times"),
    ]


def test_actions_depend_on_actions_without_a_cycle() -> None:
    """Unknown actions, repeated ids and cycles are refused, a chain is not."""
    chain = [action(), action(id="b", depends_on=["a1"]), action(id="c", depends_on=["b", "a1"])]
    assert paths("roadmap", roadmap(actions=chain)) == []
    cycle = [action(depends_on=["c"]), *chain[1:]]
    faults = submission_faults("roadmap", roadmap(actions=cycle), MEMBERS)
    assert [path for path, _ in faults] == ["actions"]
    assert "actions depend on each other" in faults[0][1]
    itself = roadmap(actions=[action(depends_on=["a1"])])
    assert paths("roadmap", itself) == ["actions"]
    unknown = roadmap(actions=[action(depends_on=["zz"]), action()])
    assert paths("roadmap", unknown) == ["actions", "actions[0].depends_on"]


def test_an_action_is_open_until_it_is_done_or_dropped() -> None:
    """Planned, running and replanned actions are still to be done."""
    still = {
        status
        for status in ("planned", "running", "done", "replanned", "dropped")
        if Action.model_validate(action(status=status)).is_open
    }
    assert still == {"planned", "running", "replanned"}


@pytest.mark.parametrize(
    ("contributors", "joint"), [([], False), (["alpha"], False), (["alpha", "beta"], True)]
)
def test_an_action_is_joint_with_somebody_besides_its_owner(
    contributors: list[str],
    joint: bool,  # noqa: FBT001 - the one fact it states
) -> None:
    """An owner who is listed as contributor does not make it joint."""
    assert Action.model_validate(action(contributors=contributors)).is_joint is joint


def test_all_six_missions_are_held() -> None:
    """Each mission that nobody holds is named."""
    some = {"fund": {"holder": "alpha"}, "inform": {"holder": "beta", "hours": 2}}
    missing = [f"missions.{one}" for one in MISSIONS if one not in some]
    assert paths("support_model", support_model(missions=some)) == missing
    assert get_args(Mission) == MISSIONS


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"deputy": "alpha"}, "deputy"),
        ({"holder": "omega"}, "holder"),
        ({"mandate_start": "2027-01-02", "mandate_end": "2027-01-01"}, "mandate_end"),
    ],
)
def test_the_support_function_can_be_held(change: dict[str, Any], path: str) -> None:
    """Its holder is a member, its deputy another one, and it ends after it starts."""
    assert paths("support_model", support_model(**change)) == [path]


def test_a_mandate_of_one_day_is_one() -> None:
    """First and last day may be the same: dates that end something are inclusive."""
    day = {"mandate_start": "2027-01-01", "mandate_end": "2027-01-01"}
    assert paths("support_model", support_model(**day)) == []


@pytest.mark.parametrize("word", ["date", "at", "on"])
def test_feedback_is_dated(word: str) -> None:
    """The day of a score may be written in three ways, but must be written."""
    scored = support_model(feedback=[{word: "2026-05-01", "score": 4, "comment": "Good"}])
    assert paths("support_model", scored) == []
    undated = support_model(feedback=[{"score": 4}])
    assert paths("support_model", undated) == ["feedback[0].date"]
    assert paths("support_model", support_model(feedback=["good"])) == ["feedback[0]"]


def test_the_record_of_a_review_is_a_tool_like_the_others() -> None:
    """A feedback loop has a typed content, without rules over the whole."""
    record = {
        "review": "r1",
        "kind": "annual",
        "expected": "More",
        "observed": "Less",
        "why": "Time",
    }
    assert submission_faults("feedback_loop", record, MEMBERS) == []
    assert paths("feedback_loop", {}) == ["review", "kind", "expected", "observed", "why"]


def test_each_kind_has_its_tool() -> None:
    """The eight kinds of the contract are all there, under their names."""
    assert tuple(TOOLS) == get_args(Kind)
    assert len(TOOLS) == 8


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ((), ""),
        (("issue",), "issue"),
        (("actions", 0, "owner"), "actions[0].owner"),
        ((0, "owner"), "[0].owner"),
        (("missions", "fund", "[key]"), "missions.fund"),
        (("rule", "consent", "name"), "rule.name"),
        (("rules", "consent", "name"), "rules.consent.name"),
    ],
)
def test_paths_are_written_as_people_write_them(location: tuple[int | str, ...], path: str) -> None:
    """Dots for names, brackets for places; what only the parser knows is left out."""
    assert path_of(location) == path


def test_kinds_and_frequencies_have_labels() -> None:
    """Everything that a policy may name is called something in both languages."""
    assert tuple(KIND_LABELS) == get_args(Kind)
    assert tuple(FREQUENCY_LABELS) == get_args(Frequency)
