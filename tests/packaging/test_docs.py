"""The documentation becomes a site without a warning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_site_is_made_without_a_warning(tmp_path: Path) -> None:
    """Every page is in it and reached from the first one, and every link leads somewhere."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        str(ROOT / "docs"),
        str(tmp_path / "site"),
    ]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "read")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    pages = {
        one.relative_to(ROOT / "docs").with_suffix("") for one in (ROOT / "docs").rglob("*.md")
    }
    made = {one.relative_to(tmp_path / "site").with_suffix("") for one in tmp_path.rglob("*.html")}
    assert pages <= made
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'href="decisions/README.html"', index)
    assert "http://" not in re.sub(r"http://127\.0\.0\.1|http://localhost", "", _loaded(index))


def _loaded(page: str) -> str:
    """Return what a page loads by itself."""
    return " ".join(re.findall(r"<(?:script|link|img)[^>]*>", page))
