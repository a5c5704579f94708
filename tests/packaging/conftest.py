from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def hatchling(folder: Path, target: str, output: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(output)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE)
    (built,) = output.iterdir()
    return built


@pytest.fixture(scope="package")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of this checkout."""
    return hatchling(ROOT, "sdist", tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="package")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the contents of the archive alone, as installers do."""
    folder = tmp_path_factory.mktemp("wheel")
    # In a process of its own: early 3.11 knows no extraction filter, 3.12 warns without one.
    unpack = [sys.executable, "-m", "tarfile", "--extract", str(archive), str(folder / "unpacked")]
    subprocess.run(unpack, check=True, stderr=subprocess.PIPE)
    (unpacked,) = (folder / "unpacked").iterdir()
    return hatchling(unpacked, "wheel", folder / "built")


@pytest.fixture(scope="package")
def wheel_of_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without an archive in between."""
    return hatchling(ROOT, "wheel", tmp_path_factory.mktemp("checkout"))
