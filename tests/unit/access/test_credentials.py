from __future__ import annotations

import re

import pytest

from coopflow.access.credentials import (
    TOKEN_PATTERN,
    derived,
    digest_of,
    is_same,
    is_token,
    new_secret,
    new_token,
)


def test_a_token_is_recognised() -> None:
    """By its form, which is the same for all of them, and by its checksum."""
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        assert is_token(token)
        assert re.fullmatch(TOKEN_PATTERN, token)


@pytest.mark.parametrize("place", [0, 3, 20, 45, 46, 51])
def test_what_is_not_quite_a_token_is_none(place: int) -> None:
    """One other character anywhere, and the checksum says so."""
    token = new_token()
    other = "x" if token[place] != "x" else "y"
    assert not is_token(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("text", ["", "cf_", "cf_é", "\ud800", "cf_" + "0" * 49, "0" * 5000])
def test_anything_else_is_no_token(text: str) -> None:
    """Whatever is shown is looked at without an error."""
    assert not is_token(text)


def test_secrets_differ_and_are_long() -> None:
    """256 bits, in letters that cookies and links take as they are."""
    assert len({new_secret() for _ in range(200)}) == 200
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", new_secret())


def test_what_is_stored_is_no_secret() -> None:
    """A digest, the same each time, of anything that a browser may send."""
    assert digest_of("abc") == digest_of("abc") != digest_of("abd")
    assert len(digest_of("\ud800 é")) == 64


def test_secrets_that_follow_from_one() -> None:
    """Each purpose has its own, and each secret."""
    made = {derived(secret, purpose) for secret in ("a", "b") for purpose in ("state", "nonce")}
    assert len(made) == 4
    assert derived("a", "state") == derived("a", "state")


def test_secrets_are_compared() -> None:
    """Equal ones are the same, whatever characters they are of."""
    assert is_same("é\ud800", "é\ud800")
    assert not is_same("a", "b")
    assert not is_same("a", "aa")
