"""``coopflow codec-server``: lets the pages and the command of Temporal show what is encrypted."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Sequence

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import UnavailableError
from coopflow.entrypoints.cli.failures import UsageError
from coopflow.entrypoints.cli.output import Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings
from coopflow.temporal.state_directory import running_engine


def run(
    settings: Settings, *, host: str, port: int, origins: Sequence[str], programme: str | None
) -> None:
    """Serve until told to stop.

    Raises:
        KeysError: there are no good keys.
        UnavailableError: the packages of the extra ``server`` are missing.
        UsageError: the address cannot be taken.
    """
    try:
        # Needs the packages of an extra.
        from coopflow.temporal.codec_server import codec_server, http_server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"the codec server needs the package {error.name}: pip install 'coopflow[server]'"
        ) from error
    keys = bootstrap.key_ring(settings)
    given = settings.codec_token
    token = given.get_secret_value() if given else secrets.token_urlsafe(32)
    app = codec_server(
        keys, token=token, origins=origins or _pages(settings), programme=programme or ""
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    with listening:
        where = f"[{host}]" if ":" in host else host
        url = f"http://{where}:{listening.getsockname()[1]}"
        _introduce(url, "TOKEN" if given else token, Phrases(settings.language))
        asyncio.run(http_server(app).serve(sockets=[listening]))


def _pages(settings: Settings) -> list[str]:
    """Return where the pages of the engine here are, by both names of this machine."""
    engine = running_engine(settings.state_dir)
    url = engine.ui_url if engine else f"http://127.0.0.1:{settings.ui_port}"
    return [url, url.replace("127.0.0.1", "localhost")]


def _introduce(url: str, token: str, say: Phrases) -> None:
    terminal = Terminal()
    terminal.data.print(Text(say("codec.ready", url=url), "bold"))
    terminal.data.print(Text(say("codec.pages", url=f"{url}/{token}")), soft_wrap=True)
    options = f'--codec-endpoint {url} --codec-auth "Bearer {token}"'
    terminal.data.print(Text(say("codec.command", options=options)), soft_wrap=True)
