"""Scenario files: what they become, and every fault with its line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import available, find
from coopflow.definitions.scenario import Person, Scenario, load_scenario, read_scenario
from coopflow.definitions.yaml import loads

HEADER = """\
scenario: one
title: {fr: Un, en: One}
lifecycle: impact-collectif
policy: reference
steps:
"""


def _read(steps: str, header: str = HEADER) -> Scenario:
    """Read a scenario from its steps."""
    return read_scenario(loads(header + steps, "f"))


def _faults(steps: str, header: str = HEADER) -> list[str]:
    """Return what is wrong with a scenario."""
    with pytest.raises(FaultsError) as caught:
        _read(steps, header)
    return [str(fault) for fault in caught.value.faults]


def test_steps_have_one_command_several_or_none() -> None:
    """The three ways to write a step become the same shape, each command with its line."""
    scenario = _read(
        "  - at: 2026-01-20T09:00Z\n"
        "    by: ines\n"
        "    do: open_cooperation\n"
        "    with: {cooperation: c, due: 2026-12-15, share: 1/2}\n"
        "  - at: 2026-01-20T11:00+01:00\n"
        "    do:\n"
        "      - {by: a, do: request_gate, with: {gate: g}}\n"
        "      - {by: b, do: end_mandate}\n"
        "    expect: {stage: impulsion}\n"
        "  - at: 2026-01-21T09:00Z\n"
    )
    first, second, third = scenario.steps
    assert (first.number, first.line, first.at) == (1, 6, datetime(2026, 1, 20, 9, tzinfo=UTC))
    assert [(act.line, act.by, act.do) for act in first.acts] == [(6, "ines", "open_cooperation")]
    assert first.acts[0].payload == {"cooperation": "c", "due": "2026-12-15", "share": "1/2"}
    assert second.at == datetime(2026, 1, 20, 10, tzinfo=UTC)
    assert [(act.line, act.by, act.payload) for act in second.acts] == [
        (12, "a", {"gate": "g"}),
        (13, "b", {}),
    ]
    assert second.expect.stage == "impulsion"
    assert (third.line, third.acts, third.expect.model_fields_set) == (15, (), set())


def test_every_expectation_is_typed() -> None:
    """Each key of the format is read as what it says."""
    scenario = _read(
        "  - at: 2026-01-20T09:00Z\n"
        "    by: ines\n"
        "    do: request_gate\n"
        "    expect:\n"
        "      refused: forbidden\n"
        "      stage: impulsion\n"
        "      status: active\n"
        "      levels: [0, 1, 2, 3, 4]\n"
        "      forward: {common_plan: 2}\n"
        "      verdict: fail\n"
        "      gate: {name: renewal, verdict: blocked, unmet: [map-actors], short: {support: 1}}\n"
        "      documents: {charter: in_force, charter@2: approved}\n"
        "      decisions: {a: open, b: adopted}\n"
        "      disagreements: {a: mediation}\n"
        "      blocking: false\n"
        "      clocks: {support: 2027-04-02}\n"
        "      mandate: none\n"
        "      members: 3\n"
        "      alerts: [mandate_lapsed, review_due]\n"
        "      reservation: 2026-09-28\n"
        "      events: [gate_requested]\n"
    )
    expect = scenario.steps[0].expect
    assert expect.refused == "forbidden"
    assert expect.status == "active"
    assert expect.levels == (0, 1, 2, 3, 4)
    assert expect.forward == {"common_plan": 2}
    assert expect.verdict == "fail"
    assert expect.gate is not None
    assert (expect.gate.name, expect.gate.verdict) == ("renewal", "blocked")
    assert (expect.gate.unmet, expect.gate.short) == (("map-actors",), {"support": 1})
    assert expect.documents == {"charter": "in_force", "charter@2": "approved"}
    assert expect.decisions == {"a": "open", "b": "adopted"}
    assert expect.disagreements == {"a": "mediation"}
    assert expect.blocking is False
    assert expect.clocks == {"support": date(2027, 4, 2)}
    assert expect.mandate == "none"
    assert expect.members == 3
    assert expect.alerts == ("mandate_lapsed", "review_due")
    assert expect.reservation == date(2026, 9, 28)
    assert expect.events == ("gate_requested",)


def test_the_header_is_read() -> None:
    """People, titles and the names of lifecycle and policy; x- keys are anybody's."""
    scenario = _read(
        "  - {at: 2026-01-20T09:00Z, by: a, do: x, with: {content: *map}}\n",
        "x-contents: {map: &map {actors: [1]}}\npeople:\n  ines: {roles: [programme_manager]}\n"
        "  amel: {represents: paniers}\n" + HEADER,
    )
    assert (scenario.file, scenario.name, scenario.title.fr) == ("f", "one", "Un")
    assert (scenario.lifecycle, scenario.policy) == ("impact-collectif", "reference")
    assert scenario.people["ines"].roles == ("programme_manager",)
    assert scenario.people["amel"] == Person(represents="paniers")
    assert scenario.steps[0].acts[0].payload == {"content": {"actors": [1]}}


_SAID = "is said beside the payload, not in it"


@pytest.mark.parametrize("name", sorted(available("examples")))
def test_every_example_is_a_scenario(name: str) -> None:
    """What is shipped as an example can be read, and is named like its file."""
    scenario = load_scenario(find("examples", name))
    assert scenario.name == name
    assert [step.number for step in scenario.steps] == list(range(1, len(scenario.steps) + 1))
    assert [step.at for step in scenario.steps] == sorted(step.at for step in scenario.steps)


@pytest.mark.parametrize(
    ("steps", "faults"),
    [
        (
            "  - at: 2026-01-20\n",
            ["f:6:9: steps[0].at: an instant needs a time zone, for example 2026-01-20T09:00Z"],
        ),
        (
            "  - at: 20260120\n",
            [
                "f:6:9: steps[0].at: should be a date and a time, for example 2026-01-20T09:00Z",
            ],
        ),
        ("  - {}\n", ["f:6:5: steps[0].at: the key is missing"]),
        ("  - 5\n", ["f:6:5: steps[0]: should be a mapping, not 5"]),
        ("  []\n", ["f:6:3: steps: is empty"]),
        ("  5\n", ["f:6:3: steps: should be a list, not 5"]),
        (
            "  - {at: 2026-01-20T09:00Z, do: x}\n",
            ["f:6:5: steps[0]: a command needs by: who gives it"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: null, do: x}\n",
            ["f:6:5: steps[0]: a command needs by: who gives it"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: a, with: {}}\n",
            [
                "f:6:29: steps[0].by: belongs to no command (say what to do, or leave it out)",
                "f:6:36: steps[0].with: belongs to no command (say what to do, or leave it out)",
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: a, do: [{by: a, do: x}]}\n",
            ["f:6:29: steps[0].by: belongs to no command (move it into each command)"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: a, do: x, with: {at: now}}\n",
            [f"f:6:50: steps[0].with.at: at {_SAID} (say it with at)"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, do: [{by: a, do: x, with: {actor: b, command: y}}]}\n",
            [
                f"f:6:56: steps[0].do[0].with.actor: actor {_SAID} (say it with by)",
                f"f:6:66: steps[0].do[0].with.command: command {_SAID} (say it with do)",
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, do: [5]}\n",
            ["f:6:34: steps[0].do[0]: should be a mapping, not 5"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, do: [{by: a, do: x, with: 5}]}\n",
            ["f:6:55: steps[0].do[0].with: should be a mapping, not 5"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, expect: {refused: forbidden}}\n",
            [
                "f:6:38: steps[0].expect.refused: only a step with a single command may be refused",
            ],
        ),
        (
            (
                "  - at: 2026-01-20T09:00Z\n"
                "    do: [{by: a, do: x}, {by: a, do: y}]\n"
                "    expect: {refused: forbidden}\n"
            ),
            [
                "f:8:14: steps[0].expect.refused: only a step with a single command may be refused",
            ],
        ),
        (
            "  - at: 2026-01-20T09:00Z\n  - at: 2026-01-20T08:59Z\n  - at: 2026-01-20T08:59Z\n",
            [
                (
                    "f:7:9: steps[1].at: time goes back: an earlier step is at 2026-01-20T09:00Z "
                    "(put the steps in order)"
                ),
                (
                    "f:8:9: steps[2].at: time goes back: an earlier step is at 2026-01-20T09:00Z "
                    "(put the steps in order)"
                ),
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, expect: {stge: x, verdict: passed, levels: [5]}}\n",
            [
                "f:6:38: steps[0].expect.stge: unknown key (did you mean stage?)",
                (
                    "f:6:56: steps[0].expect.verdict: should be 'pass', 'conditional', 'fail' or "
                    "'blocked', not passed (did you mean pass?)"
                ),
                "f:6:73: steps[0].expect.levels[0]: should be less than or equal to 4",
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, expect: {documents: {chart: approved}}}\n",
            [
                (
                    "f:6:50: steps[0].expect.documents.chart: chart does not match the pattern "
                    "^(?:shared_vision|stakeholder_map|identity_sheet|value_chain|charter|roadmap|"
                    "feedback_loop|support_model)(?:@[1-9][0-9]*)?$"
                ),
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, checks: {page-online: 1, Page: true, other: unknwn}}\n",
            [
                "f:6:51: steps[0].checks.page-online: should be true, false or 'unknown', not 1",
                (
                    "f:6:54: steps[0].checks.Page: Page does not match the pattern "
                    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
                ),
                (
                    "f:6:73: steps[0].checks.other: should be true, false or 'unknown', "
                    "not unknwn (did you mean unknown?)"
                ),
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, do: [{by: a, do: x, wth: {}}]}\n",
            ["f:6:49: steps[0].do[0].wth: unknown key (did you mean with?)"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, do: {a: 1}, expect: {levels: x, reservation: y}}\n",
            [
                "f:6:33: steps[0].do: should be a word or a list, not a mapping",
                "f:6:58: steps[0].expect.levels: should be a list or a mapping, not a word",
                (
                    "f:6:74: steps[0].expect.reservation: should be a valid date or datetime, "
                    "input is too short"
                ),
            ],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, expect: null}\n",
            ["f:6:37: steps[0].expect: should be a mapping, not nothing"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: a, do: x, with: [1]}\n",
            ["f:6:49: steps[0].with: should be a mapping, not a list"],
        ),
        (
            "  - {at: 2026-01-20T09:00Z, by: {a: 1}, do: x}\n",
            ["f:6:33: steps[0].by: should be a text, not a mapping"],
        ),
        (
            f"  - {{at: 2026-01-20T09:00Z, by: {'a b' * 30}, do: x}}\n",
            [
                (
                    f"f:6:33: steps[0].by: {('a b' * 30)[:40]}… does not match the pattern "
                    "^[A-Za-z0-9][A-Za-z0-9._:@-]*$"
                )
            ],
        ),
    ],
)
def test_each_fault_has_its_line(steps: str, faults: list[str]) -> None:
    """A malformed step is refused with its place and what to do."""
    assert _faults(steps) == faults


def test_all_faults_come_at_once() -> None:
    """Faults of the text, of the header and of the steps are said in one go, by line."""
    header = HEADER.replace("fr: Un, ", "").replace("scenario: one", "scenaro: one")
    found = _faults(
        "  - {at: 2026-01-20T09:00Z, at: 1, by: a}\n  - {at: 2026-01-19T09:00Z, do: true}\n",
        header,
    )
    assert [line.split(": ")[1] for line in found] == [
        "scenario",
        "scenaro",
        "title.fr",
        "steps[0].at",
        "steps[0].by",
        "steps[1].at",
        "steps[1].do",
    ]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A scenario that is not there says so."""
    with pytest.raises(FaultsError, match="cannot be read"):
        load_scenario(tmp_path / "none.yaml")
