"""What a picture is, and how it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

WIDE: Final = 720
NARROW: Final = 328
"""The widths, in pixels, of pictures for pages: beside a margin of 16 they fit on 360 pixels."""


class Picture(NamedTuple):
    """A picture, and the same for those who do not see it.

    Attributes:
        svg: an ``svg`` element that can stand in a page, in a document or in a file of its own. It
            holds neither scripts nor styles, and looks right without any: a page that has
            ``pictures.css`` recolours it.
        text: says all that is to be seen, in the language of the reader.
        header: of the table with the same figures; empty where the text is all there is to say.
        rows: of that table, as people read them.
    """

    svg: str
    text: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Frame(NamedTuple):
    """Where a picture is to go.

    Attributes:
        prefix: what the ids within begin with: no two pictures of a page share it.
        width: how wide it may be, in pixels.
    """

    prefix: str = "p"
    width: int = WIDE


def wide_and_narrow(draw: Callable[[Frame], Picture], prefix: str) -> str:
    """Return a picture twice as HTML, of which ``pictures.css`` shows the one that fits.

    Args:
        draw: draws it into a frame.
        prefix: as of a frame.
    """
    wide = draw(Frame(f"{prefix}-wide", WIDE)).svg
    narrow = draw(Frame(f"{prefix}-narrow", NARROW)).svg
    return f'<div class="p-wide">{wide}</div><div class="p-narrow">{narrow}</div>'
