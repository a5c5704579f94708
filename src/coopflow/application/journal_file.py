"""The journal of a cooperation as a file: written line by line, and verified from nothing else.

The format is described in docs/reference/journal-format.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar

from pydantic import StringConstraints

from coopflow.application.engine import Address
from coopflow.application.json_lines import Line, Lines, Source
from coopflow.domain.base import Shape, Slug
from coopflow.domain.chain import Record, canonical
from coopflow.domain.lines import Digest, Fault, Moment, Number, wrong_part
from coopflow.domain.proof import Proof

FORMAT: Final = "coopflow-journal"
VERSION: Final = 1

_STATED: Final = 4096  # the longest first or last line

_HEX: Final = r"^[0-9a-f]*$"


class Signature(Shape):
    """Who vouches for a file.

    Attributes:
        algorithm: how it was signed.
        key: the public key, raw, in hexadecimal.
        value: the signature, in hexadecimal.
    """

    algorithm: Literal["Ed25519"]
    key: Annotated[str, StringConstraints(pattern=_HEX, min_length=64, max_length=64)]
    value: Annotated[str, StringConstraints(pattern=_HEX, min_length=128, max_length=128)]


class Header(Shape):
    """The first line of a file.

    Attributes:
        format: what the file is.
        version: the version of the format.
        programme: the programme of the cooperation.
        cooperation: its id.
        entries: how many there are.
        head: the digest of the last one.
        exported_at: when they were read.
    """

    format: Literal["coopflow-journal"]
    version: Literal[1]
    programme: Slug
    cooperation: Slug
    entries: Number
    head: Digest
    exported_at: Moment


class Closing(Shape):
    """The last line of a file.

    Attributes:
        closes: the header again, so that a change of either is told from one of the other.
        sha256: the SHA-256 of all lines before, in hexadecimal.
        signature: who vouches for them; not there when nobody does.
    """

    closes: Header
    sha256: Digest
    signature: Signature | None = None


class Summary(Shape):
    """What a verified file holds.

    Attributes:
        programme: the programme of the cooperation.
        cooperation: its id.
        entries: how many there are.
        first_at: the instant of the first.
        last_at: the instant of the last.
        head: the digest of the last.
        exported_at: when they were read.
        unlinked: the number of the last entry from before digests were kept, 0 when there is none.
        withheld: how many sealed values were left out.
        erased: how many people were erased.
        signed_by: the public key that it is signed with, in hexadecimal.
        is_known: that key is the one that was expected.
    """

    programme: str
    cooperation: str
    entries: int
    first_at: datetime
    last_at: datetime
    head: str
    exported_at: str
    unlinked: int
    withheld: int
    erased: int
    signed_by: str | None = None
    is_known: bool = False


class Report(Shape):
    """What came of verifying a file: what is wrong with it, or else what it holds."""

    faults: tuple[Fault, ...] = ()
    summary: Summary | None = None


_Stated = TypeVar("_Stated", bound=Shape)

Sign = Callable[[bytes], Signature]
"""Signs a statement."""

IsGenuine = Callable[[bytes, Signature], bool]
"""Whether the key of a signature has signed a statement."""


def statement(sha256: str) -> bytes:
    """Return what is signed of a file, given the SHA-256 of all lines before the last."""
    return f"{FORMAT} {VERSION} {sha256}\n".encode()


class Writer:
    """Writes a file: header, entries, closing, each as a line of bytes."""

    def __init__(self, address: Address, entries: int, head: str, at: datetime) -> None:
        """Begin a file.

        Args:
            address: the cooperation.
            entries: how many will come.
            head: the digest of the last of them.
            at: the instant as of which they are read.
        """
        self._header = Header(
            format=FORMAT,
            version=VERSION,
            programme=address.programme,
            cooperation=address.cooperation,
            entries=entries,
            head=head,
            exported_at=f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z",
        )
        self._sum = hashlib.sha256()

    def header(self) -> bytes:
        """Return the first line."""
        return self._line(self._header.model_dump())

    def entry(self, kept: Record) -> bytes:
        """Return the line of an entry as it is exported."""
        return self._line(kept)

    def closing(self, sign: Sign | None = None) -> bytes:
        """Return the last line, signed if somebody signs."""
        found = self._sum.hexdigest()
        signature = None if sign is None else sign(statement(found))
        closing = Closing(closes=self._header, sha256=found, signature=signature)
        return self._line(closing.model_dump(exclude_none=True))

    def _line(self, value: Any) -> bytes:
        line = canonical(value) + b"\n"
        self._sum.update(line)
        return line


def verify(source: Source, is_genuine: IsGenuine, key: str | None = None) -> Report:
    """Verify a file from nothing but itself, with little memory however long it is.

    Args:
        source: the file.
        is_genuine: checks signatures.
        key: the public key that must have signed it, raw, in hexadecimal; None for any or none.

    Returns:
        All that is wrong, at most some fifty faults; or else what the file holds.
    """
    proof, lines = Proof(), Lines(source)
    header = _read_header(lines, proof)
    closing = _read_entries(lines, proof, header)
    if not proof.is_full:
        stated = _compared(header, closing, proof)
        _compare_entries(stated, proof)
        if closing is not None:
            _compare_sum(closing, proof)
            _check_signature(closing, proof, is_genuine, key)
    if proof.faults or closing is None or proof.first_at is None or proof.last_at is None:
        return Report(faults=tuple(proof.faults))
    found, signature = closing.found.closes, closing.found.signature
    return Report(
        summary=Summary(
            **found.model_dump(exclude={"format", "version"}),
            first_at=proof.first_at,
            last_at=proof.last_at,
            unlinked=proof.unlinked,
            withheld=proof.withheld,
            erased=proof.erased,
            signed_by=None if signature is None else signature.key,
            is_known=key is not None,
        )
    )


# --- reading --------------------------------------------------------------------------------------


class _Closed(NamedTuple):
    """The closing that was found, the number of its line, and the sum of all lines before."""

    line: int
    found: Closing
    sum_before: str


def _read_header(lines: Lines, proof: Proof) -> Header | None:
    line = next(lines, None)
    if line is None:
        proof.note("no_header", line=1)
        return None
    if line.fault is not None:
        return _stated(Header, line, proof)
    if line.value.get("format") != FORMAT:
        proof.note("no_header", line=1, field="/format")
        return None
    if line.value.get("version") != VERSION:
        proof.note("unknown_format", line=1, field="/version")
        return None
    return _stated(Header, line, proof)


def _stated(shape: type[_Stated], line: Line, proof: Proof) -> _Stated | None:
    """Return what the first or the last line states; None when that is not what it can be."""
    if line.fault is not None or line.size > _STATED:
        proof.note(line.fault or "too_long", line=line.number)
        return None
    wrong = wrong_part(shape, line.value)
    if wrong is not None:
        proof.note(wrong[0], line=line.number, field=wrong[1])
        return None
    found = shape.model_validate(line.value)
    if canonical(found.model_dump(exclude_none=True)) != canonical(line.value):
        proof.note("wrong_member", line=line.number)  # true for 1, null for nothing
        return None
    return found


def _read_entries(lines: Lines, proof: Proof, header: Header | None) -> _Closed | None:
    """Take the entries up to the closing, and return that; None when there is no good one."""
    if proof.faults and proof.faults[0].code in {"no_header", "unknown_format"}:
        return None  # it is something else
    for line in lines:
        if proof.is_full:
            return None
        if _is_closing(line, proof, header):
            return _read_closing(line, lines, proof)
        if line.fault is None:
            proof.take(line.value, line.number)
        else:
            proof.unreadable(line.fault, line.number)
    proof.note("cut_short", line=lines.number, expected=header.entries if header else None)
    return None


def _is_closing(line: Line, proof: Proof, header: Header | None) -> bool:
    if "seq" in line.value or "closes" in line.value:
        return "closes" in line.value
    return header is not None and proof.seq >= header.entries


def _read_closing(line: Line, lines: Lines, proof: Proof) -> _Closed | None:
    sum_before, number = lines.sum_before, line.number
    found = _stated(Closing, line, proof)
    if next(lines, None) is not None:
        proof.note("goes_on", line=number + 1)
    return None if found is None else _Closed(number, found, sum_before)


# --- comparing ------------------------------------------------------------------------------------


def _compared(header: Header | None, closing: _Closed | None, proof: Proof) -> Header | None:
    """Return what the file states about itself, where it is said twice that of the sound line."""
    if header is None or closing is None:
        return header or (closing and closing.found.closes)
    again = closing.found.closes
    for name in Header.model_fields:
        if getattr(header, name) != getattr(again, name):
            if closing.sum_before == closing.found.sha256:
                proof.note("closing_changed", line=closing.line, field=f"/closes/{name}")
                return header
            proof.note("header_changed", line=1, field=f"/{name}")
            return again
    return header


def _compare_entries(stated: Header | None, proof: Proof) -> None:
    if stated is None:
        proof.end()
        return
    is_counted = stated.entries == proof.seq
    if not is_counted and proof.seq not in proof.changed:
        proof.count_differs(stated.entries)
    proof.end(stated.head if is_counted else None)
    named = (stated.programme, stated.cooperation)
    if proof.opened not in {None, named} and 1 not in proof.changed:
        proof.note("other_cooperation", line=1, entry=1)


def _compare_sum(closing: _Closed, proof: Proof) -> None:
    if not proof.faults and closing.sum_before != closing.found.sha256:
        # All that has a digest is confirmed: there is the sum itself, and what has none.
        last = proof.unlinked or None
        first = 1 if last else None
        proof.note("sum_differs", line=closing.line, field="/sha256", entry=first, last=last)


def _check_signature(
    closing: _Closed, proof: Proof, is_genuine: IsGenuine, key: str | None
) -> None:
    signature = closing.found.signature
    if signature is None:
        if key is not None:
            proof.note("unsigned", line=closing.line)
        return
    if key is not None and signature.key != key:
        proof.note("other_key", line=closing.line, field="/signature/key")
    elif not proof.faults and not is_genuine(statement(closing.found.sha256), signature):
        proof.note("signature_wrong", line=closing.line, field="/signature")
