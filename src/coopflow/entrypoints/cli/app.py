"""The command line: its groups, and the commands that belong to none."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, NoReturn

from typer import Exit, Option

from coopflow.entrypoints.cli.commands import access
from coopflow.entrypoints.cli.commands.coop import coop
from coopflow.entrypoints.cli.commands.deployment import deployment
from coopflow.entrypoints.cli.commands.directory import directory, person, programme
from coopflow.entrypoints.cli.commands.disagreement import disagreement
from coopflow.entrypoints.cli.commands.gate import gate
from coopflow.entrypoints.cli.commands.journal import journal
from coopflow.entrypoints.cli.commands.keys import keys
from coopflow.entrypoints.cli.commands.policy import policy
from coopflow.entrypoints.cli.commands.readmodel import readmodel
from coopflow.entrypoints.cli.commands.scenario import scenario
from coopflow.entrypoints.cli.commands.webhook import webhook
from coopflow.entrypoints.cli.options import (
    Checks,
    Cooperation,
    DeploymentName,
    Lang,
    OutputFormat,
    StateDir,
    Supposing,
    group_of,
    settings_of,
)

app = group_of("""Durable workflows for territorial cooperations.

Data goes to stdout, progress to stderr. Exit codes: 0 done, 1 refused or not as expected, 2 the
command line, a setting or a file is wrong, 3 something needed does not answer.
""")
access.add_to(app)
app.add_typer(scenario, name="scenario")
app.add_typer(coop, name="coop")
app.add_typer(gate, name="gate")
app.add_typer(policy, name="policy")
app.add_typer(readmodel, name="readmodel")
app.add_typer(journal, name="journal")
app.add_typer(keys, name="keys")
app.add_typer(person, name="person")
app.add_typer(programme, name="programme")
app.add_typer(directory, name="directory")
app.add_typer(disagreement, name="disagreement")
app.add_typer(deployment, name="deployment")
app.add_typer(webhook, name="webhook")


def _write_version(wanted: bool) -> None:  # noqa: FBT001 - the value of an option
    if wanted:
        version()
        raise Exit


@app.callback()
def coopflow(
    *,
    version: Annotated[
        bool, Option("--version", callback=_write_version, is_eager=True, help="Write the version.")
    ] = False,
) -> None:
    """Take what comes before a command."""


@app.command()
def dev(  # noqa: PLR0913 - its options
    *,
    demo: Annotated[bool, Option("--demo", help="Import the demo and tell its journey.")] = False,
    state_dir: StateDir = None,
    port: Annotated[
        int | None, Option(min=0, max=65535, help="Port of Temporal; another if taken, 0 for any.")
    ] = None,
    ui_port: Annotated[
        int | None, Option(min=0, max=65535, help="Port of its web pages, likewise.")
    ] = None,
    checks: Checks = None,
    lang: Lang = None,
) -> None:
    """Run everything here: Temporal, database and worker.

    It listens on this machine only and serves until Ctrl-C. The state directory keeps what there
    is: the next start goes on with it.
    """
    from coopflow.entrypoints.cli.dev import run  # noqa: PLC0415

    settings = settings_of(
        state_dir=state_dir, port=port, ui_port=ui_port, checks=checks or None, lang=lang
    )
    run(settings, demo=demo)


@app.command()
def serve(
    *,
    host: Annotated[
        str | None,
        Option(
            metavar="ADDRESS",
            help="Where to listen; else COOPFLOW_HTTP_HOST, else on this machine only.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        Option(
            min=0,
            max=65535,
            help="The port, 0 for any free one; else COOPFLOW_HTTP_PORT, else 8000.",
        ),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Serve the HTTP API, to people who sign in and to programs.

    It needs an engine, its database, and a worker somewhere; `coopflow dev` serves it too. Beyond
    this machine, put TLS before it and say by COOPFLOW_PUBLIC_URL where others reach it.
    """
    from coopflow.entrypoints.cli.serve import run  # noqa: PLC0415

    run(settings_of("info", http_host=host, http_port=port, state_dir=state_dir, lang=lang))


@app.command()
def worker(
    *,
    deployment: DeploymentName = None,
    build_id: Annotated[
        str | None,
        Option(
            metavar="ID",
            help="What tells this version from others; else COOPFLOW_BUILD_ID, else the version of "
            "coopflow and a digest of its code.",
        ),
    ] = None,
    metrics_port: Annotated[
        int | None,
        Option(
            min=0,
            max=65535,
            help="Serve figures for Prometheus on this port of loopback, 0 for any; else "
            "COOPFLOW_METRICS_PORT, else not at all. COOPFLOW_METRICS_HOST opens it to others.",
        ),
    ] = None,
    state_dir: StateDir = None,
    checks: Checks = None,
) -> None:
    """Run a worker for a cluster, or for the engine here.

    The cluster is the one that the standard settings of Temporal clients name (TEMPORAL_ADDRESS,
    TEMPORAL_PROFILE and so on, TLS and API keys included). Without them it is the engine that runs
    from the state directory. A worker whose server or database is away waits for it.

    With a deployment it is a version of it, and carries on what begins while that is promoted
    (coopflow deployment promote). Without one any such worker carries any cooperation on.
    """
    from coopflow.entrypoints.cli.worker import run  # noqa: PLC0415

    run(
        settings_of(
            "info",
            deployment=deployment,
            build_id=build_id,
            metrics_port=metrics_port,
            state_dir=state_dir,
            checks=checks or None,
        )
    )


@app.command()
def outbox(*, state_dir: StateDir = None) -> None:
    """Send the webhooks and mail that are due until stopped.

    Any number of these may run, beside each other and beside the workers. `coopflow dev` does so by
    itself. A database that is away is waited for.
    """
    from coopflow.entrypoints.cli.webhooks import run  # noqa: PLC0415

    run(settings_of("info", state_dir=state_dir))


@app.command()
def forecast(  # noqa: PLR0913 - its options
    cooperation: Cooperation,
    *,
    months: Annotated[int, Option(min=1, max=120, help="How far to look ahead.")] = 12,
    supposing: Supposing = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List what will happen by itself if nobody acts.

    What goes stale, lapses, escalates, falls back, is convened or becomes urgent, and when.
    """
    from coopflow.entrypoints.cli.forecast import run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    run(settings, cooperation, months=months, supposing=supposing, output=output)


@app.command("codec-server")
def codec_server(  # noqa: PLR0913 - its options
    *,
    host: Annotated[str, Option(help="Where to listen; by default on this machine only.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, Option(min=0, max=65535, help="The port; 0 for any free one.")] = 8234,
    origin: Annotated[
        list[str] | None,
        Option(
            metavar="URL",
            help="Pages that may ask, as http://HOST:PORT; may be repeated. By default those of "
            "the engine here.",
        ),
    ] = None,
    programme: Annotated[str | None, Option(help="Decrypt for this programme alone.")] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Decrypt for the Temporal UI, if it shows a token.

    The token is made and shown at the start, unless COOPFLOW_CODEC_TOKEN sets it. Ballots and the
    content of disagreements stay sealed. It serves until Ctrl-C.
    """
    from coopflow.entrypoints.cli.codec_server import run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    run(settings, host=host, port=port, origins=origin or [], programme=programme)


@app.command()
def doctor(*, output: OutputFormat = "table", state_dir: StateDir = None) -> None:
    """Look whether all that is needed is there.

    Says what to do about what is not; exit code 3 if something is missing.
    """
    from coopflow.entrypoints.cli.doctor import examine  # noqa: PLC0415

    raise Exit(examine(settings_of(state_dir=state_dir), output=output))


@app.command()
def version() -> None:
    """Write the version."""
    from coopflow import __version__  # noqa: PLC0415

    print(f"coopflow {__version__}")  # noqa: T201 - the answer


def main() -> NoReturn:
    """Run the command that the arguments of the process name, and end the process.

    Raises:
        SystemExit: always, with the exit code.
    """
    try:
        app(prog_name="coopflow")
    except SystemExit as end:
        if "temporalio" not in sys.modules:
            raise
        # The SDK's threads may still call into an interpreter that shuts down, which aborts the
        # process: leave without shutting down.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)
    raise SystemExit(0)
