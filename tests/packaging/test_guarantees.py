"""The page of guarantees names the tests that keep them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/guarantees.md").read_text(encoding="utf-8")


def test_every_promise_names_tests_that_there_are() -> None:
    """A file alone stands in the folder of the one before it."""
    rows = re.findall(r"^\| (.+) \| (.*`.*`.*) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 20
    for promise, tests in rows:
        folder = ROOT
        for name in re.findall(r"`([^`]+)`", tests):
            path = ROOT / name if name.startswith("tests/") else folder / name
            assert path.exists(), f"{promise}: {name}"
            folder = path.parent
