"""Links to what this application answers, wherever it is mounted."""

from __future__ import annotations

from fastapi import Request


def here(request: Request, path: str) -> str:
    """Return the path of a thing, such as ``/v1/livez``, as the one who asks reaches it."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/") + path
