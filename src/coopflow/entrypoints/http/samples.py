"""Examples of answers, made from their schemas: plausible values by the names of fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_VALUES: Final[Mapping[str, Any]] = {
    "about": "charter",
    "action": "a1",
    "actor": "louise",
    "alternate": "martin",
    "arithmetic_en": "7 of 9 members answered; no objection is left open: adopted",
    "arithmetic_fr": "7 membres sur 9 ont répondu ; aucune objection ne reste : adoptée",
    "caller": "person:louise",
    "category": "business",
    "change": "change-1",
    "choice": "consent",
    "code": "document_stale",
    "command_id": "http-4f2c",
    "content": {"issue": "Food that is grown here is not eaten here"},
    "cooperation": "bocage-gourmand",
    "data": {"organisation": "ferme-du-gue"},
    "decision": "decision-1",
    "disagreement": "disagreement-1",
    "email": "louise@example.org",
    "en": "Food that is grown here is not eaten here",
    "enters": "structuration",
    "events": [{"type": "review_convened", "kind": "annual"}],
    "fr": "Ce qui pousse ici n'est pas mangé ici",
    "gate": "to_structuration",
    "issue": "Food that is grown here is not eaten here",
    "kind": "charter",
    "leaves": "impulsion",
    "letter": "A",
    "levels": {"common_plan": 2, "support": 1},
    "lifecycle": "impact-collectif@1",
    "meaning": "It is too early for this.",
    "meeting": "plenary-2030-02",
    "method": "POST",
    "minima": {"common_plan": 2, "support": 1},
    "name": "Ferme du Gué",
    "organisation": "ferme-du-gue",
    "path": "/v1/programmes/valdore/cooperations",
    "person": "louise",
    "policy": "reference@1",
    "programme": "valdore",
    "question": "Do we ask the canteens for a fixed price?",
    "quorum": "1/2",
    "representative": "louise",
    "review": "annual-2030",
    "role": "facilitator",
    "rule": {"name": "consent"},
    "slug": "bocage-gourmand",
    "floor": "to_structuration",
    "location": "/v1/programmes/valdore/cooperations/bocage-gourmand/meetings/plenary-2030-02",
    "mandate_holder": "amap-des-haies",
    "stage": "impulsion",
    "status": "active",
    "subject": "document:charter",
    "territory": "Bocage of the Gué",
    "title": "Bocage gourmand",
    "touches": "money",
    "type": "meeting_recorded",
    "verdict": "pass",
    "verdict_gate": "to_structuration",
    "url": "https://example.org/hook",
}
"""Values by the name of their field, used where the schema allows them."""

_BY_FORMAT: Final[Mapping[str, str]] = {
    "date-time": "2030-02-01T09:00:00Z",
    "date": "2030-02-01",
    "uuid": "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "uri": "https://example.org",
}
_DEEPEST: Final = 12


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return an example of what a schema describes.

    Args:
        schema: as OpenAPI writes it.
        schemas: those that it refers to, by their names.
    """
    return _sample(schema, schemas, "", 0)


def _sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    inner = next((schema[key][0] for key in ("anyOf", "oneOf", "allOf") if key in schema), None)
    if "$ref" in schema:
        inner = schemas[schema["$ref"].rpartition("/")[2]]
    if inner is not None:
        return _sample(inner, schemas, name, depth + 1)
    said = [*schema.get("examples", ()), *schema.get("enum", ())]
    if said or "const" in schema:
        return said[0] if said else schema["const"]
    known = _VALUES.get(name)
    if _fits(schema, known):
        return known
    if schema.get("type") == "object":
        return _object(schema, schemas, depth)
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return [_sample(items, schemas, name, depth + 1)] if depth < _DEEPEST else []
    return _plain(schema, name)


def _fits(schema: Mapping[str, Any], value: object) -> bool:
    if schema.get("type") == "string" and isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    kinds: dict[object, type] = {"object": dict, "array": list}
    kind = schema.get("type")
    return kind in kinds and isinstance(value, kinds[kind]) and not schema.get("properties")


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    if not properties and isinstance(schema.get("additionalProperties"), dict):
        return {"common_plan": _sample(schema["additionalProperties"], schemas, "", depth + 1)}
    wanted = properties if depth < _DEEPEST else schema.get("required", ())
    return {name: _sample(properties[name], schemas, name, depth + 1) for name in wanted}


def _plain(schema: Mapping[str, Any], name: str) -> Any:
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), name.replace("_", "-") or "text")
    return None
