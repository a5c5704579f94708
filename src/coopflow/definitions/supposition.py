"""Supposition files: commands that were not sent, to see what they would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from coopflow.definitions.faults import Fault, FaultsError, first
from coopflow.definitions.scenario import FREE, At, CommandEntry, Person, misplaced, written_instant
from coopflow.definitions.validation import validate
from coopflow.definitions.yaml import SCENARIO, Document, load
from coopflow.domain.base import Shape, Slug


class SupposedEntry(CommandEntry):
    """One command; without ``at`` it is given when the one before it was, the first one now."""

    at: At | None = None


class SuppositionFile(Shape):
    """Commands that were not sent, in order of time."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {f"^{FREE}": {}}})

    people: dict[Slug, Person] = Field(default_factory=dict)
    commands: Annotated[tuple[SupposedEntry, ...], Field(min_length=1)]


@dataclass(frozen=True)
class SupposedCommand:
    """A command ready to be supposed.

    Attributes:
        line: where it stands in its file, from 1.
        wire: its wire form; ``at`` only where the file says when.
        roles: those that its actor holds, as the file says.
    """

    line: int
    wire: dict[str, Any]
    roles: tuple[str, ...]


def load_supposition(path: Path) -> tuple[SupposedCommand, ...]:
    """Read a file of commands that were not sent.

    Raises:
        FaultsError: it is at fault; carries every fault.
    """
    return read_supposition(load(path, SCENARIO))


def read_supposition(document: Document) -> tuple[SupposedCommand, ...]:
    """Make commands of a document.

    Raises:
        FaultsError: it is at fault; carries every fault.
    """
    data = {key: value for key, value in document.data.items() if not key.startswith(FREE)}
    found = validate(SuppositionFile, document, data)
    faults = [*document.faults, *first(_faults(document, data.get("commands")))]
    if isinstance(found, list):
        raise FaultsError([*faults, *found])
    if faults:
        raise FaultsError(faults)
    commands = []
    for index, entry in enumerate(found.commands):
        wire = {**entry.payload, "command": entry.do, "actor": entry.by}
        if entry.at is not None:
            wire["at"] = entry.at.isoformat()
        person = found.people.get(entry.by)
        line = document.place(("commands", index)).line
        commands.append(SupposedCommand(line, wire, person.roles if person else ()))
    return tuple(commands)


def _faults(document: Document, commands: Any) -> Iterator[Fault]:
    latest: datetime | None = None
    for index, entry in enumerate(commands if isinstance(commands, list) else ()):
        if isinstance(entry, dict):
            yield from misplaced(document, ("commands", index, "with"), entry.get("with"))
            at = written_instant(entry.get("at"))
            if at and latest and at < latest:
                message = f"time goes back: an earlier command is at {latest:%Y-%m-%dT%H:%MZ}"
                path = ("commands", index, "at")
                yield document.fault(path, message, "put the commands in order")
            latest = max(latest or at, at) if at else latest
