from __future__ import annotations

import json
from dataclasses import replace

from coopflow.application.engine import Address
from tests.chaos.faults import Fault
from tests.chaos.ledger import Answer, Asked
from tests.chaos.report import Report, count, struck
from tests.chaos.verdicts import SHOWN, Verdict

ADDRESS = Address("north", "coop")


def asked(sent: tuple[float, ...], answer: Answer | None, unanswered: int = 0) -> Asked:
    return Asked(ADDRESS, {"id": "c"}, sent, unanswered, answer)


COMMANDS = {
    "client-0": [
        asked((0.0,), Answer(1.0, "accepted")),
        asked((1.0, 5.0), Answer(6.0, "accepted", duplicate=True)),
        asked((7.0,), Answer(9.0, "refused"), unanswered=1),
        asked((8.0,), None),
    ],
    "client-1": [asked((2.0,), Answer(9.5, "refused"))],
}


def test_commands_are_counted() -> None:
    """Waits are those of a client's last life; silence is that of all clients together."""
    found = count(COMMANDS, {})
    assert (found.asked, found.accepted, found.refused) == (4, 2, 2)
    assert (found.asked_again, found.already_done) == (2, 1)
    assert (found.longest_wait, found.longest_silence) == (7.5, 5.0)
    assert (found.seconds, found.per_second, found.median_wait) == (8.5, 0.5, 1.5)


def test_what_a_paused_client_waited_is_no_outage() -> None:
    """Of its pauses only; those of other clients do not matter to it."""
    assert count(COMMANDS, {"client-1": [(0.0, 4.0), (5.0, 6.0)]}).longest_wait == 4.5
    assert count(COMMANDS, {"client-0": [(2.0, 4.0)]}).longest_wait == 7.5


def test_nothing_is_counted_where_nothing_was_asked() -> None:
    """A run that did not begin has a report too."""
    found = count({"client-0": []}, {})
    assert (found.asked, found.per_second, found.longest_wait) == (0, 0.0, 0.0)


def test_a_report_is_for_people_and_for_programs() -> None:
    """It says what was struck, what could not be, and every promise with what breached it."""
    faults = [Fault(1.0, "worker killed", "worker-1", 2.0)] * 2
    kept, breached = Verdict("kept", ()), Verdict("broken", ("this one",) * (SHOWN + 2))
    report = Report(
        seed=7,
        seconds=30,
        cooperations=2,
        workers=4,
        clients={"client-0": -7200.0},
        struck=struck(faults),
        skipped=["disk full: not root"],
        full_disk=3,
        ended_by_themselves={"worker-1": 1},
        commands=count(COMMANDS, {}),
        entries=5,
        continued=1,
        interrupted=2,
        catching_up=0.5,
        verdicts=[kept, breached],
    )
    text = report.as_text()
    for line in (
        "worker killed: 2 times",
        "complained 3 times of a full disk",
        "2 tasks interrupted and done anew",
        "skipped: disk full: not root",
        "client-0 was wrong by -2.0 h",
        "worker-1 ended by itself 1 times",
        "✓ kept",
        "✗ broken",
        "this one",
        "and 2 more",
        "NOT CLEAN",
    ):
        assert line in text
    data = json.loads(report.as_json())
    assert data["clean"] is False
    assert data["struck"] == {"worker killed": 2}
    assert data["commands"]["longest_wait"] == 7.5
    clean = replace(report, verdicts=[kept])
    assert json.loads(clean.as_json())["clean"] is True
    assert clean.as_text().endswith("\nclean\n")
