from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coopflow.outgoing.sending import retry_after, shown

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("0", timedelta()),
        (" 120 ", timedelta(seconds=120)),
        ("9" * 5000, timedelta(seconds=9_999_999_999)),
        ("-1", None),
        ("1.5", None),
        ("¹", None),
        ("Sun, 01 Mar 2026 09:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 01 Mar 2026 08:00:00 GMT", timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 -9959", None),
        ("soon", None),
    ],
)
def test_the_wait_that_is_asked_for_is_read(header: str | None, wait: timedelta | None) -> None:
    """Seconds or a date; what makes no sense asks for nothing."""
    assert retry_after(header, NOW) == wait


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (b"", ""),
        (b"  fine \r\n thanks\t", "fine thanks"),
        ("déjà vu 🙂".encode(), "déjà vu 🙂"),
        (b"\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("a\u202eb\u200bc\0".encode(), "a\ufffdb\ufffdc\ufffd"),
    ],
)
def test_an_answer_is_made_fit_to_be_shown(answer: bytes, seen: str) -> None:
    """One line, and no sign that a terminal or a page would obey."""
    assert shown(answer) == seen
