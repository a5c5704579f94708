from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from coopflow.temporal import names
from coopflow.temporal.plugin import CoopflowPlugin, Ports
from tests.bakery import Founder, Patron
from tests.replay.record import upcoming, versions
from tests.replay.record_platform import PLATFORMS
from tests.temporal_engine import KEYS

PATHS = sorted(PLATFORMS.rglob("*.json"))


def replayer() -> Replayer:
    def ports() -> AbstractAsyncContextManager[Ports]:
        pytest.fail("a replay hands nothing over")

    return Replayer(workflows=[Patron, Founder], plugins=[CoopflowPlugin(ports, KEYS)])


def recorded(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("release", versions())
def test_each_release_has_histories_of_platforms(release: str) -> None:
    """What workflows of platforms did by a version is on record, and stays there."""
    found = {path.stem for path in (PLATFORMS / release).glob("*.json")}
    advice = f"record them: python -m tests.replay.record_platform, for {release}"
    assert found == {"patron", "founder", "watch"}, advice


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_workflow_of_a_platform_replays(path: Path) -> None:
    """What a platform's workflows asked of cooperations, today's helpers ask in the same way."""
    await replayer().replay_workflow(recorded(path))


async def test_a_helper_that_asks_otherwise_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of what a helper does in the history of a platform does not replay."""
    monkeypatch.setattr(names, "PLATFORM_OPEN", "coopflow.platform.begin")
    with pytest.raises(workflow.NondeterminismError):
        await replayer().replay_workflow(recorded(PLATFORMS / upcoming() / "patron.json"))
