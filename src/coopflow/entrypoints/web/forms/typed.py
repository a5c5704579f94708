"""What somebody typed into a form, as it was typed: kept, shown again, changed by its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

MAX_PAIRS: Final = 5000
"""How many inputs of a form are looked at."""

MAX_DEPTH: Final = 10
"""How deep the name of an input may go."""

MAX_ITEMS: Final = 200
"""How many items a list takes."""

MAX_NAME: Final = 200

_PLACE: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Typed:
    """What was typed at a place of a form.

    Attributes:
        values: what was typed here, several where several may be chosen.
        parts: what was typed below, by name; items of lists by their number.
    """

    values: tuple[str, ...] = ()
    parts: Mapping[str, Typed] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The first that was typed here; empty for nothing."""
        return self.values[0] if self.values else ""

    def part(self, name: str) -> Typed:
        """Return what was typed below a name."""
        return self.parts.get(name, NOTHING)

    def at(self, path: str) -> Typed:
        """Return what was typed at a path such as ``actors.0.name``."""
        found = self
        for step in path.split(".") if path else ():
            found = found.part(step)
        return found

    def having(self, path: str, what: Typed) -> Typed:
        """Return the same with something else at a path."""
        if not path:
            return what
        name, _, rest = path.partition(".")
        return Typed(self.values, {**self.parts, name: self.part(name).having(rest, what)})

    @property
    def items(self) -> tuple[Typed, ...]:
        """The items of a list, in their order, wherever their numbers have holes."""
        numbers = sorted((one for one in self.parts if _PLACE.fullmatch(one)), key=int)
        return tuple(self.parts[one] for one in numbers)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed here or below but what tells that an item is there."""
        mine = self.values if not self.parts else ()
        return not any(one.strip() for one in mine) and all(
            one.is_blank for one in self.parts.values()
        )


NOTHING: Final = Typed()


def listed(items: Iterable[Typed]) -> Typed:
    """Return a list of items."""
    return Typed(parts={str(number): one for number, one in enumerate(items)})


def of_pairs(pairs: Iterable[tuple[str, str]]) -> Typed:
    """Return what was posted: names of inputs are paths, and may come several times.

    What goes deeper, is longer or more than forms are is left out.
    """
    root = _Growing()
    for number, (name, value) in enumerate(pairs):
        if number >= MAX_PAIRS:
            break
        steps = name.split(".") if len(name) <= MAX_NAME else []
        if 0 < len(steps) <= MAX_DEPTH:
            root.put(steps, value)
    return root.grown()


def as_pairs(typed: Typed, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a form with this in it posts."""
    for value in typed.values:
        yield path, value
    if typed.parts and not typed.values and path:
        yield path, ""  # so that an item is there in which nothing was ticked
    for name, part in typed.parts.items():
        yield from as_pairs(part, f"{path}.{name}" if path else name)


def act(typed: Typed, deed: str, path: str) -> Typed:
    """Return what is there after a button of a list was pressed; the same where it makes no sense.

    Args:
        typed: what was typed, its lists numbered without holes.
        deed: ``add`` an item to the list at the path, or ``remove`` the item there, or take it
            ``up`` or ``down``.
        path: of the list or the item.
    """
    if deed == "add":
        items = typed.at(path).items
        return typed.having(path, listed([*items, NOTHING])) if len(items) < MAX_ITEMS else typed
    above, _, number = path.rpartition(".")
    rest = [*typed.at(above).items]
    if not above or not _PLACE.fullmatch(number) or int(number) >= len(rest):
        return typed
    one = rest.pop(int(number))
    if deed in {"up", "down"}:
        rest.insert(max(int(number) + (1 if deed == "down" else -1), 0), one)
    elif deed != "remove":
        return typed
    return typed.having(above, listed(rest))


class _Growing:
    """What was posted at a place, while more comes."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.parts: dict[str, _Growing] = {}

    def put(self, steps: list[str], value: str) -> None:
        here = self
        for step in steps:
            here = here.parts.setdefault(step, _Growing())
        here.values.append(value)

    def grown(self) -> Typed:
        return Typed(tuple(self.values), {name: part.grown() for name, part in self.parts.items()})
