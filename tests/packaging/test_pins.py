"""The pins in requirements/: no host, every hash, and what pyproject.toml asks for."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = ["run.txt", "dev.txt", "bootstrap.txt"]

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
COMMENT = re.compile(r"    # [ \w.,:()/-]*")


def read(name: str) -> dict[str, str]:
    pins: dict[str, str] = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        if match := PIN.fullmatch(line):
            assert match["name"] not in pins, f"{match['name']} is pinned twice in {name}"
            pins[match["name"]] = match["version"]
    return pins


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, with those of the groups it includes."""
    found: list[str] = []
    for entry in project()["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


def wanted(name: str) -> list[str]:
    if name == "bootstrap.txt":
        lines = (ROOT / "requirements" / "bootstrap.in").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]
    metadata = project()["project"]
    needed: list[str] = metadata["dependencies"] + metadata["optional-dependencies"]["embedded"]
    build: list[str] = project()["build-system"]["requires"]
    return needed + build + group("dev" if name == "dev.txt" else "build")


@pytest.mark.parametrize("name", PINS)
def test_a_pin_file_holds_pins_hashes_and_comments_only(name: str) -> None:
    """No option, address or path has a line it could stand on, so no host is ever named."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()

    strange = [
        line for line in lines if not any(kind.fullmatch(line) for kind in (PIN, HASH, COMMENT))
    ]

    assert strange == []
    assert "//" not in "\n".join(lines)


@pytest.mark.parametrize("name", PINS)
def test_every_pin_carries_a_hash(name: str) -> None:
    """The line after a pin is a hash, so that pip refuses a file that was swapped."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()

    following = [after for line, after in pairwise(lines) if PIN.match(line)]

    assert following
    assert all(HASH.fullmatch(line) for line in following)


@pytest.mark.parametrize("name", PINS)
def test_the_pins_satisfy_what_is_asked_for(name: str) -> None:
    """Every declared requirement is pinned, at a version within its bounds."""
    pins = read(name)

    for text in wanted(name):
        requirement = Requirement(text)
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not pinned: python3 dev.py pins"
        assert requirement.specifier.contains(version, prereleases=True), text


def test_what_is_tested_is_what_runs() -> None:
    """Every package of run.txt stands in dev.txt at the same version."""
    assert read("run.txt").items() <= read("dev.txt").items()
