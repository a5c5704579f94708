"""The guides whose every step can be carried out, done as they are written."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.page import Reader
from tests.acceptance.process import environment

pytestmark = [pytest.mark.server, pytest.mark.slow]

GUIDES = Path(__file__).parents[2] / "docs" / "how-to"


@pytest.mark.parametrize("guide", ["test-a-policy", "write-a-check", "client"])
def test_a_guide_is_true(tmp_path: Path, guide: str) -> None:
    """All that it shows happens as shown."""
    folder = tmp_path / "my-policy"
    folder.mkdir()
    with ExitStack() as room:
        reader = Reader(folder, environment(tmp_path, COOPFLOW_LANG="en"), room)
        reader.read((GUIDES / f"{guide}.md").read_text(encoding="utf-8"))
