"""Where output goes: data to stdout, progress and complaints to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from coopflow.telemetry import visible

Format = Literal["table", "json"]
"""How a command writes its data: for people, or for programs."""


class _Console(Console):
    """A console on which text cannot command the terminal: only styles and spinners do."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as any console does; all that is printed comes through here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


class Terminal:
    """The two streams of a command; colours follow the terminal and ``NO_COLOR``."""

    def __init__(self) -> None:
        """Look at the streams as they are now."""
        # What people wrote is shown as they wrote it: no markup, no smileys.
        self.data = _Console(highlight=False, markup=False, emoji=False)
        self.progress = _Console(stderr=True, highlight=False, markup=False, emoji=False)

    def json(self, value: Any) -> None:
        """Write data for programs."""
        json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")

    def note(self, text: str, style: str = "dim") -> None:
        """Say something that is no data."""
        self.progress.print(Text(text, style), soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step while it goes on, and say how long it took when it is done."""
        started = time.monotonic()
        with self.progress.status(f"{title} …"):
            yield
        seconds = time.monotonic() - started
        line = Text.assemble(("✓ ", "green"), title, (f"  {seconds:.1f} s", "dim"))
        self.progress.print(line, soft_wrap=True)
