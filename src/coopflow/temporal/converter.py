"""How values become payloads: JSON by pydantic, with a word about payloads that nobody could read.

An exception in a codec fails the whole task of a workflow, however little of it cannot be read: one
client with other keys would stop a cooperation for everybody. So the codec hands such a payload on,
marked, and only what needs it fails: a command is rejected, a question not answered. Workflows load
this module, and it knows no cryptography.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter

from coopflow.sealing.errors import UnknownKeyError
from coopflow.temporal.errors import DamagedPayloadError

_UNREADABLE: Final = b"coopflow/unreadable"
_ERRORS: Final = {error.__name__: error for error in (DamagedPayloadError, UnknownKeyError)}


def unreadable(error: DamagedPayloadError | UnknownKeyError) -> Payload:
    """Return what stands for a payload that could not be decrypted."""
    metadata = {"encoding": _UNREADABLE, "error": type(error).__name__.encode()}
    return Payload(metadata=metadata, data=str(error).encode())


class CooperationPayloadConverter(PydanticPayloadConverter):
    """Converts as pydantic does, and says why a payload could not be decrypted.

    The SDK makes one for each workflow task: all of them share what pydantic has made of the types.
    """

    _shared: Final = PydanticPayloadConverter().converters

    def __init__(self) -> None:
        """Convert as all others do."""
        self.converters = self._shared

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """Return the values of payloads.

        Raises:
            UnknownKeyError: one is encrypted with a key that this process does not have.
            DamagedPayloadError: one was changed, or belongs to another programme.
        """
        for payload in payloads:
            if payload.metadata.get("encoding") == _UNREADABLE:
                raise _ERRORS[payload.metadata["error"].decode()](payload.data.decode())
        return super().from_payloads(payloads, type_hints)
