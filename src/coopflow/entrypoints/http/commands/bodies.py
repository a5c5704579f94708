"""What is posted: the payload of a command without what the path says already."""

from __future__ import annotations

import re
from copy import copy
from typing import Annotated, Any, Final

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from coopflow.domain.base import Shape, Slug
from coopflow.domain.catalogue import COMMANDS
from coopflow.entrypoints.http.commands.table import CommandRoute

_OF_ENVELOPE: Final = frozenset({"command", "actor", "at", "id", "programme"})
_PARAMETER: Final = re.compile(r"{(\w+)}")

_Actor = Annotated[
    Slug | None,
    Field(
        description="In whose name: the id of a person. By default that of the one who asks; "
        "another one takes a token with the scope `act`.",
    ),
]


class Body(Shape):
    """What all bodies of commands have in common."""

    actor: _Actor = None


def path_fields(route: CommandRoute) -> dict[str, Any]:
    """Return the fields of a command that its path holds, with their types."""
    fields = COMMANDS[route.command].model_fields
    return {name: _annotated(fields[name]) for name in _PARAMETER.findall(route.path)}


def body_of(route: CommandRoute) -> type[Body]:
    """Return the model of the body: the fields of the command but those of path and envelope."""
    command = COMMANDS[route.command]
    in_path = path_fields(route)
    fields: dict[str, Any] = {}
    for name, declared in command.model_fields.items():
        if name not in _OF_ENVELOPE and name not in in_path:
            fields[name] = (declared.annotation, copy(declared))
    title = "".join(word.title() for word in route.command.split("_"))
    model: type[Body] = create_model(title, __base__=Body, __doc__=command.__doc__, **fields)
    return model


def example_of(route: CommandRoute) -> dict[str, Any]:
    """Return the example of the body."""
    in_path = path_fields(route)
    return {name: value for name, value in route.example.items() if name not in in_path}


def _annotated(field: FieldInfo) -> Any:
    annotation: Any = field.annotation
    for one in field.metadata:
        annotation = Annotated[annotation, one]
    return annotation
