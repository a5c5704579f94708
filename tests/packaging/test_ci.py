"""The continuous integration runs the one command that people run."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ci_calls_exactly_the_test_command(tmp_path: Path) -> None:
    """From any folder, .ci/run hands over to `python3 dev.py test` in the checkout."""
    recorder = tmp_path / "python3"
    recorder.write_text('#!/bin/sh\npwd -P\nprintf "%s|" "$@"\nexit 7\n', encoding="utf-8")
    recorder.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])

    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == [str(ROOT.resolve()), "dev.py|test|"]
    assert done.returncode == 7
