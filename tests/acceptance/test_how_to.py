"""The guides whose every step can be carried out, done as they are written."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.page import Reader
from tests.acceptance.process import environment

pytestmark = [pytest.mark.server, pytest.mark.slow]

GUIDES = Path(__file__).parents[2] / "docs" / "how-to"


def test_a_policy_is_tested_as_the_guide_says(tmp_path: Path) -> None:
    """Scenarios and tests in Python pass and fail as shown."""
    folder = tmp_path / "my-policy"
    folder.mkdir()
    with ExitStack() as room:
        reader = Reader(folder, environment(tmp_path, COOPFLOW_LANG="en"), room)
        reader.read((GUIDES / "test-a-policy.md").read_text(encoding="utf-8"))
