"""All commands and events by their wire names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coopflow.domain import (  # noqa: F401 - they define commands and events
    ballots,
    cooperation,
    erasure,
    mediation,
    meetings,
)
from coopflow.domain.commands import Command
from coopflow.domain.events import Event

COMMANDS: Final[Mapping[str, type[Command]]] = MappingProxyType(dict(sorted(Command.kinds.items())))
"""Every command by its wire name."""

EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType(dict(sorted(Event.kinds.items())))
"""Every event by its wire name."""
