"""Figures for those who operate it, in the format of Prometheus (extra ``telemetry``).

Every process counts what it does itself, in a registry of its own: commands where they are given,
deliveries, deadlines and checks where cooperations are carried on. Without the extra nothing is
counted. No label names a programme, a cooperation or a person: their values are words of the
contract, so that there are never many.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from weakref import WeakSet

from coopflow.application.engine import Reply
from coopflow.domain.commands import Command
from coopflow.domain.refusals import Refusal

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

IS_INSTALLED: Final = find_spec("prometheus_client") is not None
"""Whether anything is counted: the extra ``telemetry`` is there."""

PREFIX: Final = "coopflow_"


class NotInstalledError(RuntimeError):
    """Figures are asked for where nothing is counted."""

    def __init__(self) -> None:
        """Say what to install."""
        super().__init__("figures need the extra: pip install 'coopflow[telemetry]'")


class _Nothing:
    """Takes what is counted, and forgets it."""

    def labels(self, *_: str) -> _Nothing:
        return self

    def _take(self, *_: Any) -> None:
        pass

    inc = dec = observe = set = set_function = _take


def _registry() -> CollectorRegistry | None:
    if not IS_INSTALLED:
        return None
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - where it is installed

    return CollectorRegistry(auto_describe=True)


REGISTRY: Final = _registry()
"""All of them, for an application that exposes figures of its own too; None without the extra."""


def _made(kind: str, name: str, told: str, labels: Sequence[str] = (), **more: Any) -> Any:
    if not IS_INSTALLED:
        return _Nothing()
    import prometheus_client  # noqa: PLC0415 - where it is installed

    make = getattr(prometheus_client, kind)
    return make(f"{PREFIX}{name}", told, labels, registry=REGISTRY, **more)


commands: Final[Counter] = _made(
    "Counter",
    "commands",
    "Commands that this process gave: accepted, repeated, refused or failed",
    ["command", "outcome"],
)
refusals: Final[Counter] = _made(
    "Counter", "refusals", "Refused commands by the code of the refusal", ["command", "code"]
)
command_seconds: Final[Histogram] = _made(
    "Histogram",
    "command_seconds",
    "How long commands took that this process gave, waiting included",
    ["outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
projected: Final[Counter] = _made(
    "Counter", "projected_entries", "Entries that the read model took from this worker"
)
notices: Final[Counter] = _made(
    "Counter", "notices", "Notices that the board took from this worker", ["kind"]
)
delivery_failures: Final[Counter] = _made(
    "Counter",
    "delivery_failures",
    "Attempts to tell the read model or the board that failed, to be repeated",
    ["activity"],
)
lag_seconds: Final[Gauge] = _made(
    "Gauge",
    "projection_lag_seconds",
    "Age of the oldest entry that this worker has not yet told the read model",
)
lag_entries: Final[Gauge] = _made(
    "Gauge",
    "projection_waiting_entries",
    "Entries that this worker has not yet told the read model",
)
deadline_delay: Final[Histogram] = _made(
    "Histogram",
    "deadline_delay_seconds",
    "How late what fell due was carried out",
    buckets=(1, 5, 15, 60, 300, 1800, 7200, 21600, 86400),
)
checks: Final[Counter] = _made(
    "Counter",
    "checks",
    "Checks that this worker asked: yes, no, unknown or failed",
    [
        "check",
        "answer",
    ],
)
queue_depth: Final[Gauge] = _made(
    "Gauge", "queue_depth", "What waits in a table to be taken up", ["queue"]
)
webhooks_overdue: Final[Gauge] = _made(
    "Gauge", "webhooks_overdue", "Deliveries of webhooks that should have been tried by now"
)
webhooks_dead: Final[Gauge] = _made(
    "Gauge", "webhooks_dead", "Deliveries of webhooks that were given up and are still kept"
)
webhook_endpoints_disabled: Final[Gauge] = _made(
    "Gauge", "webhook_endpoints_disabled", "Endpoints of webhooks that are disabled"
)
mail_dead: Final[Gauge] = _made("Gauge", "mail_dead", "Mails that were given up and are still kept")
mail_waits: Final[Gauge] = _made(
    "Gauge", "mail_waits_seconds", "For how long the mail has waited that has waited longest"
)
worker: Final[Gauge] = _made(
    "Gauge",
    "worker_info",
    "One for each worker of this process, with its version",
    ["version", "deployment", "build_id"],
)


class Behind(NamedTuple):
    """How far the read model is behind: the age of the oldest entry that waits, and how many do."""

    seconds: float
    entries: int


class Watch(Protocol):
    """Knows how far the read model is behind."""

    def behind(self) -> Behind:
        """Return it as it is now."""
        ...


_watches: Final[WeakSet[Any]] = WeakSet()


def follow(watch: Watch) -> None:
    """Have what a watch knows among the figures, for as long as it lives."""
    _watches.add(watch)


def _furthest() -> float:
    return max((one.behind().seconds for one in _watches), default=0.0)


def _waiting() -> float:
    return float(sum(one.behind().entries for one in _watches))


lag_seconds.set_function(_furthest)
lag_entries.set_function(_waiting)


async def counted(
    command: Mapping[str, Any], answer: Awaitable[Reply | Refusal]
) -> Reply | Refusal:
    """Await what a command comes to, and count it.

    Args:
        command: in wire form.
        answer: what it comes to.
    """
    name = _named(command)
    outcome, began = "failed", time.perf_counter()
    try:
        found = await answer
        if isinstance(found, Refusal):
            outcome = "refused"
            refusals.labels(name, found.code).inc()
        else:
            outcome = _outcome(found)
        return found
    finally:
        commands.labels(name, outcome).inc()
        command_seconds.labels(outcome).observe(time.perf_counter() - began)


def accepted(command: Mapping[str, Any], reply: Reply) -> None:
    """Count a command that was accepted together with others; how long it took nobody knows."""
    commands.labels(_named(command), _outcome(reply)).inc()


def _named(command: Mapping[str, Any]) -> str:
    kind = command.get("command")
    return kind if isinstance(kind, str) and kind in Command.kinds else "unknown"


def _outcome(reply: Reply) -> str:
    return "repeated" if reply.duplicate else "accepted"


def fell_due(due: datetime, now: datetime) -> None:
    """Count how late something is carried out; what is still to come is not counted."""
    delay = (now - due).total_seconds()
    if delay >= 0:
        deadline_delay.observe(delay)


@contextmanager
def working(version: str, deployment: str, build_id: str) -> Iterator[None]:
    """Say for the length of a block that a worker runs."""
    labels = version, deployment, build_id
    worker.labels(*labels).inc()
    try:
        yield
    finally:
        worker.labels(*labels).dec()


def exposition(accept: str = "") -> tuple[bytes, str]:
    """Return all figures as text, and its media type: OpenMetrics for who reads it.

    Args:
        accept: the header by which the one who asks says what it reads.

    Raises:
        NotInstalledError: nothing is counted.
    """
    if REGISTRY is None:
        raise NotInstalledError
    # prometheus_client's own choice raises where a version is no number.
    if "application/openmetrics-text" in accept:
        from prometheus_client.openmetrics import exposition as openmetrics  # noqa: PLC0415 - as above

        content: bytes = openmetrics.generate_latest(REGISTRY)  # type: ignore[no-untyped-call]
        return content, openmetrics.CONTENT_TYPE_LATEST
    from prometheus_client import exposition as text  # noqa: PLC0415 - as above

    return text.generate_latest(REGISTRY), text.CONTENT_TYPE_PLAIN_0_0_4


@asynccontextmanager
async def exposed(host: str, port: int) -> AsyncIterator[int]:
    """Serve all figures by HTTP, at any path, for the length of a block.

    Yields:
        The port, for one that was left open by 0.

    Raises:
        NotInstalledError: nothing is counted.
        OSError: the port is taken.
    """
    if REGISTRY is None:
        raise NotInstalledError
    from prometheus_client import start_http_server  # noqa: PLC0415 - as above

    server, thread = start_http_server(port, host, REGISTRY)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
