from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopflow.entrypoints.http.middleware.limits import depth

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,  # else some are too large to be drawn
)


def nested(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(nested, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nested, value), default=0)
    return 0


@given(JSON, st.booleans())
def test_the_depth_of_json(value: Any, is_ascii: bool) -> None:  # noqa: FBT001 - of hypothesis
    """It is that of what is written, whatever brackets and quotes stand in texts."""
    assert depth(json.dumps(value, ensure_ascii=is_ascii).encode()) == nested(value)


@pytest.mark.parametrize(
    ("body", "found"), [(b"", 0), (b"[" * 500, 500), (b'{"a":"[[[', 1), (b'"\\"[[', 0), (b"]]", 0)]
)
def test_what_is_no_json_has_a_depth_too(body: bytes, found: int) -> None:
    """Broken bodies are measured as far as they go."""
    assert max(depth(body), 0) == found
