"""YAML 1.2 for files that people edit: plain data, the place of everything, nothing surprising.

The reader takes the events of the parser and builds data itself, because a file is input that may
be hostile: no tag is obeyed, and size, depth and the expansion of aliases are bounded before
anything is built. Only words that YAML 1.2 says are numbers, truth values or null become such;
dates, instants and ratios stay the text that was written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from coopflow.definitions.faults import MAX_FAULTS, Fault, FaultsError, shortened
from coopflow.domain.tools import path_of

MAX_DEPTH: Final = 50
"""How deep lists and mappings may stand in each other, aliases expanded."""

MAX_DIGITS: Final = 40
"""The longest whole number that is looked at."""

_BITS: Final = 63
"""What databases and CEL hold of a whole number, its sign left out."""


class Limits(NamedTuple):
    """How large a file may be.

    Attributes:
        size: the most bytes.
        values: the most values and keys, aliases expanded. Reading 10,000 takes a quarter of a
            second: the parser is written in Python.
    """

    size: int
    values: int


_EXPANDED: Final = 2
"""How many times longer than the largest file its text may be once aliases are expanded."""

DEFINITION: Final = Limits(320 * 1024, 20_000)
"""Ten times the largest policy of the library."""

SCENARIO: Final = Limits(1024 * 1024, 70_000)
"""Twenty times the largest of the examples, for whoever tells years of a cooperation."""

DataPath = tuple[str | int, ...]
"""Where something stands: keys of mappings and indices of lists, from the top."""

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class Place(NamedTuple):
    """A position in a file; line and column count from 1."""

    line: int
    column: int
    file: str


@dataclass(slots=True)
class Node:
    """A value with its place, and what it weighs once aliases are expanded."""

    value: Any
    place: Place
    size: int = 1
    height: int = 1
    length: int = 0
    style: str | None = None
    one_line: bool = True

    def plain(self) -> Any:
        """Build the data afresh, so that two uses of an alias share nothing."""
        if isinstance(self.value, dict):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Entry(NamedTuple):
    """A value of a mapping, with the place of its key."""

    key: Place
    node: Node


class Document:
    """A file as data, with the place of every key and value.

    Attributes:
        file: the file as the caller named it.
        texts: the text of every file that it was put together from, by the file.
        root: the value at the top.
        data: nested dictionaries with text keys, lists, text, numbers, truth values and None.
        faults: what is wrong with the file although it could be read, such as a repeated key.
    """

    def __init__(
        self, file: str, texts: Mapping[str, str], root: Node, faults: tuple[Fault, ...]
    ) -> None:
        """Wrap what the reader composed; use ``load`` or ``loads``."""
        self.file = file
        self.texts = texts
        self.root = root
        self.faults = faults
        self.data: Any = root.plain()

    def place(self, path: DataPath) -> Place:
        """Return where a value stands; for one that is absent, where its nearest parent does.

        A value that came in by an alias stands where the anchor is.
        """
        return self._entry(path).node.place

    def key_place(self, path: DataPath) -> Place:
        """Return where the key of a value stands; of a list's item, where the item stands."""
        return self._entry(path).key

    def place_within(self, path: DataPath, line: int, column: int) -> Place:
        """Return where a position inside a text value stands in the file.

        Args:
            path: where the text stands.
            line: a line of the text, from 1.
            column: a column of that line, from 1.

        Returns:
            The exact place for texts on one line and for literal blocks (``|``); for texts that
            YAML folds, the place of the text.
        """
        node = self._entry(path).node
        start = node.place
        if node.style == "|":
            lines = self._lines[start.file]
            after = (lines[number] for number in range(start.line, len(lines)))
            first = next((text for text in after if text.strip()), "")
            indent = len(first) - len(first.lstrip(" "))
            return start._replace(line=start.line + line, column=indent + column)
        if not node.one_line or line != 1:
            return start
        return start._replace(column=start.column + column - (0 if node.style else 1))

    def known(self, path: DataPath) -> DataPath:
        """Return the part of a path that the file has, steps that it has not left out."""
        found: list[str | int] = []
        node = self.root
        for step in path:
            child = _child(node, step)
            if child is not None:
                found.append(step)
                node = child.node
        return tuple(found)

    def fault(
        self, path: DataPath, message: str, remedy: str = "", *, place: Place | None = None
    ) -> Fault:
        """Return a fault of the value at a path."""
        return _fault(place or self.place(path), path, message, remedy)

    @cached_property
    def _lines(self) -> Mapping[str, list[str]]:
        return {file: text.split("\n") for file, text in self.texts.items()}

    def _entry(self, path: DataPath) -> Entry:
        entry = Entry(self.root.place, self.root)
        for step in path:
            child = _child(entry.node, step)
            if child is None:
                break
            entry = child
        return entry


def _fault(place: Place, path: DataPath, message: str, remedy: str) -> Fault:
    line, column, file = place
    texts = (path_of(path), message, remedy)
    return Fault(file, line, column, *map(shortened, texts))


def _child(node: Node, step: str | int) -> Entry | None:
    if isinstance(node.value, dict):
        return cast("dict[str | int, Entry]", node.value).get(step)
    if isinstance(node.value, list) and isinstance(step, int) and 0 <= step < len(node.value):
        item = node.value[step]
        return Entry(item.place, item)
    return None


def load(path: Path, limits: Limits = DEFINITION) -> Document:
    """Read a YAML file whose top is a mapping.

    Raises:
        FaultsError: it cannot be read, is no UTF-8, no YAML 1.2, or passes a limit.
    """
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(limits.size + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FaultsError([Fault(file, 1, 1, "", f"cannot be read: {reason}")]) from error
    if len(content) > limits.size:
        raise FaultsError([Fault(file, 1, 1, "", f"is larger than {limits.size} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8 text"
        raise FaultsError([Fault(file, line, 1, "", message, "save it as UTF-8")]) from error
    return loads(text, file, limits)


def loads(text: str, file: str, limits: Limits = DEFINITION) -> Document:
    """Read YAML whose top is a mapping from text; ``file`` names it in faults.

    Raises:
        FaultsError: it is no YAML 1.2, or passes a limit.
    """
    composer = _Composer(file, limits)
    try:
        if len(text.encode(errors="surrogatepass")) > limits.size:
            composer.stop(Place(1, 1, file), (), f"is larger than {limits.size} bytes")
        root = composer.compose(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1, file) if mark else Place(1, 1, file)
        composer.stop(place, (), error.problem or error.context or str(error), cause=error)
    except ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"), file)
        message = f"the character U+{ord(text[error.position]):04X} is not allowed"
        composer.stop(place, (), message, cause=error)
    except (ValueError, OverflowError) as error:  # an escape or a version beyond all bounds
        composer.stop(composer.reached, (), f"is no YAML from here on: {error}", cause=error)
    return Document(file, {file: text}, root, tuple(composer.faults))


class _Composer:
    """Builds nodes from parser events, within the limits."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self._most = limits.values
        self._longest = _EXPANDED * limits.size
        self._length = 0
        self.faults: list[Fault] = []
        self.reached = Place(1, 1, file)
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def compose(self, events: Iterator[Event]) -> Node:
        """Build the one mapping that a file holds."""
        events = self._followed(events)
        next(events)  # the stream's start
        if isinstance(next(events), StreamEndEvent):
            self.stop(Place(1, 1, self.file), (), "is empty")
        first = next(events)
        root = self._node(first, events, ())
        if not isinstance(first, MappingStartEvent):
            self.stop(root.place, (), "holds no mapping", "write keys and values at the top")
        next(events)  # the document's end
        after = next(events)
        if isinstance(after, DocumentStartEvent):
            self.stop(self._start(after), (), "holds a second document", "one file, one document")
        return root

    def _followed(self, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            self.reached = self._start(event)
            yield event

    def stop(
        self,
        place: Place,
        path: DataPath,
        message: str,
        remedy: str = "",
        *,
        cause: Exception | None = None,
    ) -> NoReturn:
        """Give up on the file, with what was found until here."""
        self.faults.append(_fault(place, path, message, remedy))
        raise FaultsError(self.faults) from cause

    def _start(self, event: Event) -> Place:
        return Place(event.start_mark.line + 1, event.start_mark.column + 1, self.file)

    def _add(self, place: Place, path: DataPath, message: str, remedy: str = "") -> None:
        self.faults.append(_fault(place, path, message, remedy))
        if len(self.faults) > MAX_FAULTS:
            raise FaultsError(self.faults)

    def _node(self, event: Any, events: Iterator[Event], path: DataPath) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        length = len(event.value) if isinstance(event, ScalarEvent) else 0
        self._grow(1, length, len(path) + 1, event, path)
        if event.tag is not None:
            message = f"has the tag {event.tag}, and tags are not obeyed"
            self._add(self._start(event), path, message, "remove the tag")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, ScalarEvent):
            node = self._scalar(event, path)
        else:
            read = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
            node = read(event, events, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _grow(self, size: int, length: int, depth: int, event: Event, path: DataPath) -> None:
        self._count += size
        self._length += length
        if depth > MAX_DEPTH:
            self.stop(self._start(event), path[:3], f"is nested deeper than {MAX_DEPTH} levels")
        if self._count > self._most:
            self.stop(self._start(event), path, f"the file comes to more than {self._most} values")
        if self._length > self._longest:
            message = f"the file comes to more than {self._longest} characters, aliases expanded"
            self.stop(self._start(event), path, message)

    def _alias(self, event: AliasEvent, path: DataPath) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            known = event.anchor in self._anchors
            message = "contains itself" if known else f"there is no anchor &{event.anchor} before"
            self._add(self._start(event), path, message)
            return Node(None, self._start(event))
        self._grow(node.size, node.length, len(path) + node.height, event, path)
        return node

    def _sequence(self, event: SequenceStartEvent, events: Iterator[Event], path: DataPath) -> Node:
        items: list[Node] = []
        while not isinstance(inner := next(events), SequenceEndEvent):
            items.append(self._node(inner, events, (*path, len(items))))
        return Node(items, self._start(event), *_weight(items))

    def _mapping(self, event: MappingStartEvent, events: Iterator[Event], path: DataPath) -> Node:
        entries: dict[str, Entry] = {}
        while not isinstance(inner := next(events), MappingEndEvent):
            place, key = self._start(inner), self._key(inner, events, path)
            node = self._node(next(events), events, (*path, "?" if key is None else key))
            if key is None:
                continue
            if key in entries:
                message = f"the key is given twice, first on line {entries[key].key.line}"
                self._add(place, (*path, key), message, "keep one of them")
                continue
            entries[key] = Entry(place, node)
        nodes = [entry.node for entry in entries.values()]
        return Node(entries, self._start(event), *_weight(nodes, entries))

    def _key(self, event: Event, events: Iterator[Event], path: DataPath) -> str | None:
        self._node(event, events, (*path, "?"))
        if not isinstance(event, ScalarEvent):
            message = "a key is a word, not an alias, a list or a mapping"
            self._add(self._start(event), path, message)
            return None
        if event.value == "<<" and event.style is None:
            message = "merge keys (<<) are no part of YAML 1.2"
            self._add(self._start(event), path, message, "write the keys out")
            return None
        return cast("str", event.value)

    def _scalar(self, event: ScalarEvent, path: DataPath) -> Node:
        text: str = event.value
        value: Any = text
        if any("\ud800" <= char <= "\udfff" for char in text):
            message = "holds half of a surrogate pair, which is no character"
            self._add(self._start(event), path, message)
            value = ""
        elif event.style is None:
            value = self._resolve(text, self._start(event), path)
        one_line = event.start_mark.line == event.end_mark.line
        where = self._start(event)
        return Node(value, where, length=len(text), style=event.style, one_line=one_line)

    def _resolve(self, text: str, place: Place, path: DataPath) -> Any:
        for pattern, read in _SCALARS:
            if pattern.fullmatch(text):
                value = read(text)
                if value is None and read is not _null:
                    message = f"the number {text[:MAX_DIGITS]} is too large or not finite"
                    self._add(place, path, message)
                return value
        return text


def _weight(nodes: list[Node], keys: Iterable[str] = ()) -> tuple[int, int, int]:
    size = 1 + sum(node.size for node in nodes)
    length = sum(node.length for node in nodes) + sum(map(len, keys))
    return size, 1 + max((node.height for node in nodes), default=0), length


def _null(_: str) -> None:
    return None


def _integer(base: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        value = int(text, base) if len(text) <= MAX_DIGITS else None
        return None if value is None or value.bit_length() > _BITS else value

    return read


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


_SCALARS: Final[tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]] = (
    (_NULL, _null),
    (_BOOL, lambda text: text.lower() == "true"),
    (_INT, _integer(10)),
    (_OCTAL, _integer(0)),
    (_HEX, _integer(0)),
    (_FLOAT, _float),
    (_NOT_FINITE, lambda _: None),
)
