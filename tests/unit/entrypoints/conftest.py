from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from coopflow.entrypoints.cli.app import app

Coopflow = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Commands send the logs of the process to their stderr, which ends with the test."""
    root, own = logging.getLogger(), logging.getLogger("coopflow")
    before = root.handlers[:], root.level, own.level
    yield
    root.handlers[:], root.level, own.level = before
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the developer's, and a terminal of 100 columns without colours."""
    for name in list(os.environ):
        if name.startswith(("COOPFLOW_", "TEMPORAL_", "LC_", "LANG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COOPFLOW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(_empty(tmp_path / "temporal.toml")))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")


def _empty(file: Path) -> Path:
    file.touch()
    return file


@pytest.fixture
def coopflow() -> Coopflow:
    """Run a command in this process."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments])

    return run
