from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.chaos.script import Command, Script, addresses, one_more, outcome
from tests.collective import Collective

BEGUN = datetime(2026, 3, 1, 9, tzinfo=UTC)
FIRST, SECOND = addresses(2)


def asked(script: Script, count: int) -> list[Command]:
    found: list[Command] = []
    while len(found) < count:
        found += script.burst()
    return found[:count]


def test_the_same_seed_asks_the_same() -> None:
    """Of each cooperation something else, and under ids of its own."""
    whole = asked(Script(7, FIRST, BEGUN), 60)
    assert whole == asked(Script(7, FIRST, BEGUN), 60)
    assert whole != asked(Script(8, FIRST, BEGUN), 60)
    others = asked(Script(7, SECOND, BEGUN), 60)
    assert len({one["id"] for one in (*whole, *others)}) == 120


@pytest.mark.parametrize("killed_after", [0, 1, 4, 7, 30])
def test_a_client_that_was_killed_asks_what_it_would_have(killed_after: int) -> None:
    """Wherever it was, also in the middle of a burst."""
    whole = asked(Script(7, FIRST, BEGUN), 60)
    again = Script(7, FIRST, BEGUN, whole[:killed_after])
    assert asked(again, 60 - killed_after) == whole[killed_after:]


def test_a_life_is_told() -> None:
    """Most of what is asked makes sense, some of it does not, and none of it states a time."""
    script = Script(7, FIRST, BEGUN)
    commands = asked(script, 150)
    assert [one["command"] for one in commands[:5]] == ["open_cooperation", *["admit_member"] * 4]
    assert len({one["command"] for one in commands}) >= 20
    assert not any("at" in one for one in commands)
    assert script.state.decisions
    assert script.state.disagreements


def test_every_state_has_one_more_command() -> None:
    """An active and a paused cooperation accept one; a closed one knows what it is asked."""
    coop = Collective(3)
    for _ in range(2):
        command = one_more(coop.state, coop.at)
        after = outcome(coop.state, command, coop.at)
        assert after is not None
        coop.state = after
    assert coop.state.status == "active"
    closed = coop.state.but(status="closed")
    assert one_more(closed, coop.at)["command"] == "erase_person"


def test_one_in_ten_is_closed_after_a_while() -> None:
    """Then nothing more is asked of it."""
    states = []
    for address in addresses(40)[9::10]:
        script = Script(7, address, BEGUN)
        while script.count < 60 and list(script.burst()):
            pass
        states.append(script.state.status)
    assert "closed" in states
