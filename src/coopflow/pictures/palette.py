"""The classes of what is drawn, and how each looks where no stylesheet says otherwise.

The colours are those of the light theme. ``pictures.css`` names the same classes, and recolours
them for the theme of the page. No meaning hangs on colour alone: outlines, hatches, marks and words
differ too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INK: Final = "#1c2024"
QUIET: Final = "#565d64"
GROUND: Final = "#ffffff"
LINE: Final = "#82868a"
GRID: Final = "#d9d6cd"
ACCENT: Final = "#0b5f58"
ACCENT_SOFT: Final = "#dff1ee"
GOOD: Final = "#1a6b34"
WARN: Final = "#8a4b00"
DANGER: Final = "#a11d1d"

HEAT: Final = ("#ffffff", "#d5ebe7", "#93cdc4", "#2f7f76", "#0b5f58")
"""From level 0 to level 4."""

PAINTS: Final[Mapping[str, Mapping[str, str]]] = {
    # words
    "p-ink": {"fill": INK},
    "p-strong": {"fill": INK, "font-weight": "bold"},
    "p-quiet": {"fill": QUIET},
    "p-on-dark": {"fill": GROUND, "font-weight": "bold"},
    # stages and the ways between them
    "p-box": {"fill": GROUND, "stroke": LINE, "stroke-width": "1.25"},
    "p-past": {"fill": GROUND, "stroke": LINE, "stroke-width": "1.25"},
    "p-current": {"fill": ACCENT_SOFT, "stroke": ACCENT, "stroke-width": "2.5"},
    "p-disc": {"fill": GROUND, "stroke": LINE, "stroke-width": "1.5"},
    "p-disc-past": {"fill": QUIET},
    "p-disc-current": {"fill": ACCENT},
    "p-check": {"fill": "none", "stroke": GROUND, "stroke-width": "2"},
    "p-way": {"fill": "none", "stroke": QUIET, "stroke-width": "1.5"},
    "p-way-back": {
        "fill": "none",
        "stroke": QUIET,
        "stroke-width": "1.25",
        "stroke-dasharray": "4 4",
    },
    "p-head": {"fill": QUIET},
    # charts
    "p-axis": {"fill": "none", "stroke": LINE, "stroke-width": "1"},
    "p-grid": {"fill": "none", "stroke": GRID, "stroke-width": "1"},
    "p-series": {
        "fill": "none",
        "stroke": ACCENT,
        "stroke-width": "2.5",
        "stroke-linejoin": "round",
        "stroke-linecap": "round",
    },
    "p-point": {"fill": ACCENT, "stroke": GROUND, "stroke-width": "1.5"},
    "p-mark": {
        "fill": "none",
        "stroke": WARN,
        "stroke-width": "1.75",
        "stroke-dasharray": "7 4",
    },
    "p-base": {
        "fill": "none",
        "stroke": QUIET,
        "stroke-width": "1.5",
        "stroke-dasharray": "1.5 4",
        "stroke-linecap": "round",
    },
    "p-bar": {"fill": ACCENT},
    "p-bar-now": {"fill": ACCENT_SOFT, "stroke": ACCENT, "stroke-width": "1.5"},
    "p-rest": {"fill": GROUND, "stroke": LINE, "stroke-width": "1"},
    "p-yes": {"fill": GOOD, "stroke": GROUND, "stroke-width": "1"},
    "p-no": {"fill": DANGER, "stroke": GROUND, "stroke-width": "1"},
    "p-other": {"fill": WARN, "stroke": GROUND, "stroke-width": "1"},
    "p-abstain": {"fill": QUIET, "stroke": GROUND, "stroke-width": "1"},
    "p-answered": {"fill": ACCENT, "stroke": GROUND, "stroke-width": "1"},
    "p-missing": {
        "fill": GROUND,
        "stroke": LINE,
        "stroke-width": "1.25",
        "stroke-dasharray": "4 3",
    },
    "p-hatch": {"fill": "none", "stroke": GROUND, "stroke-width": "1.5"},
    **{
        f"p-heat-{level}": {"fill": fill, "stroke": LINE, "stroke-width": "0.75"}
        for level, fill in enumerate(HEAT)
    },
    **{f"p-heat-ink-{level}": {"fill": INK if level < 3 else GROUND} for level in range(5)},  # noqa: PLR2004 - from there on the ground is dark
}
"""The presentation attributes of each class."""


def paint(name: str) -> dict[str, str]:
    """Return the attributes of what is drawn as a class."""
    return {"class": name, **PAINTS[name]}
