"""What a journal proves by itself."""

from __future__ import annotations

from typing import Any

import pytest

from coopflow.domain.chain import GENESIS, Record, digest, linked, record, taken_out
from coopflow.domain.erasure import PersonErased, forgotten
from coopflow.domain.events import Entry
from coopflow.domain.lines import Fault
from coopflow.domain.marks import marked
from coopflow.domain.proof import MANY, Proof, faults_of
from coopflow.domain.state import Cooperation
from tests.collective import Collective
from tests.journals import PEPPER, life, lines

HEAD = digest(record(life()[-1]))


def journal() -> list[Record]:
    return list(lines(life()))


def number(kind: str) -> int:
    """Return where the first entry of a kind stands in the journal."""
    return next(entry.seq for entry in life() if entry.event.type == kind)


def said(records: list[Record], head: str | None = HEAD) -> list[tuple[str, int | None, Any]]:
    return [(one.code, one.entry, one.last or one.field) for one in faults_of(records, head)]


def relinked(records: list[Record]) -> list[Record]:
    """Return records with digests that fit, as somebody would forge them."""
    head = GENESIS
    found = []
    for one in records:
        found.append(one | {"previous": head})
        head = digest(found[-1])
    return found


def changed(records: list[Record], seq: int, /, **members: Any) -> list[Record]:
    return [one | members if one["seq"] == seq else one for one in records]


def event_changed(records: list[Record], seq: int, **fields: Any) -> list[Record]:
    return changed(records, seq, event=records[seq - 1]["event"] | fields)


def test_a_whole_journal_has_no_fault() -> None:
    """With what others may read of it, with all that there is, and without its head."""
    assert said(journal()) == []
    assert said([record(entry) for entry in life()]) == []
    assert said(journal(), None) == []


def test_what_it_holds_is_counted() -> None:
    """People who were erased, sealed values that are gone, and the instants of both ends."""
    proof = Proof()
    for one in journal():
        proof.take(one)
    proof.end(HEAD)
    assert (proof.erased, proof.withheld, proof.unlinked) == (2, 3, 0)
    assert proof.opened == ("prog", "coop")
    assert proof.head == HEAD
    assert (proof.first_at, proof.last_at) == (life()[0].at, life()[-1].at)


@pytest.mark.parametrize("seq", range(1, len(life()) + 1))
def test_the_entry_that_was_changed_is_named(seq: int) -> None:
    """Whether it is its content or its link, and wherever it stands."""
    assert said(changed(journal(), seq, command="another")) == [("changed", seq, None)]
    unlinked = changed(journal(), seq, previous="1" * 64)
    assert said(unlinked) == [("changed", seq, "/previous")]


def test_several_that_were_changed_are_told_apart_where_they_can_be() -> None:
    """Those side by side as a range, others each by itself; both a content and a link as one."""
    apart = changed(changed(journal(), 3, command="x"), 9, command="x")
    assert said(apart) == [("changed", 3, None), ("changed", 9, None)]
    beside = changed(changed(journal(), 3, command="x"), 4, command="x")
    assert said(beside) == [("changed", 3, 4)]
    beside = changed(beside, 5, command="x")
    assert said(beside) == [("changed", 3, 5)]
    both = changed(journal(), 1, command="x", previous="1" * 64)
    assert said(both) == [("changed", 1, None)]
    first = changed(changed(both, 2, command="x"), 3, command="x")
    assert said(first) == [("changed", 1, 3)]


def test_the_end_alone_confirms_nothing() -> None:
    """Without a head, of the last two entries either may have been changed."""
    assert said(changed(journal(), len(life()) - 1, command="x"), None) == [
        ("changed", len(life()) - 1, len(life()))
    ]
    assert said(changed(journal(), len(life()), command="x"), None) == []


def test_another_head_is_another_last_entry() -> None:
    """As when the end was cut off and something else written."""
    assert said(journal(), "1" * 64) == [("changed", len(life()), None)]
    assert said([], "1" * 64) == [("head_differs", None, None)]
    assert said([], GENESIS) == []


def test_what_is_forged_is_found_by_the_head() -> None:
    """Digests that were recomputed fit together, and not to a head that somebody else knows."""
    forged = relinked(event_changed(journal(), 2, organisation={"id": "other"}))
    assert said(forged, None) == []
    assert said(forged) == [("changed", len(life()), None)]


def test_entries_that_are_missing_moved_or_doubled_are_named() -> None:
    """By the number that should have been there."""
    whole = journal()
    assert said([*whole[:4], *whole[5:]]) == [("out_of_order", 5, "/seq")]
    assert said(whole[1:]) == [("out_of_order", 1, "/seq")]
    assert said([*whole[:5], *whole[4:]]) == [("out_of_order", 5, "/seq")]
    assert [one[:2] for one in said([*whole[:4], whole[5], whole[4], *whole[6:]])] == [
        ("out_of_order", 5),
        ("out_of_order", 5),
    ]


def test_a_number_that_was_changed_is_told_from_another_entry() -> None:
    """The link to the entry before says that it is in its place."""
    assert said(changed(journal(), 5, seq=50)) == [("out_of_order", 5, "/seq")]
    assert said(changed(journal(), 5, seq=2)) == [("out_of_order", 5, "/seq")]


def test_what_cannot_be_read_counts_as_an_entry() -> None:
    """As two when it comes in two parts, and then the next one is still in its place."""
    proof = Proof()
    for one in journal():
        if one["seq"] == 5:
            proof.unreadable("not_json", 6)
            proof.unreadable("not_json", 7)
        else:
            proof.take(one)
    proof.end(HEAD)
    assert [(one.code, one.entry) for one in proof.faults] == [("not_json", 5), ("not_json", 6)]


def test_what_falls_due_is_nobodys() -> None:
    """Entries without a person are proved as others are."""
    coop = Collective(3)
    coop.ask()
    coop.wait(days=400)
    records = [record(entry) for entry in linked(coop.journal, GENESIS, PEPPER)]
    assert any("by" not in one for one in records)
    assert said(records, digest(records[-1])) == []


def test_a_beginning_that_was_cut_off_is_no_beginning() -> None:
    """Entry 1 opens a cooperation, and follows none."""
    later = [one | {"seq": one["seq"] - 1} for one in journal()[1:]]
    opening, beginning = ("no_opening", 1, "/event/type"), ("no_beginning", 1, "/previous")
    assert said(relinked(later)[:2], None) == [opening]
    kept = later[0] | {"previous": digest(journal()[0])}
    assert said([kept, later[1] | {"previous": digest(kept)}], None) == [opening, beginning]
    linked_later = [journal()[0] | {"previous": "1" * 64}]
    for one in journal()[1:]:
        linked_later.append(one | {"previous": digest(linked_later[-1])})
    assert said(linked_later, digest(linked_later[-1])) == [beginning]


def test_an_opening_names_what_it_opens() -> None:
    """Programme and id."""
    first = event_changed(journal()[:1], 1, programme=None)
    assert said(first, None) == [("no_opening", 1, "/event/type")]


def old_journal(old: int) -> list[Record]:
    """Return a journal of which the first entries are from before digests were kept."""
    bare = [entry.but(previous=None, salts={}) for entry in life()]
    return list(lines([*bare[:old], *linked(bare[old:], GENESIS, PEPPER)]))


@pytest.mark.parametrize("old", [1, 5, len(life()) - 1, len(life())])
def test_entries_from_before_digests_are_let_pass_and_counted(old: int) -> None:
    """Only at the beginning, and nothing proves them."""
    records = old_journal(old)
    head = digest(records[-1]) if old < len(records) else GENESIS
    proof = Proof()
    for one in changed(records, 1, command="x"):
        proof.take(one)
    proof.end(head)
    assert (proof.faults, proof.unlinked, proof.withheld) == ([], old, 0 if old > 14 else 3)
    assert said(records, "1" * 64)[0][0] in {"changed", "head_differs"}


def test_digests_cannot_be_taken_away() -> None:
    """From a later entry, nor from the first ones: the next has a link that begins no chain."""
    without = [
        {name: value for name, value in one.items() if name in {"seq", "at", "by", "event"}}
        for one in journal()
    ]
    assert said([*journal()[:4], without[4], *journal()[5:]]) == [("unlinked", 5, "/previous")]
    assert said([*without[:4], *journal()[4:]]) == [("no_beginning", 5, "/previous")]
    later = changed([*without[:4], *journal()[4:]], 6, command="x")
    assert said(later) == [("no_beginning", 5, "/previous"), ("changed", 6, None)]


def test_time_does_not_go_back() -> None:
    """Even where every digest fits."""
    forged = relinked(changed(journal(), 4, at="2025-12-31T23:59:59.999999Z"))
    assert said(forged, digest(forged[-1])) == [("goes_back", 4, "/at")]
    assert said(changed(journal(), 4, at="2025-12-31T09:00:00Z")) == [("changed", 4, None)]


# --- what was taken out ---------------------------------------------------------------------------


def erasures() -> list[int]:
    return [one["seq"] for one in journal() if one["event"]["type"] == "person_erased"]


def test_a_tombstone_is_that_of_the_person() -> None:
    """Two cannot be swapped, none made up, and none stands for somebody who was not erased."""
    first, second = erasures()
    raised = number("disagreement_raised")
    assert journal()[raised - 1]["by"] == f"erased-{first}"
    for wrong in (f"erased-{second}", "erased-1", f"erased-{second + 1}", "erased-999"):
        swapped = changed(journal(), raised, by=wrong)
        assert said(swapped) == [("unfounded_tombstone", raised, "/by")]
    for wrong in ("rep-gamma", "erased-0", "erased-016", "erased-", f"erased-{first}x"):
        assert said(changed(journal(), raised, by=wrong)) == [("no_tombstone", raised, "/by")]
    twice = changed(journal(), raised, by="rep-gamma", command="x")
    assert said(twice) == [("no_tombstone", raised, "/by")]
    invited = number("member_invited")
    hidden = journal()
    hidden[invited - 1] = taken_out(hidden[invited - 1], "/by", f"erased-{first}")
    assert said(hidden) == [("unfounded_tombstone", invited, "/by")]


def test_an_erasure_says_its_own_tombstone() -> None:
    """Even where every digest fits."""
    first, _ = erasures()
    forged = relinked(event_changed(journal(), first, tombstone="erased-1"))
    found = said(forged, digest(forged[-1]))
    assert {one[0] for one in found} == {"unfounded_tombstone"}


def test_who_is_erased_has_to_be_covered() -> None:
    """What no digest stands for proves no erasure."""
    first, _ = erasures()
    forged = journal()
    del forged[first - 1]["withheld"]
    forged = relinked(forged)
    assert {one[0] for one in said(forged, digest(forged[-1]))} == {"unfounded_tombstone"}


def test_an_erasure_that_is_still_to_be_carried_out_counts() -> None:
    """The entry names the person yet, and the digest that stands for them is the same."""
    first, _ = erasures()
    waiting = journal()
    waiting[first - 1] = record(life()[first - 1])
    assert said(waiting) == []


def test_somebody_may_be_erased_again() -> None:
    """By the same id, or by the tombstone: each entry keeps the tombstone of its own erasure."""
    coop = Collective(2)

    def erase(person: str) -> None:
        coop.do("pam", "erase_person", person=person)

    erase("rep-alpha")
    tombstone = f"erased-{len(coop.journal)}"
    coop.do("fay", "appoint_representative", organisation="alpha", person="rep-alpha")
    erase("rep-alpha")
    coop.do("fay", "assign_role", person=tombstone, role="observer")
    erase(tombstone)
    kept = list(linked(coop.journal, GENESIS, PEPPER))
    for at, entry in enumerate(coop.journal):
        if isinstance(entry.event, PersonErased):
            person, new = entry.event.person, entry.event.tombstone
            kept[: at + 1] = [forgotten(one, person, new) for one in kept[: at + 1]]
    records = [record(entry) for entry in kept]
    assert said(records, digest(records[-1])) == []
    again = kept[[one["event"]["type"] for one in records].index("representative_appointed")]
    wrong = changed(
        records, again.seq, event=records[again.seq - 1]["event"] | {"person": tombstone}
    )
    assert said(wrong, digest(records[-1])) == [("unfounded_tombstone", again.seq, "/event/person")]
    invited = number("member_invited")
    assert records[invited - 1]["event"]["representative"] == tombstone
    later = event_changed(records, invited, representative=again.event.person)  # type: ignore[attr-defined]
    assert said(later, digest(records[-1])) == [
        ("unfounded_tombstone", invited, "/event/representative")
    ]


def test_nothing_is_left_out_but_what_is_sealed() -> None:
    """A public ballot cannot lose its choice, nor something be put where one was left out."""
    coop = Collective(3)
    coop.ask()
    coop.cast("d", "yes", "alpha")
    records = [record(entry) for entry in linked(coop.journal, GENESIS, PEPPER)]
    cast = records[-1]["seq"]
    records[-1] = taken_out(records[-1], "/event/choice", None)
    assert said(records, digest(records[-1])) == [("withheld_yet_there", cast, "/event/choice")]
    del records[-1]["event"]["choice"]
    assert said(records, digest(records[-1])) == [("not_to_be_withheld", cast, "/event/choice")]
    raised = number("disagreement_raised")
    assert said(event_changed(journal(), raised, content="They told us")) == [
        ("withheld_yet_there", raised, "/event/content")
    ]


# --- hostile entries ------------------------------------------------------------------------------

DIGEST, SALT = "1" * 64, "1" * 32


GONE = object()
WRONG: list[tuple[str, Any, str, str]] = [
    ("seq", GONE, "missing_member", "/seq"),
    ("at", GONE, "missing_member", "/at"),
    ("event", GONE, "missing_member", "/event"),
    ("previous", GONE, "missing_member", "/previous"),
    ("covered", [], "unknown_member", "/covered"),
    ("a/b~", 1, "unknown_member", "/a~1b~0"),
    ("x" * 10_000, 1, "unknown_member", "/" + "x" * 100),
    ("seq", True, "wrong_member", "/seq"),
    ("seq", 0, "wrong_member", "/seq"),
    ("seq", 2**53, "wrong_member", "/seq"),
    ("seq", 2.0, "wrong_member", "/seq"),
    ("at", "2026-02-30T09:00:00Z", "wrong_member", "/at"),
    ("at", "2026-01-01T09:00:00+00:00", "wrong_member", "/at"),
    ("at", "2026-01-01T09:00:00.1Z", "wrong_member", "/at"),
    ("by", None, "wrong_member", "/by"),
    ("event", [], "wrong_member", "/event"),
    ("event", {}, "unknown_event", "/event/type"),
    ("event", {"type": []}, "unknown_event", "/event/type"),
    ("event", {"type": "no_event"}, "unknown_event", "/event/type"),
    ("previous", None, "wrong_member", "/previous"),
    ("previous", "A" * 64, "wrong_member", "/previous"),
    ("salts", {}, "wrong_member", "/salts"),
    ("salts", {"/by": SALT[1:]}, "wrong_member", "/salts/~1by"),
    ("salts", {"/at": SALT}, "unknown_member", "/salts/~1at"),
    ("salts", {"/by/0": SALT}, "unknown_member", "/salts/~1by~10"),
    ("salts", {"/event": SALT}, "unknown_member", "/salts/~1event"),
    ("withheld", {}, "wrong_member", "/withheld"),
    ("withheld", {"/by": 1}, "wrong_member", "/withheld/~1by"),
    ("withheld", {"/by": DIGEST}, "unknown_member", "/withheld/~1by"),
    ("withheld", {"/event/content": DIGEST}, "unknown_member", "/withheld/~1event~1content"),
]


@pytest.mark.parametrize("case", WRONG, ids=map(str, range(len(WRONG))))
def test_an_entry_that_is_none_is_a_fault(case: tuple[str, Any, str, str]) -> None:
    """It says what is wrong with it, and where."""
    member, value, code, field = case
    seq = number("decision_opened")
    records = journal()
    one = records[seq - 1] | {member: value}
    records[seq - 1] = {name: value for name, value in one.items() if value is not GONE}
    assert said(records) == [(code, seq, field)]


@pytest.mark.parametrize(
    "kind", ["member_invited", "ballot_cast", "disagreement_raised", "person_erased"]
)
@pytest.mark.parametrize("value", [None, [], [1], {"a": 1}, 1, "erased-1"])
def test_no_value_in_an_event_breaks_the_proof(kind: str, value: Any) -> None:
    """Whatever stands there, that entry is at fault."""
    seq = number(kind)
    for name in journal()[seq - 1]["event"]:
        found = said(event_changed(journal(), seq, **{name: value}))
        assert found[0][1] == seq, name


def test_what_is_covered_is_text() -> None:
    """A salt goes with an id or a sealed text."""
    gamma = [entry.seq for entry in life() if entry.event.type == "member_invited"][-1]
    found = said(event_changed(journal(), gamma, representative=["rep-gamma"]))
    assert found == [("wrong_member", gamma, "/event/representative")]


def test_after_many_faults_nothing_more_is_looked_for() -> None:
    """However much is wrong, what is said of it is bounded."""
    wrong = [{"seq": 1}] * (MANY + 5)
    assert len(faults_of(wrong)) == MANY
    proof = Proof()
    for one in relinked(
        [
            journal()[0] | {"seq": seq + 1, "at": f"{2999 - seq}-01-01T00:00:00Z"}
            for seq in range(MANY + 9)
        ]
    ):
        proof.take(one)
    proof.end()
    assert {one.code for one in proof.faults} == {"goes_back"}
    assert len(proof.faults) == MANY
    proof.note("goes_on")
    assert len(proof.faults) == MANY
    assert Fault(code="goes_on").entry is None
    assert isinstance(life()[0], Entry)


def test_what_is_marked_in_what_others_wrote_is_looked_for_where_it_can_be() -> None:
    """A list that is none holds nothing."""
    whole = life()[0].event
    assert list(marked(type(whole), {"programme": 1})) == []
    assert (
        list(marked(Cooperation, {"documents": {"charter": 5}, "meetings": 5, "roles": "x"})) == []
    )
