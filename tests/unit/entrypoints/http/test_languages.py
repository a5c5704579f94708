from __future__ import annotations

import pytest

from coopflow.application.callers import Caller
from coopflow.entrypoints.http.languages import preferred
from coopflow.entrypoints.http.preferences import patience


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", None),
        ("fr", "fr"),
        ("fr-FR", "fr"),
        ("FR, en", "fr"),
        ("en;q=0.4, fr;q=0.8", "fr"),
        ("de, en-GB;q=0.7, fr;q=0.3", "en"),
        ("de", None),
        ("fr;q=0", None),
        ("fr;q=nonsense, en;q=0.1", "en"),
        ("free", None),
    ],
)
def test_the_language_that_is_preferred(header: str, language: str | None) -> None:
    """The most welcome of those that there are; none where neither is."""
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("wait=5", 5),
        ("respond-async", 0),
        ("respond-async, wait=7", 7),
        ('Wait = "3"', 3),
        ("wait=9999", 60),
        ("wait=soon", None),
        ("return=minimal", None),
    ],
)
def test_how_long_somebody_waits(header: str | None, seconds: int | None) -> None:
    """For as long as it takes unless they say otherwise; what is not understood is passed over."""
    assert patience(header) == seconds


def test_only_tokens_speak_for_others() -> None:
    """Who signed in has no such scope to use, whatever is written down about them."""
    ada = Caller(name="person:ada", person="ada")
    assert ada.may_speak_for("ada")
    assert not ada.may_speak_for("zoe")
    token = Caller(name="token:1", scopes=frozenset({"act"}))
    assert token.may_speak_for("zoe")
    assert not token.but(scopes=frozenset({"write"})).may_speak_for("zoe")
