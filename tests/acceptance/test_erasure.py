"""Forgetting a person, as an operator does it, and a scan of all that is left on the disk."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.acceptance.process import coopflow, environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

PERSON = "fabien"
"""The facilitator of the demo: in every second entry, as the one who acts."""

NAME = "Quatrepoint"
"""A part of the name and of the e-mail address that the directory has."""


def mentions(folder: Path) -> dict[str, int]:
    """Return in which files of a folder the id stands, and how often."""
    counts = {
        str(file.relative_to(folder)): _count(file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file()
    }
    return {name: count for name, count in counts.items() if count}


def _count(content: bytes) -> int:
    return content.count(PERSON.encode()) + content.lower().count(NAME.lower().encode())


def test_nothing_readable_of_a_person_is_left(tmp_path: Path) -> None:
    """Not in the read model, nor in histories, logs, exports or what the commands say."""
    variables = environment(tmp_path, COOPFLOW_LOG_LEVEL="debug")
    state, exported = tmp_path / "state", tmp_path / "journal.jsonl"
    with running(variables, "dev", "--demo") as engine:
        engine.wait_for("ready: ")
        told = coopflow(variables, "person", "find", PERSON, "-o", "json")
        (found,) = json.loads(told.stdout)
        assert found["address"] == "demo/bocage-gourmand"
        assert len(found["entries"]) > 50
        assert found["texts"] == []
        people = tmp_path / "people.csv"
        people.write_text(f"id,name,email\n{PERSON},F. {NAME},f@{NAME}.example\n", encoding="utf-8")
        named = coopflow(variables, "directory", "import", str(people), "--programme", "demo")
        assert named.returncode == 0, named.stderr
        people.unlink()
        assert {"coopflow.db", "coopflow.db-wal"} & set(mentions(state))

        erased = coopflow(
            variables, "person", "erase", PERSON, "--all", "--by", "ines", "-o", "json"
        )
        assert erased.returncode == 0, erased.stderr
        report, names = json.loads(erased.stdout)
        assert names == {"address": "directory:*", "result": "removed"}
        assert report["result"] == "erased"
        assert report["entries"] == len(found["entries"])
        shown = coopflow(variables, "coop", "journal", "bocage-gourmand").stdout
        assert PERSON not in shown
        assert report["tombstone"] in shown
        assert coopflow(variables, "person", "find", PERSON, "--lang", "fr").stderr.startswith(
            "aucun journal"
        )
        wrote = coopflow(variables, "journal", "export", "bocage-gourmand", "--to", str(exported))
        assert wrote.returncode == 0, wrote.stderr
        assert engine.end(signal.SIGTERM) == 0
        logs = engine.text("stderr")
    assert "erase_person" in logs
    assert PERSON not in logs
    assert report["tombstone"] in exported.read_text(encoding="utf-8")
    assert mentions(tmp_path) == {}
    verified = coopflow(variables, "journal", "verify", str(exported))
    assert verified.returncode == 0, verified.stdout
