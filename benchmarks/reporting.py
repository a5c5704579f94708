"""What benchmarks tell: each figure beside its yardstick, as lines to read and as JSON to keep."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

_SMALLEST: Final = 0.001


class Goal(NamedTuple):
    """What a ratio is to be: at least, or at most, so much."""

    at_least: float | None = None
    at_most: float | None = None

    def is_reached(self, ratio: float) -> bool:
        """Return whether a ratio is as it is to be."""
        enough = self.at_least is None or ratio >= self.at_least
        return enough and (self.at_most is None or ratio <= self.at_most)


class Report:
    """Tells figures as they come, and keeps them for the end."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Tell what the options, once parsed, ask for."""
        self._path: Path | None = given.json
        self._told: list[dict[str, Any]] = []
        self._yardstick = self._unit = ""

    def begin(self, yardstick: str, unit: str) -> None:
        """Say what the figures that follow are compared with, and the unit of both."""
        if (yardstick, unit) != (self._yardstick, self._unit):
            print(f"{f'yardstick: {yardstick}':48} {unit:>10} {'yardstick':>10} {'ratio':>7}")
        self._yardstick, self._unit = yardstick, unit

    def tell(
        self,
        what: str,
        ours: float,
        yardstick: float,
        notes: Sequence[str] = (),
        goal: Goal | None = None,
    ) -> None:
        """Tell one figure.

        Args:
            what: was measured.
            ours: what came of it.
            yardstick: what came of the yardstick in the same run.
            notes: what else there is to know of it.
            goal: what the ratio is to be.
        """
        ratio = ours / max(yardstick, _SMALLEST)
        print(f"{what:48} {ours:10.2f} {yardstick:10.2f} {ratio:7.2f}")
        for note in notes:
            print(f"    {note}")
        sys.stdout.flush()
        self._told.append(
            {
                "what": what,
                "unit": self._unit,
                "ours": ours,
                "yardstick": yardstick,
                "against": self._yardstick,
                "ratio": ratio,
                "notes": list(notes),
                "goal": None if goal is None else goal._asdict(),
                "reached": None if goal is None else goal.is_reached(ratio),
            }
        )

    def end(self) -> None:
        """Write all that was told where the options say."""
        if self._path is not None:
            self._path.write_text(json.dumps(self._told, indent=1, ensure_ascii=False) + "\n")


def options(about: str | None, **defaults: int) -> argparse.ArgumentParser:
    """Return the options that all benchmarks have: how many rounds, and a file for JSON."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    rounds = defaults.get("rounds", 3)
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each is measured")
    parser.add_argument("--json", type=Path, help="a file that what was measured is written to")
    return parser
