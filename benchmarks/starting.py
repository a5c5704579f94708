"""How long coopflow takes to start: its help, and the whole of it on one machine.

    .venv/bin/python benchmarks/starting.py [--rounds N]

`coopflow --help` beside a Python that imports nothing; `coopflow dev`, up to the line that says it
is ready, beside the Temporal server alone, up to its first answer. All in a folder of its own, each
time a new one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reporting import Report, options

from coopflow.temporal import names
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server


def ended(*command: str) -> float:
    """Return how many seconds a program takes."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], capture_output=True, check=True)  # noqa: S603 - Python itself
    return time.perf_counter() - began


def ready() -> float:
    """Return how many seconds `coopflow dev` takes until it says that it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        ports = dict.fromkeys(("COOPFLOW_PORT", "COOPFLOW_UI_PORT", "COOPFLOW_HTTP_PORT"), "0")
        environment = os.environ | ports | {"COOPFLOW_STATE_DIR": folder, "COOPFLOW_LANG": "en"}
        command = [sys.executable, "-m", "coopflow.entrypoints.cli", "dev"]
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - the project's own program
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            for line in process.stdout:
                if "ready" in line.lower():
                    break
            taken = time.perf_counter() - began
            process.send_signal(signal.SIGINT)
            process.stdout.read()
            if process.wait():
                raise SystemExit("coopflow dev did not end as it should")
    return taken


async def served() -> float:
    """Return how many seconds the server alone takes."""
    with tempfile.TemporaryDirectory() as folder:
        given = EmbeddedOptions(
            state_dir=Path(folder),
            port=0,
            ui_port=0,
            search_attributes=names.SEARCH_ATTRIBUTES,
        )
        began = time.perf_counter()
        async with embedded_server(given):
            return time.perf_counter() - began


def tell(report: Report, what: str, pairs: list[tuple[float, float]]) -> None:
    """Tell the medians of some rounds, in milliseconds."""
    ours, other = (statistics.median(some) * 1000 for some in zip(*pairs, strict=True))
    notes = [f"at least {min(one for one, _ in pairs) * 1000:.0f} ms"]
    report.tell(what, ours, other, notes)


def main() -> None:
    """Measure, and print a table."""
    given = options(__doc__, rounds=5).parse_args()
    report = Report(given)
    report.begin("a Python that imports nothing", "ms")
    helps = [
        (ended("-m", "coopflow.entrypoints.cli", "--help"), ended("-c", "pass"))
        for _ in range(given.rounds)
    ]
    tell(report, "coopflow --help", helps)
    report.begin("the Temporal server alone", "ms")
    tell(report, "coopflow dev", [(ready(), asyncio.run(served())) for _ in range(given.rounds)])
    report.end()


if __name__ == "__main__":
    main()
