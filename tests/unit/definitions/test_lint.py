"""What is allowed and hardly meant, each with its place and what to do about it."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from coopflow.application.checking import installed_checks
from coopflow.definitions.extends import extended
from coopflow.definitions.library import available, find, load_documents, shelf
from coopflow.definitions.lint import lint
from coopflow.definitions.scenario import load_scenario
from coopflow.definitions.yaml import Document, loads

REFERENCE = find("policies", "reference").read_text(encoding="utf-8")
HEAD = "policy: own\nversion: 1\nextends: reference\nlabel: {fr: À nous, en: Ours}\n"


def lifecycle(old: str = "", new: str = "") -> Document:
    text = find("workflows", "impact-collectif").read_text(encoding="utf-8")
    assert old in text
    return loads(text.replace(old, new, 1), "stages.yaml")


def said(text: str, stages: Document | None = None, checks: Collection[str] = ()) -> list[str]:
    policy = extended(loads(HEAD + text, "own.yaml"), lambda *_: loads(REFERENCE, "reference.yaml"))
    return [str(fault) for fault in lint(stages or lifecycle(), policy, checks)]


@pytest.mark.parametrize("name", available("policies"))
def test_the_shipped_policies_have_no_finding(name: str) -> None:
    """What is shipped is meant as it is, for the lifecycle that its story follows."""
    meant = load_scenario(shelf("policies") / f"{name}.scenario.yaml").lifecycle
    assert lint(*load_documents(meant, name), installed_checks().by_id) == ()


def test_every_shipped_lifecycle_has_a_policy() -> None:
    """A lifecycle without a policy that names its gates could only be walked through."""
    stories = shelf("policies").glob("*.scenario.yaml")
    assert {load_scenario(story).lifecycle for story in stories} == set(available("workflows"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "conditions: [{id: shared_evaluation, criteria: [{id: indicators-current, "
                "when: indicators.current_share >= 1.5}]}]\n"
            ),
            (
                "level 3 of shared_evaluation can never be reached: "
                "indicators.current_share >= 1.5 goes beyond what it is (change one of the two)"
            ),
        ),
        (
            (
                "conditions: [{id: mutual_actions, criteria: [{id: complementarities, "
                "when: map.actors < 3}]}]\n"
            ),
            (
                "conditions[1].criteria[4].when: level 2 of mutual_actions can never be reached: "
                "map.actors < 3 goes beyond map-actors (change one of the two)"
            ),
        ),
        (
            (
                "conditions: [{id: common_plan, criteria: [{id: due-actions-settled, "
                "when: roadmap.due_settled_share > 1.0}]}]\n"
            ),
            "level 4 of common_plan can never be reached",
        ),
        (
            "conditions: [{id: support, criteria: [{id: mandate-end, remedies: []}]}]\n",
            (
                "conditions[4].criteria[3].id: a gate asks for this, and nothing is said to "
                "remedy it (name one of the remedies)"
            ),
        ),
        (
            "gates: {renewal: {guards: [{id: annual-review-recent, remedies: []}]}}\n",
            "gates.renewal.guards[0].id: a gate asks for this, and nothing is said to remedy it",
        ),
        (
            "decisions: {rules: {closing: silence}}\n",
            "decisions.rules.closing: silence is the rule for closing, and not allowed for it",
        ),
        (
            "documents: {kinds: {charter: {rule: silence}}}\n",
            "documents.kinds.charter.rule: silence is the rule for document:charter, and not",
        ),
        (
            "ratification: {rule: silence}\n",
            "ratification.rule: silence is the rule for gate, and not allowed for it",
        ),
        (
            "clocks: {cure: {days: 10}}\n",
            "clocks.cure: is over before a decision on the remedy is (14 days)",
        ),
        (
            "conditions: [{id: support, cure: {days: 13}}]\n",
            "conditions[4].cure: is over before a decision",
        ),
        ("ratification: {remedy_within: {hours: 2}}\n", "ratification.remedy_within: is over"),
        ("waiver: {within: {days: 1}}\n", "waiver.within: is over before"),
        (
            "decisions: {reminders: {before_closing: [{days: 14}]}}\n",
            "decisions.reminders.before_closing[0]: would remind before the decision opens",
        ),
        ("decisions: {silence_for: {days: 15}}\n", "decisions.silence_for: silence counts"),
        (
            "decisions: {second_call: {latest: {days: 7}}}\n",
            "decisions.second_call.latest: leaves no time for a second call",
        ),
        ("facts: {more: {fact: attendance, last: 9}}\n", "facts.more: no criterion reads this"),
        (
            "remedies: {dance: {label: {fr: Danser, en: Dance}, steps: [record_meeting]}}\n",
            "remedies.dance: no criterion names this remedy",
        ),
    ],
)
def test_each_finding_has_its_place_and_its_remedy(text: str, message: str) -> None:
    """One thing changed in the reference policy is found, in the file where it was changed."""
    findings = said(text)
    assert any(message in one for one in findings), findings
    assert all(one.startswith("own.yaml:5:") for one in findings)


def test_bounds_that_agree_are_no_finding() -> None:
    """Levels may ask for more of the same fact, and for ranges that overlap."""
    text = (
        "conditions: [{id: mutual_actions, criteria: ["
        "{id: complementarities, when: map.actors <= 9 && map.actors != 7}]}]\n"
    )
    assert [one for one in said(text) if "never" in one] == []


def test_a_lifecycle_is_looked_at_too() -> None:
    """A stage without a way on, and a gate of which the policy asks nothing."""
    text = find("workflows", "impact-collectif").read_text(encoding="utf-8")
    renewal = text[text.index("  - id: renewal") :]
    findings = said("gates: {renewal: null}\n", lifecycle(renewal, ""))
    assert [one for one in findings if one.startswith("stages.yaml")] == [
        (
            "stages.yaml:31:9: stages[2].id: no gate leads out of this stage, nor back into it for "
            "another term (add a gate that leaves it, such as a renewal)"
        )
    ]
    (finding,) = (one for one in said("gates: {renewal: null}\n") if "stages.yaml" in one)
    assert "gates[2].id: the policy asks nothing of this gate: whoever asks passes" in finding


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "advice: [{id: advice-minutes, when: checks.page_online && !checks.page_online}]\n",
            "advice[4].when",
        ),
        ("remedies: {hold-plenary: {when: checks.page_online}}\n", "remedies.hold-plenary.when"),
    ],
)
def test_a_check_that_nobody_wrote_is_a_finding(text: str, path: str) -> None:
    """Its answer would stay unknown; one that is there is none."""
    known = [one for one in said(text, checks=["page-online"]) if "check" in one]
    (finding,) = (one for one in said(text, checks=["page-offline"]) if "check" in one)
    assert known == []
    assert finding.endswith(
        f"{path}: there is no check page-online: its answer stays unknown "
        "(did you mean page-offline?)"
    )
