"""A plugin for pytest: each ``*.scenario.yaml`` in the tested folders is a test.

It is run in memory, by the policy beside it, as ``coopflow policy test`` does. pytest loads this
module wherever coopflow is installed, also for projects that have nothing to do with it: nothing
else of coopflow is imported before there is a scenario to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

_SUFFIX: Final = ".scenario.yaml"
_KEYS: Final = re.compile(rb"^(scenario|lifecycle|policy):", re.MULTILINE)
_ENOUGH: Final = 2


class ScenarioFile(pytest.File):
    """A file that is named like a scenario."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Yield the scenario; nothing if other tools have files of that name, and this is theirs.

        A file with two of the three keys counts as a scenario, so that a key which is missing is
        told when it is run.
        """
        if len(set(_KEYS.findall(self.path.read_bytes()))) >= _ENOUGH:
            yield ScenarioItem.from_parent(self, name=self.path.name.removesuffix(_SUFFIX))


class ScenarioItem(pytest.Item):
    """A scenario as a test."""

    def runtest(self) -> None:
        """Run it; what does not hold, and the faults of the files, are told line by line."""
        # Imported here: they load the domain, which must neither slow down the start of pytest nor
        # be loaded before coverage is measured.
        from coopflow.definitions.faults import FaultsError  # noqa: PLC0415
        from coopflow.testing import run_scenario  # noqa: PLC0415

        try:
            lines = run_scenario(_from_here(self.path)).lines()
        except FaultsError as error:
            lines = [str(error)]
        if lines:
            pytest.fail("\n".join(lines), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the scenario stands, and its title in reports."""
        return self.path, 0, f"scenario {self.name}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect files that are named like scenarios."""
    if not file_path.name.endswith(_SUFFIX):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


def _from_here(path: Path) -> Path:
    """Write a path from the current folder on where it lies below, as people name it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
