"""What a form asks: a tree of questions, made from a model of the domain.

The tree knows nothing of what was typed, of languages or of HTML; the modules beside it walk it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from annotated_types import MinLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from coopflow.entrypoints.web.forms.sources import MADE_OF, NEEDED, NUMBERED, ONE_LINE, source_of


@dataclass(frozen=True)
class _Asked:
    """What all questions have in common.

    Attributes:
        name: how the field is called on the wire; empty for an item of a list.
        about: ``Model.field``, by which labels, help and choices are found.
        required: whether an answer is needed for the whole to be valid.
    """

    name: str
    about: str
    required: bool


@dataclass(frozen=True)
class Line(_Asked):
    """A text.

    Attributes:
        several: whether it may have several lines.
        slug: whether it is an id.
        source: of which things the known ones are offered.
        numbered: what an id is made of that is left out; None where none is made.
        made_of: the text beside it that an id is made of that is left out.
    """

    several: bool = False
    slug: bool = False
    source: str | None = None
    numbered: str | None = None
    made_of: str | None = None


@dataclass(frozen=True)
class Number(_Asked):
    """A number, or a share such as ``2/3``, or a number or words."""

    accepts: Literal["whole", "any", "share", "words"] = "any"


@dataclass(frozen=True)
class Moment(_Asked):
    """A day, or a day and a time."""

    timed: bool = False


@dataclass(frozen=True)
class Choice(_Asked):
    """One of several values."""

    values: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True)
class YesNo(_Asked):
    """Yes or no; ``default`` is what is meant where nothing is said, if anything is."""

    default: bool | None = None


@dataclass(frozen=True)
class Several(_Asked):
    """Several values, each once: of those that there are, or ids of things of a source."""

    values: tuple[str, ...] = ()
    source: str | None = None
    is_bare: bool = True


@dataclass(frozen=True)
class Free(_Asked):
    """Anything at all, written as JSON: what no model describes."""


@dataclass(frozen=True)
class Group(_Asked):
    """Several questions about one thing."""

    parts: tuple[Question, ...] = ()

    @property
    def may_be_bare(self) -> bool:
        """Whether nothing in it is needed."""
        return not any(part.required for part in self.parts)


@dataclass(frozen=True)
class Items(_Asked):
    """A list; ``is_bare``: an empty one is an answer as well."""

    item: Question = None  # type: ignore[assignment]  # every one has one
    is_bare: bool = True


@dataclass(frozen=True)
class Pairs(_Asked):
    """A mapping whose keys people write: a list of ``key`` and ``value``."""

    item: Group = None  # type: ignore[assignment]  # every one has one
    is_bare: bool = True


@dataclass(frozen=True)
class Variants(_Asked):
    """One of several named kinds, each with settings of its own."""

    kinds: Mapping[str, Group] = None  # type: ignore[assignment]  # every one has some

    def __hash__(self) -> int:
        """Hash what tells it apart."""
        return hash((self.name, self.about))


Question: TypeAlias = (
    Line | Number | Moment | Choice | YesNo | Several | Free | Group | Items | Pairs | Variants
)

ENVELOPE: Final = frozenset({"command", "actor", "at", "id"})
"""What every command has, and no form asks."""


@cache
def of_model(model: type[BaseModel], *, without: frozenset[str] = frozenset()) -> Group:
    """Return the questions of a model, in its order.

    Args:
        model: which.
        without: the wire names of fields that are not asked.
    """
    return Group("", model.__name__, required=True, parts=tuple(_fields(model, without)))


def swapped(group: Group, name: str, model: type[BaseModel]) -> Group:
    """Return a group of which one field is asked as another model describes it."""
    inner = of_model(model)
    return replace(
        group,
        parts=tuple(
            replace(inner, name=name, about=part.about, required=part.required)
            if part.name == name
            else part
            for part in group.parts
        ),
    )


def _fields(model: type[BaseModel], without: frozenset[str]) -> list[Question]:
    """Return a question for each field; what is made of others comes after them."""
    asked = [*_asked(model, without)]
    return sorted(asked, key=lambda one: isinstance(one, Line) and one.made_of is not None)


def _asked(model: type[BaseModel], without: frozenset[str]) -> Iterator[Question]:
    for python_name, info in model.model_fields.items():
        name = info.alias or python_name
        if name not in without:
            about = f"{model.__name__}.{name}"
            asked = _Asked(name, about, info.is_required() or about in NEEDED)
            yield _of_type(asked, info.annotation, tuple(info.metadata), _default_of(info))


def _default_of(info: FieldInfo) -> Any:
    return None if info.default is PydanticUndefined else info.default


def _of_type(  # noqa: PLR0911 - one return per kind of type
    asked: _Asked, kind: Any, limits: tuple[Any, ...], default: Any
) -> Question:
    """Return the question for a type."""
    kind, limits = _bare(kind, limits)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        inner = [one for one in arguments if one is not NoneType]
        if len(inner) == 1:
            return _of_type(asked, inner[0], limits, default)
        return _of_union(asked, [_bare(one, ())[0] for one in inner])
    if origin is Literal:
        chosen = default if isinstance(default, str) else None
        return Choice(*_as(asked), values=arguments, default=chosen)
    if origin is tuple:
        return _of_list(asked, arguments[0], is_bare=_may_be_bare(limits))
    if origin is dict:
        return _of_mapping(asked, arguments, is_bare=_may_be_bare(limits))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Group(*_as(asked), parts=tuple(_fields(kind, frozenset())))
    return _of_scalar(asked, kind, limits, default)


def _of_scalar(asked: _Asked, kind: Any, limits: tuple[Any, ...], default: Any) -> Question:
    if kind is bool:
        return YesNo(*_as(asked), default=default)
    if kind in {int, float}:
        accepts: Literal["whole", "any"] = "whole" if kind is int else "any"
        return Number(*_as(asked), accepts)
    if kind is Fraction:
        return Number(*_as(asked), "share")
    if kind in {date, datetime}:
        return Moment(*_as(asked), timed=kind is datetime)
    if kind is str:
        slug = any(isinstance(one, StringConstraints) and one.pattern for one in limits)
        return Line(
            *_as(asked),
            several=not slug and not _is_listed(asked, ONE_LINE),
            slug=slug,
            source=source_of(asked.about, asked.name),
            numbered=NUMBERED.get(asked.about),
            made_of=MADE_OF.get(asked.about),
        )
    message = f"no form asks for {kind!r} ({asked.about})"
    raise TypeError(message)


def _of_union(asked: _Asked, kinds: list[Any]) -> Question:
    if set(kinds) == {float, str}:
        return Number(*_as(asked), "words")
    named = {one.model_fields["name"].default: one for one in kinds}
    about = asked.about
    groups = {
        name: Group("", about, required=False, parts=tuple(_fields(one, frozenset({"name"}))))
        for name, one in named.items()
    }
    return Variants(*_as(asked), kinds=groups)


def _of_list(asked: _Asked, item: Any, *, is_bare: bool) -> Question:
    one = _of_type(_Asked("", asked.about, required=True), item, (), None)
    if isinstance(one, Choice):
        return Several(*_as(asked), values=one.values, is_bare=is_bare)
    if isinstance(one, Line) and one.slug:
        return Several(*_as(asked), source=source_of(asked.about, asked.name), is_bare=is_bare)
    if isinstance(one, Line):
        one = replace(one, several=not _is_listed(asked, ONE_LINE))
    if isinstance(one, Free):
        return Free(*_as(asked))
    return Items(*_as(asked), item=one, is_bare=is_bare)


def _of_mapping(asked: _Asked, arguments: tuple[Any, ...], *, is_bare: bool) -> Question:
    key, value = (_bare(one, ()) for one in arguments)
    if value[0] is Any:
        return Free(*_as(asked))
    if get_origin(key[0]) is Literal:
        of_value = [
            _of_type(_Asked(name, f"{asked.about}.{name}", required=True), *value, None)
            for name in get_args(key[0])
        ]
        return Group(*_as(asked), parts=tuple(of_value))
    parts = (
        _of_type(_Asked("key", f"{asked.about}.key", required=True), *key, None),
        _of_type(_Asked("value", f"{asked.about}.value", required=True), *value, None),
    )
    return Pairs(
        *_as(asked), item=Group("", asked.about, required=True, parts=parts), is_bare=is_bare
    )


def _bare(kind: Any, limits: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return a type without what is annotated to it, and that."""
    while get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        limits = (*limits, *more)
    flat = [
        one
        for limit in limits
        for one in (limit.metadata if isinstance(limit, FieldInfo) else [limit])
    ]
    return kind, tuple(flat)


def _may_be_bare(limits: tuple[Any, ...]) -> bool:
    return not any(isinstance(one, MinLen) and one.min_length > 0 for one in limits)


def _is_listed(asked: _Asked, names: frozenset[str]) -> bool:
    return asked.about in names or asked.about.rpartition(".")[2] in names


def _as(asked: _Asked) -> tuple[str, str, bool]:
    return asked.name, asked.about, asked.required


def walk(question: Question) -> Iterator[Question]:
    """Yield a question and all below it."""
    yield question
    match question:
        case Group():
            inner: tuple[Question, ...] = question.parts
        case Items() | Pairs():
            inner = (question.item,)
        case Variants():
            inner = tuple(question.kinds.values())
        case _:
            inner = ()
    for one in inner:
        yield from walk(one)
