"""The digests of the journal: what they cover, and what may be taken out."""

from __future__ import annotations

import hashlib
import json

import pytest

from coopflow.definitions.library import available
from coopflow.domain.chain import (
    GENESIS,
    Record,
    canonical,
    digest,
    digest_of,
    linked,
    record,
    stand_in_at,
    taken_out,
)
from coopflow.domain.events import Entry
from coopflow.domain.voting import Consensus, Consent, SimpleMajority, Unanimity
from tests.collective import Collective
from tests.integration.readmodel.lives import example
from tests.journals import PEPPER, life

RULES = (Consent(), Consensus(), SimpleMajority(), Unanimity())


def one(kind: str, entries: tuple[Entry, ...]) -> Entry:
    return next(entry for entry in entries if entry.event.type == kind)


def test_every_entry_carries_the_digest_of_the_one_before() -> None:
    """The first one carries what stands for none."""
    entries = life()
    assert entries[0].previous == GENESIS
    assert [entry.previous for entry in entries[1:]] == [digest_of(one) for one in entries[:-1]]


def test_linking_goes_on_where_it_stopped() -> None:
    """Whether entries come at once or one by one makes no difference."""
    entries = life()
    head = GENESIS
    links: list[Entry] = []
    for entry in entries:
        bare = entry.but(previous=None, salts={})
        links += linked([bare], head, PEPPER)
        head = digest_of(links[-1])
    assert tuple(links) == entries


def test_a_digest_can_be_worked_out_by_others() -> None:
    """As it is written down: canonical JSON, salted digests in place of what is covered."""
    entry = one("member_invited", life())
    kept = record(entry)

    def stand_in(pointer: str, value: str) -> str:
        return hashlib.sha256(f'{kept["salts"][pointer]}:"{value}"'.encode()).hexdigest()

    pointers = ["/by", "/event/representative"]
    body = {
        "seq": entry.seq,
        "at": kept["at"],
        "by": stand_in("/by", str(entry.by)),
        "event": kept["event"]
        | {"representative": stand_in("/event/representative", kept["event"]["representative"])},
        "previous": entry.previous,
    }
    whole = {"covered": pointers, "entry": body}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest(kept) == hashlib.sha256(text.encode()).hexdigest()


def test_every_field_counts() -> None:
    """Another value anywhere is another digest, and so is a salt that is gone."""
    kept = record(one("ballot_cast", life()))
    others: list[Record] = [
        kept | {"seq": 1},
        kept | {"at": "2026-01-01T00:00:00Z"},
        kept | {"by": "somebody"},
        kept | {"command": "c"},
        kept | {"previous": GENESIS},
        kept | {"event": kept["event"] | {"organisation": "beta"}},
        kept | {"event": kept["event"] | {"reason": "Fine"}},
        kept | {"more": 1},
        kept | {"covered": ["/by", "/event/choice", "/event/reason"]},
        kept | {"salts": {}},
        kept | {"salts": dict.fromkeys(kept["salts"], "00")},
    ]
    assert digest(kept) not in {digest(other) for other in others}


def test_what_is_taken_out_leaves_the_digest() -> None:
    """A person and a sealed text; what is left says nothing of them."""
    entry = one("ballot_cast", life())
    kept = record(entry)
    left = taken_out(taken_out(kept, "/by", "erased-9"), "/event/reason", None)
    assert digest(left) == digest_of(entry) == digest_of(Entry.model_validate(left))
    assert left["by"] == "erased-9"
    assert str(entry.by) not in str(left)
    assert "Too much" not in str(left)
    assert set(left["withheld"]) == {"/by", "/event/reason"}


def test_taking_out_again_changes_no_digest() -> None:
    """The value is another one, what stands for it the same."""
    entry = one("member_invited", life())
    left = taken_out(record(entry), "/event/representative", "erased-9")
    again = taken_out(left, "/event/representative", "gone")
    assert digest(again) == digest_of(entry)


def test_a_digest_is_no_value() -> None:
    """What stands for a value in the digest cannot be passed off as the value."""
    kept = record(one("member_invited", life()))
    left = taken_out(kept, "/event/representative", None)
    forged = left | {
        "event": left["event"] | {"representative": left["withheld"]["/event/representative"]},
        "withheld": {},
    }
    assert digest(forged) != digest(kept)


def test_people_have_one_salt_and_texts_their_own() -> None:
    """An erasure is known by the digest of the person; equal reasons are not seen to be equal."""
    entries = life()
    by = {entry.salts["/by"] for entry in entries if entry.by == "rep-alpha"}
    assert len(by) == 1
    texts = [
        salt
        for entry in entries
        for pointer, salt in entry.salts.items()
        if pointer in {"/event/choice", "/event/reason", "/event/content"}
    ]
    assert len(texts) == len(set(texts)) > 2
    other = linked([entries[0].but(previous=None, salts={})], GENESIS, "another")
    assert other[0].salts["/by"] != entries[0].salts["/by"]


@pytest.mark.parametrize("member", ["salts", "withheld"])
@pytest.mark.parametrize(
    "pointer",
    [
        "/by/0",
        "/seq/0",
        "/event/electorate/x",
        "/event/electorate/00",
        "/event/electorate/\u0660",
        f"/event/electorate/{'9' * 5000}",
        "/event/electorate/0/x",
        "",
        "by",
    ],
)
def test_a_pointer_to_nowhere_is_an_error(pointer: str, member: str) -> None:
    """In what somebody else has written."""
    kept = record(one("decision_opened", life()))
    with pytest.raises(LookupError):
        digest(kept | {member: {pointer: "00"}})


@pytest.mark.parametrize("pointer", ["/nobody", "/event/0"])
def test_only_what_was_taken_out_may_be_gone(pointer: str) -> None:
    """A salt needs the value that it goes with."""
    kept = record(one("decision_opened", life()))
    with pytest.raises(LookupError):
        digest(kept | {"salts": {pointer: "00"}})
    assert digest(kept | {"withheld": {pointer: "00"}}) != digest(kept)


def test_what_stands_for_a_value_stays() -> None:
    """Whether it is there or was taken out."""
    kept = record(one("member_invited", life()))
    left = taken_out(kept, "/event/representative", "erased-9")
    found = stand_in_at(kept, "/event/representative")
    assert found == stand_in_at(left, "/event/representative") is not None
    assert stand_in_at(kept, "/event/organisation") is None


def test_pointers_reach_into_lists_and_odd_keys() -> None:
    """As RFC 6901 has them."""
    kept = record(one("decision_opened", life()))
    kept = kept | {"event": kept["event"] | {"a/b~c": {"": 1}}}
    first = taken_out(kept, "/event/electorate/0", None)
    assert first["event"]["electorate"] == [None, *kept["event"]["electorate"][1:]]
    assert taken_out(kept, "/event/a~1b~0c/", 2)["event"]["a/b~c"] == {"": 2}
    assert kept["event"]["a/b~c"] == {"": 1}


def test_canonical_json_is_the_same_for_the_same_value() -> None:
    """Whatever the order of keys."""
    assert canonical({"b": [1.0, 2], "a": "é"}) == '{"a":"é","b":[1.0,2]}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        canonical(float("nan"))


def test_the_rule_of_a_decision_counts() -> None:
    """What tells the kind of something is never left out, though it has a default."""
    entry = one("decision_opened", life())
    others = [entry.but(event=entry.event.but(rule=rule)) for rule in RULES]
    assert len({digest_of(other) for other in others}) == len(RULES)


def test_what_others_wrote_is_kept_as_it_is() -> None:
    """In a document nothing is left out: null is not the same as nothing."""
    coop = Collective(3)
    coop.do("fay", "draft_document", kind="shared_vision", content={"trends": []})
    entry = one("document_drafted", tuple(coop.journal))
    assert record(entry)["event"]["content"] == {"trends": []}
    other = entry.but(event=entry.event.but(content={"trends": None}))
    assert record(other)["event"]["content"] == {"trends": None}


async def test_what_is_written_reads_back_the_same() -> None:
    """Every entry of the examples, though fields at their defaults are left out."""
    seen: set[str] = set()
    for name in available("examples"):
        _, entries = await example(name)
        for entry in linked(entries, GENESIS, PEPPER):
            assert Entry.model_validate_json(canonical(record(entry))) == entry
            seen.add(entry.event.type)
    assert len(seen) > 50
