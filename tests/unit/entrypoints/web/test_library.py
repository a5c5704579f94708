from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopflow.definitions import library
from coopflow.entrypoints.web.policies import in_library


def test_a_policy_of_the_library_is_read_anew_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading all of them takes long, so they are kept; what is edited is seen all the same."""
    for shelf in ("policies", "workflows"):
        shutil.copytree(library.shelf(shelf), tmp_path / "_shipped" / shelf)
    monkeypatch.setattr(library, "_PACKAGE", tmp_path)
    before = in_library("reference")
    assert before is not None
    assert in_library("reference") is before
    assert in_library(before.policy_name) is before
    assert in_library("reference@999") is None
    assert in_library("../policies/reference.yaml") is None
    file = tmp_path / "_shipped/policies/reference.yaml"
    text = file.read_text(encoding="utf-8")
    assert "version: 1\n" in text
    file.write_text(text.replace("version: 1\n", "version: 41\n", 1), encoding="utf-8")
    after = in_library("reference@41")
    assert after is not None
    assert after.policy_name == "reference@41"
