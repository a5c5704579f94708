from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from temporalio.contrib.pydantic import pydantic_data_converter

from coopflow.application.engine import Address
from coopflow.application.notices import Notice, NoticeKind
from coopflow.application.receipts import Receipt
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.temporal import names
from coopflow.temporal.delivery import MAX_BATCH, MAX_BATCH_BYTES, first_entries, first_notices
from coopflow.temporal.messages import Carried, CommandReply, CommandRequest, Message
from tests.collective import reference_rules
from tests.stages import in_structuration

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def notice(seq: int, kind: NoticeKind) -> Notice:
    return Notice(cooperation="coop", seq=seq, kind=kind, about="d1", at=NOW)


async def over_the_wire(message: Message) -> Message:
    payloads = await pydantic_data_converter.encode([message])
    [decoded] = await pydantic_data_converter.decode(payloads, [type(message)])
    assert isinstance(decoded, Message)
    return decoded


async def test_all_that_a_cooperation_is_goes_over_the_wire() -> None:
    """What a run hands over arrives whole: definition, state, receipts, what is to be told."""
    coop = in_structuration()
    carried = Carried(
        definition=reference_rules().definition,
        mode="recorded",
        state=coop.state,
        receipts=(Receipt(command="c1", seq_from=1, seq_to=3),),
        outbox=tuple(coop.journal),
        notices=(notice(3, "invite_voters"),),
        projected_seq=7,
        imported_to=4,
    )
    assert (await over_the_wire(carried)).model_dump() == carried.model_dump()


def test_a_message_of_a_newer_version_is_understood() -> None:
    """Fields that this version does not know are passed over, in both directions."""
    request = CommandRequest.model_validate({"command": {"command": "x"}, "urgent": True})
    assert request == CommandRequest(command={"command": "x"})
    assert not hasattr(request, "urgent")
    reply = CommandReply.model_validate({"seq_from": 1, "seq_to": 2, "warnings": []})
    assert reply == CommandReply(seq_from=1, seq_to=2)


@pytest.mark.parametrize("place", [(), ("state",), ("state", "members", "alpha"), ("outbox", 0)])
def test_a_cooperation_of_a_newer_version_is_left_alone(place: tuple[Any, ...]) -> None:
    """What this version does not know of a cooperation it refuses to read, lest it drops it."""
    coop = in_structuration()
    carried = Carried(
        definition=reference_rules().definition, state=coop.state, outbox=tuple(coop.journal)
    )
    written = carried.model_dump(mode="json")
    assert Carried.model_validate(written) == carried
    there = written
    for step in place:
        there = there[step]
    there["novelty"] = 1
    with pytest.raises(ValidationError, match=r"novelty\n  Extra inputs are not permitted"):
        Carried.model_validate(written)


def test_only_a_recording_is_dated() -> None:
    """A live command takes the engine's time and may state none; a recorded one has to."""
    undated = {"command": "withdraw_member", "actor": "fay", "organisation": "a", "reason": "r"}
    dated = undated | {"at": "2026-01-20T09:00Z"}
    live = CommandRequest(command=undated).read("live", NOW)
    assert not isinstance(live, Refusal)
    assert live.at == NOW
    recorded = CommandRequest(command=dated).read("recorded", NOW)
    assert not isinstance(recorded, Refusal)
    assert recorded.at == datetime(2026, 1, 20, 9, tzinfo=UTC)
    for command, mode in ((dated, "live"), (undated, "recorded")):
        refusal = CommandRequest(command=command).read(mode, NOW)  # type: ignore[arg-type]
        assert isinstance(refusal, Refusal)
        assert refusal.code == "invalid_command"
        assert [fault["path"] for fault in refusal.facts["faults"]] == ["at"]


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ({"command": "cast_ballot"}, "cast_ballot"),
        ({"command": "Ines"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_logs_name_known_commands_only(command: dict[str, str], kind: str) -> None:
    """What a caller made up does not get into a log."""
    assert CommandRequest(command=command).kind == kind


def test_entries_go_out_in_batches() -> None:
    """A batch has at most a hundred entries and a megabyte, and always at least one entry."""
    journal = in_structuration().journal
    many = [entry.but(seq=seq) for seq, entry in enumerate(journal * 10, 1)]
    assert len(many) > MAX_BATCH
    assert first_entries(many) == tuple(many[:MAX_BATCH])
    assert first_entries(journal[:3]) == tuple(journal[:3])
    assert first_entries([]) == ()

    def large(seq: int, size: int) -> Entry:
        return journal[0].but(seq=seq, event=journal[0].event.but(issue="x" * size))

    third = MAX_BATCH_BYTES // 3
    assert [entry.seq for entry in first_entries([large(n, third) for n in range(5)])] == [0, 1]
    assert [entry.seq for entry in first_entries([large(1, 2 * MAX_BATCH_BYTES)])] == [1]


def test_notices_go_out_by_kind() -> None:
    """A batch of notices is of one kind, and overtakes none of another."""
    waiting = [
        notice(1, "invite_voters"),
        notice(2, "invite_voters"),
        notice(3, "publish_outcome"),
        notice(4, "invite_voters"),
    ]
    assert first_notices(waiting) == tuple(waiting[:2])
    assert first_notices(waiting[2:]) == (waiting[2],)


def test_every_kind_of_notice_has_an_activity() -> None:
    """No notice is without a name on the wire, and no two share one."""
    assert set(names.NOTICES) == set(get_args(NoticeKind))
    assert len(set(names.NOTICES.values())) == len(names.NOTICES)


def test_a_workflow_is_found_by_its_address() -> None:
    """The id of a workflow is made of the address, and says it again."""
    address = Address("demo", "bocage-gourmand")
    assert names.workflow_id(address) == "coopflow/demo/bocage-gourmand"
    assert names.address_of(names.workflow_id(address)) == address
    for other in ("demo/bocage-gourmand", "coopflow/demo"):
        with pytest.raises(ValueError, match="the workflow of a cooperation"):
            names.address_of(other)
