"""How a client that serves more than cooperations turns values into payloads.

Whose payload it is says the workflow that it belongs to: those of cooperations go by coopflow's
converter and keys, all others by what the client had, as they did before. So a platform keeps its
own converter and codec, and the histories that it has.

Workflows load this module, and it knows no cryptography.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    PayloadCodec,
    PayloadConverter,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from coopflow.temporal import names
from coopflow.temporal.errors import TemporalSettingsError

_T = TypeVar("_T", bound=PayloadCodec | PayloadConverter | None)


def composed(theirs: DataConverter, ours: DataConverter) -> DataConverter:
    """Return a converter that treats payloads of cooperations one way, and all others another.

    Args:
        theirs: for the payloads of all other workflows, and of what belongs to none. How failures
            are written is up to it alone: cooperations fail in workers of their own.
        ours: for those of cooperations and of the activities that they run.

    Raises:
        TemporalSettingsError: theirs moves large payloads to a storage of its own. Other clients
            and workers of cooperations could not read those.
    """
    if theirs.external_storage is not None:
        raise TemporalSettingsError(
            "The converter of this client has an external storage, in which other clients and "
            "workers of cooperations would not find what it moves there. Give coopflow a client "
            "without one."
        )
    return replace(
        theirs,
        payload_converter_class=_both(theirs.payload_converter_class, ours.payload_converter_class),
        payload_codec=_Codecs(theirs.payload_codec, ours.payload_codec),
    )


def _is_of_cooperation(context: SerializationContext) -> bool:
    if not isinstance(context, (WorkflowSerializationContext, ActivitySerializationContext)):
        return False
    try:
        names.address_of(context.workflow_id or "")
    except ValueError:
        return False
    return True


class _Choice(WithSerializationContext, Generic[_T]):
    """One of two, chosen by the workflow that a payload belongs to; theirs when none is known."""

    _theirs: _T
    _ours: _T
    _chosen: _T

    def with_context(self, context: SerializationContext) -> Any:
        """Choose, and tell both which workflow it is."""
        chosen = type(self).__new__(type(self))
        chosen._theirs = _told(self._theirs, context)  # noqa: SLF001 - another one of this class
        chosen._ours = _told(self._ours, context)  # noqa: SLF001 - as before
        is_ours = _is_of_cooperation(context)
        chosen._chosen = chosen._ours if is_ours else chosen._theirs  # noqa: SLF001 - as before
        return chosen


def _told(one: Any, context: SerializationContext) -> Any:
    return one.with_context(context) if isinstance(one, WithSerializationContext) else one


class _Codecs(_Choice[PayloadCodec | None], PayloadCodec):
    def __init__(self, theirs: PayloadCodec | None, ours: PayloadCodec | None) -> None:
        self._theirs = self._chosen = theirs
        self._ours = ours

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._chosen.encode(payloads) if self._chosen else list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._chosen.decode(payloads) if self._chosen else list(payloads)


def _both(theirs: type[PayloadConverter], ours: type[PayloadConverter]) -> type[PayloadConverter]:
    """Return a class of both: the SDK makes the converters of workflows by itself."""

    class Converters(_Choice[PayloadConverter], PayloadConverter):
        def __init__(self) -> None:
            self._theirs = self._chosen = theirs()
            self._ours = ours()

        def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
            return self._chosen.to_payloads(values)

        def from_payloads(
            self, payloads: Sequence[Payload], type_hints: list[type] | None = None
        ) -> list[Any]:
            return self._chosen.from_payloads(payloads, type_hints)

    return Converters
