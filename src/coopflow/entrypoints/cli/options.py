"""What the commands share: their common options, their groups, and how settings are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Argument, Option, Typer
from typer.core import TyperGroup

from coopflow.entrypoints.cli.failures import reported, speak

if TYPE_CHECKING:
    from coopflow.settings import LogLevel, Settings

OutputFormat = Annotated[
    Literal["table", "json"],
    Option("--output", "-o", help="For people, or for programs. Data goes to stdout."),
]
Lang = Annotated[
    Literal["en", "fr"] | None,
    Option("--lang", help="The language of what is shown; else COOPFLOW_LANG, else the locale."),
]
StateDir = Annotated[
    Path | None,
    Option(
        "--state-dir",
        file_okay=False,
        help="The folder of the embedded engine and its database; else COOPFLOW_STATE_DIR, else "
        "the user's folder for state.",
    ),
]
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


class _Commands(TyperGroup):
    """Turns what people can do something about into messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with reported():
            return super().invoke(ctx)


def settings_of(level: LogLevel = "warning", **given: Any) -> Settings:
    """Read the settings, and send the logs to stderr.

    Args:
        level: the least urgent log line that this command writes, unless the settings say.
        given: what the command line says.
    """
    from coopflow.settings import load_settings  # noqa: PLC0415
    from coopflow.telemetry import configure_logging  # noqa: PLC0415

    found = load_settings(**given)
    configure_logging(found.log_format, found.log_level or level)
    speak(found.language)
    return found


def group_of(purpose: str) -> Typer:
    """Return an empty group of commands."""
    # Plain help: rich takes a quarter of a second to be loaded.
    return Typer(
        help=purpose,
        cls=_Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
