from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.processes import ROOT
from tests.chaos.sabotage import SABOTAGE
from tests.postgresql import programs

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are handled as on Linux"),
    pytest.mark.skipif(programs() is None, reason="there is no PostgreSQL for this platform"),
]

DEADLINE = 400.0


def ran(folder: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Carry a run out; return the exit code, the report and what was said."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "tests.chaos", "--report", str(report), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    said = done.stdout + done.stderr
    assert report.exists(), said
    return done.returncode, json.loads(report.read_text(encoding="utf-8")), said


def test_a_short_run_ends_clean(tmp_path: Path) -> None:
    """Whatever is killed, paused or filled up: nothing is lost, nothing is there twice."""
    code, report, said = ran(tmp_path, "--seconds", "30", "--cooperations", "60", "--seed", "7")
    assert code == 0, said
    assert report["clean"] is True
    assert sum(report["struck"].values()) >= 6
    assert report["commands"]["accepted"] > 0
    assert report["commands"]["asked"] == sum(
        report["commands"][word] for word in ("accepted", "refused")
    )


def test_damage_is_found(tmp_path: Path) -> None:
    """What is lost, doubled, changed, stuck or left out is named, and the run is not clean."""
    few = ("--seconds", "5", "--cooperations", "6", "--workers", "1", "--no-faults")
    code, report, said = ran(tmp_path, *few, "--sabotage", *SABOTAGE)
    assert code == 1, said
    assert report["clean"] is False
    breaches = {one["promise"]: "; ".join(one["breaches"]) for one in report["verdicts"]}
    once = breaches["every acknowledged command is in the journal exactly once"]
    assert "is missing" in once
    assert "it is there again" in once
    same = breaches["what was acknowledged is what the journal holds"]
    assert "is another than was acknowledged" in same
    assert "does not carry the digest" in breaches["every journal verifies"]
    assert "coopflow/north/stuck had a task that failed" in breaches["no workflow is stuck"]
    rows = breaches["the read model is that of the workflows"]
    assert "of member is not what its workflow says" in rows
    assert "missing [(" in breaches["every notice is in the outbox exactly once"]
    kept = {"every command is answered", "nothing is in the journal that was refused or not asked"}
    assert not any(breaches[one] for one in kept)
