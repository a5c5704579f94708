"""Writes the OpenAPI document: ``python -m coopflow.entrypoints.http.reference > FILE``."""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from fastapi import Request

from coopflow.application.callers import Caller
from coopflow.entrypoints.http.app import api
from coopflow.services import Services


def reference() -> dict[str, Any]:
    """Return the OpenAPI document of the API as it is, without anything that could answer."""

    async def nobody(_: Request) -> Caller | None:
        return None

    found: dict[str, Any] = api(cast("Services", None), authenticate=nobody).openapi()
    found["info"]["version"] = "1"  # of what it describes, which changes less often than the code
    return found


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(reference(), indent=1, ensure_ascii=False)}\n")
