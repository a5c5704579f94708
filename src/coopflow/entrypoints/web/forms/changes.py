"""What of a text stayed, what went and what came, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

_MOST: Final = 3000
"""Up to how many words two texts are compared: the work grows with the square."""

_ALIKE: Final = 0.4
"""From which likeness on word by word says more than one text after the other."""


class Passage(NamedTuple):
    """A part of a text.

    Attributes:
        kind: whether it ``stayed``, ``went`` or ``came``.
        text: the part.
    """

    kind: Literal["stayed", "went", "came"]
    text: str


def passages(before: str, after: str) -> tuple[Passage, ...]:
    """Return the parts of two texts, in order; none where they have too little in common."""
    old, new = (re.findall(r"^\s+|\S+\s*", text) for text in (before, after))
    if max(len(old), len(new)) > _MOST:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE or len(old) == 1 or len(new) == 1:
        return ()
    found: list[Passage] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(Passage("stayed", "".join(old[start:end])))
            continue
        gone, come = "".join(old[start:end]), "".join(new[new_start:new_end])
        found += [Passage("went", gone)] if gone else []
        found += [Passage("came", come)] if come else []
    return tuple(found)
