"""Where lifecycles, policies and examples lie, and how a definition is read from two files.

An installed package carries the files; in a checkout they are the folders at its top, so that an
edited file takes effect at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from coopflow.definitions.compile import compile_definition, definition_of
from coopflow.definitions.extends import extended
from coopflow.definitions.faults import Fault, FaultsError, first, listing, suggestion
from coopflow.definitions.flaws import flaws_of
from coopflow.definitions.validation import validate
from coopflow.definitions.yaml import Document, load, loads
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Policy
from coopflow.domain.rulebook import Definition

Shelf = Literal["workflows", "policies", "examples"]
"""One of the folders of files that people edit."""

METHOD: Final = "impact-collectif"
"""The lifecycle that policies are for unless they name another one."""

_LIFECYCLE: Final = "lifecycle"
_PACKAGE: Final = Path(__file__).resolve().parents[1]
_SUFFIXES: Final = (".yaml", ".yml")
_SCENARIO: Final = ".scenario.yaml"
_WHAT: Final[Mapping[Shelf, str]] = {
    "workflows": "lifecycle",
    "policies": "policy",
    "examples": "example",
}


class UnknownNameError(LookupError):
    """There is no file of that name; says which there are."""

    def __init__(self, shelf: Shelf, name: str, known: Collection[str]) -> None:
        """Say what was looked for and what there is."""
        listed = f"there are: {', '.join(known) or 'none'}"
        near = suggestion(name, known)
        super().__init__(
            f"there is no {_WHAT[shelf]} named {name}; {f'{near} ' if near else ''}{listed}; "
            "or give the path of a file, ending in .yaml"
        )


def shelf(name: Shelf) -> Path:
    """Return the folder of the installed package, or of the checkout."""
    shipped = _PACKAGE / "_shipped" / name
    return shipped if shipped.is_dir() else _PACKAGE.parents[1] / name


def available(name: Shelf) -> dict[str, Path]:
    """Return the files of a folder by their names, sorted; ``x.y.yaml`` is none of them."""
    files = (path for path in shelf(name).glob("*.yaml") if "." not in path.stem)
    return {path.stem: path for path in sorted(files)}


def find(name: Shelf, wanted: str | Path) -> Path:
    """Return the file that is meant by a name, or by a path ending in ``.yaml`` or ``.yml``.

    Raises:
        UnknownNameError: nothing in the folder has that name.
    """
    if isinstance(wanted, Path) or wanted.endswith(_SUFFIXES):
        return Path(wanted)
    known = available(name)
    if wanted not in known:
        raise UnknownNameError(name, wanted, known)
    return known[wanted]


def scenarios_beside(policy: str | Path) -> list[Path]:
    """Return the scenarios of a policy: ``NAME.scenario.yaml`` and ``NAME.*.scenario.yaml``.

    Raises:
        UnknownNameError: there is no policy of that name.
    """
    path = find("policies", policy)
    found = {*path.parent.glob(f"{path.stem}{_SCENARIO}")}
    return sorted(found | {*path.parent.glob(f"{path.stem}.*{_SCENARIO}")})


def policy_beside(scenario: Path) -> Path | None:
    """Return the policy that a scenario belongs to by its name, or None.

    ``valley.harvest.scenario.yaml`` belongs to ``valley.harvest.yaml`` if there is one, or else to
    ``valley.yaml``.
    """
    name = scenario.name.removesuffix(_SCENARIO) if scenario.name.endswith(_SCENARIO) else ""
    while name:
        for suffix in _SUFFIXES:
            policy = scenario.with_name(f"{name}{suffix}")
            if policy.is_file():
                return policy
        name, _, _ = name.rpartition(".")
    return None


def load_definition(lifecycle: str | Path | None, policy: str | Path) -> Definition:
    """Read, check and compile a lifecycle and a policy.

    Args:
        lifecycle: the name of a lifecycle, or the path of a file; None for the one that the policy
            names, or else that of the method.
        policy: the name of a policy, or the path of a file.

    Raises:
        UnknownNameError: there is no file of that name.
        FaultsError: the files are at fault; carries every fault of both.
    """
    return read_definition(*load_documents(lifecycle, policy))


def load_documents(lifecycle: str | Path | None, policy: str | Path) -> tuple[Document, Document]:
    """Read the files of a lifecycle and a policy, and what the policy extends.

    Args:
        lifecycle: as of ``load_definition``.
        policy: likewise.

    Raises:
        UnknownNameError: there is no file of that name.
        FaultsError: a file cannot be read; carries every fault of both.
    """
    path = find("policies", policy)
    if lifecycle is None:
        whole = load_policy(path)
        return load(_lifecycle_of(whole)), whole
    documents: list[Document] = []
    faults: list[Fault] = []
    for one, read in ((find("workflows", lifecycle), load), (path, load_policy)):
        try:
            documents.append(read(one))
        except FaultsError as error:
            faults += error.faults
    if faults:
        raise FaultsError(faults)
    return documents[0], documents[1]


def _lifecycle_of(policy: Document) -> Path:
    """Return the file of the lifecycle that a policy is written for."""
    name = policy.data.get(_LIFECYCLE)
    if not isinstance(name, str):  # what is no name is told with the other faults
        name = METHOD
    known = available("workflows")
    if name not in known:
        remedy = suggestion(name, known, otherwise=listing(known))
        message = f"there is no lifecycle named {name}"
        raise FaultsError([policy.fault((_LIFECYCLE,), message, remedy)])
    return known[name]


def load_policy(path: Path) -> Document:
    """Read the file of a policy, with what it leaves out filled in from the one that it extends.

    Raises:
        FaultsError: it, or what it extends, cannot be read.
    """
    return extended(load(path), _beside)


def _beside(name: str, folder: Path) -> Document:
    """Read a policy that another one in a folder names: one beside it, or one of the library.

    Raises:
        UnknownNameError: it is neither.
        FaultsError: it cannot be read.
    """
    beside = folder / (name if name.endswith(_SUFFIXES) else f"{name}.yaml")
    if beside.is_file():  # no pipe or device, which might never end: nobody here named it
        return load(beside)
    return load(find("policies", name.removesuffix(beside.suffix)))


def documents_in(text: str, file: str) -> tuple[Document, Document]:
    """Read the text of a policy that came from somewhere else, and the lifecycle that it is for.

    What it extends is a policy of the library: it reads no other files.

    Args:
        text: the policy as it is written.
        file: what it is called, for messages.

    Raises:
        FaultsError: it cannot be read, or names what is not there.
    """
    whole = extended(loads(text, file), _in_library)
    return load(_lifecycle_of(whole)), whole


def _in_library(name: str, _folder: Path) -> Document:
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return load(find("policies", name))


def offered(lifecycle: str | Path, policy: str) -> Definition | None:
    """Return the definition of a policy of the library, ``name@version``, if there is that one.

    Raises:
        FaultsError: it is at fault.
    """
    name, _, _ = policy.partition("@")
    if name not in available("policies"):
        return None
    found = load_definition(lifecycle, name)
    return found if found.policy_name == policy else None


def shipped(kind: Literal["lifecycle", "policy"], name: str) -> dict[str, Any] | None:
    """Return the content of a lifecycle or a policy of the library, ``name@version``, if any.

    Raises:
        FaultsError: its file cannot be read.
    """
    slug, _, version = name.partition("@")
    path = available("workflows" if kind == "lifecycle" else "policies").get(slug)
    if path is None:
        return None
    found = (load(path) if kind == "lifecycle" else load_policy(path)).data
    return found if str(found.get("version")) == version else None


def read_definition(lifecycle: Document, policy: Document) -> Definition:
    """Check and compile the contents of a lifecycle and a policy.

    Raises:
        FaultsError: they are at fault; carries every fault of both.
    """
    from coopflow.domain.catalogue import COMMANDS  # noqa: PLC0415 - loads the whole domain

    documents = {"lifecycle": lifecycle, "policy": policy}
    faults = [*lifecycle.faults, *policy.faults]
    flaws = flaws_of(lifecycle.data, policy.data, COMMANDS)
    for part, path, message, remedy, offset in first(flaws):
        document = documents[part]
        place = document.place_within(path, *offset) if offset else document.place(path)
        faults.append(document.fault(path, message, remedy, place=place))
    checked = {fault.file for fault in faults}
    for document, found in (
        (lifecycle, validate(Lifecycle, lifecycle, lifecycle.data)),
        (policy, validate(Policy, policy, policy.data)),
    ):
        if isinstance(found, list):
            # What a shape says of the whole is said with its place by a check.
            faults += [one for one in found if one.path or document.file not in checked]
    if faults:
        raise FaultsError(faults)
    definition = definition_of(lifecycle.data, policy.data)
    compile_definition(definition)
    return definition
