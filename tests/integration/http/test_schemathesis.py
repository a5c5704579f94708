"""What anybody might send, as its document describes it, to the service that runs."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from coopflow.application.callers import Caller
from coopflow.entrypoints.http.reference import reference
from tests.http_platform import CALLER, Platform

pytestmark = [pytest.mark.server, pytest.mark.slow]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
EXAMPLES = 4
"""How many requests are made up for each operation, beside the examples of the document."""

STREAMS = {"follow_programme", "follow_cooperation"}
"""What goes on for minutes unless it is asked for less."""

TURN = count()
KNOWN = {"programme": "tests", "organisation": "beta", "kind": "charter", "policy": "reference"}


schemathesis.serializer.alias("application/jsonl", "text/plain")
generation = GenerationConfig(deterministic=True, max_examples=EXAMPLES, no_shrink=True)
project = ProjectConfig(generation=generation, request_timeout=30)
config = SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))
schema = schemathesis.openapi.from_dict(reference(), config=config)


@pytest.fixture(scope="module")
def known(platform: Platform, pam: Caller) -> dict[str, str]:
    """Ids of things that are there."""
    address = platform.opened(pam, f"coop-{uuid4().hex[:8]}")
    return {**KNOWN, "cooperation": address.cooperation}


@schema.parametrize()
def test_no_request_meets_a_fault_or_an_answer_that_is_not_documented(
    case: Any, platform: Platform, pam: Caller, known: dict[str, str]
) -> None:
    """Whatever is sent, by turns to things that are there and to those that are made up."""
    if next(TURN) % 2:
        made_up = case.path_parameters or {}
        case.path_parameters = {name: known.get(name, value) for name, value in made_up.items()}
    if case.operation.definition.raw["operationId"] in STREAMS:
        case.query = {**(case.query or {}), "seconds": 0}
    headers = {CALLER: pam.model_dump_json()}
    case.call_and_validate(base_url=platform.url, headers=headers, checks=CHECKS)


def test_the_document_that_is_served_is_the_one_that_was_tried(platform: Platform) -> None:
    """But for the version of the code."""
    with platform.client() as client:
        served = client.get("/v1/openapi.json").json()
    assert served["paths"] == reference()["paths"]
    assert served["components"] == reference()["components"]
