"""Commands that are meant for a cooperation as somebody knew it, and for no later one."""

from __future__ import annotations

from coopflow.domain.refusals import Refusal


def outdated(seq: int, expected: int | None) -> Refusal | None:
    """Return the refusal of a command whose giver does not know what has happened since.

    It is asked last: who may not give the command at all is told that.

    Args:
        seq: the number of the last entry of the cooperation.
        expected: that of the last one that the giver knows; None when that does not matter.
    """
    if expected is None or expected == seq:
        return None
    return Refusal(
        code="outdated",
        message=f"the cooperation is at entry {seq} by now, not at {expected}; look at it again",
        facts={"expected": expected, "seq": seq},
    )
