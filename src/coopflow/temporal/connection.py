"""Reach a Temporal server: an existing cluster when settings name one, else the embedded engine."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, Interceptor, Plugin
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from coopflow.temporal.errors import TemporalSettingsError, TemporalUnavailableError
from coopflow.temporal.state_directory import running_engine
from coopflow.temporal.tracing import tracing

CONNECT_SECONDS = 10.0
"""How long a server may take to answer the first call before it counts as unreachable."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server to connect to, and which setting named it."""

    options: ClientConnectConfig = field(repr=False)  # it may hold an API key
    """Arguments for `temporalio.client.Client.connect`; `target_host` is always there."""
    named_by: str
    """Who said so, for messages: the environment, a profile, or an engine's state directory."""
    advice: str
    """What to do when nothing answers there."""

    @property
    def address(self) -> str:
        """`host:port`."""
        return self.options["target_host"]

    @property
    def namespace(self) -> str:
        """The namespace to work in."""
        return self.options.get("namespace", "default")


def find_endpoint(
    state_dir: Path,
    *,
    profile: str | None = None,
    config_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Endpoint:
    """Say which server to use, without connecting to it.

    The standard settings of Temporal clients come first: `TEMPORAL_*` variables over a profile of
    the TOML file, TLS and API key included. Where they name no address, it is the embedded engine
    that runs from `state_dir`.

    Args:
        state_dir: State directory of the embedded engine.
        profile: Profile to read; without it `TEMPORAL_PROFILE`, else `default`.
        config_file: TOML file to read; without it `TEMPORAL_CONFIG_FILE`, else the usual place.
        environment: Variables to read instead of this process's.

    Raises:
        TemporalSettingsError: The settings cannot be read, or a profile was asked for by name and
            names no address.
        TemporalUnavailableError: No address is set and no engine runs from `state_dir`.
        StateDirectoryError: The record of the running engine cannot be read.
    """
    variables = os.environ if environment is None else environment
    file = str(config_file or variables.get("TEMPORAL_CONFIG_FILE") or "")
    if file and not Path(file).is_file():
        # The SDK reads a missing file as an empty one, and would send the caller elsewhere.
        raise TemporalSettingsError(f"The Temporal client configuration {file} does not exist.")
    asked = profile or variables.get("TEMPORAL_PROFILE")
    named_by = "the Temporal client settings" + (f", profile {asked}" if asked else "")
    try:
        options = ClientConfig.load_client_connect_config(
            profile, config_file=file or None, override_env_vars=dict(variables)
        )
    except (OSError, RuntimeError) as error:  # a certificate that is missing; a fault in the file
        raise TemporalSettingsError(f"Cannot read {named_by}: {error}") from error
    if address := options.get("target_host"):
        if "://" in address:
            message = f"{named_by}: the address is host:port, without a scheme (got {address})."
            raise TemporalSettingsError(message)
        advice = "Check TEMPORAL_ADDRESS, the profile, TLS and the API key, and that it runs."
        return Endpoint(options, named_by, advice)
    if asked:
        raise TemporalSettingsError(f"{named_by}: it names no address. Add one, or drop it.")
    if engine := running_engine(state_dir):
        return Endpoint(
            ClientConnectConfig(target_host=engine.address, namespace=engine.namespace),
            f"the engine of process {engine.engine_pid} in {state_dir}",
            "Look at temporal.log there; restart the engine.",
        )
    message = (
        "No Temporal server: TEMPORAL_ADDRESS is not set, no profile names an address, and no "
        f"embedded engine serves from {state_dir}. Start one (coopflow dev), or set "
        "TEMPORAL_ADDRESS."
    )
    raise TemporalUnavailableError(message)


async def connect(  # noqa: PLR0913 - each is of the SDK
    endpoint: Endpoint,
    *,
    identity: str | None = None,
    data_converter: DataConverter = pydantic_data_converter,
    interceptors: Sequence[Interceptor] = (),
    plugins: Sequence[Plugin] = (),
    metrics: str | None = None,
) -> Client:
    """Connect, and make sure that the namespace is there.

    The SDK's own messages go to the logger `temporalio.core`. Where the standard variables of
    OpenTelemetry ask for traces, the client and its workers are traced.

    Args:
        endpoint: The server, from `find_endpoint`.
        identity: Written into histories as who acted; without it process id and host name.
        data_converter: How values become payloads. Every client and worker of one engine has to use
            the same, which is `codec.encrypting`; the default is for those that carry no payload.
        interceptors: As for `temporalio.client.Client`.
        plugins: As for `temporalio.client.Client`.
        metrics: `host:port` where the SDK serves its own figures for Prometheus, for as long as
            this process runs.

    Raises:
        TemporalSettingsError: The SDK cannot serve its figures there, or traces are wanted where
            there is no way to send them.
        TemporalUnavailableError: Nothing answers there, or it has no such namespace, or it refuses
            this client.
    """
    where = f"Temporal at {endpoint.address} (from {endpoint.named_by})"
    runtime, traced = _runtime(metrics), tracing()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            client = await Client.connect(
                **endpoint.options,
                runtime=runtime,
                identity=identity,
                data_converter=data_converter,
                interceptors=[*interceptors, *traced],
                plugins=plugins,
            )
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace)
            )
    except TimeoutError as error:
        message = f"{where} did not answer within {CONNECT_SECONDS:g} s. {endpoint.advice}"
        raise TemporalUnavailableError(message) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            message = (
                f"{where} has no namespace {endpoint.namespace}. Create it (temporal operator "
                "namespace create), or set TEMPORAL_NAMESPACE."
            )
        else:
            message = f"{where} refused this client: {error.message}. {endpoint.advice}"
        raise TemporalUnavailableError(message) from error
    except (RuntimeError, ValueError) as error:  # what the SDK raises when it cannot connect
        message = f"{where} cannot be reached: {error}. {endpoint.advice}"
        raise TemporalUnavailableError(message) from error
    return client


@functools.cache
def _runtime(metrics: str | None) -> Runtime:
    # The SDK's core writes its log to stdout unless told otherwise, and stdout is for data. A
    # runtime is a pool of threads: one for the process.
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    logs = LoggingConfig(levels, forwarding)
    figures = PrometheusConfig(bind_address=metrics) if metrics else None
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=figures))
    except (RuntimeError, ValueError) as error:
        raise TemporalSettingsError(
            f"Temporal's SDK cannot serve its figures at {metrics}: {error}. Choose another port."
        ) from error


async def register_search_attributes(
    client: Client, keys: Iterable[SearchAttributeKey[Any]]
) -> None:
    """Add the search attributes that the namespace does not have yet.

    Safe to repeat. A start option of the development server does this for new database files only,
    so it cannot be relied upon after an upgrade; this call can.

    Raises:
        TemporalSettingsError: One exists with another type.
        temporalio.service.RPCError: The server does not let this client administer it.
    """
    present = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing: dict[str, IndexedValueType.ValueType] = {}
    for key in keys:
        wanted = IndexedValueType.ValueType(key.indexed_value_type)
        found = present.custom_attributes.get(key.name)
        if found is None:
            missing[key.name] = wanted
        elif found != wanted:
            message = (
                f"Namespace {client.namespace} has a search attribute {key.name} of type "
                f"{IndexedValueType.Name(found)}; coopflow needs {IndexedValueType.Name(wanted)}. "
                "Remove it there (temporal operator search-attribute remove), or use another "
                "namespace."
            )
            raise TemporalSettingsError(message)
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
