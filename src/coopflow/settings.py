"""What an operator may set, from the environment: the variables that begin with ``COOPFLOW_``.

The connection to Temporal is not set here: the standard settings of Temporal clients apply
(``TEMPORAL_ADDRESS``, profiles and the rest), and without them the engine that runs from the state
directory is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote
from zoneinfo import available_timezones

from platformdirs import user_state_path
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX: Final = "COOPFLOW_"

CHECKS: Final = "-checks"
"""What the task queues of checks end with."""

COMMON: Final = "common"
"""What the task queue is called that programmes share which have none of their own."""

_DATABASE: Final = "coopflow.db"
_KEYS: Final = "keys.json"

Language = Literal["en", "fr"]
LogFormat = Literal["auto", "console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


def _is_no_word(value: str) -> str:
    if value == "unversioned":
        raise ValueError("this is the word for workers without a version; choose another build id")
    return value


def _words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _no_limit(value: object) -> object:
    return None if value in {"", "none"} else value


# Temporal writes NAME:BUILD and NAME.BUILD, and both go into queries.
Deployment = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=100)]
BuildId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=100),
    AfterValidator(_is_no_word),
]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Rate = Annotated[
    Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$")] | None,
    BeforeValidator(_no_limit),
]
WebAddress = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?$")]
Hours = Annotated[int, Field(ge=1, le=24 * 366)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("should be the name of a time zone, such as Europe/Paris")
    return name


def _is_smtp(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("smtp://", "smtps://")):
        raise ValueError("should be smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST")
    return url


def _is_mailbox(text: str) -> str:
    if not text.isprintable() or not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", parseaddr(text)[1]):
        raise ValueError("should be an address, or a name with one: Valdore <coop@example.org>")
    return text


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(ValueError):
    """A setting that cannot be used; the message names its variable and what it may be."""


def _state_dir() -> Path:
    return user_state_path("coopflow", appauthor=False)


def _paths(value: object) -> object:
    return [one for one in value.split(os.pathsep) if one] if isinstance(value, str) else value


class Settings(BaseSettings):
    """The settings of one process; each has a default that serves one machine.

    Attributes:
        state_dir: the folder of the embedded engine and of the default database; by default the
            user's folder for state, on Linux ``~/.local/state/coopflow``.
        database_url: the read model, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``
            (extra ``postgresql``); by default a SQLite file in the state directory.
        keys_file: the file of the keys that encrypt what Temporal stores; by default one in the
            state directory.
        keys: the content of such a file, instead of one.
        codec_token: what callers of the codec server have to show; by default it makes one up.
        port: the port of the embedded engine on loopback; another when it is taken, 0 for any.
        ui_port: the port of Temporal's web pages, likewise.
        checks: modules with checks, or folders that hold some, beside those that are shipped and
            those of installed packages; in the environment as in PATH, with ``:`` or ``;`` between.
        deployment: the name that all versions of the workers of one engine share; without it a
            worker has no version.
        build_id: what tells this version of the workers from others; by default the version of
            coopflow and a digest of its code.
        own_queues: the programmes whose cooperations are opened on a task queue of their own.
        worker_queues: those that a worker serves, ``common`` being that of all other programmes; by
            default all.
        worker_cached: how many cooperations a worker keeps in memory; fewer than are active costs
            replays.
        worker_tasks: how many of them it carries on at once.
        worker_deliveries: how many batches it hands out at once, each of which needs a connection
            to the database.
        webhooks_allow_private: whether webhooks may go to addresses that only this machine or its
            network can reach, and without TLS: where all who add webhooks are trusted.
        metrics_port: where a worker serves its figures (extra ``telemetry``); by default nowhere, 0
            for any port.
        sdk_metrics_port: where it serves those of Temporal's SDK; by default nowhere.
        metrics_host: the address of both; by default loopback.
        http_port: the port of the HTTP API; another when it is taken, 0 for any.
        http_host: the address that it listens on; by default on this machine only.
        public_url: where others reach the HTTP API; by default as it is asked.
        hosts: the names, beside that of the public address and of this machine, that requests may
            name as their host.
        trusted_proxies: the addresses or networks whose ``X-Forwarded-For`` is believed.
        cors_origins: the sites whose pages may ask the HTTP API from a browser.
        oidc_issuer: the OpenID Connect provider that people sign in with; without one, by links.
        oidc_client_id: what it calls this installation.
        oidc_client_secret: how that is proven; None for a public client.
        oidc_scopes: what it is asked for.
        oidc_audience: for whom its access tokens have to be, to be taken instead of API tokens; by
            default they are not.
        smtp_url: the server that takes e-mail to people, ``smtp://USER:PASSWORD@HOST:587`` or
            ``smtps://…``; without one none is sent.
        mail_from: who it is from, ``NAME <ADDRESS>`` or the address alone.
        session_idle_hours: a session ends when it was not used for as long.
        session_hours: it ends after that in any case.
        rate_caller: how often one caller may ask, as ``600/minute``; ``none`` for no limit.
        rate_address: how often one address may ask without saying who it is.
        rate_failures: how often one address may show what lets nobody in.
        rate_storage: where that is counted, if by several processes: ``redis://HOST`` and others.
        lang: the language of what people read; by default that of the locale.
        time_zone: where people live who read pages, e-mail and documents, as ``Europe/Paris``.
        log_format: ``json`` for machines, ``console`` for people, ``auto`` by where it goes.
        log_level: the least urgent log line that is written; by default the command decides.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    state_dir: Path = Field(default_factory=_state_dir)
    database_url: str | None = None
    keys_file: Path | None = None
    keys: SecretStr | None = None
    codec_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    port: Port = 7233
    ui_port: Port = 8233
    checks: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = ()
    deployment: Deployment | None = None
    build_id: BuildId | None = None
    own_queues: Words = ()
    worker_queues: Words = ()
    worker_cached: Annotated[int, Field(ge=1)] = 1000
    worker_tasks: Annotated[int, Field(ge=2)] = 8
    worker_deliveries: Annotated[int, Field(ge=1)] = 16
    webhooks_allow_private: bool = False
    metrics_port: Port | None = None
    sdk_metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    metrics_host: str = "127.0.0.1"
    http_port: Port = 8000
    http_host: str = "127.0.0.1"
    public_url: WebAddress | None = None
    hosts: Words = ()
    trusted_proxies: Words = ()
    cors_origins: Words = ()
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_scopes: str = "openid email"
    oidc_audience: str | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(_is_smtp)] | None = None
    mail_from: Annotated[str, AfterValidator(_is_mailbox)] | None = None
    session_idle_hours: Hours = 12
    session_hours: Hours = 7 * 24
    rate_caller: Rate = "600/minute"
    rate_address: Rate = "60/minute"
    rate_failures: Rate = "10/minute"
    rate_storage: str = "memory://"
    lang: Language | None = None
    time_zone: TimeZone = "UTC"
    log_format: LogFormat = "auto"
    log_level: LogLevel | None = None

    @property
    def database(self) -> str:
        """The URL of the read model."""
        return self.database_url or f"sqlite:///{quote(str(self.database_file), safe='/ ')}"

    @property
    def database_file(self) -> Path | None:
        """The file of the read model in the state directory; None when a URL is set."""
        return None if self.database_url else (self.state_dir / _DATABASE).absolute()

    @property
    def own_keys_file(self) -> Path:
        """The file of keys that is read and rotated, unless `keys` is set."""
        return self.keys_file or self.state_dir / _KEYS

    @model_validator(mode="after")
    def _has_one_place_for_keys(self) -> Settings:
        if self.keys is not None and self.keys_file is not None:
            raise ValueError(f"{PREFIX}KEYS and {PREFIX}KEYS_FILE both name keys; set one of them")
        return self

    @model_validator(mode="after")
    def _serves_queues_that_there_are(self) -> Settings:
        own = self.own_queues
        if COMMON in own or len(set(own)) < len(own):
            raise ValueError(
                f"{PREFIX}OWN_QUEUES names programmes, each once; {COMMON} is that of all others"
            )
        if any(one.endswith(CHECKS) for one in own):
            raise ValueError(
                f"{PREFIX}OWN_QUEUES: no queue of a programme ends with {CHECKS}, which those of "
                "checks do"
            )
        unknown = [one for one in self.worker_queues if one not in {COMMON, *own}]
        if unknown:
            raise ValueError(
                f"{PREFIX}WORKER_QUEUES: {unknown[0]} has no queue of its own; add it to "
                f"{PREFIX}OWN_QUEUES of all processes, or serve {COMMON}"
            )
        return self

    @model_validator(mode="after")
    def _can_write_mail(self) -> Settings:
        needed = {"MAIL_FROM": self.mail_from, "PUBLIC_URL": self.public_url}
        absent = [f"{PREFIX}{name}" for name, value in needed.items() if value is None]
        if self.smtp_url is not None and absent:
            raise ValueError(
                f"{PREFIX}SMTP_URL needs {' and '.join(absent)}: who mail is from, and where its "
                "links lead"
            )
        return self

    @property
    def language(self) -> Language:
        """The language of what people read: the one set, else the locale's, else English."""
        if self.lang is not None:
            return self.lang
        return language_of(os.environ)


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language that the locale's variables ask for, among those of the product."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def load_settings(**given: Any) -> Settings:
    """Read the settings of this process.

    Args:
        given: what the caller sets itself, for example from command line options; it goes before
            the environment. None means not given.

    Raises:
        SettingsError: a value is not what it may be, or a variable with our prefix sets nothing.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    strays = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if strays:
        listed = ", ".join(sorted(known))
        raise SettingsError(f"{strays[0]} sets nothing; the variables are {listed}")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}"
            if fault["loc"]
            else fault["msg"].removeprefix("Value error, ")
            for fault in faults
        )
        raise SettingsError(said) from error
