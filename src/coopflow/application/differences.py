"""What differs between two versions of a document, part by part, in words that people read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from coopflow.domain.base import Label, Shape

_NAMES: Final = ("id", "name", "member", "subject")
"""What tells the items of a list apart, the first that they all have and that differs in each."""

_SHOWN: Final = 80


class Difference(Shape):
    """One part that differs.

    Attributes:
        path: where, such as ``actions[orchard].due``; items of a list by what names them, else by
            their place in it, from 1: in the later version, of what was removed in the earlier one.
        kind: ``moved``: the items are the same in another order.
        before: what stood there; None for what was added.
        after: what stands there; None for what was removed.
        words: the same in a sentence.
    """

    path: str
    kind: Literal["added", "removed", "changed", "moved"]
    before: Any = None
    after: Any = None
    words: Label


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between two contents, JSON values, in the order of the later one.

    There is none exactly when they are the same JSON, in whatever order their fields are.
    """
    return tuple(_in_fields(before, after, ""))


def _is_same(one: Any, other: Any) -> bool:
    return _canonical(one) == _canonical(other)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _between(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if _is_same(before, after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _in_fields(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_list(before, after, path)
    else:
        yield _changed(path, before, after)


def _in_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str
) -> Iterator[Difference]:
    for name, value in after.items():
        inner = f"{path}.{name}" if path else name
        if name in before:
            yield from _between(before[name], value, inner)
        else:
            yield _added(inner, value)
    for name, value in before.items():
        if name not in after:
            yield _removed(f"{path}.{name}" if path else name, value)


def _in_list(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Difference]:
    named = _naming(before, after)
    if named is None:
        yield from _by_place(before, after, path)
        return
    old = {item[named]: item for item in before}
    new = {item[named]: item for item in after}
    for name, item in new.items():
        inner = f"{path}[{name}]"
        if name in old:
            yield from _between(old[name], item, inner)
        else:
            yield _added(inner, item)
    yield from (_removed(f"{path}[{name}]", item) for name, item in old.items() if name not in new)
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        yield _moved(path, [*old], [*new])


def _naming(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    """Return the field by which all items of two lists are told apart, if there is one."""
    items = [*before, *after]
    if not all(isinstance(item, Mapping) for item in items):
        return None
    for name in _NAMES:
        if all(isinstance(item.get(name), str) for item in items) and all(
            len({item[name] for item in side}) == len(side) for side in (before, after)
        ):
            return name
    return None


def _by_place(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Difference]:
    old, new = [_canonical(one) for one in before], [_canonical(one) for one in after]
    if sorted(old) == sorted(new):
        yield _moved(path, [*before], [*after])
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(end - start, new_end - new_start)
        for step in range(paired):
            inner = f"{path}[{new_start + step + 1}]"
            yield from _between(before[start + step], after[new_start + step], inner)
        for place in range(new_start + paired, new_end):
            yield _added(f"{path}[{place + 1}]", after[place])
        for place in range(start + paired, end):
            yield _removed(f"{path}[{place + 1}]", before[place])


def _shown(value: Any) -> Label:
    """Write a value briefly."""
    if value is None:
        return Label(en="nothing", fr="rien")
    if isinstance(value, bool):
        return Label(en="yes" if value else "no", fr="oui" if value else "non")
    if isinstance(value, list):
        return Label(en=f"{len(value)} item(s)", fr=f"{len(value)} élément(s)")
    if isinstance(value, Mapping):
        named = next((str(value[name]) for name in ("title", *_NAMES) if value.get(name)), "…")
        return Label(en=f"“{named}”", fr=f"« {named} »")
    text = str(value)
    brief = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
    if isinstance(value, str):
        return Label(en=f"“{brief}”", fr=f"« {brief} »")
    return Label(en=brief, fr=brief)


def _added(path: str, value: Any) -> Difference:
    shown = _shown(value)
    words = Label(en=f"{path}: added, {shown.en}", fr=f"{path} : ajouté, {shown.fr}")
    return Difference(path=path, kind="added", after=value, words=words)


def _removed(path: str, value: Any) -> Difference:
    shown = _shown(value)
    words = Label(en=f"{path}: removed, {shown.en}", fr=f"{path} : retiré, {shown.fr}")
    return Difference(path=path, kind="removed", before=value, words=words)


def _changed(path: str, before: Any, after: Any) -> Difference:
    old, new = _shown(before), _shown(after)
    words = Label(en=f"{path}: from {old.en} to {new.en}", fr=f"{path} : de {old.fr} à {new.fr}")
    return Difference(path=path, kind="changed", before=before, after=after, words=words)


def _moved(path: str, before: list[Any], after: list[Any]) -> Difference:
    words = Label(en=f"{path}: in another order", fr=f"{path} : dans un autre ordre")
    return Difference(path=path, kind="moved", before=before, after=after, words=words)
