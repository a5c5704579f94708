from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browsers import NO_BROWSER, OPTIONS, find_browser
from tests.http_platform import Platform
from tests.web_site import Site, serving_site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a module: while it is open, none may have a loop of its own."""
    program = find_browser()
    if program is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield found
        found.close()


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """What all tests here look at; each has people and cooperations of its own."""
    if find_browser() is None:
        pytest.skip(NO_BROWSER)
    with serving_site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def site(platform: Platform, browser: Browser) -> Iterator[Site]:
    """The site, with no page open in it afterwards."""
    found = Site(platform, browser)
    yield found
    found.close_pages()
