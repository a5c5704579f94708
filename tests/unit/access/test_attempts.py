from __future__ import annotations

import pytest

from coopflow.access.attempts import local_path, proofs


@pytest.mark.parametrize("path", ["/", "/a/b?c=d&e=%2F#f", "/a//b"])
def test_a_path_of_this_site_is_gone_to(path: str) -> None:
    """As it was asked for."""
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "/a\\b",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\nLocation: x",
        "/a b",
        "/é",
        "/\t/evil.example",
        "/" + "a" * 2000,
    ],
)
def test_nobody_is_sent_elsewhere(path: str | None) -> None:
    """What might lead off the site leads to its beginning."""
    assert local_path(path) == "/"


def test_what_follows_from_a_secret() -> None:
    """Three proofs that differ, for each secret others; the verifier is long enough for PKCE."""
    made = [value for secret in "ab" for value in proofs(secret).model_dump().values()]
    assert len(set(made)) == 6
    assert all(len(value) >= 43 for value in made)
