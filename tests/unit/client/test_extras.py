"""The client needs no extra: who only calls the engine installs no server for it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
SCRIPT = """
import asyncio, sys
from pathlib import Path
for name in {missing}:
    sys.modules[name] = None

from coopflow.application.engine import UnavailableError
from coopflow.client import Coopflow
from coopflow.settings import Settings
from coopflow.temporal import client, connection

async def main():
    async with Coopflow.connect(Settings(state_dir=Path("none"))):
        pass

try:
    asyncio.run(main())
except UnavailableError as error:
    print(error)
"""


def test_it_connects_without_the_extras(tmp_path: Path) -> None:
    """Where nothing but the required packages is there, all that is missing is an engine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {Requirement(one).name for one in project["dependencies"]}
    extras = project["optional-dependencies"].values()
    named = {Requirement(one).name for extra in extras for one in extra} - wanted
    missing = [*(one.replace("-", "_") for one in named), "opentelemetry"]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(missing=missing)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "there is no database" in done.stdout, done.stderr
