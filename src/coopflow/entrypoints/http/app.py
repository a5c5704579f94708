"""The application that answers under ``/v1``."""

from __future__ import annotations

from fastapi import FastAPI


def api() -> FastAPI:
    """Return the application, to be served or to be mounted in another one."""
    app = FastAPI(title="coopflow")

    @app.get("/v1/livez", tags=["health"])
    async def livez() -> dict[str, str]:
        """Say that this process answers."""
        return {"status": "ok"}

    return app
