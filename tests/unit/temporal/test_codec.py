from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    NexusSerializationContext,
    SerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from coopflow.sealing.errors import UnknownKeyError
from coopflow.sealing.keys import KeyRing, KeySet, KeySets, ensure_keys, rotate
from coopflow.temporal.codec import ENCRYPTED, EncryptionCodec, encrypting
from coopflow.temporal.errors import DamagedPayloadError

PLAIN = Payload(metadata={"encoding": b"json/plain", "more": b"than that"}, data=b'{"a": "secret"}')


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(KeySets(default=KeySet.new()), "a test")


def workflow(name: str = "coopflow/valley/canteens") -> WorkflowSerializationContext:
    return WorkflowSerializationContext(namespace="default", workflow_id=name)


def activity(name: str | None = "coopflow/valley/canteens") -> ActivitySerializationContext:
    return ActivitySerializationContext(
        namespace="default",
        activity_id="1",
        activity_type="any",
        activity_task_queue="any",
        workflow_id=name,
        workflow_type="any",
        is_local=False,
    )


async def encrypted(codec: EncryptionCodec) -> Payload:
    (found,) = await codec.encode([PLAIN])
    return found


@pytest.mark.parametrize(
    ("context", "programme"),
    [
        (workflow(), "valley"),
        (activity(), "valley"),
        (activity(None), ""),
        (workflow("somebody-elses"), ""),
        (NexusSerializationContext(endpoint="e", service="s", operation="o"), ""),
        (None, ""),
    ],
)
async def test_what_is_encrypted_can_be_decrypted(
    ring: KeyRing, context: SerializationContext | None, programme: str
) -> None:
    """Payloads come back as they were; in between they say their key and programme, no more."""
    codec = EncryptionCodec(ring)
    if context is not None:
        codec = codec.with_context(context)
    payloads = [PLAIN, Payload(metadata={"encoding": b"binary/null"}), Payload()]
    hidden = await codec.encode(payloads)
    for one in hidden:
        assert dict(one.metadata) == {
            "encoding": ENCRYPTED,
            "key": ring.encrypting(programme).key.encode(),
            "programme": programme.encode(),
        }
        assert b"secret" not in one.SerializeToString()
    assert await codec.decode(hidden) == payloads
    assert await EncryptionCodec(ring).decode(hidden) == payloads


async def test_no_nonce_is_used_twice(ring: KeyRing) -> None:
    """The same payload is encrypted otherwise each time."""
    codec = EncryptionCodec(ring)
    found = await codec.encode([PLAIN] * 1000)
    assert len({one.data[:12] for one in found}) == 1000


async def test_a_payload_in_clear_stays_as_it_is(ring: KeyRing) -> None:
    """Histories from before encryption are read."""
    assert await EncryptionCodec(ring).with_context(workflow()).decode([PLAIN]) == [PLAIN]


async def test_every_changed_byte_is_found(ring: KeyRing) -> None:
    """Nonce, ciphertext and tag: nothing that was changed, cut or added to is decrypted."""
    codec = EncryptionCodec(ring, "valley")
    whole = await encrypted(codec)
    data = whole.data
    changed = [data[:n] + bytes([data[n] ^ 1]) + data[n + 1 :] for n in range(len(data))]
    changed += [data[:n] for n in range(len(data))] + [data + b"\0"]
    for one in changed:
        with pytest.raises(DamagedPayloadError, match="it was changed"):
            await codec.decode([Payload(metadata=whole.metadata, data=one)])


async def test_changed_metadata_is_found(tmp_path: Path) -> None:
    """Neither another key that is known, nor another programme, nor a mixture is taken."""
    file = tmp_path / "keys.json"
    ensure_keys(file)
    whole = await encrypted(EncryptionCodec(KeyRing.at(file), "valley"))
    other = rotate(file)
    codec = EncryptionCodec(KeyRing.at(file))
    for name, value in (("key", other), ("programme", "coast"), ("programme", ""), ("key", "")):
        metadata = {**whole.metadata, name: value.encode()}
        with pytest.raises((DamagedPayloadError, UnknownKeyError)):
            await codec.decode([Payload(metadata=metadata, data=whole.data)])
    mixed = {**whole.metadata, "programme": b"\xff"}
    with pytest.raises(DamagedPayloadError):
        await codec.decode([Payload(metadata=mixed, data=whole.data)])


async def test_an_unknown_key_is_named(ring: KeyRing) -> None:
    """The error says which key is missing, for which programme, and where it was looked for."""
    other = KeyRing(KeySets(default=KeySet.new()), "another")
    hidden = await encrypted(EncryptionCodec(other, "valley"))
    key = other.encrypting("valley").key
    with pytest.raises(UnknownKeyError, match=f"{key} is missing.*programme valley.*a test"):
        await EncryptionCodec(ring).decode([hidden])


async def test_a_payload_of_another_programme_is_refused(ring: KeyRing) -> None:
    """What somebody moved from one programme to another is not read there, with the key or not."""
    hidden = await encrypted(EncryptionCodec(ring, "coast"))
    with pytest.raises(DamagedPayloadError, match=r"coast does not belong in programme valley"):
        await EncryptionCodec(ring, "valley").decode([hidden])


async def test_an_older_key_still_decrypts(tmp_path: Path) -> None:
    """After a rotation the same codec encrypts with the new key and decrypts both."""
    file = tmp_path / "keys.json"
    ensure_keys(file)
    codec = EncryptionCodec(KeyRing.at(file), "valley")
    old = await encrypted(codec)
    rotate(file)
    new = await encrypted(codec)
    assert old.metadata["key"] != new.metadata["key"]
    assert await codec.decode([old, new]) == [PLAIN, PLAIN]


async def _failure(converter: DataConverter) -> Failure:
    failure = Failure()
    try:
        raise ApplicationError("secret", {"fact": "secret"}, type="coopflow.Refused")  # noqa: TRY301
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    return failure


async def test_failures_say_their_type_only(ring: KeyRing) -> None:
    """Message, stack trace and details of a failure are encrypted; its type stays."""
    converter = encrypting(ring).with_context(workflow())
    failure = await _failure(converter)
    written = failure.SerializeToString()
    assert b"secret" not in written
    assert b"test_codec" not in written, "no stack trace"
    assert failure.application_failure_info.type == "coopflow.Refused"
    error = await converter.decode_failure(failure)
    assert isinstance(error, ApplicationError)
    assert (error.message, error.details[0]) == ("secret", {"fact": "secret"})


async def test_in_a_workflow_only_what_needs_it_fails(ring: KeyRing) -> None:
    """There the converter raises what the codec found, so that the task goes on without it."""
    other = KeyRing(KeySets(default=KeySet.new()), "another")
    (hidden,) = await encrypting(other).with_context(workflow()).encode([1])
    mine = encrypting(ring).with_context(workflow())
    assert mine.payload_codec is not None
    (marked,) = await mine.payload_codec.decode([hidden])
    with pytest.raises(UnknownKeyError, match="is missing"):
        mine.payload_converter.from_payloads([marked], [int])
    changed = Payload(metadata=hidden.metadata, data=b"")
    with pytest.raises(DamagedPayloadError, match="was changed"):
        await encrypting(other).with_context(workflow()).decode([changed], [int])


async def test_an_activity_fails_as_a_whole(ring: KeyRing) -> None:
    """A failure whose message cannot be read would lead a workflow elsewhere than before."""
    other = KeyRing(KeySets(default=KeySet.new()), "another")
    failure = await _failure(encrypting(other).with_context(activity()))
    with pytest.raises(UnknownKeyError):
        await encrypting(ring).with_context(activity()).decode_failure(failure)


@pytest.mark.parametrize("size", [0, 1000, 1_000_000])
async def test_a_payload_grows_by_little(ring: KeyRing, size: int) -> None:
    """Whatever its size it grows by the same, so that limits of sizes hold as they are."""
    value: Any = "x" * size
    (plain,) = await DataConverter.default.encode([value])
    (hidden,) = await encrypting(ring).with_context(workflow()).encode([value])
    assert hidden.ByteSize() - plain.ByteSize() < 160
