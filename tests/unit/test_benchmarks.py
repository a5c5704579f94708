"""The benchmarks run and print what they measured; how fast things are is for people to judge."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG_LIFE = ROOT / "benchmarks/long_life.py"
OTHERS = {
    LONG_LIFE,
    *(
        ROOT / f"benchmarks/{one}.py"
        for one in ("bare_workflow", "databases", "filling", "lives", "reporting", "suite")
    ),
}
BENCHMARKS = sorted({*(ROOT / "benchmarks").glob("*.py")} - OTHERS)


SMALL = {
    "actions": ["--lives", "bocage-gourmand", "--steps", "3", "--commands", "100"],
    "catching_up": ["--entries", "300"],
    "commands": ["--cooperations", "2", "--callers", "2", "--seconds", "0.5"],
    "demo": ["--only", "overview"],
    "impact": ["--cooperations", "5"],
    "imports": ["--lives", "2"],
    "memory": ["--cooperations", "5"],
    "pages": ["--cooperations", "50", "--on", "SQLite"],
    "queries": ["--cooperations", "20", "60"],
    "roll": ["--cooperations", "5"],
    "storage": ["--copies", "1"],
    "through_http": ["--cooperations", "2", "--callers", "2", "--seconds", "0.5"],
}


@pytest.mark.parametrize("script", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_measures_beside_its_yardstick(script: Path) -> None:
    """One round of each is enough to see a figure and a ratio, and what it is made of."""
    command = [sys.executable, str(script), "--rounds", "1", *SMALL.get(script.stem, ())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "yardstick" in done.stdout
    figures = re.findall(r"^\S.*(?: +\d+\.\d\d){3}$", done.stdout, re.MULTILINE)
    assert figures
    assert len(re.findall(r"^    .*\d", done.stdout, re.MULTILINE)) >= len(figures)


def test_a_long_life_is_compared_with_its_beginning() -> None:
    """Each thousand of commands beside the first thousand, with what the state weighs."""
    command = [sys.executable, str(LONG_LIFE), "--commands", "2000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = re.findall(r"^ +\d+ +\d+ +\d+\.\d\d +(\d+\.\d\d) +\d+", done.stdout, re.MULTILINE)
    assert figures[0] == "1.00"
    assert "largest parts: " in done.stdout


def test_a_look_at_them_writes_nothing() -> None:
    """The suite says what each case measured and which goals were missed, and keeps the page."""
    page = ROOT / "docs/explanation/performance.md"
    before = page.read_text(encoding="utf-8")
    command = [sys.executable, str(ROOT / "benchmarks/suite.py"), "--quick", "--only", "machines"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[1/1] A gate, beside other engines" in done.stdout
    assert "Goals missed: none" in done.stdout
    assert page.read_text(encoding="utf-8") == before
