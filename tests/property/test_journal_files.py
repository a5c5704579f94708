"""Whatever a cooperation lives through: its exported journal verifies, and a change is found."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coopflow.domain.chain import GENESIS, canonical, digest, linked, record, taken_out
from coopflow.domain.erasure import PersonErased, forgotten
from coopflow.domain.events import Entry
from coopflow.domain.proof import faults_of
from tests.collective import Collective
from tests.deeds import PEOPLE
from tests.journals import PEPPER, lines, verified, written
from tests.stages import in_animation


@cache
def lived(seed: int) -> tuple[Entry, ...]:
    """Return the journal of a life in which things happen at random, people are erased too."""
    chance = Random(seed)  # noqa: S311 - what happens in a test
    coop = in_animation() if seed % 2 else Collective(4)
    coop.ask("s", secret=True)
    coop.cast("s", "no", "alpha", reason=f'Reason {seed} é\u2028\x07"')
    for person in chance.sample(sorted(PEOPLE), 4):
        coop.give("pam", "erase_person", person=person)
        coop.wait(days=chance.choice((0, 1, 40)))
        coop.give("fay", "assign_role", person=person, role="observer")
        coop.give("fay", "record_pulse", score=4, answers=2, asked=3)
        coop.give("pam", "erase_person", person=person)
    kept = list(linked(coop.journal, GENESIS, PEPPER))
    for at, entry in enumerate(coop.journal):
        if isinstance(entry.event, PersonErased):
            person, tombstone = entry.event.person, entry.event.tombstone
            kept[: at + 1] = [forgotten(one, person, tombstone) for one in kept[: at + 1]]
    return tuple(kept)


@cache
def file(seed: int) -> tuple[bytes, ...]:
    return tuple(written(lines(lived(seed))))


SEEDS = st.integers(0, 9)


@given(SEEDS)
def test_an_exported_journal_verifies(seed: int) -> None:
    """From the file alone, and from the entries as they are kept."""
    assert verified(file(seed)).faults == ()
    records = [record(entry) for entry in lived(seed)]
    assert faults_of(records, digest(records[-1])) == ()


@given(SEEDS, st.data())
def test_a_byte_that_was_changed_is_found_in_its_line(seed: int, data: st.DataObject) -> None:
    """Wherever it is: the first fault names the line or the entry of it."""
    number = data.draw(st.integers(0, len(file(seed)) - 1))
    content = [*file(seed)]
    line = bytearray(content[number])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    content[number] = bytes(line)
    fault = verified(content).faults[0]
    if 0 < number < len(content) - 1:
        assert fault.entry == number
    else:
        assert (fault.entry, fault.line) == (None, number + 1)


@given(SEEDS, st.data())
def test_another_value_is_found_in_its_entry(seed: int, data: st.DataObject) -> None:
    """Written as it has to be, so that nothing but digests and tombstones tell."""
    number = data.draw(st.integers(1, len(file(seed)) - 2))
    content = [*file(seed)]
    kept = json.loads(content[number])
    where: dict[str, Any] = data.draw(st.sampled_from([kept, kept["event"]]))
    name = data.draw(st.sampled_from(sorted(where)))
    old = where[name]
    other: Any = data.draw(
        st.sampled_from(["", "rep-alpha", "erased-9", 1, None, [], {}, True, 0.5])
    )
    where[name] = other
    if canonical(other) == canonical(old):
        return
    content[number] = canonical(kept) + b"\n"
    assert verified(content).faults[0].entry == number


@given(SEEDS, st.data())
def test_what_is_taken_out_by_who_hands_it_on_is_found(seed: int, data: st.DataObject) -> None:
    """The digests hold, but nobody was erased there, and nothing is sealed."""
    content = [*file(seed)]
    entries = [json.loads(line) for line in content[1:-1]]
    covered = [
        (number, pointer) for number, one in enumerate(entries) for pointer in one.get("salts", {})
    ]
    number, pointer = data.draw(st.sampled_from(covered))
    tombstones = [one["event"].get("tombstone") or "erased-1" for one in entries]
    instead = data.draw(st.sampled_from([*dict.fromkeys(tombstones), None]))
    changed = taken_out(entries[number], pointer, instead)
    assert digest(changed) == digest(entries[number])
    if instead is None and data.draw(st.booleans()):
        *path, name = pointer[1:].split("/")
        del (changed["event"] if path else changed)[name]
    entries[number] = changed
    assert verified(written(entries)).faults[0].entry == number + 1


@given(SEEDS, st.data())
def test_several_changes_do_not_hide_each_other(seed: int, data: st.DataObject) -> None:
    """Lines that are left out, doubled, moved or replaced by those of another life."""
    content = [*file(seed)]
    others = file(data.draw(SEEDS))
    for _ in range(data.draw(st.integers(1, 4))):
        number = data.draw(st.integers(0, len(content) - 1))
        how = data.draw(st.sampled_from(["out", "double", "move", "other"]))
        line = content[number] if how == "double" else content.pop(number)
        if how in {"double", "move"}:
            content.insert(data.draw(st.integers(0, len(content))), line)
        elif how == "other":
            content.insert(number, others[data.draw(st.integers(0, len(others) - 1))])
        if not content:
            break
    is_same = content in ([*file(seed)], [*others])
    assert bool(verified(content).faults) is not is_same


@given(st.binary(max_size=2000), SEEDS, st.data())
def test_bytes_at_random_are_no_journal(junk: bytes, seed: int, data: st.DataObject) -> None:
    """Alone, and put anywhere into a file: a fault, and nothing is raised."""
    assert verified(junk).faults
    if junk:
        whole = b"".join(file(seed))
        place = data.draw(st.integers(0, len(whole)))
        assert verified(whole[:place] + junk + whole[place:]).faults
