from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from coopflow import __version__, bootstrap
from coopflow.application.engine import Address, UnavailableError, UnknownCooperationError
from coopflow.application.verification import Lag
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.definitions.library import UnknownNameError
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.cli import app, dev, doctor
from coopflow.entrypoints.cli.failures import (
    NotFoundError,
    RefusedByEngineError,
    UsageError,
    reported,
)
from coopflow.readmodel.errors import DatabaseUnavailableError, DatabaseUrlError
from coopflow.settings import SettingsError
from coopflow.temporal.errors import (
    ServerBinaryMissingError,
    StateDirectoryBusyError,
    TemporalSettingsError,
)
from tests.unit.entrypoints.conftest import Coopflow

HEAVY = ("pydantic", "rich.console", "sqlalchemy", "structlog", "temporalio", "transitions")


def test_help_loads_nothing_heavy() -> None:
    """What makes commands slow to start is loaded when they run, not for the help."""
    code = (
        "import sys; from coopflow.entrypoints.cli.app import app\n"
        "try: app(['--help'], prog_name='coopflow')\n"
        f"finally: print([one for one in {HEAVY} if one in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Usage: coopflow" in done.stdout


def test_the_version(coopflow: Coopflow) -> None:
    """The version is written on stdout, by the command and by the option that others have."""
    for asked in ("version", "--version"):
        assert coopflow(asked).stdout == f"coopflow {__version__}\n"


def test_every_command_says_what_it_does(coopflow: Coopflow) -> None:
    """Each command and group has a first sentence that fits a line of the help."""
    waiting = [("", get_command(app.app))]
    seen = []
    while waiting:
        name, command = waiting.pop()
        seen.append(name.strip())
        assert command.help
        waiting += [(f"{name} {sub}", one) for sub, one in getattr(command, "commands", {}).items()]
    assert {"dev", "worker", "doctor", "scenario run", "coop show", "gate check"} <= set(seen)
    assert "..." not in coopflow("--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RefusedByEngineError(Refusal(code="unknown_gate", message="no")), 1),
        (UnknownCooperationError(Address("p", "c")), 1),
        (NotFoundError("no"), 1),
        (FaultsError([Fault("f", 1, 1, "", "wrong")]), 2),
        (UnknownNameError("policies", "x", ()), 2),
        (SettingsError("no"), 2),
        (UsageError("no"), 2),
        (TemporalSettingsError("no"), 2),
        (DatabaseUrlError("no"), 2),
        (UnavailableError("away"), 3),
        (DatabaseUnavailableError("sqlite:///x", "locked", "wait"), 3),
        (ServerBinaryMissingError("absent"), 3),
        (StateDirectoryBusyError("busy"), 3),
    ],
)
def test_failures_have_a_message_and_a_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """What people can do something about is told on stderr, with an exit code of its kind."""
    with pytest.raises(Exception, match=str(code)) as caught, reported():
        raise error
    assert getattr(caught.value, "exit_code", None) == code
    written = capsys.readouterr()
    assert written.err == f"{error}\n"
    assert written.out == ""


def test_our_own_faults_go_through() -> None:
    """A fault of the program is not dressed up as one of its user."""
    with pytest.raises(ZeroDivisionError), reported():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "command", [["coop", "list"], ["coop", "show", "c"], ["coop", "journal", "c"]]
)
def test_without_a_database(coopflow: Coopflow, command: list[str], tmp_path: Path) -> None:
    """Where no engine has run yet, the message says so, and nothing is made."""
    result = coopflow(*command)
    assert result.exit_code == 3
    assert "there is no database at" in result.stderr
    assert "coopflow dev" in result.stderr
    assert not (tmp_path / "state").exists()


def test_without_an_engine(coopflow: Coopflow) -> None:
    """A gate is checked by the engine; without one the message says what was looked for."""
    result = coopflow("gate", "check", "demo/c")
    assert result.exit_code == 3
    for hint in ("TEMPORAL_ADDRESS is not set", "no embedded engine serves", "coopflow dev"):
        assert hint in result.stderr


def test_faulty_settings(coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be used are told with exit code 2."""
    monkeypatch.setenv("COOPFLOW_DATABASE_URL", "mysql://host/name")
    result = coopflow("coop", "list")
    assert result.exit_code == 2
    assert "mysql" in result.stderr
    monkeypatch.setenv("COOPFLOW_DATABASE_URL", "")
    monkeypatch.setenv("COOPFLOW_PORT", "many")
    assert "COOPFLOW_PORT" in coopflow("coop", "list").stderr


@pytest.mark.parametrize(
    ("called", "named"),
    [
        ("/here/.venv/bin/coopflow", ".venv/bin/coopflow"),
        (".venv/bin/coopflow", ".venv/bin/coopflow"),
        ("/usr/bin/coopflow", "coopflow"),
        ("coopflow", "coopflow"),
        ("/here/src/coopflow/entrypoints/cli/__main__.py", "coopflow"),
    ],
)
def test_the_program_is_named_as_it_can_be_called(
    monkeypatch: pytest.MonkeyPatch, called: str, named: str
) -> None:
    """Hints show a command that works when it is copied."""
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(Path, "cwd", lambda: Path("/here"))
    assert dev._program() == named


# --- doctor -----------------------------------------------------------------------------------


def test_the_doctor_on_a_fresh_machine(coopflow: Coopflow) -> None:
    """Before the first start nothing is missing: what is not there yet is made when needed."""
    result = coopflow("doctor", "--output", "json")
    findings = {one["name"]: one for one in json.loads(result.stdout)}
    assert result.exit_code == 0
    assert findings["Python"]["status"] == "ok"
    assert findings["Temporal program"]["status"] == "ok"
    assert findings["Database"]["status"] == "note"
    assert findings["Engine"] == {
        "name": "Engine",
        "status": "note",
        "detail": "not running here",
        "remedy": "start it: coopflow dev",
    }


def test_the_doctor_speaks_french(coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where people read it; programs are told the same names in any language."""
    monkeypatch.setenv("COOPFLOW_LANG", "fr")
    told = " ".join(coopflow("doctor").stdout.split())
    for words in ("Moteur ne tourne pas ici", "démarrez-le : coopflow dev", "Clés", "Courriel"):
        assert words in told
    assert "made when" not in told
    named = {one["name"] for one in json.loads(coopflow("doctor", "--output", "json").stdout)}
    assert "Engine" in named


def test_the_doctor_finds_what_is_missing(
    coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing server and a folder that cannot be made are told with a remedy, and code 3."""

    def absent() -> Path:
        raise ServerBinaryMissingError("The Temporal server is not installed. Install it.")

    monkeypatch.setattr(doctor, "find_server_binary", absent)
    monkeypatch.setattr(doctor, "_is_installed", lambda name: name != "transitions")
    file = tmp_path / "file"
    file.touch()
    result = coopflow("doctor", "--state-dir", file / "below")
    assert result.exit_code == 3
    for hint in ("Install it.", "pip install transitions", "is not writable", "COOPFLOW_STATE_DIR"):
        assert hint in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("", "note", "set COOPFLOW_SMTP_URL"),
        ("smtp://me:s3cret@localhost:1", "missing", "localhost:1 cannot be used"),
        ("smtp://me:s3cret@host?tls=maybe", "missing", "starttls or none"),
    ],
)
def test_the_doctor_about_mail(
    coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch, url: str, status: str, said: str
) -> None:
    """Without a server none is sent; with one it has to answer. No password is shown."""
    if url:
        monkeypatch.setenv("COOPFLOW_SMTP_URL", url)
        monkeypatch.setenv("COOPFLOW_MAIL_FROM", "coop@example.org")
        monkeypatch.setenv("COOPFLOW_PUBLIC_URL", "https://coop.example")
    result = coopflow("doctor", "--output", "json")
    (found,) = (one for one in json.loads(result.stdout) if one["name"] == "Mail")
    assert found["status"] == status
    assert said in f"{found['detail']} {found['remedy']}"
    assert "s3cret" not in result.stdout
    queue = [one for one in json.loads(result.stdout) if one["name"] == "Mail queue"]
    assert bool(queue) == bool(url), "where no mail is sent none waits"


def test_the_doctor_about_a_cluster(coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a cluster the program is not needed, but the cluster is."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")

    def absent() -> Path:
        raise ServerBinaryMissingError("not installed")

    monkeypatch.setattr(doctor, "find_server_binary", absent)
    result = coopflow("doctor", "--output", "json")
    findings = {one["name"]: one["status"] for one in json.loads(result.stdout)}
    assert (findings["Temporal program"], findings["Engine"]) == ("note", "missing")
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("behind", "seconds", "status", "said"),
    [
        (0, None, "ok", "follows up to the last entry of 7 cooperations asked"),
        (1, None, "ok", "9 entries wait, of 1 of 7 cooperations asked; all of them imported"),
        (2, 5, "ok", "9 entries wait, of 2 of 7 cooperations asked; the oldest for"),
        (2, 3600, "missing", "9 entries wait, of 2 of 7 cooperations asked; the oldest for 36"),
    ],
)
def test_the_doctor_about_lag(  # noqa: PLR0917 - what is found, and how it is said
    behind: int,
    seconds: int | None,
    status: str,
    said: str,
    coopflow: Coopflow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What waits for more than a minute is a finding, with what to do."""
    since = None if seconds is None else datetime.now(UTC) - timedelta(seconds=seconds)
    lag = Lag(looked_at=7, behind=behind, entries=9, since=since, oldest="p/c")

    async def ask(*_: object) -> Lag:
        return lag

    monkeypatch.setattr(bootstrap, "lag", ask)
    monkeypatch.setattr(doctor, "_keys", lambda *_, **__: doctor.Finding("Keys", "ok", ""))

    async def engine(*_: object, **__: object) -> doctor.Finding:
        return doctor.Finding("Engine", "ok", "")

    monkeypatch.setattr(doctor, "_engine", engine)
    result = coopflow("doctor", "--output", "json")
    found = json.loads(result.stdout)[-1]
    assert (found["name"], found["status"]) == ("Read model", status)
    assert said in found["detail"]
    assert ("readmodel verify" in found["remedy"]) == (status == "missing")


@pytest.mark.parametrize(("taken", "status"), [(41, "ok"), (80, "missing")])
def test_the_doctor_about_room(
    taken: int, status: str, coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cooperation that is nearly full is a finding before it refuses anything."""

    async def ask(*_: object) -> Lag:
        return Lag(looked_at=7, taken=taken, fullest="p/c")

    async def engine(*_: object, **__: object) -> doctor.Finding:
        return doctor.Finding("Engine", "ok", "")

    monkeypatch.setattr(bootstrap, "lag", ask)
    monkeypatch.setattr(doctor, "_keys", lambda *_, **__: doctor.Finding("Keys", "ok", ""))
    monkeypatch.setattr(doctor, "_engine", engine)
    found = json.loads(coopflow("doctor", "--output", "json").stdout)[-1]
    assert (found["name"], found["status"]) == ("Read model", status)
    assert f"the fullest has taken {taken} % of its room (p/c)" in found["detail"]


def test_the_doctor_about_faulty_settings(
    coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that is not there is a finding, not a crash."""
    monkeypatch.setenv("TEMPORAL_PROFILE", "absent")
    result = coopflow("doctor")
    assert result.exit_code == 3
    assert "'absent' not found" in " ".join(result.stdout.split())
