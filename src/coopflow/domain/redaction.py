"""What the journal holds and nobody is shown: secret choices, the content of disagreements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

_ANSWERS: Final = frozenset({"ballot_cast", "objection_qualified"})
_CHOICE: Final = ("choice", "reason")
_CONTENT: Final = ("content",)
_AGREED: Final = ("agreed_text",)


def sealed(kind: str, data: Mapping[str, Any], secret: Collection[str]) -> tuple[str, ...]:
    """Return the fields of an event that are kept back, in the order of the event.

    Of a disagreement its content is sealed, and so is the text on which the parties settled among
    themselves; the text agreed in a mediation is what leaves it.

    Args:
        kind: the type of the event.
        data: its fields.
        secret: the ids of the decisions of this cooperation with a secret ballot.
    """
    kept_back: tuple[str, ...] = ()
    if kind in _ANSWERS and data.get("decision") in secret:
        kept_back = _CHOICE
    elif kind == "disagreement_raised":
        kept_back = _CONTENT
    elif kind == "disagreement_closed" and data.get("outcome") == "settled":
        kept_back = _AGREED
    return tuple(name for name in data if name in kept_back)
