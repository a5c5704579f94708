"""Commands of a recorded past that travel together: how many of them fit into one message.

One message costs a history as much as one command did, and server and worker little more. See
docs/decisions/0032-commands-together.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from pydantic_core import to_json

from coopflow.domain.refusals import Refusal
from coopflow.temporal.messages import CommandRequest

MOST: Final = 25
"""The most commands in one message: a worker has two seconds for them, on a bad day too."""

MOST_BYTES: Final = 250_000
"""The largest message of several commands; what they come to travels back, and is larger."""


def first_commands(requests: Sequence[CommandRequest]) -> Sequence[CommandRequest]:
    """Return the commands to send next, at least one.

    One whose shape is at fault, or whose size, is sent alone: where it is refused before it is.
    """
    size = 0
    now = datetime.now(UTC)
    for number, request in enumerate(requests[:MOST]):
        if isinstance(request.read("recorded", now), Refusal):
            return requests[: max(number, 1)]
        size += len(to_json(request.command))
        if size > MOST_BYTES:
            return requests[: max(number, 1)]
    return requests[:MOST]
