"""The pins in requirements/: no host, every hash, and what pyproject.toml asks for."""

import importlib.metadata
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = ["run.txt", "image.txt", "dev.txt", "bootstrap.txt"]

PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)(?:\[(?P<extras>[a-z0-9,-]+)\])?==(?P<version>[^ ;]+)"
    r"(?: ; (?P<marker>[^\\]+))? \\"
)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
COMMENT = re.compile(r"    # [ \w.,:()/-]*")


def lines_of(name: str) -> list[str]:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()


def read(name: str) -> dict[str, str]:
    pins: dict[str, str] = {}
    for match in filter(None, map(PIN.fullmatch, lines_of(name))):
        assert match["name"] not in pins, f"{match['name']} is pinned twice in {name}"
        pins[match["name"]] = match["version"]
    return pins


def extras(name: str) -> dict[str, set[str]]:
    """Return the extras with which each package is pinned."""
    found = filter(None, map(PIN.fullmatch, lines_of(name)))
    return {match["name"]: set((match["extras"] or "").split(",")) - {""} for match in found}


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
        return [line for line in lines_of("bootstrap.in") if line and not line.startswith("#")]
    metadata = project()["project"]
    needed: list[str] = metadata["dependencies"]
    if name != "image.txt":  # beyond one machine Temporal is a cluster
        needed = needed + metadata["optional-dependencies"]["embedded"]
    build: list[str] = project()["build-system"]["requires"]
    return needed + build + group("dev" if name == "dev.txt" else "build")


@pytest.mark.parametrize("name", PINS)
def test_a_pin_file_holds_pins_hashes_and_comments_only(name: str) -> None:
    """No option, address or path has a line it could stand on, so no host is ever named."""
    lines = lines_of(name)

    strange = [
        line for line in lines if not any(kind.fullmatch(line) for kind in (PIN, HASH, COMMENT))
    ]

    assert strange == []
    assert "//" not in "\n".join(lines)


@pytest.mark.parametrize("name", PINS)
def test_every_pin_carries_a_hash(name: str) -> None:
    """The line after a pin is a hash, so that pip refuses a file that was swapped."""
    lines = lines_of(name)

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


def test_what_is_asked_for_with_extras_is_pinned_with_them() -> None:
    """Else pip 23.2, which Python 3.11 brings, takes the newest release and misses its hash."""
    pinned = extras("dev.txt")

    asked = {
        (canonicalize_name(requirement.name), extra)
        for name in pinned
        for requirement in requirements_of(name)
        for extra in requirement.extras
    }

    assert ("coverage", "toml") in asked
    assert {one for one in asked if one[1] not in pinned[one[0]]} == set()


def requirements_of(name: str) -> list[Requirement]:
    """Return what an installed package asks for; nothing of one for another platform."""
    try:
        stated = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = [Requirement(text) for text in stated]
    return [one for one in found if one.marker is None or one.marker.evaluate({"extra": ""})]


@pytest.mark.parametrize("name", ["run.txt", "image.txt"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    """Every package of those that run it stands in dev.txt at the same version."""
    assert read(name).items() <= read("dev.txt").items()
