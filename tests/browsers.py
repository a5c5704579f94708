"""The browser of this machine, for tests that click through pages."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

VARIABLE: Final = "COOPFLOW_TEST_BROWSER"
"""Names a Chromium, where it is not found by itself."""

NO_BROWSER: Final = f"there is no browser: install chromium, or name one in {VARIABLE}"

OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # of which containers have little: pages stand still without it
)

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DOWNLOADED: Final = (
    "chrome-linux*/chrome",
    "chrome-linux*/headless_shell",
    "chrome-mac*/*.app/*/*/*",
)


def find_browser() -> str | None:
    """Return the path of a Chromium: the one that is named, an installed one, Playwright's own."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    installed = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if installed is not None:
        return installed
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    found = sorted(one for pattern in _DOWNLOADED for one in cache.glob(f"chromium*/{pattern}"))
    return str(found[-1]) if found else None
