"""Whole cooperations that move from one installation to another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from coopflow.application.engine import Address, Reply
from coopflow.application.scenario_runner import ScenarioRun, address_of
from coopflow.bootstrap import Running, embedded_engine
from coopflow.definitions.library import find
from coopflow.definitions.scenario import load_scenario
from coopflow.settings import Settings
from tests.acceptance.process import coopflow, environment
from tests.collective import reference_rules

pytestmark = [pytest.mark.server, pytest.mark.slow]

# Closed; with secret ballots and disagreements; open.
STORIES = ("nuit-cazelle", "deux-rives-aubresque", "toits-lormeuil")


async def live(here: Running, names: Iterable[str]) -> list[Address]:
    """Let cooperations live their stories, as a recorded past."""
    addresses = []
    for name in names:
        scenario = load_scenario(find("examples", name))
        async for result in ScenarioRun(scenario, here.engine, reference_rules()).steps():
            assert not result.problems
        addresses.append(address_of(scenario))
    for one in addresses:
        await here.engine.until_projected(one)
    return sorted(addresses)


async def ask(variables: dict[str, str], *arguments: str) -> str:
    """Run a command that succeeds, and return what it says on stdout."""
    done = await asyncio.to_thread(coopflow, variables, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_cooperations_live_on_elsewhere_as_they_were(tmp_path: Path) -> None:
    """Journals, digests, states and receipts are the same; they go on, and can move on."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    first, second = (environment(folder) for folder in folders)
    settings = [Settings(state_dir=one / "state", port=0, ui_port=0) for one in folders]
    file, again, keys = (tmp_path / name for name in ("file.jsonl", "again.jsonl", "keys.json"))
    with_keys = ("--keys", str(keys))

    async with embedded_engine(settings[0]) as here:
        addresses = await live(here, STORIES)
        erased = await here.engine.execute(
            addresses[0],
            {
                "command": "erase_person",
                "actor": "pam",
                "person": (await here.engine.state(addresses[0]))
                .members.popitem()[1]
                .representative,
                "at": (await here.engine.state(addresses[0])).as_of.isoformat(),  # type: ignore[union-attr]
            },
            ("programme_manager",),
        )
        assert isinstance(erased, Reply), erased
        await here.engine.until_forgotten(addresses[0])
        await ask(first, "coop", "export", str(file), *with_keys)
        before = {one: await here.engine.carried(one) for one in addresses}
    assert keys.stat().st_mode & 0o077 == 0

    async with embedded_engine(settings[1]) as there:
        dry = await ask(second, "coop", "import", str(file), *with_keys, "--dry-run", "-o", "json")
        assert [one["outcome"] for one in json.loads(dry)] == ["imported"] * len(addresses)
        assert await there.queries.cooperations() == ()

        lines = file.read_bytes().splitlines(keepends=True)
        broken = tmp_path / "broken.jsonl"
        broken.write_bytes(b"".join([*lines[:-2], lines[-1]]))
        refused = await asyncio.to_thread(
            coopflow, second, "coop", "import", str(broken), *with_keys
        )
        assert refused.returncode == 2
        assert f"{broken}:{len(lines) - 1}: " in refused.stderr
        assert await there.queries.cooperations() == ()

        await ask(second, "coop", "import", str(file), *with_keys)
        for one in addresses:
            found, was = await there.engine.carried(one), before[one]
            assert found.head == was.head
            assert (found.pepper, found.receipts, found.mode) == (
                was.pepper,
                was.receipts,
                was.mode,
            )
            assert found.state == was.state
            assert found.outbox == ()
            assert not await there.queries.outbox(one)
        repeated = await ask(second, "coop", "import", str(file), *with_keys, "-o", "json")
        assert [one["outcome"] for one in json.loads(repeated)] == ["there"] * len(addresses)
        assert "sound" in await ask(second, "readmodel", "verify")
        await ask(second, "coop", "export", str(again), *with_keys)
        assert again.read_bytes().splitlines()[1:-1] == file.read_bytes().splitlines()[1:-1]
