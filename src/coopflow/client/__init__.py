"""The engine as an application calls it: a method for every command and every question.

    async with Coopflow.connect(programme="valley", person="amel") as coopflow:
        canteens = coopflow.cooperation("canteens")
        await canteens.request_gate(gate="to_structuration")

``docs/how-to/embed.md`` tells more.
"""

from coopflow.client.cooperation import CooperationClient
from coopflow.client.errors import (
    AmbiguousCooperationError,
    BehindError,
    NobodyActsError,
    NoProgrammeError,
    NoReadModelError,
)
from coopflow.client.platform import Coopflow
from coopflow.client.refusals import RefusedError

__all__ = [
    "AmbiguousCooperationError",
    "BehindError",
    "CooperationClient",
    "Coopflow",
    "NoProgrammeError",
    "NoReadModelError",
    "NobodyActsError",
    "RefusedError",
]
