"""A server or a worker as a process of its own, to be killed.

``python -m tests.acceptance.crash_process server|worker STATE_DIR PORT``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from coopflow.bootstrap import serve
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from coopflow.temporal import names
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server


async def run_server(state_dir: Path, port: int) -> None:
    """Run a Temporal server until it ends."""
    options = EmbeddedOptions(
        state_dir=state_dir, port=port, ui_port=0, search_attributes=names.SEARCH_ATTRIBUTES
    )
    ensure_keys(Settings(state_dir=state_dir).own_keys_file)
    async with embedded_server(options) as server:
        await server.exited()


async def run_worker(state_dir: Path, _: int) -> None:
    """Run a worker with its read model, for ever."""
    await serve(Settings(state_dir=state_dir), asyncio.Event())


if __name__ == "__main__":
    what, folder, number = sys.argv[1:]
    asyncio.run({"server": run_server, "worker": run_worker}[what](Path(folder), int(number)))
