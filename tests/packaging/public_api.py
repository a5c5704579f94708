"""What applications may import, written down: ``python -m tests.packaging.public_api``.

It stands in docs/reference/api.md, and the tests find what is no longer as it stands there: a name
that went or a signature that changed is seen before it is released, and told in the changelog.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "api.md"

_HEAD: Final = """\
# What applications may import

These names, and these alone, are public: their signatures change with a new major version only
(before 1.0 with a minor one), and the [changelog](../../CHANGELOG.md) says so. Everything else may
change at any time. What each does and raises, its docstring says; types are published too.
"""

PUBLIC: Final[Mapping[str, tuple[str, ...] | None]] = {
    "coopflow": ("__version__",),
    "coopflow.client": None,
    "coopflow.client.refusals": None,
    "coopflow.bootstrap": None,
    "coopflow.settings": ("Settings", "SettingsError", "load_settings"),
    "coopflow.checks": None,
    "coopflow.testing": None,
    "coopflow.application.callers": ("Caller",),
    "coopflow.application.engine": (
        "Address",
        "Engine",
        "Given",
        "Reply",
        "Series",
        "UnavailableError",
        "UnknownCooperationError",
    ),
    "coopflow.domain.refusals": ("Refusal",),
    "coopflow.temporal.client": ("EngineUnavailableError", "TemporalEngine"),
    "coopflow.temporal.plugin": ("CoopflowPlugin", "Ports"),
    "coopflow.temporal.platform": None,
    "coopflow.temporal.worker": ("Tuning",),
    "coopflow.readmodel.feed": ("BEGINNING", "Feed", "FeedCursorError", "FeedItem"),
    "coopflow.outgoing.cloudevents": ("CONTENT_TYPE", "CloudEvent", "enveloped"),
    "coopflow.services": ("Services",),
    "coopflow.entrypoints.http.app": ("api",),
    "coopflow.entrypoints.web.app": ("Platform", "pages"),
}
"""The names of each module; None for its ``__all__``, or where it has none all that it defines."""

_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


def names_of(module: str) -> tuple[str, ...]:
    """Return the public names of a module, in order."""
    listed = PUBLIC[module]
    if listed is not None:
        return listed
    found = import_module(module)
    said = getattr(found, "__all__", None)
    own = (
        name
        for name, one in vars(found).items()
        if not name.startswith("_") and getattr(one, "__module__", None) == module
    )
    return tuple(sorted(said if said is not None else own))


def _signature(one: Any) -> str:
    try:
        said = str(inspect.signature(one))
    except (TypeError, ValueError):
        return ""
    return _ADDRESS.sub("", said)


def _members(one: type) -> Iterator[str]:
    fields = one.model_fields if issubclass(one, BaseModel) else {}
    for name in fields:
        yield f"{name}: {one.__annotations__.get(name, '…')}"
    ours = [base for base in reversed(one.__mro__) if base.__module__.startswith("coopflow")]
    members = {name: member for base in ours for name, member in vars(base).items()}
    for name, member in sorted(members.items()):
        if name.startswith("_") or name in fields:
            continue
        if isinstance(member, property):
            yield name
        elif inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)):
            yield f"{name}{_signature(getattr(one, name))}"


def _lines(name: str, one: Any) -> Iterator[str]:
    if not inspect.isclass(one):
        yield f"{name}{_signature(one)}" if callable(one) else name
        return
    shape = issubclass(one, (BaseModel, Exception)) or getattr(one, "_is_protocol", False)
    yield f"class {name}{'' if shape else _signature(one)}"
    if not issubclass(one, Exception):
        yield from (f"    {member}" for member in _members(one))


def written() -> str:
    """Return the page as the code is now."""
    parts = [_HEAD]
    for module in PUBLIC:
        found = import_module(module)
        lines = [line for name in names_of(module) for line in _lines(name, getattr(found, name))]
        parts.append(f"\n## {module}\n\n```text\n" + "\n".join(lines) + "\n```\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
