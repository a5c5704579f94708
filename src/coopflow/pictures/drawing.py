"""Drawing: elements of SVG, escaped, with classes in place of styles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from coopflow.pictures.lettering import LEADING, MAIN, SMALL
from coopflow.pictures.palette import paint
from coopflow.pictures.picture import Frame

Anchor = Literal["start", "middle", "end"]

_FONT: Final = "system-ui, Liberation Sans, Noto Sans, DejaVu Sans, Arial, sans-serif"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)


def escaped(text: str) -> str:
    """Return a text as XML holds it; what XML cannot hold at all is left out."""
    return _NOT_XML.sub("", text).translate(_ESCAPES)


def number(value: float) -> str:
    """Write a coordinate."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


class Drawing:
    """A picture in the making: what is drawn later covers what was drawn before."""

    def __init__(self, frame: Frame) -> None:
        """Begin with nothing."""
        self._frame = frame
        self._elements: list[str] = []
        self._patterns: list[str] = []

    def path(self, look: str, steps: str) -> None:
        """Draw a path as a class; ``steps`` are those of its ``d``."""
        self._add("path", paint(look) | {"d": steps})

    def line(self, look: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a straight line."""
        self.path(look, f"M{_point(start)} L{_point(end)}")

    def polyline(self, look: str, points: Iterable[tuple[float, float]]) -> None:
        """Draw a line through points."""
        self.path(look, "M" + " L".join(map(_point, points)))

    def rect(  # noqa: PLR0913, PLR0917 - a place, a size and a look
        self, look: str, x: float, y: float, width: float, height: float, radius: float = 0
    ) -> None:
        """Draw a rectangle."""
        place = {"x": x, "y": y, "width": max(width, 0), "height": max(height, 0)}
        if radius:
            place["rx"] = radius
        self._add("rect", paint(look) | {name: number(one) for name, one in place.items()})

    def circle(self, look: str, centre: tuple[float, float], radius: float) -> None:
        """Draw a circle."""
        place = {"cx": centre[0], "cy": centre[1], "r": radius}
        self._add("circle", paint(look) | {name: number(one) for name, one in place.items()})

    def head(
        self, tip: tuple[float, float], towards: Literal["right", "left", "up", "down"]
    ) -> None:
        """Draw the head of an arrow, its tip at a place."""
        x, y = tip
        along, aside = 8.0, 4.5
        corners = {
            "right": ((x - along, y - aside), (x - along, y + aside)),
            "left": ((x + along, y - aside), (x + along, y + aside)),
            "up": ((x - aside, y + along), (x + aside, y + along)),
            "down": ((x - aside, y - along), (x + aside, y - along)),
        }[towards]
        self.path("p-head", "M" + " L".join(map(_point, (tip, *corners))) + " Z")

    def text(  # noqa: PLR0913 - a place, words and a look
        self,
        look: str,
        x: float,
        y: float,
        words: str,
        *,
        size: float = MAIN,
        anchor: Anchor = "start",
    ) -> None:
        """Write a line of words; ``y`` is where they stand on."""
        place = {"x": number(x), "y": number(y), "font-size": number(size)}
        if anchor != "start":
            place["text-anchor"] = anchor
        self._add("text", paint(look) | place, escaped(words))

    def lines(  # noqa: PLR0913 - as above
        self,
        look: str,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float = MAIN,
        anchor: Anchor = "start",
    ) -> float:
        """Write lines below each other, the first on ``y``; return where the next one would be."""
        for words in lines:
            self.text(look, x, y, words, size=size, anchor=anchor)
            y += size * LEADING
        return y

    def hatched(
        self, kind: Literal["slant", "dots"], x: float, y: float, width: float, height: float
    ) -> None:
        """Cover a rectangle with a hatch, for those who cannot tell its colour."""
        name = f"{self._frame.prefix}-{kind}"
        steps = "M0 6 L6 0" if kind == "slant" else "M2 3 L4 3"
        inner = _element("path", paint("p-hatch") | {"d": steps})
        pattern = {"id": name, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
        found = _element("pattern", pattern, inner)
        if found not in self._patterns:
            self._patterns.append(found)
        place = {"x": x, "y": y, "width": max(width, 0), "height": max(height, 0)}
        fill = {"fill": f"url(#{escaped(name)})"}
        self._add("rect", {key: number(one) for key, one in place.items()} | fill)

    def finished(self, width: float, height: float, title: str, text: str) -> str:
        """Return the picture as an element.

        Args:
            width: of what was drawn.
            height: likewise.
            title: what it shows, in a few words.
            text: all that it says.
        """
        prefix = self._frame.prefix
        attributes = {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "p",
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "role": "img",
            "aria-labelledby": f"{prefix}-title",
            "aria-describedby": f"{prefix}-desc",
            "font-family": _FONT,
            "font-size": str(SMALL),
        }
        inside = [
            _element("title", {"id": f"{prefix}-title"}, escaped(title)),
            _element("desc", {"id": f"{prefix}-desc"}, escaped(text)),
        ]
        if self._patterns:
            inside.append(_element("defs", {}, "".join(self._patterns)))
        return _element("svg", attributes, "".join([*inside, *self._elements]))

    def _add(self, name: str, attributes: dict[str, str], inside: str = "") -> None:
        self._elements.append(_element(name, attributes, inside))


def _element(name: str, attributes: dict[str, str], inside: str = "") -> str:
    written = "".join(f' {key}="{escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _point(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"
