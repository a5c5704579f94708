"""``coopflow deployment``: its commands and their options."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from coopflow.entrypoints.cli.options import (
    DeploymentName,
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

deployment = group_of("Versions of the workers, and rolling a change.")


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

    show(settings_of(deployment=name, state_dir=state_dir, lang=lang), output=output)


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

    settings = settings_of(deployment=name, state_dir=state_dir, lang=lang)
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

    settings = settings_of(deployment=name, state_dir=state_dir, lang=lang)
    drain(settings, build_id=build_id, take_over=take_over)
