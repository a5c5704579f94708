"""The commands and their options. Each imports what it needs when it runs, not before."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli import access_commands
from coopflow.entrypoints.cli.options import Lang, OutputFormat, StateDir
from coopflow.entrypoints.cli.options import group_of as _group
from coopflow.entrypoints.cli.options import settings_of as _settings
from coopflow.entrypoints.cli.webhook_commands import webhook

Supposing = Annotated[
    Path | None,
    Option(
        "--as-if",
        metavar="FILE",
        help="Suppose that the commands of this file had been given.",
    ),
]
Policies = Annotated[list[str], Argument(metavar="POLICY...", help="Policies, by name or file.")]
Lifecycle = Annotated[
    str | None,
    Option(help="A lifecycle, by name or file, instead of the one that the policy is for."),
]
Cooperation = Annotated[
    str, Argument(metavar="COOP", help="A cooperation: its id, or PROGRAMME/ID.")
]


Checks = Annotated[
    list[Path] | None,
    Option(
        "--checks",
        metavar="PATH",
        help="A Python module with checks, or a folder of *_checks.py; may be repeated.",
    ),
]


DeploymentName = Annotated[
    str | None,
    Option(
        "--deployment",
        metavar="NAME",
        help="What all versions of the workers of one engine share; else COOPFLOW_DEPLOYMENT.",
    ),
]


app = _group("""Durable workflows for territorial cooperations.

Data goes to stdout, progress to stderr. Exit codes: 0 done, 1 refused or not as expected, 2 the
command line, a setting or a file is wrong, 3 something needed does not answer.
""")
scenario = _group("Scenarios: lives of cooperations, written down.")
coop = _group("Cooperations, as the read model knows them.")
gate = _group("Gates: what stands in the way, and the shortest way to pass.")
access_commands.add_to(app)
app.add_typer(scenario, name="scenario")
app.add_typer(coop, name="coop")
policy = _group("Policies: what conditions, gates and decisions ask for.")
readmodel = _group("The read model: verify it, and rebuild it.")
journal = _group("Journals as files that prove themselves.")
keys = _group("Keys: what encrypts all that is stored and not for everyone.")
disagreement = _group("Disagreements: where they stand, and who may read them.")
person = _group("People: who they are, where they are named, and forgetting.")
programme = _group("Programmes: what everything else belongs to.")
directory = _group("The directory: people and organisations, in files and lists.")
deployment = _group("Versions of the workers, and rolling a change.")
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

    settings = _settings(
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

    run(_settings("info", http_host=host, http_port=port, state_dir=state_dir, lang=lang))


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
        _settings(
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
    """Send the webhooks that are due, until told to stop.

    Any number of these may run, beside each other and beside the workers. `coopflow dev` does so by
    itself. A database that is away is waited for.
    """
    from coopflow.entrypoints.cli.webhooks import run  # noqa: PLC0415

    run(_settings("info", state_dir=state_dir))


@scenario.command("run")
def scenario_run(
    files: Annotated[list[Path], Argument(metavar="FILE...", help="Scenario files, YAML.")],
    *,
    on: Annotated[
        Literal["memory", "temporal"],
        Option(
            help="Where to run them; temporal starts a server of its own, which leaves no trace."
        ),
    ] = "memory",
    policy_name: Annotated[
        str | None, Option("--policy", help="A policy, by name or file, not the one they name.")
    ] = None,
    output: OutputFormat = "table",
) -> None:
    """Run scenarios and say what does not hold.

    Exit code 0 when all that they expect holds; 1 when not, with FILE:LINE of each broken
    expectation; 2 when a file is wrong: then nothing is run.
    """
    from coopflow.entrypoints.cli.scenario import run  # noqa: PLC0415

    _settings()
    raise Exit(run([(file, policy_name) for file in files], on=on, output=output))


@policy.command("new")
def policy_new(
    name: Annotated[str, Argument(help="Small letters, digits and hyphens.")],
    *,
    extends: Annotated[str, Option(help="The policy to start from.")] = "reference",
    lifecycle: Lifecycle = None,
    folder: Annotated[Path, Option(file_okay=False, help="Where to write it.")] = Path(),
) -> None:
    """Write a policy that extends another one, and a scenario beside it."""
    from coopflow.entrypoints.cli.policies import write  # noqa: PLC0415

    _settings()
    write(name, base=extends, lifecycle=lifecycle, folder=folder)


@policy.command("lint")
def policy_lint(
    policies: Policies, *, lifecycle: Lifecycle = None, output: OutputFormat = "table"
) -> None:
    """Check policies: what is wrong, and what is allowed and hardly meant.

    Exit code 0 when there is nothing to say; 1 when something should be looked at again, with
    FILE:LINE:COLUMN and what to do; 2 when a policy cannot be used.
    """
    from coopflow.entrypoints.cli.policies import lint  # noqa: PLC0415

    raise Exit(lint(_settings(), policies, lifecycle=lifecycle, output=output))


@policy.command("check")
def policy_check(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="POLICY", help="A policy, by name or file.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
    ] = None,
    *,
    checks: Checks = None,
    lifecycle: Lifecycle = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Ask the Python checks that a policy reads about cooperations, now.

    They run here, from the modules beside the policy, installed packages and --checks; nothing is
    recorded. Without a cooperation they are listed. Exit code 1 when one does not hold, is unknown
    or is not written anywhere.
    """
    from coopflow.entrypoints.cli.checks import run  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, checks=checks or None, lang=lang)
    raise Exit(run(settings, name, cooperations or [], lifecycle=lifecycle, output=output))


@policy.command("test")
def policy_test(policies: Policies, *, output: OutputFormat = "table") -> None:
    """Run the scenarios beside policies.

    NAME.scenario.yaml and NAME.*.scenario.yaml, in memory. Exit codes as of `scenario run`.
    """
    from coopflow.entrypoints.cli.policies import test  # noqa: PLC0415

    _settings()
    raise Exit(test(policies, output=output))


@policy.command("diff")
def policy_diff(
    old: Annotated[str, Argument(metavar="A", help="A policy, by name or file.")],
    new: Annotated[str, Argument(metavar="B", help="The one to compare with it.")],
    *,
    lifecycle: Lifecycle = None,
    output: OutputFormat = "table",
    lang: Lang = None,
) -> None:
    """Tell what becomes stricter, looser, new or gone from A to B."""
    from coopflow.entrypoints.cli.policies import diff  # noqa: PLC0415

    diff(_settings(lang=lang), old, new, lifecycle=lifecycle, output=output)


@policy.command("list")
def policy_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the policies that cooperations follow or were offered."""
    from coopflow.entrypoints.cli.registered import list_all  # noqa: PLC0415

    list_all(_settings(state_dir=state_dir, lang=lang), output=output)


@policy.command("show")
def policy_show(
    name: Annotated[str, Argument(metavar="NAME[@VERSION]", help="One of `policy list`.")],
    *,
    state_dir: StateDir = None,
) -> None:
    """Write the content of a registered policy, as JSON."""
    from coopflow.entrypoints.cli.registered import show  # noqa: PLC0415

    show(_settings(state_dir=state_dir), name)


@policy.command("impact")
def policy_impact(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="POLICY", help="A policy, by name or file.")],
    *,
    programme: Annotated[str | None, Option(help="Only cooperations of this programme.")] = None,
    lifecycle: Lifecycle = None,
    output: Annotated[
        Literal["table", "json", "csv"],
        Option("--output", "-o", help="For people, or for programs. Data goes to stdout."),
    ] = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Tell what a policy would change for every cooperation that lives.

    Who would lose or gain a level, start a cure clock, or pass the next gate. Changes nothing.
    """
    from coopflow.entrypoints.cli.impact import run  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    run(settings, name, lifecycle=lifecycle, programme=programme, output=output)


@policy.command("adopt")
def policy_adopt(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="POLICY", help="A policy, by name or file.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
    ] = None,
    *,
    by: Annotated[str, Option(help="Who proposes it: a person with a role there.")],
    everywhere: Annotated[bool, Option("--all", help="Every active cooperation.")] = False,
    programme: Annotated[str | None, Option(help="With --all, only those of it.")] = None,
    question: Annotated[str | None, Option(help="What the members are asked.")] = None,
    closes_at: Annotated[
        datetime | None,
        Option(
            metavar="INSTANT",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="When the decision closes, in UTC; by default as their policy says.",
        ),
    ] = None,
    lifecycle: Lifecycle = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Propose a policy to cooperations, as a decision of each.

    Nothing changes unless the members adopt it. Saying it again is harmless: it goes on where it
    was interrupted. Exit code 1 when some refused.
    """
    from coopflow.entrypoints.cli.adopt import run  # noqa: PLC0415

    raise Exit(
        run(
            _settings(state_dir=state_dir, lang=lang),
            name,
            cooperations or [],
            everywhere=everywhere,
            programme=programme,
            lifecycle=lifecycle,
            by=by,
            question=question,
            closes_at=closes_at.replace(tzinfo=UTC) if closes_at else None,
            output=output,
        )
    )


@policy.command("explain")
def policy_explain(
    name: Annotated[str, Argument(metavar="POLICY", help="A policy, by name or file.")],
    *,
    resolved: Annotated[
        bool, Option("--resolved", help="Every value, and the file and line where it stands.")
    ] = False,
    lifecycle: Lifecycle = None,
    output: OutputFormat = "table",
    lang: Lang = None,
) -> None:
    """Show what a policy asks for."""
    from coopflow.entrypoints.cli.policies import explain  # noqa: PLC0415

    settings = _settings(lang=lang)
    explain(settings, name, lifecycle=lifecycle, resolved=resolved, output=output)


@coop.command("export")
def coop_export(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="Where to; JSON lines.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="[COOP...]", help="Cooperations; by default all.")
    ] = None,
    *,
    of: Annotated[str | None, Option("--programme", help="Only those of this programme.")] = None,
    keys_file: Annotated[
        Path | None,
        Option(
            "--keys",
            metavar="FILE",
            help="Encrypt what is sealed with these keys, made when there are none, instead of "
            "those of this installation.",
        ),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write whole cooperations, for another installation to carry on.

    Nothing changes here: who moves a cooperation closes this installation to it first, else it
    lives on in two places. Ballots and the content of disagreements are encrypted in the file; the
    other installation needs the keys. Names of people are in the directory, and not in the file.
    """
    from coopflow.entrypoints.cli.transfer import export  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    export(settings, file, cooperations or [], programme=of, keys=keys_file)


@coop.command("import")
def coop_import(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="What `coop export` wrote.")],
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only verify all of it, and tell what would be done.")
    ] = False,
    keys_file: Annotated[
        Path | None,
        Option("--keys", metavar="FILE", help="The keys that it was written with, if others."),
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Carry cooperations on that lived in another installation.

    All of the file is verified first: one line that is wrong refuses the whole, with FILE:LINE and
    exit code 2. What is there already is passed over, so that saying it again is harmless.
    """
    from coopflow.entrypoints.cli.transfer import import_file  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    import_file(settings, file, keys=keys_file, dry_run=dry_run, output=output)


@coop.command("list")
def coop_list(
    *,
    programme: Annotated[str | None, Option(help="Only those of this programme.")] = None,
    stage: Annotated[str | None, Option(help="Only those in this stage.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the cooperations."""
    from coopflow.entrypoints.cli.cooperations import list_all  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    list_all(settings, programme=programme, stage=stage, output=output)


@coop.command("show")
def coop_show(
    cooperation: Cooperation,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show a cooperation: levels, members, documents, open decisions, alerts."""
    from coopflow.entrypoints.cli.cooperations import show  # noqa: PLC0415

    show(_settings(state_dir=state_dir, lang=lang), cooperation, output=output)


@coop.command("journal")
def coop_journal(
    cooperation: Cooperation,
    *,
    after: Annotated[int, Option(min=0, help="Only the events after this number.")] = 0,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the events of a cooperation, in order."""
    from coopflow.entrypoints.cli.cooperations import journal  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    journal(settings, cooperation, after=after, output=output)


@gate.command("check")
def gate_check(  # noqa: PLR0913 - its options
    cooperation: Cooperation,
    *,
    gate_id: Annotated[
        str | None, Option("--gate", help="The gate; by default the one that leads on.")
    ] = None,
    at: Annotated[
        datetime | None,
        Option(
            metavar="INSTANT",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="When, in UTC, past or to come: 2026-06-30 or 2026-06-30T18:00; by default now.",
        ),
    ] = None,
    supposing: Supposing = None,
    explain: Annotated[
        bool, Option("--explain", help="Show each criterion with the facts that it reads.")
    ] = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Check a gate: the verdict that it would give, and why. Changes nothing."""
    from coopflow.entrypoints.cli.gates import check  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    check(
        settings,
        cooperation,
        gate=gate_id,
        at=at,
        supposing=supposing,
        explain=explain,
        output=output,
    )


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

    settings = _settings(state_dir=state_dir, lang=lang)
    run(settings, cooperation, months=months, supposing=supposing, output=output)


DatabaseOnly = Annotated[
    bool,
    Option(
        "--database-only",
        help="Look at the tables and their journal alone; no engine is asked.",
    ),
]
Named = Annotated[
    list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
]


@readmodel.command("verify")
def readmodel_verify(  # noqa: PLR0913 - its options
    cooperations: Named = None,
    *,
    programme: Annotated[str | None, Option(help="Only those of this programme.")] = None,
    database_only: DatabaseOnly = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Compare the read model with what it follows from.

    Of each cooperation, its rows with its journal, and its journal with its workflow, as far as
    Temporal still has that; a worker has to run. Exit code 1 when something is wrong. Entries that
    wait to be told are counted, and are no fault.
    """
    from coopflow.entrypoints.cli.readmodel import verify  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    raise Exit(
        verify(
            settings,
            cooperations or [],
            programme=programme,
            database_only=database_only,
            output=output,
        )
    )


@readmodel.command("rebuild")
def readmodel_rebuild(  # noqa: PLR0913 - its options
    cooperations: Named = None,
    *,
    everything: Annotated[
        bool, Option("--all", help="All cooperations; those that are sound are left as they are.")
    ] = False,
    database_only: DatabaseOnly = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Restore the read model from what it follows from.

    The journal from the workflows and their histories, all other rows from the journal. Workers go
    on meanwhile; what is broken off is done again. Exit code 1 when something could not be mended.
    """
    from coopflow.entrypoints.cli.readmodel import rebuild  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    raise Exit(
        rebuild(
            settings,
            cooperations or [],
            everything=everything,
            database_only=database_only,
            output=output,
        )
    )


@journal.command("export")
def journal_export(
    cooperation: Cooperation,
    *,
    to: Annotated[
        Path | None,
        Option(dir_okay=False, metavar="FILE", help="The file to write; by default stdout."),
    ] = None,
    sign: Annotated[
        Path | None,
        Option(dir_okay=False, metavar="KEY", help="Sign with the private key of this file."),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write the journal of a cooperation as a file that anybody can verify.

    People are in it by their ids. Secret choices and the content of disagreements are left out, as
    are people who were erased; the digests hold without them.
    """
    from coopflow.entrypoints.cli.journal import export  # noqa: PLC0415

    export(_settings(state_dir=state_dir, lang=lang), cooperation, to=to, sign=sign)


@journal.command("verify")
def journal_verify(
    file: Annotated[
        Path,
        Argument(dir_okay=False, allow_dash=True, help="An exported journal; - is stdin."),
    ],
    *,
    key: Annotated[
        Path | None,
        Option(
            dir_okay=False,
            metavar="PUBLIC_KEY",
            help="The public key that must have signed it, PEM.",
        ),
    ] = None,
    output: OutputFormat = "table",
    lang: Lang = None,
) -> None:
    """Verify an exported journal; needs nothing but the file.

    Exit code 1 when something is wrong: which entry was changed is said. Who can write a whole
    journal anew can make one that verifies: only a signature, with --key, tells that.
    """
    from coopflow.entrypoints.cli.journal import check  # noqa: PLC0415

    raise Exit(check(_settings(lang=lang), file, key=key, output=output))


@journal.command("key")
def journal_key(
    file: Annotated[Path, Argument(dir_okay=False, help="The file of the private key.")],
    *,
    lang: Lang = None,
) -> None:
    """Write the public key of a private key, which is made when there is none.

    The private key signs exports; keep it to yourself. Give the public key to those who verify.
    """
    from coopflow.entrypoints.cli.journal import key  # noqa: PLC0415

    key(_settings(lang=lang), file)


@disagreement.command("list")
def disagreement_list(
    cooperation: Cooperation,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the disagreements of a cooperation, without their content."""
    from coopflow.entrypoints.cli.disagreements import list_all  # noqa: PLC0415

    list_all(_settings(state_dir=state_dir, lang=lang), cooperation, output=output)


@disagreement.command("show")
def disagreement_show(  # noqa: PLR0913 - its options
    cooperation: Cooperation,
    which: Annotated[str, Argument(metavar="ID", help="One of `disagreement list`.")],
    *,
    reader: Annotated[
        str | None, Option("--as", metavar="PERSON", help="Read the content as this person may.")
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show a disagreement, and its content to one who may read it now.

    That needs the keys. Exit code 1 when the person may not: then it is said who may.
    """
    from coopflow.entrypoints.cli.disagreements import show  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    show(settings, cooperation, which, reader=reader, output=output)


@keys.command("list")
def keys_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the ids of the keys, and what each is good for."""
    from coopflow.entrypoints.cli.keys import list_all  # noqa: PLC0415

    list_all(_settings(state_dir=state_dir, lang=lang), output=output)


@keys.command("rotate")
def keys_rotate(
    *,
    programme: Annotated[
        str | None, Option(help="Rotate the keys of this programme alone; at first, give it some.")
    ] = None,
    ahead: Annotated[
        bool,
        Option("--ahead", help="Add the key without using it, to be given to other machines."),
    ] = False,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Encrypt with a new key from now on, and write its id.

    The first rotation makes the file, in the state directory or where COOPFLOW_KEYS_FILE says.
    Older keys stay, for what they have encrypted. Workers that run take the new key up by
    themselves. A key that went ahead is used by the next rotation.
    """
    from coopflow.entrypoints.cli.keys import rotate  # noqa: PLC0415

    rotate(_settings(state_dir=state_dir, lang=lang), programme=programme, ahead=ahead)


@programme.command("add")
def programme_add(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="ID", help="The id, as in PROGRAMME/ID.")],
    *,
    title: Annotated[str | None, Option("--name", help="As people call it.")] = None,
    language: Annotated[Literal["fr", "en"] | None, Option(help="Of all that is its own.")] = None,
    lifecycle: Annotated[str | None, Option(help="What its cooperations follow.")] = None,
    policy_name: Annotated[str | None, Option("--policy", help="Likewise.")] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Add a programme to the directory."""
    from coopflow.entrypoints.cli.directory import add_programme  # noqa: PLC0415

    stated = {"name": title, "language": language, "lifecycle": lifecycle, "policy": policy_name}
    add_programme(_settings(state_dir=state_dir, lang=lang), name, stated)


@programme.command("list")
def programme_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the programmes of the directory."""
    from coopflow.entrypoints.cli.directory import list_programmes  # noqa: PLC0415

    list_programmes(_settings(state_dir=state_dir, lang=lang), output=output)


@directory.command("import")
def directory_import(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="A CSV file in UTF-8, with a header.")],
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only tell what would be added and changed.")
    ] = False,
    into: Annotated[
        str | None,
        Option("--programme", help="Where its lines belong, unless they say so themselves."),
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Import people or organisations, all of a file or nothing.

    People: id, name, email, language, programme, roles, and how soon they are told of what.
    Organisations: id, name, category, programme, college, registration, website, email. French
    names of columns do too. Saying it again changes nothing. Exit code 2 when something is wrong,
    with FILE:LINE:COLUMN.
    """
    from coopflow.entrypoints.cli.directory import import_csv  # noqa: PLC0415

    settings = _settings(state_dir=state_dir, lang=lang)
    import_csv(settings, file, programme=into, dry_run=dry_run, output=output)


@directory.command("export")
def directory_export(
    listed: Annotated[Literal["people", "organisations"], Argument(metavar="KIND")],
    *,
    of: Annotated[str | None, Option("--programme", help="Only of this programme.")] = None,
    to: Annotated[Path | None, Option(metavar="FILE", help="Where to; else stdout.")] = None,
    state_dir: StateDir = None,
) -> None:
    """Write people or organisations as CSV that can be imported."""
    from coopflow.entrypoints.cli.directory import export  # noqa: PLC0415

    export(_settings(state_dir=state_dir), listed, programme=of, to=to)


@directory.command("list")
def directory_list(
    listed: Annotated[Literal["people", "organisations"], Argument(metavar="KIND")],
    *,
    of: Annotated[str | None, Option("--programme", help="Only of this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List people or organisations."""
    from coopflow.entrypoints.cli.directory import list_all  # noqa: PLC0415

    list_all(_settings(state_dir=state_dir, lang=lang), listed, programme=of, output=output)


@person.command("add")
def person_add(  # noqa: PLR0913 - its options
    who: Annotated[
        str | None, Argument(metavar="[PERSON]", help="The id; one is made up without.")
    ] = None,
    *,
    name: Annotated[str, Option(help="As they wish to be called.")],
    email: Annotated[str | None, Option(help="Where they are written to.")] = None,
    language: Annotated[Literal["fr", "en"] | None, Option(help="As they read.")] = None,
    administrator: Annotated[
        bool, Option("--administrator", help="They administer the whole installation.")
    ] = False,
    within: Annotated[str | None, Option("--programme", help="Where they take part.")] = None,
    roles: Annotated[
        list[str] | None, Option("--role", help="Held in the programme; may be repeated.")
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Add a person to the directory, and write their id."""
    from coopflow.entrypoints.cli.directory import add_person  # noqa: PLC0415

    stated = {
        "name": name,
        "email": email,
        "language": language,
        "administrator": administrator,
    }
    settings = _settings(state_dir=state_dir, lang=lang)
    add_person(settings, who, stated, programme=within, roles=roles or [])


@person.command("show")
def person_show(
    who: Annotated[str, Argument(metavar="PERSON", help="Their id, or e-mail address.")],
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show what the directory knows of a person."""
    from coopflow.entrypoints.cli.directory import show_person  # noqa: PLC0415

    show_person(_settings(state_dir=state_dir, lang=lang), who, output=output)


@person.command("find")
def person_find(
    who: Annotated[str, Argument(metavar="PERSON", help="The id of a person.")],
    *,
    programme: Annotated[str | None, Option(help="Only in this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List where journals name a person, and where texts hold the id."""
    from coopflow.entrypoints.cli.people import find  # noqa: PLC0415

    find(_settings(state_dir=state_dir, lang=lang), who, programme=programme, output=output)


@person.command("erase")
def person_erase(  # noqa: PLR0913 - its options
    who: Annotated[str, Argument(metavar="PERSON", help="The id of a person.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
    ] = None,
    *,
    by: Annotated[str, Option(help="Who erases them: the id of a programme manager.")],
    everywhere: Annotated[bool, Option("--all", help="Wherever a journal names them.")] = False,
    programme: Annotated[str | None, Option(help="With --all, only in this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Replace a person by a tombstone, for good, and report what was done.

    Journals keep their digests, and verify as before. Runs of workflows that have ended are
    deleted, since they knew the person. What people wrote is left to people: the report says where
    the id stands in it. The directory lets go of their names where no journal names them any more,
    and with --all in any case. Saying it again is harmless; naming a cooperation again completes
    what was interrupted there. Exit code 1 when something is left to do.
    """
    from coopflow.entrypoints.cli.people import run_erase  # noqa: PLC0415

    raise Exit(
        run_erase(
            _settings(state_dir=state_dir, lang=lang),
            who,
            cooperations or [],
            everywhere=everywhere,
            programme=programme,
            by=by,
            output=output,
        )
    )


@deployment.command("show")
def deployment_show(
    *,
    name: DeploymentName = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the versions of the workers, and how many cooperations run on each.

    The workers of a version that is drained may stop.
    """
    from coopflow.entrypoints.cli.deployment import show  # noqa: PLC0415

    show(_settings(deployment=name, state_dir=state_dir, lang=lang), output=output)


@deployment.command("promote")
def deployment_promote(
    build_id: Annotated[
        str | None,
        Argument(
            metavar="[BUILD_ID]",
            help="A version, by default that of this installation; `unversioned` for the workers "
            "without one.",
        ),
    ] = None,
    *,
    ramp: Annotated[
        float | None,
        Option(min=0, max=100, metavar="PERCENT", help="For this share of the cooperations only."),
    ] = None,
    name: DeploymentName = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Make a version current: cooperations open there, the others move when they next wake up.

    Promoting the one from before rolls the change back. Without --ramp, a ramp that there was ends.
    """
    from coopflow.entrypoints.cli.deployment import promote  # noqa: PLC0415

    settings = _settings(deployment=name, state_dir=state_dir, lang=lang)
    promote(settings, build_id=build_id, ramp=ramp)


@deployment.command("drain")
def deployment_drain(
    build_id: Annotated[
        str, Argument(metavar="BUILD_ID", help="A version, or `unversioned`, that is not current.")
    ],
    *,
    take_over: Annotated[
        bool,
        Option(
            "--take-over",
            help="Let the current version carry on runs whose workers are gone; it has to replay "
            "their histories.",
        ),
    ] = False,
    name: DeploymentName = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Wake what still sleeps on a version, so that it moves, and wait until none is left.

    Then its workers may stop. Exit code 3 when for a minute none has moved.
    """
    from coopflow.entrypoints.cli.deployment import drain  # noqa: PLC0415

    settings = _settings(deployment=name, state_dir=state_dir, lang=lang)
    drain(settings, build_id=build_id, take_over=take_over)


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

    settings = _settings(state_dir=state_dir, lang=lang)
    run(settings, host=host, port=port, origins=origin or [], programme=programme)


@app.command()
def doctor(*, output: OutputFormat = "table", state_dir: StateDir = None) -> None:
    """Look whether all that is needed is there.

    Says what to do about what is not; exit code 3 if something is missing.
    """
    from coopflow.entrypoints.cli.doctor import examine  # noqa: PLC0415

    raise Exit(examine(_settings(state_dir=state_dir), output=output))


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
