from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import pytest
from typer.testing import Result

from coopflow import bootstrap
from coopflow.entrypoints.cli import deployment as command
from coopflow.settings import Settings
from coopflow.temporal.deployment import VersionReport, own_build_id
from coopflow.temporal.errors import DeploymentError

Coopflow = Callable[..., Result]


class Fake:
    """A deployment in memory.

    Attributes:
        promoted: what was promoted, with its ramp.
        left: how many cooperations are left on what is drained, each time that it is looked at.
        drained: what was drained, and whether the current version took over.
        workers_of_old: how many workers the old version has.
        is_unseen: whether there was never a worker.
    """

    def __init__(self) -> None:
        self.promoted: list[tuple[str, float | None]] = []
        self.left: list[int] = []
        self.drained: list[tuple[str, bool]] = []
        self.workers_of_old = 0
        self.is_unseen = False

    async def versions(self) -> list[VersionReport]:
        """Return a version of each kind.

        Raises:
            DeploymentError: none was ever seen.
        """
        if self.is_unseen:
            raise DeploymentError("Temporal has seen no worker of coops")
        return [
            VersionReport("new", "ramping", 12.5, 1, 1),
            VersionReport(own_build_id(), "current", None, 3, 2),
            VersionReport("old", "draining", None, 7, self.workers_of_old),
            VersionReport("unversioned", "drained", None, 0, 0),
        ]

    async def promote(self, build_id: str, ramp: float | None = None) -> None:
        """Note it, unless it is a version that was never seen.

        Raises:
            DeploymentError: it is.
        """
        if build_id == "unseen":
            raise DeploymentError("Temporal has seen no worker of version unseen of coops")
        self.promoted.append((build_id, ramp))

    async def drain(self, build_id: str, *, take_over: bool = False) -> AsyncIterator[int]:
        """Tell how many are left."""
        self.drained.append((build_id, take_over))
        for left in self.left:
            yield left


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()

    @asynccontextmanager
    async def reached(settings: Settings) -> AsyncIterator[Fake]:
        assert settings.deployment == "coops"
        yield fake

    monkeypatch.setenv("COOPFLOW_DEPLOYMENT", "coops")
    monkeypatch.setattr(bootstrap, "deployment", reached)
    return fake


def test_versions_are_listed(deployment: Fake, coopflow: Coopflow) -> None:
    """Each with what it is there for and what runs on it, for people and for programs."""
    lines = coopflow("deployment", "show", "--lang", "fr").stdout.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "new en montée, 12,5 % 1 coopération 1 worker",
        f"{own_build_id()} actuelle 3 coopérations 2 workers cette installation",
        "old en cours de retrait 7 coopérations 0 worker",
        "unversioned retirée 0 coopération 0 worker",
    ]
    rows = json.loads(coopflow("deployment", "show", "-o", "json").stdout)
    assert rows[0] == {
        "build_id": "new",
        "standing": "ramping",
        "ramp": 12.5,
        "cooperations": 1,
        "workers": 1,
        "is_this": False,
    }
    assert [row["is_this"] for row in rows] == [False, True, False, False]


def test_what_is_installed_here_is_promoted(deployment: Fake, coopflow: Coopflow) -> None:
    """Without a build id it is that of this installation, else the one that is named."""
    assert coopflow("deployment", "promote").exit_code == 0
    said = coopflow("deployment", "promote", "new", "--ramp", "5", "--lang", "fr")
    assert "new prend 5 % des coopérations." in said.stderr
    assert deployment.promoted == [(own_build_id(), None), ("new", 5.0)]
    refused = coopflow("deployment", "promote", "unseen")
    assert (refused.exit_code, "seen no worker of version unseen" in refused.stderr) == (1, True)
    assert coopflow("deployment", "promote", "new", "--ramp", "101").exit_code == 2


def test_draining_tells_how_many_are_left(deployment: Fake, coopflow: Coopflow) -> None:
    """Each time that there are fewer, until there is none."""
    deployment.left = [3, 3, 1, 0]
    done = coopflow("deployment", "drain", "old", "--take-over")
    assert done.exit_code == 0
    told = [line for line in done.stderr.splitlines() if line]
    assert told == ["3 cooperations on old", "1 cooperation on old", "0 cooperations on old"]
    assert deployment.drained == [("old", True)]


def test_draining_gives_up(
    deployment: Fake, coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When for a minute none has moved, it says what to look at."""
    clock = count(0, 25)
    monkeypatch.setattr(command, "monotonic", lambda: float(next(clock)))
    deployment.left = [3, 2, 2, 2, 2, 2]
    done = coopflow("deployment", "drain", "old")
    assert done.exit_code == 3
    assert "2 still on old, and none has moved for a minute" in done.stderr
    assert "--take-over" in done.stderr


def test_a_deployment_has_to_be_named(coopflow: Coopflow) -> None:
    """Without its name nothing can be asked; the setting that is missing is told."""
    done = coopflow("deployment", "show")
    assert (done.exit_code, "COOPFLOW_DEPLOYMENT" in done.stderr) == (2, True)


def test_the_doctor_finds_cooperations_without_workers(
    deployment: Fake, coopflow: Coopflow
) -> None:
    """A version on which cooperations run has workers, or something is missing."""

    def versions() -> dict[str, str]:
        found = json.loads(coopflow("doctor", "-o", "json").stdout)
        (finding,) = [one for one in found if one["name"] == "Versions"]
        return dict(finding)

    stranded = versions()
    assert stranded["status"] == "missing"
    assert "old (draining): 7 cooperations, 0 workers" in stranded["detail"]
    assert "unversioned" not in stranded["detail"]
    assert "start workers of old until it is drained" in stranded["remedy"]
    assert coopflow("doctor").exit_code == 3
    deployment.workers_of_old = 1
    assert (versions()["status"], versions()["remedy"]) == ("ok", "")
    deployment.is_unseen = True
    assert versions()["status"] == "note"
