"""From pydantic's errors to faults with places: what was written, what is expected, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from coopflow.definitions.faults import Fault, first, listing, suggestion
from coopflow.definitions.yaml import DataPath, Document

_EXPECTED: Final = {
    "model_type": "should be a mapping",
    "model_attributes_type": "should be a mapping",
    "dict_type": "should be a mapping",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "string_type": "should be a text",
    "int_type": "should be a whole number",
    "bool_type": "should be true or false",
}
_Model = TypeVar("_Model", bound=BaseModel)
_EMPTY: Final = {"missing": "the key is missing", "too_short": "is empty"}
_KEY: Final = "[key]"
_QUOTE: Final = "'"
_LONGEST: Final = 40


def validate(model: type[_Model], document: Document, data: Any) -> _Model | list[Fault]:
    """Read data as a model.

    Args:
        model: what it should be.
        document: where the data comes from.
        data: the document's data, or a part of its top.

    Returns:
        The value, or the faults found.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return first(
            _fault(model, document, detail)
            for detail in error.errors(include_url=False)
            # A list whose items are at fault is also said to be too short.
            if not (detail["type"] == "too_short" and detail["input"])
        )


def _fault(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Fault:
    kind, loc = detail["type"], detail["loc"]
    about_key = loc[-1:] == (_KEY,)
    path = document.known(loc[:-1] if about_key else loc)
    message, remedy = _words(model, detail)
    place = document.place(path)
    if kind == "missing":
        place = document.key_place(path)
        path = (*path, loc[-1])
    elif kind == "extra_forbidden" or about_key:
        place = document.key_place(path)
    elif kind == "union_tag_invalid":
        tag = detail["ctx"]["discriminator"].strip(_QUOTE)
        path = document.known((*path, tag))
        place = document.place(path)
    return document.fault(path, message, remedy, place=place)


def _words(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    kind, given = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        keys = _keys_at(model, detail["loc"][:-1])
        return "unknown key", suggestion(str(detail["loc"][-1]), keys, otherwise=listing(keys))
    if kind in _SAID:
        return _SAID[kind](detail["ctx"], given)
    if kind in _EXPECTED:
        quotes = kind == "string_type" and isinstance(given, bool | int | float)
        return f"{_EXPECTED[kind]}, not {_shown(given)}", "put it in quotes" if quotes else ""
    return _EMPTY.get(kind) or detail["msg"].replace("Input should be", "should be"), ""


def _unknown_tag(context: dict[str, Any], _: Any) -> tuple[str, str]:
    tags = context["expected_tags"].replace(_QUOTE, "").split(", ")
    what = context["discriminator"].strip(_QUOTE)
    if what.endswith("()"):  # told apart by a function: by the shape of what is written
        return f"should be a {' or a '.join(tags)}, not a {context['tag']}", ""
    message = f"there is no {'rule' if what == 'name' else what} named {context['tag']}"
    return message, suggestion(context["tag"], tags, otherwise=listing(tags))


def _unlisted(context: dict[str, Any], given: Any) -> tuple[str, str]:
    # Truth values are told as YAML writes them.
    expected = context["expected"].replace("True", "true").replace("False", "false")
    words = expected.replace(" or ", ", ").replace(_QUOTE, "").split(", ")
    return f"should be {expected}, not {_shown(given)}", suggestion(str(given), words)


_SAID: Final[dict[str, Callable[[dict[str, Any], Any], tuple[str, str]]]] = {
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": lambda context, _: (
        f"the key {context['discriminator'].strip(_QUOTE)} is missing",
        "",
    ),
    "literal_error": _unlisted,
    "value_error": lambda context, _: (str(context["error"]), ""),
    "string_pattern_mismatch": lambda context, given: (
        f"{_shown(given)} does not match the pattern {context['pattern']}",
        "",
    ),
}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _keys_at(model: type[BaseModel], loc: DataPath) -> list[str]:
    """Return the keys that a model accepts at a place, as its JSON Schema says."""
    root = _schema(model)
    found = list(_alternatives(root, root))
    for step in loc:
        found = [
            option
            for schema in found
            for inner in _inside(schema, step)
            for option in _alternatives(root, inner)
        ]
    return [key for schema in found for key in schema.get("properties", ())]


def _alternatives(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    union = schema.get("oneOf", schema.get("anyOf"))
    if union is None:
        yield schema
        return
    for option in union:
        yield from _alternatives(root, option)


def _inside(schema: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        yield schema.get("items", {})
        return
    properties = schema.get("properties", {})
    if step in properties:
        yield properties[step]
    elif "items" in schema or any(inner.get("const") == step for inner in properties.values()):
        yield schema  # the step tells which shape of several it is
    else:
        if isinstance(schema.get("additionalProperties"), dict):
            yield schema["additionalProperties"]
        yield from schema.get("patternProperties", {}).values()
