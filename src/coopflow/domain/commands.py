"""What people ask for: the base of all commands, and how raw input becomes one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import ValidationError

from coopflow.domain.base import Shape, Slug, StatedInstant
from coopflow.domain.marks import Person
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import path_of
from coopflow.domain.turn import Turn

MAX_COMMAND_BYTES: Final = 256 * 1024
"""The largest command accepted, in bytes of JSON."""


class Command(Shape):
    """Something that a person asks of a cooperation: accepted as events, or refused.

    ``actor`` is the opaque id of the person, ``at`` the instant of the command, ``id`` makes
    sending it again harmless.
    """

    kinds: ClassVar[dict[str, type[Command]]] = {}
    """Every command by its wire name; filled by the definitions of the commands."""

    command: str
    actor: Person
    at: StatedInstant
    id: Slug | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Make the command known by its wire name."""
        super().__pydantic_init_subclass__(**kwargs)
        name = cls.model_fields["command"].default
        if isinstance(name, str):  # bases of several have no name of their own
            Command.kinds[name] = cls

    def decide(self, turn: Turn) -> None:
        """Emit what follows from the command, or refuse it.

        Raises:
            RefusedError: the command is not accepted; the turn is abandoned.
        """
        raise NotImplementedError(type(self).__name__)

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """Return the organisations of which the actor must represent one, where "own" is asked."""
        return ()

    def is_within(self, scope: str, state: Cooperation) -> bool:
        """Whether the command keeps to the scope in which the matrix permits it."""
        if scope == "own":
            own = state.represented_by(self.actor)
            return any(organisation in own for organisation in self.speaks_for(state))
        return scope == "any"


def parse(raw: Mapping[str, Any], at: datetime | None = None) -> Command | Refusal:
    """Read a command from its wire form ``{command, actor, at, id?, ...payload}``.

    Args:
        raw: the JSON object.
        at: the instant to use when the command states none.

    Returns:
        The command, or a refusal ``invalid_command`` that lists every fault by its path.
    """
    name = raw.get("command")
    kind = Command.kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        return _invalid(name, [("command", f"there is no command {name!r}")])
    size = _size(raw)
    if size is None or size > MAX_COMMAND_BYTES:
        problem = (
            "the command is not plain JSON"
            if size is None
            else f"the command is {size} bytes long, at most {MAX_COMMAND_BYTES} are accepted"
        )
        return _invalid(name, [("", problem)])
    filled = {"at": at, **raw} if at is not None else raw
    try:
        return kind.model_validate(filled)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return _invalid(name, [(path_of(fault["loc"]), fault["msg"]) for fault in faults])


def _size(raw: Mapping[str, Any]) -> int | None:
    try:
        return len(json.dumps(raw, ensure_ascii=False, default=str).encode())
    except (ValueError, TypeError, RecursionError):
        return None


def _invalid(name: object, faults: list[tuple[str, str]]) -> Refusal:
    said = "; ".join(f"{path}: {problem}" if path else problem for path, problem in faults)
    return Refusal(
        code="invalid_command",
        message=said,
        facts={
            "command": name if isinstance(name, str) else None,
            "faults": [{"path": path, "problem": problem} for path, problem in faults],
        },
    )
