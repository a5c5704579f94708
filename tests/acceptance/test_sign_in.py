from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.acceptance.process import coopflow, environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def use(link: str) -> Iterator[httpx.Client]:
    """Use a sign-in link as a browser does, and give the browser."""
    address, _, secret = link.strip().partition("?secret=")
    base = address.removesuffix("/v1/sign-in/link")
    with httpx.Client(headers=FROM_HERE, base_url=base, timeout=30) as browser:
        assert browser.get(link.strip()).status_code == 200
        assert browser.post(address, data={"secret": secret}).status_code == 303
        yield browser


def test_from_the_first_start_to_a_program_that_gets_in(tmp_path: Path) -> None:
    """A start lets its administrator in; people get in by links, programs by tokens, others not."""
    variables = environment(tmp_path)
    with running(variables, "dev") as engine:
        engine.wait_for("HTTP API on http://127.0.0.1:")
        engine.wait_for("Sign in as administrator")
        with use(engine.wait_for("/v1/sign-in/link?secret=")) as browser:
            me = browser.get("/v1/me").json()
            assert me["administrator"]
            assert re.fullmatch(r"p-[0-9a-f]{16}", me["person"])

        added = coopflow(variables, "person", "add", "max", "--name", "Max", "--email", "m@a.org")
        assert added.returncode == 0, added.stderr
        with running(variables, "serve", "--port", "0") as server:
            ready = server.wait_for("HTTP API on ")
            url = ready.split()[-1].removesuffix("/v1")
            made = coopflow(variables, "sign-in", "M@a.org", "--url", url)
            with use(made.stdout) as browser:
                assert browser.get("/v1/me").json()["person"] == "max"
                options = ("--scope", "read", "--person", "max", "--days", "1")
                secret = coopflow(variables, "token", "create", "a robot", *options).stdout.strip()
                bearer = {"Authorization": f"Bearer {secret}"}
                assert (
                    httpx.get(f"{url}/v1/me", headers=bearer, timeout=30).json()["person"] == "max"
                )
                listed = coopflow(variables, "token", "list").stdout
                assert "a robot  good  read  all programmes  as max" in listed

                assert coopflow(variables, "sign-in", "max", "--forget").returncode == 0
                assert browser.get("/v1/me").status_code == 401
                assert httpx.get(f"{url}/v1/me", headers=bearer, timeout=30).status_code == 401
            assert httpx.get(url, headers={"Host": "evil.example"}, timeout=30).status_code == 421
            assert server.end() == 0
            assert secret not in server.text("stderr")
        unknown = coopflow(variables, "sign-in", "nobody")
        assert unknown.returncode == 1
        assert "no person nobody" in unknown.stderr
        assert engine.end() == 0
