from __future__ import annotations

import re
from pathlib import Path

from coopflow import __version__
from coopflow.settings import Settings
from coopflow.temporal.deployment import PACKAGE, VersionReport, own_build_id


def test_a_build_id_tells_code_from_other_code(tmp_path: Path) -> None:
    """It stays while the code stays, wherever it is installed, and changes with any module."""
    for name in ("here", "there"):
        (tmp_path / name / "inner").mkdir(parents=True)
        (tmp_path / name / "inner" / "rules.py").write_text("MANY = 3\n", encoding="utf-8")
    here, there = own_build_id(tmp_path / "here"), own_build_id(tmp_path / "there")
    assert here == there
    assert re.fullmatch(rf"{re.escape(__version__)}-[0-9a-f]{{10}}", here)
    changed = tmp_path / "there" / "inner" / "rules.py"
    changed.write_text("MANY = 4\n", encoding="utf-8")
    assert own_build_id(tmp_path / "there") not in {here, own_build_id()}
    changed.rename(changed.with_name("law.py"))
    (tmp_path / "there" / "inner" / "law.py").write_text("MANY = 3\n", encoding="utf-8")
    assert own_build_id(tmp_path / "there") != here


def test_the_build_id_of_this_code_is_one_that_may_be_set() -> None:
    """What is made up by default is good as a setting too."""
    assert (PACKAGE / "temporal" / "deployment.py").is_file()
    assert Settings(build_id=own_build_id()).build_id == own_build_id()


def test_cooperations_without_a_worker_are_stranded() -> None:
    """A version is stranded as long as cooperations run on it and none of its workers is there."""
    assert VersionReport("old", "draining", None, cooperations=1, workers=0).is_stranded
    assert not VersionReport("old", "draining", None, cooperations=1, workers=1).is_stranded
    assert not VersionReport("old", "drained", None, cooperations=0, workers=0).is_stranded
