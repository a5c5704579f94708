"""Writes ``commands.py``: a method for every command, from the models of the commands.

Run it after a change to a command: ``python -m coopflow.client.generate``.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coopflow.client.refusals import RefusedError
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import Command
from coopflow.domain.refusals import CODES
from coopflow.domain.roles import MATRIX

_WIDTH: Final = 100
_HEAD: Final = frozenset(Command.model_fields)
_OTHERWISE: Final = frozenset({"open_cooperation"})
"""Commands that are given to no cooperation: the methods of these are written by hand."""

_OF_ANY: Final = frozenset({"invalid_command", "forbidden"})
"""What any command may be refused with, so that it is not said of each."""

_SAID: Final[Mapping[str, str]] = {
    "SealedText": "Text",
    "Rule": "Rule | str | Mapping[str, Any]",
    "Share": "Share | float | str",
    "Organisation": "Organisation | Mapping[str, Any]",
    "Profile": "Profile | Mapping[str, Any]",
    "dict[str, Any]": "Shape | Mapping[str, Any]",
}
"""What a caller may pass where a model says something narrower."""

_SCOPES: Final[Mapping[str, str]] = {
    "any": "",
    "own": " (of the organisation that it is about)",
    "facilitation": " (while it is in facilitation)",
    "mediates": " (who mediates it)",
    "own_review": " (of a review of their own)",
    "exceptional": " (of an exceptional review)",
}
"""How the scopes of the matrix are said."""

_SOURCES: Final[Mapping[str, str]] = {
    "Any": "typing",
    "Literal": "typing",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "Rule": "coopflow.domain.voting",
    "Shape": "coopflow.domain.base",
    "Text": "coopflow.domain.base",
}
"""Where names come from that the module of a command may not import itself."""

_INTRODUCTION: Final = '''\
"""One method for each command that a cooperation takes; written by ``generate.py``, not by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
{imports}

class CooperationCommands(ABC):
    """The commands, as methods.

    Each takes what the command is about by keyword, and how it is given by the options: ``actor``,
    ``id``, ``at``, ``grants``, ``consistent`` (see ``Options``). Each returns what the command came
    to; a ``duplicate`` came to it before. Each may raise, beside what it says itself:

    - ``InvalidCommandError``: what is passed is no such command; ``facts`` name every fault.
    - ``ForbiddenError``: who gives it has none of the roles named.
    - ``CooperationPausedError``, ``CooperationClosedError``: it takes no commands now.
    - ``UnknownCooperationError``: there is no such cooperation.
    - ``TooLargeError``: the cooperation would hold more than it can.
    - ``UnavailableError``: the engine does not answer; a note on it says under which ``id`` the
      command may be given again.
    - ``BehindError``: it was accepted, and the read model takes too long (``consistent``).
    - ``EngineFaultError``, ``KeysError``: the engine, or a key, is at fault.
    """

    @abstractmethod
    async def _give(self, command: str, payload: Mapping[str, Any], options: Options) -> Reply:
        """Give a command, by its wire form but for the values."""
'''


class _Parameter(NamedTuple):
    name: str
    wire: str
    type: str
    default: str | None


def source() -> str:
    """Return the text of ``commands.py``."""
    kinds = [kind for name, kind in COMMANDS.items() if name not in _OTHERWISE]
    names: dict[str, str] = {
        "Unpack": "typing",
        "Mapping": "collections.abc",
        "Any": "typing",
        "Reply": "coopflow.application.engine",
        "Options": "coopflow.client.means",
    }
    for kind in kinds:
        for one in _parameters(kind):
            names |= _imported(kind, one.type)
    methods = "\n".join(_method(kind) for kind in kinds)
    return _INTRODUCTION.format(imports=_imports(names)) + "\n" + methods


def write(checkout: Path) -> Path:
    """Write ``commands.py`` into a checkout, and return its path."""
    path = checkout / "src" / "coopflow" / "client" / "commands.py"
    path.write_text(source(), encoding="utf-8")
    return path


def refusals_of(kind: type[Command]) -> tuple[str, ...]:
    """Return the codes that a command's own rules refuse it with, in the order of the contract.

    They are read off the code of ``decide`` and of the functions of the domain that it may call, so
    that a few may never come to pass.
    """
    found = {code for rule in _functions(kind.decide) for code in _codes(kind, rule, set())}
    return tuple(code for code in CODES if code in found - _OF_ANY)


def _codes(kind: type[Command], function: FunctionType, seen: set[Any]) -> Iterator[str]:
    if function in seen or not function.__module__.startswith("coopflow.domain."):
        return
    seen.add(function)
    names, constants = _used(function.__code__)
    if "refuse" in names:
        yield from constants
    for name in names:
        for one in _functions(function.__globals__.get(name, getattr(kind, name, None))):
            yield from _codes(kind, one, seen)


def _used(code: CodeType) -> tuple[set[str], set[str]]:
    """Return the names that a piece of code looks up, and the codes of refusals that it writes."""
    names, constants = set(code.co_names), set()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            inner = _used(constant)
            names |= inner[0]
            constants |= inner[1]
        elif isinstance(constant, str) and constant in CODES:
            constants.add(constant)
    return names, constants


def _functions(value: object) -> Iterator[FunctionType]:
    if isinstance(value, FunctionType):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _functions(one)


def _parameters(kind: type[Command]) -> tuple[_Parameter, ...]:
    fields = [(name, one) for name, one in kind.model_fields.items() if name not in _HEAD]
    return tuple(
        _Parameter(name, one.alias or name, _type(kind, name), _default(one))
        for name, one in fields
    )


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return None
    return f'"{field.default}"' if isinstance(field.default, str) else repr(field.default)


def _type(kind: type[Command], field: str) -> str:
    """Return what may be passed for a field, from the words of its annotation."""
    owner = next(one for one in kind.__mro__ if field in vars(one).get("__annotations__", {}))
    written = ast.parse(vars(owner)["__annotations__"][field], mode="eval").body
    return _said(written)


def _said(written: ast.expr) -> str:
    text = ast.unparse(written)
    if text in _SAID:
        return _SAID[text]
    match written:
        case ast.BinOp(left, ast.BitOr(), right):
            return f"{_said(left)} | {_said(right)}"
        case ast.Subscript(ast.Name("Annotated"), ast.Tuple([inner, *_])):
            return _said(inner)
        case ast.Subscript(ast.Name("tuple"), ast.Tuple([inner, _])):
            return f"Sequence[{_said(inner)}]"
        case ast.Subscript(ast.Name("dict"), ast.Tuple([key, value])):
            return f"Mapping[{_said(key)}, {_said(value)}]"
        case _:
            return text.replace("'", '"')


def _imported(kind: type[Command], annotation: str) -> dict[str, str]:
    """Return the names in an annotation with the modules that they are imported from."""
    found = {}
    for node in ast.walk(ast.parse(annotation, mode="eval")):
        if isinstance(node, ast.Name) and not hasattr(builtins, node.id):
            found[node.id] = _SOURCES.get(node.id) or _defined_in(kind, node.id)
    return found


def _defined_in(kind: type[Command], name: str) -> str:
    """Return the module of the domain that a name used by the module of a command comes from."""
    module = next(
        sys.modules[one.__module__] for one in kind.__mro__ if name in _globals(one.__module__)
    )
    value = vars(module)[name]
    if isinstance(value, type) and issubclass(value, BaseModel):
        return value.__module__
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
            assert node.module is not None
            return node.module
    return module.__name__


def _globals(module: str) -> Mapping[str, Any]:
    return vars(sys.modules[module])


def _imports(names: Mapping[str, str]) -> str:
    modules: dict[str, list[str]] = {}
    for name, module in names.items():
        modules.setdefault(module, []).append(name)
    lines = {
        module: f"from {module} import {', '.join(sorted(found))}"
        for module, found in sorted(modules.items())
    }
    standard = [line for module, line in lines.items() if not module.startswith("coopflow")]
    own = [line for module, line in lines.items() if module.startswith("coopflow")]
    return "\n".join([*standard, "", *own, ""])


def _method(kind: type[Command]) -> str:
    name = kind.model_fields["command"].default
    parameters = _parameters(kind)
    required = [one for one in parameters if one.default is None]
    optional = [one for one in parameters if one.default is not None]
    lines = [f"async def {name}(", "    self,", "    *,"]
    for one in (*required, *optional):
        default = "" if one.default is None else f" = {one.default}"
        lines.append(f"    {one.name}: {one.type}{default},")
    lines += ["    **options: Unpack[Options],", ") -> Reply:", *_docstring(kind, name)]
    lines += ["    return await self._give(", f'        "{name}",', "        {"]
    lines += [f'            "{one.wire}": {one.name},' for one in parameters]
    lines += ["        },", "        options,", "    )"]
    return textwrap.indent("\n".join(lines), "    ") + "\n"


def _docstring(kind: type[Command], name: str) -> list[str]:
    said = inspect.cleandoc(kind.__doc__ or "").splitlines()
    lines = [f'"""{said[0]}', *said[1:], ""]
    roles = [f"{role}{_SCOPES[scope]}" for role, scope in MATRIX[name].items()]
    lines += textwrap.wrap(f"By: {', '.join(roles)}.", _WIDTH - 8)
    codes = refusals_of(kind)
    if codes:
        lines += ["", "Raises:"]
    for code in codes:
        error = RefusedError.known[code]
        meant = (error.__doc__ or "").strip()
        meant = meant[0].lower() + meant[1:]
        lines += textwrap.wrap(
            f"{error.__name__}: {meant}",
            _WIDTH - 8,
            initial_indent="    ",
            subsequent_indent=" " * 8,
        )
    lines.append('"""')
    return [f"    {line}" if line else "" for line in lines]


def main() -> None:
    """Write into the checkout that this module was imported from."""
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / "pyproject.toml").is_file():
        sys.exit("this writes into a checkout of the sources, and there is none here")
    sys.stdout.write(f"{write(checkout)}\n")


if __name__ == "__main__":  # pragma: no cover - what it calls is tested
    main()
