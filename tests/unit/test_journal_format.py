"""The page about the format is enough to verify a journal, and its example is one."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import canonical
from coopflow.domain.marks import Mark, fields_marked
from tests.journals import life, lines, verified, written

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "journal-format.md").read_text("utf-8")
EXAMPLE = PAGE.split("```json\n")[1].split("```")[0].encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(entry: dict[str, Any], pointer: str, value: str) -> None:
    *path, name = pointer[1:].split("/")
    for part in path:
        entry = entry[part]
    entry[name] = value


def digest(line: bytes) -> str:
    """Work the digest of an entry out as the page says it."""
    entry = json.loads(line)
    salts, withheld = entry.pop("salts", {}), entry.pop("withheld", {})
    for pointer, salt in salts.items():
        value = json.loads(line)
        for part in pointer[1:].split("/"):
            value = value[part]
        put(entry, pointer, sha256(f"{salt}:{json.dumps(value, ensure_ascii=False)}".encode()))
    for pointer, one in withheld.items():
        put(entry, pointer, one)
    whole = {"covered": sorted([*salts, *withheld]), "entry": entry}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode())


@pytest.mark.parametrize("file", [EXAMPLE, b"".join(written(lines(life())))])
def test_a_file_is_verified_as_the_page_says(file: bytes) -> None:
    """Links, head and sum, worked out without any of our code."""
    first, *entries, last = file.splitlines(keepends=True)
    header, closing = json.loads(first), json.loads(last)
    previous = "0" * 64
    for line in entries:
        assert json.loads(line)["previous"] == previous
        previous = digest(line)
    assert header["head"] == previous
    assert closing == {"closes": header, "sha256": sha256(first + b"".join(entries))}


def test_the_example_verifies() -> None:
    """And a change of it is found."""
    assert verified(EXAMPLE).faults == ()
    assert verified(EXAMPLE.replace(b"Somewhere", b"Elsewhere")).faults[0].entry == 1


@pytest.mark.parametrize("mark", Mark)
def test_the_page_names_what_may_be_taken_out(mark: Mark) -> None:
    """Every field with a mark, beside its event."""
    part = PAGE.split("## What may be taken out")[1].split("##")[0]
    people, sealed = part.split("What is **sealed**")
    text = re.sub(r"\s+", " ", people if mark is Mark.PERSON else sealed)
    for kind, event in EVENTS.items():
        for field in fields_marked(event, mark):
            assert f"`{kind}`" in text, kind
            assert f"`{field}`" in text, field


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1.0, 1e-5, 1e16, 0.0001], "a": None}, '{"a":null,"b":[1.0,1e-05,1e+16,0.0001]}'),
        (
            '"\\\b\f\n\r\t\x00\x1f\x7f/é\u2028😀',
            '"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7f/é\u2028😀"',
        ),
        ({"\uffff": 1, "😀": 2}, '{"\uffff":1,"😀":2}'),
    ],
)
def test_canonical_json_is_as_the_page_says(value: Any, text: str) -> None:
    """Order, escapes and numbers."""
    assert canonical(value) == text.encode()
