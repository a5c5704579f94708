"""``coopflow token`` and ``coopflow sign-in``: their commands and their options."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option, Typer

from coopflow.entrypoints.cli.options import Lang, OutputFormat, StateDir, group_of, settings_of

token = group_of("API tokens: what programs show to get in.")


@token.command("create")
def create(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="NAME", help="What it is called in lists.")],
    *,
    scopes: Annotated[
        list[str],
        Option("--scope", metavar="SCOPE", help="What it lets its bearer do; may be repeated."),
    ],
    programmes: Annotated[
        list[str] | None,
        Option("--programme", metavar="ID", help="Only this programme; may be repeated."),
    ] = None,
    person: Annotated[
        str | None, Option(metavar="ID", help="As whom it gives commands; else as nobody.")
    ] = None,
    days: Annotated[int, Option(min=1, max=366, help="How long it lasts.")] = 90,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Make a token, and write it to stdout: it is never shown again.

    Without --person it administers the installation, within its scopes and programmes. Scopes are
    read, write, act, directory, webhooks, tokens, exports.
    """
    from coopflow.entrypoints.cli.access import create_token  # noqa: PLC0415

    create_token(
        settings_of(state_dir=state_dir, lang=lang),
        name,
        scopes=scopes,
        programmes=programmes or None,
        person=person,
        days=days,
        output=output,
    )


@token.command("list")
def list_all(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List all tokens, the newest first."""
    from coopflow.entrypoints.cli.access import list_tokens  # noqa: PLC0415

    list_tokens(settings_of(state_dir=state_dir, lang=lang), output=output)


@token.command("revoke")
def revoke(
    id_: Annotated[str, Argument(metavar="TOKEN", help="One of `token list`: its id.")],
    *,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Revoke a token, and all that were made with it, for good."""
    from coopflow.entrypoints.cli.access import revoke_token  # noqa: PLC0415

    revoke_token(settings_of(state_dir=state_dir, lang=lang), id_)


def sign_in(  # noqa: PLR0913 - its options
    person: Annotated[
        str, Argument(metavar="PERSON", help="Somebody of the directory: their id or e-mail.")
    ],
    *,
    minutes: Annotated[int, Option(min=1, max=24 * 60, help="How long the link works.")] = 15,
    url: Annotated[
        str | None, Option(help="Where the API is reached; else COOPFLOW_PUBLIC_URL.")
    ] = None,
    forget: Annotated[
        bool,
        Option(
            "--forget",
            help="First let nothing work any more by which they get in: sessions, links, tokens, "
            "their account with the identity provider.",
        ),
    ] = False,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write a link that signs a person in, once."""
    from coopflow.entrypoints.cli.access import write_link  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang, public_url=url)
    write_link(settings, person, minutes=minutes, forget=forget)


def add_to(app: Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(token, name="token")
    app.command("sign-in")(sign_in)
