"""Logs: one stream on stderr, for machines or for people, with the ids that tie lines together.

Every line of the process goes through the same steps, also those of the Temporal SDK. Only the
names listed in ``KEPT`` are written beside the message, and of exceptions only what cannot quote
its input: nothing that a member wrote, and nobody's name, ends up in a log.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

from coopflow.settings import LogFormat, LogLevel

KEPT: Final = frozenset(
    {
        "about",
        "activity",
        "address",
        "advice",
        "attempt",
        "build_id",
        "code",
        "command",
        "cooperation",
        "count",
        "deployment",
        "duplicate",
        "error",
        "event",
        "kind",
        "level",
        "logger",
        "mode",
        "programme",
        "recipients",
        "run",
        "seconds",
        "seq",
        "seq_to",
        "stage",
        "timestamp",
        "trace",
        "wait",
        "what",
        "workflow",
    }
)
"""What a log line may carry; anything else is left out."""

_FIRST: Final = ("timestamp", "level", "event")
_OWN: Final = ("coopflow.", "temporalio.", "grpc.")
_SDK_DETAILS: Final = ("temporal_workflow", "temporal_activity")
_SDK_NAMES: Final[Mapping[str, str]] = {
    "workflow_run_id": "run",
    "run_id": "run",
    "update_id": "command",
    "activity_type": "activity",
    "attempt": "attempt",
}

_HIDDEN: Final = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: 0x2421,
    **dict.fromkeys(
        (
            *range(0x80, 0xA0),  # the other control characters
            *(0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)),
            *range(0xD800, 0xE000),  # halves of surrogate pairs, which cannot be written
        ),
        0xFFFD,
    ),
}
"""What a terminal would obey instead of showing it, with what is shown; line ends and tabs stay."""

Line = MutableMapping[str, Any]


def configure_logging(
    log_format: LogFormat = "auto",
    level: LogLevel = "info",
    stream: TextIO | None = None,
) -> None:
    """Send the logs of the whole process to one stream, replacing what was configured before.

    Args:
        log_format: ``auto`` writes for people on a terminal and JSON elsewhere.
        level: the least urgent line that is written; libraries are heard from warnings on.
        stream: where to write; by default stderr.
    """
    out = stream or sys.stderr
    for_people = log_format == "console" or (log_format == "auto" and out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), pad_event_to=0)
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shown: list[structlog.typing.Processor] = [_make_visible] if for_people else []
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _name_sdk_ids,
                _describe_error,
                _keep_known,
                *shown,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("coopflow").setLevel(level.upper())


def hand_to_logging() -> None:
    """Hand log lines to the standard ``logging``, unless structlog is configured already.

    For applications that embed the engine: they decide what becomes of the lines. Without this,
    structlog would write them to stdout.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def visible(text: str) -> str:
    """Show what would move a terminal's cursor, change its colours or turn the order of writing.

    What people wrote may hold anything: a label that deletes the line above it, or reads from right
    to left, would make a screen say what nobody said. Each such character becomes one that is seen:
    its picture (``␛``), or ``�`` for what has none.
    """
    return text.translate(_HIDDEN)


def describe(error: BaseException) -> str:
    """Say what went wrong without quoting what was being handled.

    Errors of this package, of the operating system and of Temporal speak for themselves; of others
    only the type is named, since their messages may repeat their input. Of a database error it is
    the first line of the driver's message.
    """
    kind = type(error)
    driver = getattr(error, "orig", None)
    if isinstance(driver, BaseException):
        return f"{kind.__name__}: {str(driver).partition(chr(10))[0]}"
    if isinstance(error, OSError) or f"{kind.__module__}.".startswith(_OWN):
        return f"{kind.__name__}: {error}"
    return kind.__name__


def _name_sdk_ids(_: Any, __: str, line: Line) -> Line:
    for source in _SDK_DETAILS:
        details = line.pop(source, None)
        if not isinstance(details, Mapping):
            continue
        # The SDK repeats the details at the end of the message, as the text of a dict.
        line["event"] = str(line["event"]).partition(" ({'")[0]
        for theirs, ours in _SDK_NAMES.items():
            if theirs in details:
                line[ours] = details[theirs]
        line.update(_address(str(details.get("workflow_id", ""))))
    return line


def _address(workflow: str) -> dict[str, str]:
    head, _, rest = workflow.partition("/")
    programme, _, cooperation = rest.partition("/")
    if head == "coopflow" and cooperation:
        return {"programme": programme, "cooperation": cooperation}
    return {"workflow": workflow} if workflow else {}


def _describe_error(_: Any, __: str, line: Line) -> Line:
    found = line.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        line["error"] = " < ".join(describe(one) for one in _causes(error))
        line["trace"] = " > ".join(_frames(error))
    return line


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(error: BaseException) -> Iterator[str]:
    for frame, number in traceback.walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{number}"


def _keep_known(_: Any, __: str, line: Line) -> Line:
    first = [name for name in _FIRST if name in line]
    return {name: line[name] for name in (*first, *line) if name in KEPT}


def _make_visible(_: Any, __: str, line: Line) -> Line:
    return {name: visible(one) if isinstance(one, str) else one for name, one in line.items()}
