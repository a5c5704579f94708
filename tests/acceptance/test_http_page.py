"""The guide to the HTTP API, done as it is written, with curl."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.page import Reader, Shown, assert_shown
from tests.acceptance.process import DEADLINE, coopflow, environment

pytestmark = [pytest.mark.server, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs/how-to/http-api.md"
ASSIGNMENT = re.compile(r"(?P<name>[A-Z]+)=\$\(coopflow (?P<arguments>.*)\)")


class Caller(Reader):
    """A reader who keeps what commands write, and calls addresses."""

    def _run(self, shown: Shown) -> None:
        kept = ASSIGNMENT.fullmatch(shown.command)
        if kept is not None:
            done = coopflow(self.variables, *kept["arguments"].split(), folder=self.folder)
            assert done.returncode == 0, done.stderr
            self.variables[kept["name"]] = done.stdout.strip()
        elif shown.command.startswith("curl "):
            done = subprocess.run(
                ["/bin/sh", "-c", shown.command],
                cwd=self.folder,
                env=self.variables,
                capture_output=True,
                text=True,
                timeout=DEADLINE,
                check=False,
            )
            assert_shown(shown, done)
        else:
            super()._run(shown)


def test_the_guide_to_the_http_api_is_true(tmp_path: Path) -> None:
    """All that it shows happens as shown, on a port that is free."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    folder = tmp_path / "guide"
    folder.mkdir()
    variables = environment(tmp_path, COOPFLOW_LANG="en", COOPFLOW_HTTP_PORT=port)
    with ExitStack() as room:
        reader = Caller(folder, variables, room)
        reader.read(PAGE.read_text(encoding="utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
