from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import BaseModel

from coopflow.application.engine import UnavailableError
from coopflow.telemetry import KEPT, configure_logging, describe, hand_to_logging

PROSE = "what Amel wrote"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, own = root.handlers[:], root.level, logging.getLogger("coopflow").level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("coopflow").setLevel(own)
    structlog.reset_defaults()


def written(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure_logging("json", "info", stream)
    return stream


def test_ids_are_written_and_content_is_not(stream: io.StringIO) -> None:
    """A line carries the ids that tie it to others, and nothing else that it was given."""
    log = structlog.get_logger("coopflow.test").bind(programme="p", cooperation="c", run="r")
    log.info("accepted", command="id-1", content=PROSE, title=PROSE)
    line = written(stream)
    assert line["event"] == "accepted"
    assert (line["programme"], line["cooperation"], line["run"]) == ("p", "c", "r")
    assert (line["command"], line["level"], line["logger"]) == ("id-1", "info", "coopflow.test")
    assert PROSE not in stream.getvalue()
    assert set(line) <= KEPT


def test_lines_of_the_sdk_carry_our_ids(stream: io.StringIO) -> None:
    """What the Temporal SDK knows about a line is written under the names of this project."""
    details = {
        "workflow_id": "coopflow/demo/bocage",
        "run_id": "r-1",
        "update_id": "u-1",
        "attempt": 3,
        "task_queue": "coopflow",
    }
    logging.getLogger("temporalio.workflow").warning(
        "slow (%s)", details, extra={"temporal_workflow": details}
    )
    line = written(stream)
    assert (line["event"], line["programme"], line["cooperation"]) == ("slow", "demo", "bocage")
    assert (line["run"], line["command"], line["attempt"]) == ("r-1", "u-1", 3)


def test_other_workflows_are_named_whole(stream: io.StringIO) -> None:
    """A line about a workflow that is no cooperation carries its id."""
    logging.getLogger("temporalio.activity").error(
        "late", extra={"temporal_activity": {"workflow_id": "elsewhere", "activity_type": "a"}}
    )
    line = written(stream)
    assert (line["workflow"], line["activity"]) == ("elsewhere", "a")


class _Content(BaseModel):
    text: int


class _DriverError(Exception):
    pass


class _WrappedError(Exception):
    def __init__(self) -> None:
        super().__init__(f"INSERT INTO … {PROSE}")
        self.orig = _DriverError(f"database is locked\nDETAIL: {PROSE}")


def test_errors_do_not_quote_their_input(stream: io.StringIO) -> None:
    """An exception is written by its type and where it was raised, not by what it repeats."""
    try:
        _Content.model_validate({"text": PROSE})
    except ValueError:
        structlog.get_logger("coopflow.test").exception("not read")
    line = written(stream)
    assert line["error"] == "ValidationError"
    assert "test_errors_do_not_quote_their_input" in line["trace"]
    assert PROSE not in stream.getvalue()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnavailableError("nothing answers at host:1"), "UnavailableError: nothing answers"),
        (FileNotFoundError(2, "No such file"), "FileNotFoundError: [Errno 2] No such file"),
        (_WrappedError(), "_WrappedError: database is locked"),
        (KeyError(PROSE), "KeyError"),
    ],
)
def test_errors_that_speak_for_themselves(error: Exception, words: str) -> None:
    """Errors about the surroundings keep their message; of others only the type is named."""
    said = describe(error)
    assert said.startswith(words)
    assert PROSE not in said


def test_causes_are_followed(stream: io.StringIO) -> None:
    """What led to an error is named behind it."""
    error = UnavailableError("away")
    error.__cause__ = ConnectionRefusedError(111, "refused")
    structlog.get_logger("coopflow.test").warning("waiting", exc_info=error)
    expected = "UnavailableError: away < ConnectionRefusedError: [Errno 111] refused"
    assert written(stream)["error"] == expected


def test_levels(stream: io.StringIO) -> None:
    """Libraries are heard from warnings on, this project from the level asked for."""
    logging.getLogger("library").info("chatter")
    structlog.get_logger("coopflow.test").debug("detail")
    assert stream.getvalue() == ""
    structlog.get_logger("coopflow.test").info("news")
    assert written(stream)["event"] == "news"


def test_lines_for_people() -> None:
    """On a console a line begins with the time, not with a brace."""
    stream = io.StringIO()
    configure_logging("console", "info", stream)
    structlog.get_logger("coopflow.test").info("news", cooperation="c")
    assert "news" in stream.getvalue()
    assert "cooperation=c" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_an_application_decides_what_becomes_of_lines(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing is configured, lines go to the standard logging and not to stdout."""
    structlog.reset_defaults()
    hand_to_logging()
    with caplog.at_level("INFO", logger="coopflow.test"):
        structlog.get_logger("coopflow.test").info("accepted", cooperation="c")
    (record,) = caplog.records
    assert (record.message, record.__dict__["cooperation"]) == ("accepted", "c")
    assert capsys.readouterr().out == ""


def test_a_configuration_of_its_own_is_kept() -> None:
    """An application that has configured structlog is not overruled."""
    kept = structlog.testing.LogCapture()
    structlog.configure(processors=[kept])
    hand_to_logging()
    structlog.get_logger("coopflow.test").info("accepted")
    assert kept.entries == [{"event": "accepted", "log_level": "info"}]


def test_lines_for_people_command_no_terminal() -> None:
    """What a line carries is shown, not obeyed; machines are given it as it is."""
    stream = io.StringIO()
    configure_logging("console", "info", stream)
    structlog.get_logger("coopflow.test").info("a\x1b[2Jb", what="c\u202ed", count=1)
    assert "a␛[2Jb" in stream.getvalue()
    assert "c�d" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
