"""Looking at pictures: what they hold, and whether words lie on each other."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final, NamedTuple

from coopflow.pictures.lettering import width_of
from coopflow.pictures.palette import PAINTS

NAMESPACE: Final = "{http://www.w3.org/2000/svg}"
ELEMENTS: Final = frozenset(
    {"svg", "title", "desc", "defs", "pattern", "path", "rect", "circle", "text"}
)


class Words(NamedTuple):
    """A line of words and the box that it takes."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: Words) -> bool:
        """Whether it lies on another one, by more than the air around letters."""
        return (
            self.left < other.right - 1
            and other.left < self.right - 1
            and self.top < other.bottom - 1
            and other.top < self.bottom - 1
        )


def looked_at(svg: str, prefix: str) -> ET.Element:
    """Return a picture after checking all that holds of every one."""
    root = ET.fromstring(svg)  # noqa: S314 - written here
    for one in root.iter():
        name = one.tag.removeprefix(NAMESPACE)
        assert name in ELEMENTS
        assert "style" not in one.attrib
        assert not any(key.startswith("on") or "href" in key for key in one.attrib)
        assert one.get("class", "p") in {"p", *PAINTS}
        assert one.get("id", prefix).startswith(prefix)
        for value in one.attrib.values():
            assert "nan" not in value
            assert "inf" not in value
    assert root.get("role") == "img"
    ids = {one.get("id") for one in root.iter()}
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} <= ids
    return root


def words_of(root: ET.Element) -> list[Words]:
    """Return the lines of words of a picture."""
    return [_words(one) for one in root.iter(f"{NAMESPACE}text")]


def _words(one: ET.Element) -> Words:
    text, size = one.text or "", float(one.attrib["font-size"])
    x, y = float(one.attrib["x"]), float(one.attrib["y"])
    width = width_of(text, size, bold=one.get("font-weight") == "bold") * 0.9
    left = {"start": x, "middle": x - width / 2, "end": x - width}[one.get("text-anchor", "start")]
    return Words(text, left, left + width, y - size * 0.75, y + size * 0.2)


def assert_tidy(svg: str, prefix: str = "p") -> ET.Element:
    """See to it that no words lie on others or outside, and return the picture."""
    root = looked_at(svg, prefix)
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    lines = words_of(root)
    for number, one in enumerate(lines):
        assert one.left >= -1, one
        assert one.right <= width + 1, one
        assert one.top >= -1, one
        assert one.bottom <= height + 1, one
        for other in lines[number + 1 :]:
            assert not one.overlaps(other), (one, other)
    return root
