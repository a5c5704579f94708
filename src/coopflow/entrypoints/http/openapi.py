"""The OpenAPI document of the API: what FastAPI finds in the routes, and what they all share.

Problems, the key of what is posted, tags of what is read, ways in and examples are the same
everywhere, so that they are written here once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from coopflow.entrypoints.http.answers import documented
from coopflow.entrypoints.http.problems import FieldProblem, Problem
from coopflow.entrypoints.http.samples import sample
from coopflow.entrypoints.http.streams import STREAMED

_POSTED: Final = (400, 409, 413)
"""The statuses of problems that anything posted or sent with a body may be answered with."""

_FIRST_PROBLEM: Final = 400
_REFS: Final = "#/components/schemas/{model}"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})

_DESCRIPTION: Final = """\
Cooperations as durable workflows: commands are posted to the things that they are about, and all
that follows from them can be read.

Whatever is not done is a problem (RFC 9457) of a stable `type`, which `/v1/problems` explains in
French and English. Everything that is posted may be sent again with its `Idempotency-Key`.
Everything that is read has an `ETag`. Lists are handed out in pages: go on at `next`.
"""


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    spec = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        summary=app.summary,
        description=_DESCRIPTION,
        routes=app.routes,
        servers=app.servers,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    components: dict[str, Any] = spec.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (FieldProblem, Problem):
        schemas[model.__name__] = model.model_json_schema(ref_template=_REFS)
        schemas[model.__name__].pop("$defs", None)
    for schema in schemas.values():
        _allow_names_of_rules(schema)
    used: set[int] = set()
    for operation in operations(spec):
        used |= _complete(operation, schemas)
    components["responses"] = {_name(status): documented(status) for status in sorted(used)}
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token, or whatever the platform that mounts the API takes instead.",
        }
    }
    return spec


def operations(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations of a document."""
    for path in spec["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                operation["x-method"] = method
                yield operation


def _complete(operation: dict[str, Any], schemas: Mapping[str, Any]) -> set[int]:
    """Complete an operation; return the statuses of the problems that it may answer with."""
    method = operation.pop("x-method")
    is_posted = method == "post"
    answers = operation["responses"]
    statuses = {
        int(status) for status in answers if status.isdecimal() and int(status) >= _FIRST_PROBLEM
    }
    statuses.add(500)
    if is_posted or "requestBody" in operation:
        statuses |= set(_POSTED)
    operation["responses"] = {
        status: answer for status, answer in answers.items() if int(status) not in statuses
    }
    tagged: dict[str, Any] | None = None
    for status, answer in operation["responses"].items():
        _exemplify(answer, schemas)
        found = _headers(int(status), is_posted=is_posted)
        is_tagged = method == "get" and "application/json" in answer.get("content", {})
        if is_posted or is_tagged:
            answer.setdefault("headers", {}).update(found)
        if is_tagged:
            tagged = {"description": "Not changed since `If-None-Match`"}
    if tagged is not None:
        operation["responses"]["304"] = tagged
    for status in sorted(statuses):
        reference = {"$ref": f"#/components/responses/{_name(status)}"}
        operation["responses"][str(status)] = reference
    if 401 in statuses:  # noqa: PLR2004 - whoever asks has to show who they are
        operation["security"] = [{"token": []}]
    body = operation.get("requestBody")
    if body is not None:
        _exemplify(body, schemas)
    return statuses


def _headers(status: int, *, is_posted: bool) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    if not is_posted:
        return {"ETag": {**text, "description": "What this was: send it as `If-None-Match`."}}
    found = {"Idempotency-Key": {**text, "description": "The key that was sent, or made."}}
    if status in {201, 202}:
        found["Location"] = {**text, "description": "Where to look for what came of it."}
    return found


def _exemplify(answer: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Give each content in JSON an example: the one of its schema, or one made of its fields."""
    for media_type, content in answer.get("content", {}).items():
        if media_type == "text/event-stream":
            content.pop("itemSchema", None)  # of OpenAPI 3.2
            content |= {"schema": {"type": "string"}, "example": STREAMED}
        schema = content.get("schema")
        if media_type != "application/json" or not schema or "example" in content:
            continue
        given = schema.pop("examples", None)
        content["example"] = given[0] if given else sample(schema, schemas)
        if given and set(schema) == {"$ref", "description"}:
            schema.pop("description")


def _allow_names_of_rules(schema: Any) -> None:
    """Say that a decision rule may be written as its name: a validator reads it so."""
    if isinstance(schema, list):
        for one in schema:
            _allow_names_of_rules(one)
        return
    if not isinstance(schema, dict):
        return
    for one in schema.values():
        _allow_names_of_rules(one)
    if schema.get("discriminator", {}).get("propertyName") == "name":
        names = list(schema["discriminator"]["mapping"])
        rules = {key: schema.pop(key) for key in ("discriminator", "oneOf")}
        schema["anyOf"] = [{"type": "string", "enum": names}, rules]


def _name(status: int) -> str:
    return f"Problem{status}"
