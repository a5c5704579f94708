from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from coopflow.domain.catalogue import COMMANDS
from coopflow.entrypoints.http.openapi import operations
from coopflow.entrypoints.http.reference import reference

FILE = Path(__file__).parents[4] / "docs/reference/openapi.json"
WRITE = f"python -m coopflow.entrypoints.http.reference > {FILE.relative_to(FILE.parents[2])}"


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return reference()


def contents(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all contents that are documented, with where they stand."""
    for operation in operations(spec):
        name = operation["operationId"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield f"{name} body", content
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                yield f"{name} {status}", content
    for name, answer in spec["components"]["responses"].items():
        for content in answer["content"].values():
            yield name, content


def test_the_document_is_valid(spec: dict[str, Any]) -> None:
    """As OpenAPI 3.1 has it."""
    validate(spec)


def test_the_file_is_current(spec: dict[str, Any]) -> None:
    """What is committed is what the routes say."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == spec, f"write it again: {WRITE}"


def test_every_operation_has_a_name_of_its_own(spec: dict[str, Any]) -> None:
    """Names stay: of a command it is its own, and what each answers is said in a sentence."""
    found = list(operations(spec))
    names = [operation["operationId"] for operation in found]
    assert len(names) == len(set(names))
    assert set(COMMANDS) <= set(names)
    for operation in found:
        assert operation["summary"], operation["operationId"]
        assert operation["tags"], operation["operationId"]


def test_every_body_and_every_answer_has_an_example_that_is_one(spec: dict[str, Any]) -> None:
    """Each example keeps to the schema beside it."""
    count = 0
    for name, content in contents(spec):
        assert content.get("example") is not None, name
        schema = {**content["schema"], "components": spec["components"]}
        faults = list(OAS31Validator(schema).iter_errors(content["example"]))
        assert not faults, (name, faults[0].message)
        count += 1
    assert count > 100


def test_every_problem_that_may_be_answered_is_documented(spec: dict[str, Any]) -> None:
    """Whoever may be asked who they are is told so, and whatever is posted may come too often."""
    for operation in operations(spec):
        answers = operation["responses"]
        assert "500" in answers
        if "requestBody" in operation:
            assert {"400", "409", "413", "422"} <= set(answers), operation["operationId"]
        if "401" in answers:
            assert operation["security"] == [{"token": []}]
            assert {"403", "429", "503"} <= set(answers), operation["operationId"]
