"""What applications import is written down, and does not change by accident."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.public_api import PAGE, PUBLIC, names_of, written

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="it writes signatures in another way")
def test_what_is_public_is_as_it_is_written_down() -> None:
    """After a change that is meant: ``python -m tests.packaging.public_api``, and the changelog."""
    assert PAGE.read_text(encoding="utf-8") == written()


def _imports(text: str) -> Iterator[tuple[str, str]]:
    for module, names in re.findall(
        r"^ *from (coopflow[\w.]*) import ([\w, ]+)", text, re.MULTILINE
    ):
        yield from ((module, name) for name in names.replace(" ", "").split(","))


def test_what_guides_and_examples_import_is_public() -> None:
    """Nobody is told to use what may change at any time."""
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    texts = [page.read_text(encoding="utf-8") for page in pages if "decisions" not in page.parts]
    found = {one for text in texts for one in _imports(text)}
    for script in [*(ROOT / "examples").rglob("*.py"), *(ROOT / "policies").rglob("*.py")]:
        for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("coopflow"):
                found |= {(str(node.module), one.name) for one in node.names}
    assert len(found) > 10
    modules = {module.rpartition(".") for module in PUBLIC}
    public = {(module, name) for module in PUBLIC for name in names_of(module)}
    public |= {(package, name) for package, _, name in modules}
    assert found <= public, found - public
