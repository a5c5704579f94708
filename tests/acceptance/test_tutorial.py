"""The tutorial, done as it is written."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.acceptance.page import Reader
from tests.acceptance.process import coopflow, environment

pytestmark = [pytest.mark.server, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-policy.md"


def policy_of(reader: Reader) -> str:
    shown = coopflow(reader.variables, "coop", "show", "bocage-gourmand", "-o", "json")
    return str(json.loads(shown.stdout)["policy"])


def test_the_tutorial_is_true(tmp_path: Path) -> None:
    """All that it shows happens as shown: a policy is written, tested, compared and adopted."""
    page = PAGE.read_text(encoding="utf-8")
    there, back = re.split(r"^(?=## Go back$)", page, flags=re.MULTILINE)
    folder = tmp_path / "my-policy"
    folder.mkdir()
    with ExitStack() as room:
        reader = Reader(folder, environment(tmp_path, COOPFLOW_LANG="en"), room)
        reader.read(there)
        assert policy_of(reader) == "valley@1"
        refused = _proposed_with_another_number(reader)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "give yours a new version" in refused.stderr
        reader.read(back)
        assert policy_of(reader) == "reference@1"


def _proposed_with_another_number(reader: Reader) -> CompletedProcess[str]:
    file = reader.folder / "valley.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("days: 120", "days: 100"), "utf-8")
    arguments = ("policy", "adopt", "valley.yaml", "bocage-gourmand", "--by", "amel")
    return coopflow(reader.variables, *arguments, folder=reader.folder)
