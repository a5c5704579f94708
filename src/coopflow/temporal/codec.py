"""The codec that encrypts what Temporal stores; see docs/decisions/0009-encryption.md.

It runs outside the sandbox of workflows, in clients, workers and the codec server.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Final, Self

import structlog
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from coopflow.sealing.errors import BrokenSealError, UnknownKeyError
from coopflow.sealing.keys import KeyRing
from coopflow.temporal import names
from coopflow.temporal.converter import CooperationPayloadConverter, unreadable
from coopflow.temporal.errors import DamagedPayloadError

ENCRYPTED: Final = b"binary/encrypted"
"""The encoding of an encrypted payload."""

_log = structlog.get_logger(__name__)


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts payloads for a programme, and decrypts those of it."""

    def __init__(self, keys: KeyRing, programme: str = "", *, marks: bool = False) -> None:
        """Use these keys.

        Args:
            keys: those of this process.
            programme: for which to encrypt, and the only one of which to decrypt. Empty where
                nothing says which: the payloads are then of no programme, and all are decrypted.
            marks: hand what cannot be decrypted on to the converter, which raises the error.
        """
        self._keys = keys
        self._programme = programme
        self._marks = marks

    def with_context(self, context: SerializationContext) -> EncryptionCodec:
        """Return the codec for the payloads of a workflow, and of the activities that it runs."""
        if not isinstance(context, (WorkflowSerializationContext, ActivitySerializationContext)):
            return self
        try:
            programme = names.address_of(context.workflow_id or "").programme
        except ValueError:  # no cooperation
            programme = self._programme
        # Of an activity's failure the SDK would leave out a message that cannot be read, and the
        # workflow would go another way than before: there it is the task that has to fail.
        marks = isinstance(context, WorkflowSerializationContext)
        return EncryptionCodec(self._keys, programme, marks=marks)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt payloads, each with a nonce of its own.

        Raises:
            KeysError: there is no key for this programme.
        """
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt payloads; what is not encrypted stays as it is.

        Raises:
            UnknownKeyError: one is encrypted with a key that this process does not have.
            DamagedPayloadError: one was changed, or belongs to another programme.
        """
        return [self._decrypted_or_marked(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        cipher = self._keys.encrypting(self._programme)
        metadata = {
            "encoding": ENCRYPTED,
            "key": cipher.key.encode(),
            "programme": self._programme.encode(),
        }
        data = cipher.seal(payload.SerializeToString(), ENCRYPTED)
        return Payload(metadata=metadata, data=data)

    def _decrypted_or_marked(self, payload: Payload) -> Payload:
        try:
            return self._decrypted(payload)
        except (DamagedPayloadError, UnknownKeyError) as error:
            if not self._marks:
                raise
            # A worker that replays an accepted command without it ends its task as not determined
            # by the history, which is true and says nothing: the reason has to stand before it.
            _log.warning("a payload cannot be decrypted", advice=str(error))
            return unreadable(error)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCRYPTED:
            return payload
        key = payload.metadata.get("key", b"").decode(errors="replace")
        programme = payload.metadata.get("programme", b"").decode(errors="replace")
        # What was encrypted where nothing told the programme may be read anywhere.
        if self._programme and programme and programme != self._programme:
            raise DamagedPayloadError(
                f"A payload of programme {programme} does not belong in programme "
                f"{self._programme}: somebody has moved it."
            )
        cipher = self._keys.decrypting(key, programme)
        try:
            return Payload.FromString(cipher.open(payload.data, ENCRYPTED))
        except (BrokenSealError, DecodeError):  # the latter when it is not ours after all
            raise DamagedPayloadError(
                f"A payload that names key {key} and programme '{programme}' cannot be decrypted "
                "with them: it was changed."
            ) from None


class EncryptingConverter(DataConverter):
    """A converter whose codec alone depends on whose payload it is.

    The SDK asks for one per payload, and would make all its parts anew each time.
    """

    def with_context(self, context: SerializationContext) -> Self:
        """Return a copy with the codec for the payloads of a workflow."""
        codec = self.payload_codec
        assert isinstance(codec, EncryptionCodec), "it is made with one"
        copied = copy(self)
        object.__setattr__(copied, "payload_codec", codec.with_context(context))  # it is frozen
        return copied


def encrypting(keys: KeyRing) -> DataConverter:
    """Return how clients and workers turn values into what Temporal stores.

    Messages and stack traces of failures are moved into a payload, which is encrypted as any other.
    """
    return EncryptingConverter(
        payload_converter_class=CooperationPayloadConverter,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
