"""The bar that shows how far long work has come."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coopflow.entrypoints.cli.output import Terminal


def bar(terminal: Terminal) -> Progress:
    """Return a bar on stderr that is gone when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=terminal.progress, transient=True)
