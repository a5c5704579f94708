"""Files of commands that were not sent: what they give, and what is wrong with them and where."""

import pytest

from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import find
from coopflow.definitions.supposition import load_supposition, read_supposition
from coopflow.definitions.yaml import loads


def test_a_file_gives_commands_in_wire_form() -> None:
    """Each has its line, its actor and payload, the instant where it is said, and roles."""
    text = """\
x-why: what if we met?
people:
  pam: {roles: [programme_manager]}
commands:
  - {by: pam, do: resume_cooperation, with: {reason: Rested}}
  - at: 2026-05-01T09:00Z
    by: fay
    do: record_pulse
    with: {score: 4, answers: 2, asked: 3}
"""
    first, second = read_supposition(loads(text, "what-if.yaml"))
    assert (first.line, first.wire, first.roles) == (
        5,
        {"reason": "Rested", "command": "resume_cooperation", "actor": "pam"},
        ("programme_manager",),
    )
    assert (second.line, second.roles) == (6, ())
    assert second.wire["at"] == "2026-05-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("commands: []\n", ["f:1:11: commands: is empty"]),
        ("commands: 5\n", ["f:1:11: commands: should be a list, not 5"]),
        (
            "commands:\n  - {by: a, do: x, with: {actor: b}, wit: 1}\n  - 7\n",
            [
                (
                    "f:2:27: commands[0].with.actor: actor is said beside the payload, not in it "
                    "(say it with by)"
                ),
                "f:2:38: commands[0].wit: unknown key (did you mean with?)",
                "f:3:5: commands[1]: should be a mapping, not 7",
            ],
        ),
        (
            (
                "commands:\n"
                "  - {at: 2026-05-02T09:00Z, by: a, do: x}\n"
                "  - {at: 2026-05-01T09:00Z, by: a, do: x}\n"
            ),
            [
                (
                    "f:3:10: commands[1].at: time goes back: an earlier command is at "
                    "2026-05-02T09:00Z (put the commands in order)"
                )
            ],
        ),
        (
            "commands:\n  - {at: soon, by: a, do: x}\n",
            [
                "f:2:10: commands[0].at: should be a valid datetime or date, input is too short",
            ],
        ),
    ],
)
def test_each_fault_has_its_place(text: str, faults: list[str]) -> None:
    """All faults of a file are told at once."""
    with pytest.raises(FaultsError) as raised:
        read_supposition(loads(text, "f"))
    assert [str(fault) for fault in raised.value.faults] == faults


def test_the_example_can_be_read() -> None:
    """The file that shows how such files are written is one."""
    example = find("examples", "bocage-gourmand").parent / "what-if" / "an-autumn-plenary.yaml"
    assert len(load_supposition(example)) == 2
