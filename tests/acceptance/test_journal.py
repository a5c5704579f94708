"""A journal leaves the engine as a file, and is verified where there is nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.process import DEADLINE, coopflow, environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

COOPERATION = "bocage-gourmand"
OPENSSL = shutil.which("openssl")

ALONE = """
import sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"}:
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(refuse)
from coopflow.entrypoints.cli import main
sys.argv = ["coopflow", "journal", "verify", *sys.argv[1:]]
main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed export of the demo, the public key, and no engine any more."""
    folder = tmp_path_factory.mktemp("export")
    variables = environment(tmp_path_factory.mktemp("engine"))
    with running(variables, "dev", "--demo") as engine:
        engine.wait_for("ready: ")
        made = coopflow(variables, "journal", "key", "key.pem", folder=folder)
        (folder / "public.pem").write_text(made.stdout, encoding="utf-8")
        arguments = ("journal", "export", COOPERATION, "--sign", "key.pem", "--to", "demo.jsonl")
        done = coopflow(variables, *arguments, folder=folder)
        assert done.returncode == 0, done.stderr
        engine.end()
    return folder


def verified_alone(
    folder: Path, *arguments: str, content: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Verify in a process that has no state directory and may open no connection."""
    variables = environment(folder, COOPFLOW_STATE_DIR="/nowhere")
    return subprocess.run(
        [sys.executable, "-c", ALONE, *arguments],
        cwd=folder,
        env=variables,
        input=content,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )


def test_an_export_is_verified_alone(folder: Path) -> None:
    """From a file or stdin, with the key; a changed byte is named."""
    done = verified_alone(folder, "demo.jsonl", "--key", "public.pem", "-o", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["is_sound"]
    assert told["summary"]["is_known"]
    assert (told["summary"]["programme"], told["summary"]["unlinked"]) == ("demo", 0)
    content = (folder / "demo.jsonl").read_bytes()
    lines = content.split(b"\n")
    assert told["summary"]["entries"] == len(lines) - 3
    assert verified_alone(folder, "-", content=content).returncode == 0
    lines[100] = lines[100].replace(b"2", b"3", 1)
    changed = verified_alone(folder, "-", "-o", "json", content=b"\n".join(lines))
    assert changed.returncode == 1
    assert json.loads(changed.stdout)["faults"][0]["entry"] == 100
    assert not Path("/nowhere").exists()


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_verifies_the_signature(folder: Path) -> None:
    """As the page about the format says."""
    page = (Path(__file__).parents[2] / "docs/reference/journal-format.md").read_text("utf-8")
    commands = page.split("```sh\n")[1].split("```")[0]
    assert "openssl" in commands
    done = subprocess.run(
        ["/bin/sh", "-ec", commands.replace("journal.jsonl", "demo.jsonl")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
