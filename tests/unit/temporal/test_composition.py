from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    ExternalStorage,
    PayloadCodec,
    SerializationContext,
    StorageDriver,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from coopflow.temporal.codec import ENCRYPTED
from coopflow.temporal.composition import composed
from coopflow.temporal.errors import TemporalSettingsError
from tests.temporal_engine import CONVERTER

ORDER = WorkflowSerializationContext(namespace="default", workflow_id="order-7")
COOPERATION = WorkflowSerializationContext(namespace="default", workflow_id="coopflow/valley/mill")


class Stamping(PayloadCodec, WithSerializationContext):
    """A codec of a platform: it writes down whose payload it is."""

    def __init__(self, workflow: str = "nobody") -> None:
        self._workflow = workflow

    def with_context(self, context: SerializationContext) -> Stamping:
        """Know whose payloads these are."""
        assert isinstance(context, WorkflowSerializationContext)
        return Stamping(context.workflow_id or "nobody")

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Stamp them."""
        metadata = {"encoding": b"stamped", "of": self._workflow.encode()}
        return [Payload(metadata=metadata, data=one.SerializeToString()) for one in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Take the stamps off."""
        assert all(one.metadata["encoding"] == b"stamped" for one in payloads)
        return [Payload.FromString(one.data) for one in payloads]


THEIRS = replace(DataConverter.default, payload_codec=Stamping())


@pytest.mark.parametrize("theirs", [DataConverter.default, pydantic_data_converter, THEIRS])
async def test_a_platform_s_payloads_stay_as_they_were(theirs: DataConverter) -> None:
    """With coopflow or without, the payloads of other workflows are the same, byte for byte."""
    both = composed(theirs, CONVERTER)
    for one, before in ((both, theirs), (both.with_context(ORDER), theirs.with_context(ORDER))):
        written = await one.encode(["bread", {"loaves": 2}])
        assert written == await before.encode(["bread", {"loaves": 2}])
        assert await one.decode(written) == ["bread", {"loaves": 2}]


@pytest.mark.parametrize("theirs", [DataConverter.default, THEIRS])
async def test_cooperations_are_encrypted_whatever_the_platform_does(theirs: DataConverter) -> None:
    """What belongs to a cooperation is what every other client of cooperations writes and reads."""
    both = composed(theirs, CONVERTER).with_context(COOPERATION)
    written = await both.encode(["bread"])
    assert [one.metadata["encoding"] for one in written] == [ENCRYPTED]
    assert await CONVERTER.with_context(COOPERATION).decode(written) == ["bread"]
    ours = await CONVERTER.with_context(COOPERATION).encode(["flour"])
    assert await both.decode(ours) == ["flour"]


async def test_one_context_does_not_hold_for_the_next() -> None:
    """A converter that was told of a cooperation goes by the platform again when told of an order.

    The SDK tells a converter of the workflow first, then of the activity or child that it starts.
    """
    both = composed(THEIRS, CONVERTER)
    again = both.with_context(COOPERATION).with_context(ORDER)
    assert await again.encode(["bread"]) == await THEIRS.with_context(ORDER).encode(["bread"])


def test_an_external_storage_is_refused() -> None:
    """Payloads of cooperations that only this client could find again would be lost to others."""

    class Drawer(StorageDriver):
        def name(self) -> str:
            return "drawer"

        async def store(self, context: object, payloads: object) -> list[object]:  # type: ignore[override]
            raise NotImplementedError

        async def retrieve(self, context: object, claims: object) -> list[Payload]:
            raise NotImplementedError

    theirs = replace(DataConverter.default, external_storage=ExternalStorage(drivers=[Drawer()]))
    with pytest.raises(TemporalSettingsError, match="external storage"):
        composed(theirs, CONVERTER)
