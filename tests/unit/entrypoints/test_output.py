"""What reaches a terminal or a spreadsheet: what people wrote commands neither of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from typer import Exit

from coopflow.application.impact import Impact
from coopflow.entrypoints.cli.failures import fail
from coopflow.entrypoints.cli.impact import _Writer
from coopflow.entrypoints.cli.output import Terminal
from coopflow.telemetry import visible
from tests.unit.entrypoints.conftest import Coopflow

WRITTEN = "a\x1b[2Jb\x9b1mc\u202ed\x00e\x7f"
SHOWN = "a␛[2Jb�1mc�d␀e␡"


@pytest.fixture
def in_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write as for a terminal that knows colours."""
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


def test_words_are_left_as_they_are() -> None:
    """Accents, signs, smileys, tabs and ends of lines are no commands."""
    text = "L’été — “ça” va\t→ ✓ 👩‍🌾 日本\n"
    assert visible(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (WRITTEN, SHOWN),
        ("\r\b\a\v\f", "␍␈␇␋␌"),
        ("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "�" * 12),
        ("\u2028\u2029\x85", "���"),
        ("\ud800\udfff", "��"),
    ],
)
def test_what_terminals_obey_is_seen(written: str, shown: str) -> None:
    """Each control character, each one that turns the writing round, is one that is seen."""
    assert visible(written) == shown


@pytest.mark.usefixtures("in_colours")
def test_whatever_is_printed_is_visible(capsys: pytest.CaptureFixture[str]) -> None:
    """Texts, tables, titles and plain words: the only sequences are those of styles."""
    table = Table(WRITTEN, box=None)
    table.add_row(Text(WRITTEN))
    terminal = Terminal()
    for one in (WRITTEN, Text(WRITTEN), table, Padding(Text(WRITTEN), 1), Rule(WRITTEN)):
        terminal.data.print(one)
    terminal.data.print(Text("red", "red"))
    terminal.note(WRITTEN)
    with terminal.step(WRITTEN):
        pass
    out, err = capsys.readouterr()
    assert out.count("a␛[2Jb�1mc") == 6
    assert "\x1b[31mred\x1b[0m" in out
    assert err.count(SHOWN) >= 3  # the spinner may turn
    for character in "\x9b\u202e\0\x7f":
        assert character not in out + err
    assert "\x1b[2J" not in out + err


def test_failures_are_visible(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said on stderr is no command either."""
    with pytest.raises(Exit) as raised:
        fail(f"one\n{WRITTEN}", 2)
    assert raised.value.exit_code == 2
    assert capsys.readouterr().err == f"one\n{SHOWN}\n"


def test_a_fault_is_one_line_and_commands_nothing(coopflow: Coopflow, tmp_path: Path) -> None:
    """A key that holds ends of lines does not look like several faults."""
    file = tmp_path / "p.yaml"
    file.write_text('extends: reference\n"a\\nb.yaml:1:1: c\\e[2J": 1\n')
    result = coopflow("policy", "lint", file)
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert f"{file}:2:1: a b.yaml:1:1: c␛[2J: unknown key" in result.stderr


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_title_is_no_formula(begin: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A spreadsheet takes what begins like a formula for text, and all else as it is."""
    impact = Impact(
        programme="p",
        cooperation="c",
        title=f"{begin}cmd|' /C calc'!A0",
        stage="impulsion",
        policy="reference@1",
        levels={"a": 1},
        levels_after={"a": 2},
        lost=(),
        gained=("a",),
        clocks=(),
        gate=None,
        verdict=None,
    )
    _Writer("csv", Terminal()).take(impact)
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert row["title"] == f"'{impact.title}"
    assert (row["programme"], row["levels"], row["gate"]) == ("p", "a=1", "")
