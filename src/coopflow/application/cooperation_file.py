"""Whole cooperations as a file of JSON lines: what another installation needs to carry them on.

The format is described in docs/reference/cooperation-format.md. What is sealed stands in it
encrypted; all else is in clear, as in an exported journal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar

from pydantic import Field, ValidationError

from coopflow.application.engine import Address, Mode
from coopflow.application.json_lines import Line, Lines, Source
from coopflow.application.offers import too_large
from coopflow.application.receipts import RECEIPTS_KEPT, Receipt
from coopflow.definitions.compile import DefinitionError, compile_family, definition_of
from coopflow.domain.base import Shape, Slug
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import GENESIS, Record, canonical, record
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.events import Entry
from coopflow.domain.lines import Code, Digest, Moment, Number, wrong_part
from coopflow.domain.marks import Mark, replaced
from coopflow.domain.proof import Proof
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation

FORMAT: Final = "coopflow-cooperations"
VERSION: Final = 1

_SEALED: Final = "sealed"


class Seals(Protocol):
    """Encrypts and decrypts texts with the keys that a file is written for."""

    def seal(self, programme: str, text: str, about: str) -> str:
        """Encrypt a text; ``about`` says what it is and where it stands.

        Raises:
            KeysError: there is no key for it.
        """

    def open(self, programme: str, sealed: str, about: str) -> str:
        """Decrypt what was sealed, about the same.

        Raises:
            KeysError: the key is missing.
            ValueError: it was changed or moved.
        """


class Packed(NamedTuple):
    """What the workflow of a cooperation knows that its journal does not tell.

    Attributes:
        mode: how time passes.
        definitions: what it was opened with, then what was offered to it since.
        receipts: of the latest accepted commands, oldest first.
        head: the digest of the last entry.
        pepper: the secret that the salts of its journal are made from.
    """

    mode: Mode
    definitions: tuple[Definition, ...]
    receipts: tuple[Receipt, ...]
    head: str
    pepper: str


class Rules(Shape):
    """A lifecycle and a policy, as the contents of their files."""

    lifecycle: dict[str, Any]
    policy: dict[str, Any]


class Header(Shape):
    """The first line of a file."""

    format: Literal["coopflow-cooperations"]
    version: Literal[1]
    exported_at: Moment


class Manifest(Shape):
    """The line before the entries of a cooperation.

    Attributes:
        programme: its programme.
        cooperation: its id.
        entries: how many lines of entries follow.
        head: the digest of the last one.
        mode: how time passes; not there when its workflow is no longer kept.
        rules: what it was opened with, then what was offered to it since.
        receipts: of the latest accepted commands, oldest first: id, first and last entry.
        pepper: encrypted, what the salts of its journal are made from.
    """

    programme: Slug
    cooperation: Slug
    entries: Number
    head: Digest
    mode: Mode | None = None
    rules: tuple[Rules, ...] = Field(default=(), max_length=20)
    receipts: tuple[tuple[Slug, int, int], ...] = Field(default=(), max_length=RECEIPTS_KEPT)
    pepper: str | None = None

    @property
    def address(self) -> Address:
        """Where the cooperation is found."""
        return Address(self.programme, self.cooperation)


class Closing(Shape):
    """The last line of a file: how much it holds, and the SHA-256 of all lines before."""

    closes: int
    sha256: Digest


_S = TypeVar("_S", bound=Shape)


class FileFaultError(ValueError):
    """A file that cannot be imported; says in which line something is wrong, and what."""

    def __init__(self, line: int, code: str, told: str) -> None:
        """Name the line."""
        super().__init__(f"line {line}: {told}")
        self.line, self.code = line, code


class Unpacked(NamedTuple):
    """A cooperation as a file has it, verified.

    Attributes:
        line: the number of the line that it begins with.
        address: where it is found.
        entries: its journal, with what is sealed.
        state: what the entries come to.
        head: the digest of the last one.
        packed: what its workflow knew besides; None when it was no longer kept.
    """

    line: int
    address: Address
    entries: tuple[Entry, ...]
    state: Cooperation
    head: str
    packed: Packed | None


class Writer:
    """Writes a file, line by line; cooperations one after the other."""

    def __init__(self, seals: Seals, at: datetime) -> None:
        """Begin a file.

        Args:
            seals: encrypts what is sealed.
            at: the instant as of which it is written.
        """
        moment = f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"
        self._header = Header(format=FORMAT, version=VERSION, exported_at=moment)
        self._seals = seals
        self._sum = hashlib.sha256()
        self._count = 0

    def header(self) -> bytes:
        """Return the first line."""
        return self._line(self._header.model_dump(mode="json"))

    def cooperation(
        self, address: Address, entries: int, head: str, packed: Packed | None
    ) -> bytes:
        """Return the line that begins a cooperation.

        Args:
            address: where it is found.
            entries: how many entries will follow.
            head: the digest of the last of them.
            packed: what its workflow knows besides.
        """
        self._count += 1
        programme, slug = address
        found = Manifest(programme=programme, cooperation=slug, entries=entries, head=head)
        if packed is not None:
            sealed = self._seals.seal(programme, packed.pepper, _about_pepper(address))
            found = found.but(
                mode=packed.mode,
                rules=tuple(
                    Rules(lifecycle=one.lifecycle, policy=one.policy) for one in packed.definitions
                ),
                receipts=tuple((one.command, one.seq_from, one.seq_to) for one in packed.receipts),
                pepper=sealed if packed.pepper else None,
            )
        return self._line({"begins": found.model_dump(mode="json", exclude_defaults=True)})

    def entry(self, address: Address, entry: Entry) -> bytes:
        """Return the line of an entry."""
        return self._line(_closed(record(entry), address, self._seals))

    def closing(self) -> bytes:
        """Return the last line."""
        found = Closing(closes=self._count, sha256=self._sum.hexdigest())
        return self._line(found.model_dump(mode="json"))

    def _line(self, value: Any) -> bytes:
        line = canonical(value) + b"\n"
        self._sum.update(line)
        return line


def read(source: Source, seals: Seals) -> Iterator[Unpacked]:
    """Yield the cooperations of a file, each verified as soon as all of it was read.

    Whoever acts on one before the last was read acts on a file that may be broken further down.

    Args:
        source: the file.
        seals: decrypts what is sealed.

    Raises:
        FileFaultError: something is wrong with a line.
        KeysError: a key is missing with which something is encrypted.
    """
    lines = _Checked(source)
    lines.stated(Header, lines.next("no_header"), "no_header")
    count = 0
    line = lines.next("cut_short")
    while "begins" in line.value:
        yield _cooperation(lines, line, seals)
        count += 1
        line = lines.next("cut_short")
    if "seq" in line.value:
        raise FileFaultError(line.number, "count_differs", "there are more entries than stated")
    sum_before = lines.sum_before
    closing = lines.stated(Closing, line, "cut_short")
    if closing.closes != count:
        told = f"{closing.closes} cooperations are stated, {count} are there"
        raise FileFaultError(line.number, "count_differs", told)
    if closing.sha256 != sum_before:
        raise FileFaultError(line.number, "sum_differs", "the sum is not that of the lines before")
    lines.end()


def _cooperation(lines: _Checked, begins: Line, seals: Seals) -> Unpacked:
    content = begins.value["begins"]
    if len(begins.value) != 1 or not isinstance(content, dict):
        raise FileFaultError(begins.number, "unknown_member", "it begins no cooperation")
    manifest = lines.stated(Manifest, begins._replace(value=content), "wrong_member")
    address, proof = manifest.address, Proof()
    entries: list[Entry] = []
    for _ in range(manifest.entries):
        line = lines.next("cut_short")
        if "seq" not in line.value:
            told = f"{manifest.entries} entries are stated, {len(entries)} are there"
            raise FileFaultError(line.number, "count_differs", told)
        entries.append(_entry(line, begins.number, address, seals, proof))
    proof.end(manifest.head)
    _refuse(proof, begins.number)
    if proof.opened != tuple(address):
        told = f"these are entries of {'/'.join(proof.opened or ('nothing',))}, not of {address}"
        raise FileFaultError(begins.number, "other_cooperation", told)
    if proof.withheld:
        told = f"something sealed is left out of {address}; import what `coop export` wrote"
        raise FileFaultError(begins.number, "not_to_be_withheld", told)
    state = _folded(tuple(entries), begins.number, address)
    packed = _packed(manifest, begins.number, seals, state)
    return Unpacked(begins.number, address, tuple(entries), state, manifest.head, packed)


def _entry(line: Line, begins: int, address: Address, seals: Seals, proof: Proof) -> Entry:
    try:
        kept = _opened(line.value, address, seals)
    except (ValueError, TypeError, LookupError) as error:
        told = f"what is sealed in it cannot be opened: {error}"
        raise FileFaultError(line.number, "changed", told) from None
    proof.take(kept, line.number)
    _refuse(proof, begins)
    try:
        return Entry.model_validate(kept)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        path = "".join(f"/{part}" for part in wrong["loc"])
        told = f"{path}: {wrong['msg']}"
        raise FileFaultError(line.number, "wrong_member", told) from None


def _refuse(proof: Proof, begins: int) -> None:
    for fault in proof.faults:
        line = fault.line or begins + (fault.entry or 0)
        where = f" ({fault.field})" if fault.field else ""
        raise FileFaultError(line, fault.code, f"an entry is at fault: {fault.code}{where}")


def _folded(entries: tuple[Entry, ...], line: int, address: Address) -> Cooperation:
    try:
        return follow(UNOPENED, entries)
    except Exception as error:  # noqa: BLE001 - entries that others wrote may come to anything
        told = f"the entries of {address} do not follow from each other ({type(error).__name__})"
        raise FileFaultError(line, "wrong_member", told) from None


def _packed(manifest: Manifest, line: int, seals: Seals, state: Cooperation) -> Packed | None:
    if manifest.mode is None:
        return None
    definitions = tuple(_definition(one, line) for one in manifest.rules)
    known = {(one.lifecycle_name, one.policy_name) for one in definitions}
    if (state.lifecycle, state.policy) not in known:
        told = f"the rules that it follows, {state.lifecycle} and {state.policy}, are not there"
        raise FileFaultError(line, "missing_member", told)
    try:
        compile_family(*definitions)
    except DefinitionError as error:
        raise FileFaultError(line, "wrong_member", f"its rules: {error}") from None
    pepper = ""
    if manifest.pepper is not None:
        try:
            pepper = seals.open(
                manifest.programme, manifest.pepper, _about_pepper(manifest.address)
            )
        except ValueError as error:
            raise FileFaultError(line, "changed", f"/pepper: {error}") from None
    return Packed(
        mode=manifest.mode,
        definitions=definitions,
        receipts=tuple(
            Receipt(command=command, seq_from=first, seq_to=last)
            for command, first, last in manifest.receipts
        ),
        head=manifest.head if state.seq else GENESIS,
        pepper=pepper,
    )


def _definition(rules: Rules, line: int) -> Definition:
    try:
        found = definition_of(rules.lifecycle, rules.policy)
        _ = found.lifecycle_name, found.policy_name
    except (KeyError, TypeError, ValueError) as error:
        raise FileFaultError(line, "wrong_member", f"its rules: {error!r}") from None
    refusal = too_large(found)
    if refusal is not None:
        raise FileFaultError(line, "too_long", refusal.message)
    return found


class _Checked:
    """Reads lines, and refuses those that are none."""

    def __init__(self, source: Source) -> None:
        self._lines = Lines(source)

    @property
    def sum_before(self) -> str:
        """The SHA-256 of all lines before the last one that was read."""
        return self._lines.sum_before

    def next(self, otherwise: Code) -> Line:
        """Return the next line; there is one."""
        line = next(self._lines, None)
        if line is None:
            told = "the file ends here, before its last line" if self._lines.number else "no file"
            raise FileFaultError(self._lines.number + 1, otherwise, told)
        if line.fault is not None:
            raise FileFaultError(line.number, line.fault, line.fault.replace("_", " "))
        return line

    def end(self) -> None:
        """See to it that there is no further line."""
        if next(self._lines, None) is not None:
            raise FileFaultError(self._lines.number, "goes_on", "the file goes on after its end")

    def stated(self, shape: type[_S], line: Line, otherwise: Code) -> _S:
        """Return what a line states."""
        try:
            found = shape.model_validate(line.value)
        except ValidationError:
            wrong = wrong_part(shape, line.value) or (otherwise, "")
            told = f"it is no line of this format: {wrong[0]} {wrong[1]}".rstrip()
            raise FileFaultError(line.number, wrong[0], told) from None
        return found


# --- what is sealed -------------------------------------------------------------------------------


def _closed(kept: Record, address: Address, seals: Seals) -> Record:
    """Return an entry with what is sealed encrypted, and the salts of it within."""
    salts = dict(kept.get("salts", {}))

    def close(mark: Mark, pointer: str, value: Any) -> Any:
        if mark is not Mark.SEALED:
            return value
        text = json.dumps([value, salts.pop(f"/event{pointer}", None)])
        about = _about_field(address, kept["seq"], pointer)
        return {_SEALED: seals.seal(address.programme, text, about)}

    event = replaced(EVENTS[kept["event"]["type"]], kept["event"], close)
    return _with(kept, event, salts)


def _opened(kept: Record, address: Address, seals: Seals) -> Record:
    """Return an entry as it was, given as a file has it."""
    event, seq = kept.get("event"), kept.get("seq")
    if not isinstance(event, dict) or event.get("type") not in EVENTS:
        return kept  # and let it be told what is wrong
    salts = dict(kept.get("salts", {}))

    def open_it(mark: Mark, pointer: str, value: Any) -> Any:
        if mark is not Mark.SEALED:
            return value
        about = _about_field(address, seq, pointer)
        plain, salt = json.loads(seals.open(address.programme, value[_SEALED], about))
        if salt is not None:
            salts[f"/event{pointer}"] = salt
        return plain

    return _with(kept, replaced(EVENTS[event["type"]], event, open_it), salts)


def _with(kept: Record, event: Mapping[str, Any], salts: Mapping[str, str]) -> Record:
    found = {**kept, "event": dict(event), "salts": dict(sorted(salts.items()))}
    return {name: value for name, value in found.items() if name != "salts" or value}


def _about_field(address: Address, seq: object, pointer: str) -> str:
    return f"export {address} {seq} {pointer}"


def _about_pepper(address: Address) -> str:
    return f"export {address} pepper"
