from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from coopflow.application.cooperation_file import FileFaultError, Packed, Unpacked, Writer, read
from coopflow.application.receipts import Receipt
from coopflow.domain.chain import canonical, digest_of, record, taken_out
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.erasure import forgotten
from coopflow.domain.events import Entry
from coopflow.sealing.errors import KeysError
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import ExportSeals
from tests.collective import reference_rules
from tests.journals import ADDRESS, PEPPER, life

AT = datetime(2027, 1, 1, 12, tzinfo=UTC)
SEALS = ExportSeals(KeyRing(KeySets(default=KeySet.new()), "these tests"))
SECRETS = (b"Too much at once", b"Nobody told us", PEPPER.encode())


def stored() -> tuple[Entry, ...]:
    """Return the entries as a database has them: without those who were erased."""
    entries = list(life())
    for erasure in [one for one in entries if one.event.type == "person_erased"]:
        person, tombstone = erasure.event.person, erasure.event.tombstone  # type: ignore[attr-defined]
        entries = [
            forgotten(one, person, tombstone)
            if one.seq <= erasure.seq and person in one.people
            else one
            for one in entries
        ]
    return tuple(entries)


def packed(**changes: Any) -> Packed:
    found = Packed(
        mode="live",
        definitions=(reference_rules().definition,),
        receipts=(Receipt(command="c1", seq_from=1, seq_to=2),),
        head=digest_of(life()[-1]),
        pepper=PEPPER,
    )
    return found._replace(**changes)


def written(entries: tuple[Entry, ...], about: Packed | None, seals: ExportSeals = SEALS) -> bytes:
    writer = Writer(seals, AT)
    lines = [writer.header()]
    lines.append(writer.cooperation(ADDRESS, len(entries), digest_of(entries[-1]), about))
    lines += [writer.entry(ADDRESS, one) for one in entries]
    return b"".join([*lines, writer.closing()])


def taken(content: bytes, seals: ExportSeals = SEALS) -> tuple[Unpacked, ...]:
    return tuple(read(io.BytesIO(content), seals))


def refused(content: bytes, seals: ExportSeals = SEALS) -> FileFaultError:
    with pytest.raises(FileFaultError) as caught:
        taken(content, seals)
    return caught.value


def test_what_was_written_is_read_back() -> None:
    """Entries with what is sealed, the state that they come to, and what the workflow knew."""
    entries = stored()
    (found,) = taken(written(entries, packed()))
    assert found.address == ADDRESS
    assert found.entries == entries
    assert found.state == follow(UNOPENED, entries)
    assert found.packed == packed()
    assert found.line == 2
    assert any(one.withheld for one in found.entries), "somebody was erased"


def test_writing_again_gives_the_same_bytes() -> None:
    """Also what is encrypted: two files of one cooperation can be compared."""
    content = written(stored(), packed())
    (found,) = taken(content)
    assert written(found.entries, found.packed) == content


def test_nothing_sealed_is_in_clear() -> None:
    """Neither texts and ballots, nor their salts, nor the pepper; other keys do not open them."""
    entries = stored()
    content = written(entries, packed())
    assert not [one for one in SECRETS if one in content]
    sealed_salts = {
        salt.encode()
        for one in entries
        for pointer, salt in one.salts.items()
        if pointer.endswith(("/reason", "/content", "/choice"))
    }
    assert sealed_salts
    assert not [one for one in sealed_salts if one in content]
    others = ExportSeals(KeyRing(KeySets(default=KeySet.new()), "other tests"))
    with pytest.raises(KeysError, match="is missing, with which data of programme prog"):
        taken(content, others)


def test_a_cooperation_whose_workflow_is_gone_is_its_journal() -> None:
    """It has neither rules nor a way in which time passes."""
    (found,) = taken(written(stored(), None))
    assert found.packed is None
    assert found.state.seq == len(life())


def test_every_line_that_is_changed_is_refused_with_its_number() -> None:
    """Whatever is changed in a line, that line is named, or the one that begins its journal."""
    content = written(stored(), packed())
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        for place in range(8, len(line) - 1, max(len(line) // 7, 1)):
            changed = bytes([line[place] ^ 1])
            broken = [*lines]
            broken[number - 1] = line[:place] + changed + line[place + 1 :]
            try:
                fault = refused(b"".join(broken))
            except KeysError:
                continue  # it names another key now
            # Of the two lines that begin, some changes are told by what follows from them.
            told = {number} if number > 2 else {number, 2, 3, len(lines) - 1, len(lines)}
            assert fault.line in told, (number, place, str(fault))


Lines = list[bytes]


def _as_json(line: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    value = json.loads(line)
    change(value)
    return canonical(value) + b"\n"


def _other_policy(one: dict[str, Any]) -> None:
    one["begins"]["rules"][0]["policy"].update(policy="x")


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (lambda lines: lines[:0], 1, "no file"),
        (lambda lines: [b"{}\n"], 1, "no line of this format"),
        (lambda lines: [*lines[:3], *lines[4:]], 4, "out_of_order"),
        (lambda lines: lines[:-1], -1, "ends here"),
        (lambda lines: lines[:5], 6, "ends here"),
        (lambda lines: [*lines, lines[2]], -1, "goes on after its end"),
        (lambda lines: [*lines[:-2], lines[-1]], -2, "entries are stated"),
        (lambda lines: [*lines[:-1], lines[-2], lines[-1]], -1, "more entries than stated"),
        (lambda lines: [*lines[:-1], b" " + lines[-1]], -1, "not canonical"),
        (lambda lines: [lines[0], b"[]\n", *lines[2:]], 2, "not json"),
        (
            lambda lines: [lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]],
            1,
            "wrong_member /version",
        ),
        (
            lambda lines: [
                lines[0],
                _as_json(lines[1], lambda one: one["begins"].update(programme="other")),
                *lines[2:],
            ],
            3,
            "sealed",
        ),
        (
            lambda lines: [
                lines[0],
                _as_json(
                    lines[1], lambda one: one["begins"]["rules"][0]["policy"].update(policy="x")
                ),
                *lines[2:],
            ],
            2,
            "the rules that it follows",
        ),
        (
            lambda lines: [
                lines[0],
                _as_json(lines[1], lambda one: one["begins"].update(more=1)),
                *lines[2:],
            ],
            2,
            "unknown_member /more",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    change: Callable[[Lines], Lines], line: int, told: str
) -> None:
    """It is said where, and what is wrong."""
    lines = written(stored(), packed()).splitlines(keepends=True)
    changed = change(lines)
    fault = refused(b"".join(changed))
    assert told in str(fault)
    if line > 0 and told != "sealed":
        assert fault.line == line
    elif line < 0:
        assert abs(len(changed) - fault.line) <= 1


def test_an_export_without_what_is_sealed_is_no_cooperation() -> None:
    """Nobody can count ballots that were left out."""
    entries = [
        Entry.model_validate(taken_out(record(one), "/event/content", "-"))
        if one.event.type == "disagreement_raised"
        else one
        for one in stored()
    ]
    content = written(tuple(entries), packed())
    assert refused(content).code in {"withheld_yet_there", "not_to_be_withheld"}
