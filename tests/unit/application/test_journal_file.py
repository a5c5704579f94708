"""Journals as files: every change is found and named, and nothing in a file does harm."""

from __future__ import annotations

import io
import json
import tracemalloc
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import Address
from coopflow.application.journal_file import Report, verify
from coopflow.application.json_lines import LONGEST
from coopflow.domain.chain import GENESIS, Record, canonical, digest, linked
from coopflow.domain.proof import MANY
from coopflow.signing import SigningKey, is_genuine
from tests.collective import Collective
from tests.journals import EXPORTED_AT, PEPPER, life, lines, verified, written


@cache
def file() -> tuple[bytes, ...]:
    return tuple(written(lines(life())))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.make(tmp_path_factory.mktemp("keys") / "key.pem")


def said(content: bytes | list[bytes], key: str | None = None) -> list[tuple[str, Any, Any]]:
    """Return the faults of a file: code, entry or else line, and field."""
    found = verified(content, key).faults
    return [(one.code, one.entry or f"line {one.line}", one.field) for one in found]


def line(number: int, **members: Any) -> list[bytes]:
    """Return the file with other members in one line."""
    content = [*file()]
    content[number - 1] = canonical(json.loads(content[number - 1]) | members) + b"\n"
    return content


def test_a_whole_file_says_what_it_holds() -> None:
    """Where it is from, how long it is, and what was left out."""
    report = verified(file())
    assert report.faults == ()
    assert report.summary is not None
    assert report.summary.model_dump() == {
        "programme": "prog",
        "cooperation": "coop",
        "entries": len(life()),
        "first_at": life()[0].at,
        "last_at": life()[-1].at,
        "head": digest(json.loads(file()[-2])),
        "exported_at": "2027-01-01T12:00:00Z",
        "unlinked": 0,
        "withheld": 3,
        "erased": 2,
        "signed_by": None,
        "is_known": False,
    }


def test_nothing_of_what_is_sealed_or_erased_is_in_it() -> None:
    """Neither people, nor secret choices and their reasons, nor what a disagreement is about."""
    text = b"".join(file()).decode()
    for word in ("rep-alpha", "rep-beta", "Too much at once", "Nobody told us", '"choice":"no"'):
        assert word not in text
    assert "rep-gamma" in text


@pytest.mark.slow
def test_every_byte_counts(key: SigningKey) -> None:
    """Whichever is changed, to whatever, the line it is in is named; so is a byte that is gone."""
    coop = Collective(1)
    coop.ask(secret=True)
    coop.cast("d", "no", "alpha")
    coop.do("pam", "erase_person", person="rep-alpha")
    entries = linked(coop.journal, GENESIS, PEPPER)
    parts = written(lines(entries), key.sign)
    content = b"".join(parts)
    assert verified(content).faults == ()
    at = 0
    for number, part in enumerate(parts, 1):
        for place in range(at, at + len(part)):
            before, byte, after = content[:place], content[place], content[place + 1 :]
            another = (b"", b"\n", bytes([byte ^ 0x20]), bytes([place * 7 % 256]))[place % 4]
            for other in {bytes([byte ^ 1]), another} - {bytes([byte])}:
                fault = verified(before + other + after).faults[0]
                where = (place, other, fault)
                if 1 < number < len(parts):
                    assert fault.entry == number - 1, where
                else:
                    assert (fault.entry, fault.line) == (None, number), where
        at += len(part)


def test_a_file_that_was_cut_is_cut() -> None:
    """At every line and within lines: it has no last line, or not all of it."""
    content = b"".join(file())
    for number in range(1, len(file())):
        assert said([*file()][:number])[0][0] == "cut_short"
    for end in range(1, len(content), 7):
        codes = [one[0] for one in said(content[:end])]
        assert "cut_short" in codes


def test_lines_that_are_moved_doubled_left_out_or_added_are_named() -> None:
    """By the number of the entry that should have been there."""
    whole = [*file()]
    assert said([*whole[:5], *whole[6:]])[0] == ("out_of_order", 5, "/seq")
    assert said([*whole[:6], *whole[5:]])[0] == ("out_of_order", 5, "/seq")
    assert said([*whole[:5], whole[6], whole[5], *whole[7:]])[0] == ("out_of_order", 5, "/seq")
    assert said([*whole[:-2], whole[-1]]) == [("count_differs", len(life()), None)]
    assert said([*whole, b"\n"]) == [("goes_on", f"line {len(whole) + 1}", None)]
    assert said([*whole, *whole])[0] == ("goes_on", f"line {len(whole) + 1}", None)
    assert said([*whole[:1], b"\n", *whole[1:]])[0][:2] == ("not_json", 1)
    assert said(whole[1:])[0] == ("no_header", "line 1", "/format")
    assert said([whole[0], whole[-1]]) == [("count_differs", 1, None)]
    assert said([]) == [("no_header", "line 1", None)]


def test_an_entry_too_many_is_named() -> None:
    """Even one that fits."""
    more = written(lines(life()))
    fewer = written(list(lines(life()))[:-1])
    assert said([fewer[0], *more[1:-1], fewer[-1]]) == [("count_differs", len(life()), None)]


def test_two_files_do_not_mix() -> None:
    """Those of two cooperations, nor two of one that lived on."""
    other = Collective(2)
    others = written(lines(linked(other.journal, GENESIS, "another secret")))
    assert said([*file()[:4], *others[4:]])[0][0] == "changed"
    earlier = written(list(lines(life()))[:9])
    assert said([*file()[:-1], earlier[-1]])[0] == ("header_changed", "line 1", "/entries")
    elsewhere = written(lines(life()), address=Address("prog", "elsewhere"))
    assert said(elsewhere) == [("other_cooperation", 1, None)]


def test_of_two_statements_about_the_file_the_wrong_one_is_named() -> None:
    """The last line repeats the header; the sum tells which of them was changed."""
    assert said(line(1, entries=3)) == [("header_changed", "line 1", "/entries")]
    assert said(line(1, head=GENESIS)) == [("header_changed", "line 1", "/head")]
    assert said(line(1, programme="other")) == [("header_changed", "line 1", "/programme")]
    last = len(file())
    closes = json.loads(file()[0])
    for name, value in (("head", GENESIS), ("entries", 3), ("cooperation", "other")):
        assert said(line(last, closes=closes | {name: value})) == [
            ("closing_changed", f"line {last}", f"/closes/{name}")
        ]
    assert said(line(last, sha256=GENESIS)) == [("sum_differs", f"line {last}", "/sha256")]


def test_the_last_entry_is_confirmed_by_the_header() -> None:
    """A change of it is one of the entry, not of the header."""
    last = len(life())
    assert said(line(last + 1, command="x")) == [("changed", last, None)]


def test_what_cannot_be_told_by_digests_is_told_by_the_sum() -> None:
    """Entries from before digests were kept: some of these, or the sum itself."""
    bare = [entry.but(previous=None, salts={}) for entry in life()]
    for old in (4, len(life())):
        records = list(lines([*bare[:old], *linked(bare[old:], GENESIS, PEPPER)]))
        whole = written(records)
        report = verified(whole)
        assert report.summary is not None
        assert report.summary.unlinked == old
        whole[2] = whole[2].replace(b'"person":"fay"', b'"person":"zoe"')
        fault = verified(whole).faults[0]
        assert (fault.code, fault.entry, fault.last) == ("sum_differs", 1, old)


# --- signatures -----------------------------------------------------------------------------------


def test_a_signature_says_who_vouches(key: SigningKey) -> None:
    """With the public key it is known by; without one, that there is a signature."""
    signed = written(lines(life()), key.sign)
    for given in (None, key.public):
        summary = verified(signed, given).summary
        assert summary is not None
        assert (summary.signed_by, summary.is_known) == (key.public, given is not None)
    last = f"line {len(signed)}"
    assert said([*file()], key.public) == [("unsigned", last, None)]
    assert said(signed, "0" * 64) == [("other_key", last, "/signature/key")]


def forged() -> list[Record]:
    """Return a journal in which a ballot was cast by another, with digests that fit."""
    head, found = GENESIS, []
    for one in lines(life()):
        if one["event"]["type"] == "ballot_cast":
            one = one | {"event": one["event"] | {"organisation": "gamma"}}  # noqa: PLW2901
        found.append(one | {"previous": head})
        head = digest(found[-1])
    return found


def test_what_was_written_anew_is_found_by_the_signature_alone(
    key: SigningKey, tmp_path: Path
) -> None:
    """Digests that were recomputed fit; a signature cannot be, and another key is another."""
    assert said(written(forged())) == []
    signed = written(lines(life()), key.sign)
    anew = written(forged())
    signature = json.loads(signed[-1])["signature"]
    anew[-1] = canonical(json.loads(anew[-1]) | {"signature": signature}) + b"\n"
    assert [one[0] for one in said(anew)] == ["signature_wrong"]
    assert [one[0] for one in said(written(forged()), key.public)] == ["unsigned"]
    thief = SigningKey.make(tmp_path / "thief.pem")
    assert said(written(forged(), thief.sign)) == []
    assert [one[0] for one in said(written(forged(), thief.sign), key.public)] == ["other_key"]


# --- hostile files --------------------------------------------------------------------------------

HOSTILE = {
    "empty line": b"",
    "NUL": b"\0",
    "no JSON": b"{",
    "not UTF-8": b'{"seq":"\xff"}',
    "BOM": b"\xef\xbb\xbf" + (file()[4][:-1]),
    "CRLF": file()[4][:-1] + b"\r",
    "space": file()[4][:-1] + b" ",
    "NaN": b'{"seq":NaN}',
    "infinity": b'{"seq":-Infinity}',
    "infinite": b'{"seq":1e999}',
    "lone surrogate": rb'{"seq":"\ud800"}',
    "many digits": b'{"seq":' + b"9" * 100_000 + b"}",
    "long fraction": b'{"seq":0.' + b"1" * 100_000 + b"}",
    "doubled member": b'{"seq":4,"seq":4}',
    "escaped": rb'{"seq":"\u0061"}',
    "list": b"[]",
    "number": b"4",
    "null": b"null",
    "deep": b'{"seq":' + b"[" * 70 + b"]" * 70 + b"}",
    "deeper": b'{"seq":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deepest": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "open": b"[" * 1_000_000,
    "long": b'{"seq":"' + b"a" * LONGEST + b'"}',
    "wide": b'{"seq":[' + b"{}," * 100_000 + b"{}]}",
    "many salts": canonical({"seq": 4, "salts": {f"{n:06}": "" for n in range(100_000)}}),
    "wide closing": canonical({"closes": {f"{n:06}": "" for n in range(100_000)}}),
    "wider": canonical({f"{n:06}": {} for n in range(100_000)}),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("number", [1, 5, len(file())])
def test_a_hostile_line_is_a_fault(name: str, number: int) -> None:
    """It is the one that is named, whatever it is; nothing is raised."""
    content = [*file()]
    content[number - 1] = HOSTILE[name] + b"\n"
    fault = verified(content).faults[0]
    assert fault.line == number
    if 1 < number < len(file()) and "closing" not in name:
        assert fault.entry == number - 1
    assert verified(content[:number]).faults
    assert verified(HOSTILE[name]).faults


@pytest.mark.parametrize("name", ["closes", "signature", "sha256", "format", "version", "entries"])
@pytest.mark.parametrize("value", [None, [], {}, 1, True, "x", 2**70, {"format": []}])
def test_whatever_the_first_and_last_line_say_is_no_harm(name: str, value: Any) -> None:
    """Values of every kind in every member."""
    for number in (1, len(file())):
        content = line(number, **{name: value})
        if content != [*file()]:
            assert verified(content).faults[0].line == number


def test_other_files_are_said_to_be_none() -> None:
    """What is no journal at all, and what a later version has written."""
    assert said(b'{"format":"something"}\n' * 99) == [("no_header", "line 1", "/format")]
    assert said(line(1, version=2)) == [("unknown_format", "line 1", "/version")]
    later = canonical(json.loads(file()[0]) | {"version": 2, "more": 1}) + b"\n"
    assert said([later, *file()[1:]]) == [("unknown_format", "line 1", "/version")]
    assert len(said(b"something else\n" * 10_000)) <= MANY


class _Endless(io.RawIOBase):
    """A file of one line that never ends, up to a limit."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        taken = min(size, self.left)
        self.left -= taken
        return b"a" * taken


def test_memory_does_not_grow_with_the_file() -> None:
    """One long line, or many entries: what is kept is a line at most."""
    tracemalloc.start()
    report = verify(_Endless(40 * LONGEST), is_genuine)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.faults[0].code == "too_long"
    assert peak < 4 * LONGEST
    assert isinstance(report, Report)
    assert EXPORTED_AT.year == 2027
