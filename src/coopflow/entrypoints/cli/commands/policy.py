"""``coopflow policy``: its commands and their options."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import (
    Checks,
    Lang,
    Lifecycle,
    OutputFormat,
    Policies,
    StateDir,
    group_of,
    settings_of,
)

policy = group_of("Policies: what conditions, gates and decisions ask for.")


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

    settings_of()
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

    raise Exit(lint(settings_of(), policies, lifecycle=lifecycle, output=output))


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

    settings = settings_of(state_dir=state_dir, checks=checks or None, lang=lang)
    raise Exit(run(settings, name, cooperations or [], lifecycle=lifecycle, output=output))


@policy.command("test")
def policy_test(policies: Policies, *, output: OutputFormat = "table") -> None:
    """Run the scenarios beside policies.

    NAME.scenario.yaml and NAME.*.scenario.yaml, in memory. Exit codes as of `scenario run`.
    """
    from coopflow.entrypoints.cli.policies import test  # noqa: PLC0415

    settings_of()
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

    diff(settings_of(lang=lang), old, new, lifecycle=lifecycle, output=output)


@policy.command("list")
def policy_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the policies that cooperations follow or were offered."""
    from coopflow.entrypoints.cli.registered import list_all  # noqa: PLC0415

    list_all(settings_of(state_dir=state_dir, lang=lang), output=output)


@policy.command("show")
def policy_show(
    name: Annotated[str, Argument(metavar="NAME[@VERSION]", help="One of `policy list`.")],
    *,
    state_dir: StateDir = None,
) -> None:
    """Write the content of a registered policy, as JSON."""
    from coopflow.entrypoints.cli.registered import show  # noqa: PLC0415

    show(settings_of(state_dir=state_dir), name)


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

    settings = settings_of(state_dir=state_dir, lang=lang)
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
            settings_of(state_dir=state_dir, lang=lang),
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

    settings = settings_of(lang=lang)
    explain(settings, name, lifecycle=lifecycle, resolved=resolved, output=output)


@policy.command("picture")
def policy_picture(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="POLICY", help="A policy, by name or file.")],
    *,
    stage: Annotated[
        str | None, Option(metavar="ID", help="Mark where a cooperation stands.")
    ] = None,
    width: Annotated[
        int, Option(min=200, max=2000, help="How wide it may be, in pixels; narrow ones go down.")
    ] = 720,
    to: Annotated[
        Path | None,
        Option(dir_okay=False, metavar="FILE", help="The file to write; by default stdout."),
    ] = None,
    lifecycle: Lifecycle = None,
    lang: Lang = None,
) -> None:
    """Draw the lifecycle that a policy is for, as SVG: stages, gates, renewals and fall-backs."""
    from coopflow.entrypoints.cli.policies import picture  # noqa: PLC0415

    settings = settings_of(lang=lang)
    picture(settings, name, lifecycle=lifecycle, stage=stage, width=width, to=to)
