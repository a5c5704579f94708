"""The checks that are there to be asked: where they are found, and asking them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

from coopflow.checks import Check, CheckError, check
from coopflow.definitions.library import shelf
from coopflow.domain.base import Label
from coopflow.domain.checks import Outcome, Portrait

ENTRY_POINTS: Final = "coopflow.policies"
"""The group of entry points by which installed packages name their modules with checks."""

SUFFIX: Final = "_checks.py"
"""How the name of a module with checks ends."""

_LONGEST_MODULE: Final = 256 * 1024


class Checks:
    """Checks by their id."""

    def __init__(self, found: Iterable[Check] = ()) -> None:
        """Take the checks.

        Raises:
            CheckError: two have the same id.
        """
        by_id: dict[str, Check] = {}
        for one in found:
            other = by_id.setdefault(one.id, one)
            if other is not one and other.place != one.place:
                raise CheckError(
                    f"{one.place}: the check {one.id} is written in {other.place} too; rename one"
                )
        self.by_id: Mapping[str, Check] = MappingProxyType(dict(sorted(by_id.items())))

    async def ask(self, wanted: str, portrait: Portrait) -> Outcome:
        """Ask a check; one that is not there has no answer.

        Raises:
            Exception: whatever it raises, be it that it takes too long.
        """
        found = self.by_id.get(wanted)
        if found is None:
            return Outcome(
                check=wanted,
                reason=Label(
                    en=f"no worker knows the check {wanted}",
                    fr=f"aucun worker ne connaît la vérification {wanted}",
                ),
            )
        return await found.ask(portrait)


def installed_checks(paths: Iterable[Path] = ()) -> Checks:
    """Load the checks beside the policies that are shipped, of installed packages, and of files.

    Args:
        paths: further modules, or folders whose ``*_checks.py`` are meant.

    Raises:
        CheckError: a module cannot be loaded, or two checks have the same id.
    """
    modules = [*_modules_in(shelf("policies"))]
    for path in paths:
        found_there = _modules_in(path) if path.is_dir() else [path]
        if not found_there:
            raise CheckError(f"{path}: holds no module with checks, that is no *{SUFFIX}")
        modules += found_there
    found = [one for path in modules for one in checks_of(path)]
    for point in entry_points(group=ENTRY_POINTS):
        found += _of_package(point)
    return Checks(found)


def beside(policy: Path) -> Path:
    """Return where the checks of a policy are written: ``NAME_checks.py`` beside ``NAME.yaml``."""
    return policy.with_name(f"{policy.stem.replace('-', '_')}{SUFFIX}")


def written_in(module: Path) -> tuple[str, ...]:
    """Return the ids of the checks that a module writes, as far as reading it tells.

    Nothing is run: whoever looks at a policy of somebody else need not trust its code yet. A module
    that is not there, very long or no Python writes none.
    """
    try:
        if not module.is_file() or module.stat().st_size > _LONGEST_MODULE:
            return ()
        tree = ast.parse(module.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    decorators = [
        decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and _called(decorator.func) == check.__name__
    ]
    ids = (
        given
        for one in decorators
        for given in (*one.args[:1], *(key.value for key in one.keywords if key.arg == "id"))
    )
    return tuple(
        one.value for one in ids if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _called(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def checks_of(path: Path) -> tuple[Check, ...]:
    """Load a module and return its checks, in their order.

    Raises:
        CheckError: it is not there, raises something, or holds no check.
    """
    path = path.resolve()
    if not path.is_file():
        raise CheckError(f"{path}: there is no such module with checks")
    name = f"coopflow_checks_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CheckError(f"{path}: is no Python module; its name ends with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look there
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise  # whoever waits for it has had enough
        raise CheckError(f"{path}: cannot be loaded: {type(error).__name__}: {error}") from error
    found = tuple(_held_by(module))
    if not found:
        raise CheckError(f"{path}: holds no check; decorate a function with @check(...)")
    return found


def _of_package(point: EntryPoint) -> tuple[Check, ...]:
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:
        raise CheckError(
            f"the entry point {point.name} ({point.value}) of {ENTRY_POINTS} cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error
    if isinstance(loaded, Check):
        return (loaded,)
    return tuple(_held_by(loaded)) if isinstance(loaded, ModuleType) else ()


def _held_by(module: ModuleType) -> Iterator[Check]:
    yield from (value for value in vars(module).values() if isinstance(value, Check))


def _modules_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))
