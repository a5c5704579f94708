"""Marks on the fields of shapes: what names a person, and what is not for everyone.

A mark stands where a field is declared, so that nobody has to list such fields a second time:
erasure, the digests of the journal and whatever keeps things back find them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from coopflow.domain.base import Slug, Text


class Mark(Enum):
    """What is to be said of a field.

    ``PERSON``: it holds the id of a person. ``SEALED``: it may be kept from those whom it does not
    concern; whether it is depends on the thing, such as the step of a disagreement.
    """

    PERSON = "person"
    SEALED = "sealed"


Person = Annotated[Slug, Mark.PERSON]
"""The opaque id of a person; names belong into the directory of whoever embeds the engine."""

Sealed = Annotated[str, Mark.SEALED]
"""Text that may be kept from those whom it does not concern."""

SealedText = Annotated[Text, Mark.SEALED]
"""The same as people state it."""

Change = Callable[[Mark, str, Any], Any]
"""Returns what stands in for a marked value, given its mark and its JSON pointer (RFC 6901)."""


class _Each(NamedTuple):
    """Something within every element of a list, or every key or value of an object."""

    keys: _Plan | None
    values: _Plan | None


_Plan = Mark | _Each | type[BaseModel]


def replaced(shape: type[BaseModel], raw: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a dumped shape with its marked values replaced; nothing of the old one is touched.

    Args:
        shape: the type of the value.
        raw: the value as JSON; fields may be missing.
        change: says what stands in for each marked value that is there.
    """
    renewed: dict[str, Any] = _within_shape(shape, raw, "", change)
    return renewed


def marked(shape: type[BaseModel], raw: dict[str, Any]) -> list[tuple[Mark, str, Any]]:
    """Return what is marked in a dumped shape: mark, JSON pointer and value, in order."""
    found: list[tuple[Mark, str, Any]] = []

    def note(mark: Mark, pointer: str, value: Any) -> Any:
        found.append((mark, pointer, value))
        return value

    replaced(shape, raw, note)
    return found


@cache
def fields_marked(shape: type[BaseModel], mark: Mark) -> tuple[str, ...]:
    """Return the names of the fields of a shape that have a mark themselves."""
    return tuple(name for name, plan in _plans(shape) if plan is mark)


def fields_with_marks(shape: type[BaseModel]) -> tuple[str, ...]:
    """Return the names of the fields of a shape within which something is marked."""
    return tuple(name for name, _ in _plans(shape))


@cache
def holders(shape: type[BaseModel], mark: Mark) -> frozenset[str]:
    """Return the names of the fields, however deep, that hold what has a mark.

    That is a value itself, several, or shapes with such a field: all that is marked in a value of
    this shape stands within a field of one of these names.
    """
    return frozenset(_holders(shape, mark, frozenset({shape})))


def _holders(
    shape: type[BaseModel], mark: Mark, within: frozenset[type[BaseModel]]
) -> Iterator[str]:
    for name, plan in _plans(shape):
        for inner in _ends(plan):
            if inner is mark or (not isinstance(inner, Mark) and fields_marked(inner, mark)):
                yield name
            elif not isinstance(inner, Mark) and inner not in within:
                yield from _holders(inner, mark, within | {inner})


def _ends(plan: _Plan | None) -> Iterator[Mark | type[BaseModel]]:
    if isinstance(plan, _Each):
        yield from _ends(plan.keys)
        yield from _ends(plan.values)
    elif plan is not None:
        yield plan


def _within_shape(shape: type[BaseModel], raw: Any, path: str, change: Change) -> Any:
    plans = _plans(shape)
    if not plans or not isinstance(raw, dict):
        return raw
    renewed = dict(raw)
    for name, plan in plans:
        if renewed.get(name) is not None:
            renewed[name] = _within(plan, renewed[name], f"{path}/{name}", change)
    return renewed


def _within(plan: _Plan, raw: Any, path: str, change: Change) -> Any:
    if isinstance(plan, Mark):
        return change(plan, path, raw)
    if not isinstance(plan, _Each):
        return _within_shape(plan, raw, path, change)
    if isinstance(raw, dict):
        return {
            _or_same(plan.keys, key, f"{path}/{_escaped(key)}", change): _or_same(
                plan.values, value, f"{path}/{_escaped(key)}", change
            )
            for key, value in raw.items()
        }
    if not isinstance(raw, list):  # somebody else has written it
        return raw
    return [
        _or_same(plan.values, value, f"{path}/{index}", change) for index, value in enumerate(raw)
    ]


def _or_same(plan: _Plan | None, raw: Any, path: str, change: Change) -> Any:
    return raw if plan is None else _within(plan, raw, path, change)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


@cache
def _plans(shape: type[BaseModel]) -> tuple[tuple[str, _Plan], ...]:
    """Return the fields of a shape within which something is marked, and where to look in them."""
    return tuple(_marked_fields(shape, frozenset({shape})))


def _marked_fields(
    shape: type[BaseModel], within: frozenset[type[BaseModel]]
) -> Iterator[tuple[str, _Plan]]:
    for name, field in shape.model_fields.items():
        plan = _plan(field.annotation, field.metadata, within)
        if plan is not None:
            yield name, plan


def _plan(
    annotation: Any, metadata: Iterable[Any], within: frozenset[type[BaseModel]]
) -> _Plan | None:
    mark = next((one for one in metadata if isinstance(one, Mark)), None)
    if mark is not None:
        return mark
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _plan(arguments[0], arguments[1:], within)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        # One that holds itself is looked into again when it does.
        looked_into = annotation in within
        found = looked_into or any(_marked_fields(annotation, within | {annotation}))
        return annotation if found else None
    inner: list[_Plan | None] = [_plan(argument, (), within) for argument in arguments]
    if origin is dict:
        return _Each(inner[0], inner[1]) if any(inner) else None
    if origin is tuple:
        return _Each(None, inner[0]) if inner[0] else None
    # Something or None. Of several shapes in one place none has marks.
    return next((one for one in inner if one is not None), None)
