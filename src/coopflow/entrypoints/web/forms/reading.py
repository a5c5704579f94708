"""Between what was typed and the data of the domain, in both directions."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple

from coopflow.application.callers import Language
from coopflow.entrypoints.http.middleware.limits import DEEPEST, depth
from coopflow.entrypoints.web.forms.questions import (
    Choice,
    Free,
    Group,
    Items,
    Line,
    Moment,
    Number,
    Pairs,
    Question,
    Several,
    Variants,
    YesNo,
)
from coopflow.entrypoints.web.forms.typed import MAX_ITEMS, NOTHING, Typed, listed

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,30}([.,][0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_WORD: Final = re.compile("[a-z0-9]+")
_LONGEST_SLUG: Final = 60
_SPACE_WITHIN: Final = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3})")
_MINUTES: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
)


class Absent:
    """What stands for no answer."""


ABSENT: Final = Absent()


class Way(NamedTuple):
    """How somebody writes: in their language, with the clock of where they live."""

    language: Language
    zone: tzinfo


def fit(question: Question, typed: Typed, path: str = "") -> tuple[Typed, tuple[str, ...]]:
    """Return what of something posted answers a question, and the names of what does not.

    Items of lists are numbered anew, without holes.
    """
    ignored: list[str] = []
    return _fit(question, typed, path, ignored), tuple(ignored)


def _fit(question: Question, typed: Typed, path: str, ignored: list[str]) -> Typed:
    match question:
        case Group():
            return _fit_parts({one.name: one for one in question.parts}, typed, path, ignored)
        case Items() | Pairs():
            items = typed.items
            ignored += [
                f"{path}.{name}" for name in typed.parts if not name.isascii() or not name.isdigit()
            ]
            if len(items) > MAX_ITEMS:
                ignored.append(f"{path}.{MAX_ITEMS}")
            kept = [
                _fit(question.item, one, f"{path}.{number}", ignored)
                for number, one in enumerate(items[:MAX_ITEMS])
            ]
            return listed(kept)
        case Variants():
            name = typed.part("name")
            group = question.kinds.get(name.text)
            inner = {one.name: one for one in group.parts} if group else {}
            others = {part.name: part for one in question.kinds.values() for part in one.parts}
            fitted = _fit_parts({"name": _NAME, **others, **inner}, typed, path, ignored)
            kept_parts = {
                step: part for step, part in fitted.parts.items() if step == "name" or step in inner
            }
            return Typed(parts=kept_parts)
        case _:
            ignored += [f"{path}.{name}" for name in typed.parts]
            return Typed(typed.values)


_NAME: Final = Line("name", "", required=True)


def _fit_parts(parts: Mapping[str, Question], typed: Typed, path: str, ignored: list[str]) -> Typed:
    fitted: dict[str, Typed] = {}
    for name, part in typed.parts.items():
        inner = f"{path}.{name}" if path else name
        if name in parts:
            fitted[name] = _fit(parts[name], part, inner, ignored)
        else:
            ignored.append(inner)
    return Typed(parts=fitted)


def tidy(question: Question, typed: Typed) -> Typed:
    """Return the same without items in which nothing was typed, and with ids that are made up.

    The places of what is wrong with the data are then those of what was typed.
    """
    return _tidy(question, typed, set(_ids(question, typed)))


def _tidy(question: Question, typed: Typed, taken: set[str]) -> Typed:
    match question:
        case Group():
            parts = {
                one.name: _tidy(one, typed.part(one.name), taken)
                for one in question.parts
                if one.name in typed.parts
            }
            return _named(question, Typed(parts=parts))
        case Items() | Pairs():
            items = [one for one in typed.items if not one.is_blank]
            return listed(
                _tidy(question.item, _identified(question.item, one, taken), taken) for one in items
            )
        case _:
            return typed


def _identified(item: Question, typed: Typed, taken: set[str]) -> Typed:
    """Return an item with an id, where it is one that is made up and was left out."""
    asked = next((one for one in _parts(item) if isinstance(one, Line) and one.numbered), None)
    if asked is None or typed.part(asked.name).text.strip():
        return typed
    number = next(n for n in range(1, 10**6) if f"{asked.numbered}-{n}" not in taken)
    made = f"{asked.numbered}-{number}"
    taken.add(made)
    return typed.having(asked.name, Typed((made,)))


def _named(question: Group, typed: Typed) -> Typed:
    """Return the same with ids made of the texts beside them, where they were left out."""
    for one in question.parts:
        if not isinstance(one, Line) or one.made_of is None or typed.part(one.name).text.strip():
            continue
        made = slug_of(typed.part(one.made_of).text)
        typed = typed.having(one.name, Typed((made,))) if made else typed
    return typed


def slug_of(text: str) -> str:
    """Return an id that is made of a text: its letters and digits, without accents."""
    parted = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(one for one in parted if not unicodedata.combining(one))
    return "-".join(_WORD.findall(bare))[:_LONGEST_SLUG].strip("-")


def _parts(question: Question) -> tuple[Question, ...]:
    return question.parts if isinstance(question, Group) else ()


def _ids(question: Question, typed: Typed) -> Iterator[str]:
    """Yield all ids that were typed where ids may be made up."""
    match question:
        case Line(numbered=str()):
            yield typed.text.strip()
        case Group():
            for one in question.parts:
                yield from _ids(one, typed.part(one.name))
        case Items():
            for item in typed.items:
                yield from _ids(question.item, item)
        case _:
            return


def data_of(question: Question, typed: Typed, way: Way) -> Any:
    """Return what was typed as the domain writes it, or ``ABSENT``.

    What is meant where nothing is said is not said.

    What is not of the kind that is asked, such as words for a number, is handed on as it was typed:
    the domain says what is wrong with it.
    """
    match question:
        case Group():
            found = {one.name: data_of(one, typed.part(one.name), way) for one in question.parts}
            said = {name: value for name, value in found.items() if value is not ABSENT}
            return said if said or (question.required and question.may_be_bare) else ABSENT
        case Items():
            inner = (data_of(question.item, one, way) for one in typed.items)
            return _unless_bare(question, [one for one in inner if one is not ABSENT])
        case Pairs():
            pairs = (data_of(question.item, one, way) for one in typed.items)
            mapping = {
                str(one.get("key", "")): one.get("value", "") for one in pairs if one is not ABSENT
            }
            return _unless_bare(question, mapping)
        case Several():
            return _unless_bare(question, _chosen(typed, typed_in=not question.values))
        case Variants():
            return _variant(question, typed, way)
        case _:
            text = typed.text.replace("\r\n", "\n").replace("\r", "\n")
            return _of_text(question, text, way) if text.strip() else ABSENT


def _unless_bare(question: Items | Pairs | Several, value: Any) -> Any:
    return value if value or (question.required and question.is_bare) else ABSENT


def _chosen(typed: Typed, *, typed_in: bool) -> list[str]:
    values = [
        one
        for value in typed.values
        for one in (re.split(r"[\s,;]+", value) if typed_in else [value])
    ]
    return [*dict.fromkeys(one for one in values if one.strip())]


def _variant(question: Variants, typed: Typed, way: Way) -> Any:
    name = typed.part("name").text.strip()
    if not name:
        return ABSENT
    group = question.kinds.get(name)
    settings = data_of(group, typed, way) if group is not None else ABSENT
    return {"name": name, **settings} if isinstance(settings, dict) else name


def _of_text(question: Question, text: str, way: Way) -> Any:  # noqa: PLR0911 - one per kind
    match question:
        case Line():
            return text.strip() if question.slug else text
        case Number():
            return _number(question, text.strip())
        case Moment(timed=True):
            return _instant(text.strip(), way.zone)
        case YesNo():
            answer = {"yes": True, "no": False}.get(text, text)
            return ABSENT if answer == question.default else answer
        case Choice():
            return ABSENT if text == question.default else text.strip()
        case Free():
            return _json(text)
        case _:
            return text.strip()


def _json(text: str) -> Any:
    """Return what JSON says; the text itself where it is none, or deeper than requests may be."""
    if depth(text.encode(errors="replace")) > DEEPEST:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _number(question: Number, text: str) -> Any:
    bare = _SPACE_WITHIN.sub("", text)
    if question.accepts == "share":
        return re.sub(r"\s", "", text).replace(",", ".")
    if _WHOLE.fullmatch(bare):
        return int(bare)
    if question.accepts != "whole" and _DECIMAL.fullmatch(bare):
        return float(bare.replace(",", "."))
    return text


def _instant(text: str, zone: tzinfo) -> str:
    if not _MINUTES.fullmatch(text):
        return text
    try:
        there = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return there.isoformat().replace("+00:00", "Z")


def typed_of(question: Question, value: Any, way: Way) -> Typed:  # noqa: PLR0911 - one per kind
    """Return what one would have typed for a value of the domain."""
    match question:
        case Group() if isinstance(value, Mapping):
            return Typed(
                parts={
                    one.name: typed_of(one, value[one.name], way)
                    for one in question.parts
                    if value.get(one.name) is not None
                }
            )
        case Items() if isinstance(value, list | tuple):
            return listed(typed_of(question.item, one, way) for one in value)
        case Pairs() if isinstance(value, Mapping):
            pairs = ({"key": key, "value": one} for key, one in value.items())
            return listed(typed_of(question.item, one, way) for one in pairs)
        case Several() if isinstance(value, list | tuple):
            return Typed(tuple(map(str, value)))
        case Variants():
            return _typed_variant(question, value, way)
        case Free():
            return Typed((json.dumps(value, ensure_ascii=False, indent=2, default=str),))
        case Group() | Items() | Pairs() | Several():
            return NOTHING
        case _:
            return Typed((_text_of(question, value, way),))


def _typed_variant(question: Variants, value: Any, way: Way) -> Typed:
    named = value if isinstance(value, Mapping) else {"name": value}
    name = str(named.get("name", ""))
    group = question.kinds.get(name)
    settings = typed_of(group, named, way).parts if group is not None else {}
    return Typed(parts={"name": Typed((name,)), **settings})


def _text_of(question: Question, value: Any, way: Way) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(question, Number) and isinstance(value, int | float):
        written = str(value)
        return written.replace(".", ",") if way.language == "fr" else written
    if isinstance(question, Moment) and question.timed:
        return _local(value, way.zone)
    return str(value)


def _local(value: Any, zone: tzinfo) -> str:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        there = instant.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return str(value)
    spec = "auto" if there.second or there.microsecond else "minutes"
    return there.isoformat(timespec=spec)
