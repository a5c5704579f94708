from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Coopflow = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.json"


def test_keys_are_made_rotated_and_listed(coopflow: Coopflow, file: Path) -> None:
    """Each rotation writes the id of a key; the list says what each is good for, never a key."""
    first = coopflow("keys", "rotate")
    ahead = coopflow("keys", "rotate", "--ahead")
    own = coopflow("keys", "rotate", "--programme", "valley")
    assert (first.exit_code, ahead.exit_code, own.exit_code) == (0, 0, 0)
    assert str(file) in first.stderr
    listed = coopflow("keys", "list", "--output", "json")
    assert json.loads(listed.stdout) == [
        {"programme": None, "key": first.stdout.strip(), "status": "current"},
        {"programme": None, "key": ahead.stdout.strip(), "status": "ahead"},
        {"programme": "valley", "key": own.stdout.strip(), "status": "current"},
    ]
    shown = coopflow("keys", "list", "--lang", "fr").stdout
    assert "actuelle, chiffre" in shown
    keys = json.loads(file.read_text(encoding="utf-8"))
    for secret in keys["default"]["keys"].values():
        assert secret not in listed.stdout + shown
    assert coopflow("keys", "rotate").stdout == ahead.stdout


def test_missing_keys_end_with_2(coopflow: Coopflow, file: Path) -> None:
    """Without keys the command says where it looked, and what to do."""
    result = coopflow("keys", "list")
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert "coopflow keys rotate" in result.stderr


def test_keys_of_the_environment(
    coopflow: Coopflow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys may come from a variable, which is not rotated, or from another file, not from both."""
    elsewhere = file.parent.parent / "elsewhere.json"
    monkeypatch.setenv("COOPFLOW_KEYS_FILE", str(elsewhere))
    key = coopflow("keys", "rotate").stdout.strip()
    assert elsewhere.is_file()
    assert not file.exists()
    monkeypatch.setenv("COOPFLOW_KEYS", elsewhere.read_text(encoding="utf-8"))
    both = coopflow("keys", "list")
    assert both.exit_code == 2
    assert "set one of them" in both.stderr
    monkeypatch.delenv("COOPFLOW_KEYS_FILE")
    assert key in coopflow("keys", "list").stdout
    refused = coopflow("keys", "rotate")
    assert refused.exit_code == 2
    assert "COOPFLOW_KEYS gives the keys" in refused.stderr


def test_doctor_says_whether_there_are_keys(coopflow: Coopflow, file: Path) -> None:
    """Keys that are missing are made by an engine here; those that others may read are a fault."""

    def found() -> dict[str, str]:
        findings = json.loads(coopflow("doctor", "--output", "json").stdout)
        (keys,) = (one for one in findings if one["name"] == "Keys")
        return dict(keys)

    assert found()["status"] == "note"
    key = coopflow("keys", "rotate").stdout.strip()
    assert found()["status"] == "ok"
    assert key in found()["detail"]
    file.chmod(0o644)
    assert found()["status"] == "missing"
    assert "chmod 600" in found()["detail"]


def test_doctor_asks_for_keys_on_a_cluster(
    coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody makes keys there, so they have to be given."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    findings = json.loads(coopflow("doctor", "--output", "json").stdout)
    (keys,) = (one for one in findings if one["name"] == "Keys")
    assert keys["status"] == "missing"
    assert "COOPFLOW_KEYS_FILE" in keys["detail"]


def test_the_codec_server_needs_good_keys(coopflow: Coopflow, file: Path) -> None:
    """It does not start without keys, nor on an address that is taken."""
    assert coopflow("codec-server").exit_code == 2
    coopflow("keys", "rotate")
    result = coopflow("codec-server", "--host", "192.0.2.1")
    assert result.exit_code == 2
    assert "cannot listen on 192.0.2.1, port 8234" in result.stderr


@pytest.mark.server
def test_the_codec_server_serves_until_it_is_stopped(coopflow: Coopflow, file: Path) -> None:
    """It shows an address with a token of its own, answers there, and ends on a signal."""
    coopflow("keys", "rotate")
    environment = {**os.environ, "COOPFLOW_STATE_DIR": str(file.parent)}
    command = [sys.executable, "-m", "coopflow.entrypoints.cli", "codec-server", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(3)]
        address = re.search(r"127\.0\.0\.1:(\d+)/([\w-]{40,})", lines[1])
        assert address, lines
        connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=10)
        try:
            for path, status in ((f"/{address[2]}/decode", 200), ("/decode", 401)):
                connection.request("POST", path, b"{}")
                answer = connection.getresponse()
                answer.read()
                assert answer.status == status
        finally:
            connection.close()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        assert address[2] not in process.stderr.read()
