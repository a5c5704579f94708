"""dev.py: what it may use, and what it decides."""

import ast
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dev

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "dev.py").read_text(encoding="utf-8")


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand an environment in for .venv: this interpreter, and no stamp."""
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "PYTHON", sys.executable)
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Record what pip is asked for, and let it succeed."""
    asked: list[tuple[str, ...]] = []

    def install(python: str, *arguments: str) -> bool:
        asked.append(arguments)
        return True

    monkeypatch.setattr(dev, "install", install)
    return asked


def fails_for(*modules: str) -> Callable[..., str | None]:
    """Make a stand-in for why_not where these modules of Python are missing."""

    def why_not(command: list[str], **environment: str) -> str | None:
        missing = command[2] in modules and "PYTHONPATH" not in environment
        return f"no module {command[2]}" if missing else None

    return why_not


def test_it_imports_the_standard_library_only() -> None:
    """A bare machine has nothing else."""
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported
    assert imported <= sys.stdlib_module_names


def test_an_old_python_can_read_it() -> None:
    """Its grammar is that of 3.8, so that an old Python gets as far as the message."""
    assert ast.parse(SOURCE, feature_version=(3, 8)).body


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the version at hand and the one that is needed."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    assert dev.main(["test"]) == 2

    said = capsys.readouterr().err
    assert "3.9.2" in said
    assert "3.11 or later" in said


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The commands that exist are shown, and the exit code is that of a usage error."""
    assert dev.main(["tset"]) == 2
    assert "no command 'tset'" in capsys.readouterr().err


def test_pins_are_installed_with_hashes_and_the_checkout_without_network(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    """Nothing comes in that is not pinned: neither dependencies nor what the build needs."""
    dev.prepare("run.txt", "dev.txt")

    pins, project = installed
    assert pins == ("--require-hashes", "--requirement", str(ROOT / "requirements" / "run.txt"))
    assert {"--no-deps", "--no-build-isolation", "--editable"} <= set(project)


def test_what_is_done_is_skipped(venv: Path, installed: list[tuple[str, ...]]) -> None:
    """A second use installs nothing, and the development pins are enough to run."""
    dev.prepare("dev.txt")
    installed.clear()

    dev.prepare("dev.txt")
    dev.prepare("run.txt", "dev.txt")

    assert installed == []


def test_changed_pins_are_installed_anew(
    venv: Path, installed: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp holds for the contents that were installed, not for the file's name."""
    dev.prepare("dev.txt")
    installed.clear()
    changed = venv / "requirements"
    changed.mkdir()
    (changed / "dev.txt").write_text("rich==15.0.0\n", encoding="utf-8")
    monkeypatch.setattr(dev, "REQUIREMENTS", changed)

    dev.prepare("dev.txt")

    assert installed[0][-1] == str(changed / "dev.txt")


def test_an_interrupted_installation_is_taken_up_again(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure leaves no stamp behind, and says what may be wrong."""
    dev.write_stamp({"root": str(ROOT), "dev.txt": "of an earlier day"})
    monkeypatch.setattr(dev, "install", lambda *_: False)

    with pytest.raises(dev.StepFailedError, match="could not be installed"):
        dev.prepare("dev.txt")

    assert "dev.txt" not in dev.read_stamp()


def test_a_copied_environment_is_made_anew(venv: Path) -> None:
    """Commands in an environment name their folder, so a copy would run the original."""
    dev.write_stamp({"root": "/elsewhere"})

    assert dev.why_unusable() == "it was made in another folder"


def test_a_spoilt_stamp_counts_as_none(venv: Path) -> None:
    """Half a file, as after a full disk, means installing again."""
    dev.STAMP.write_text(json.dumps({"root": str(ROOT)})[:9], encoding="utf-8")

    assert dev.read_stamp() == {}


@pytest.mark.parametrize(
    ("missing", "fetched"),
    [((), False), (("venv",), False), (("venv", "virtualenv"), True)],
)
def test_an_environment_is_made_with_what_there_is(
    venv: Path,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    missing: tuple[str, ...],
    *,
    fetched: bool,
) -> None:
    """Venv, else virtualenv, else virtualenv as pinned, put by pip into a folder of its own."""
    monkeypatch.setattr(dev, "why_not", fails_for(*missing))

    dev.make_environment()

    assert bool(installed) == fetched
    assert all({"--require-hashes", "--target"} <= set(arguments) for arguments in installed)


def test_a_python_that_can_make_no_environment_says_what_to_install(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thing that was tried is named with its reason."""
    monkeypatch.setattr(dev, "why_not", fails_for("venv", "virtualenv", "pip"))

    with pytest.raises(dev.StepFailedError, match="apt install python3-venv") as caught:
        dev.make_environment()

    assert all(f"no module {name}" in str(caught.value) for name in ("venv", "virtualenv", "pip"))


@pytest.mark.parametrize("broken", ["ruff", "mypy", "pytest", None])
def test_every_check_runs_and_any_failure_counts(
    monkeypatch: pytest.MonkeyPatch, broken: str | None
) -> None:
    """A failed check stops none of the others, pytest is last, and the exit code tells."""
    calls: list[tuple[str, ...]] = []

    def call(*command: str) -> int:
        calls.append(command)
        return 1 if broken in command else 0

    monkeypatch.setattr(dev, "prepare", lambda *_: None)
    monkeypatch.setattr(dev, "ensure_browser", lambda: None)
    monkeypatch.setattr(dev, "call", call)

    code = dev.test([])

    assert len(calls) == len(dev.CHECKS) + 1
    assert calls[-1][:2] == ("-m", "pytest")
    assert code == (0 if broken is None else 1)


def test_full_coverage_is_demanded_of_the_whole_suite_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A selection of tests cannot reach every branch, so it is not measured."""
    calls: list[tuple[str, ...]] = []

    def call(*command: str) -> int:
        calls.append(command)
        return 0

    monkeypatch.setattr(dev, "prepare", lambda *_: None)
    monkeypatch.setattr(dev, "ensure_browser", lambda: None)
    monkeypatch.setattr(dev, "call", call)

    dev.test([])
    dev.test(["tests/unit"])

    assert "--cov-fail-under=100" in calls[len(dev.CHECKS)]
    assert calls[-1] == ("-m", "pytest", "tests/unit")


@pytest.mark.parametrize(
    ("ci", "working", "told"),
    [
        ("", "nothing", ["playwright"]),
        ("true", "nothing", ["update", "install", "playwright"]),
        ("true", "install", ["update", "install"]),
        ("true", "there", []),
    ],
)
def test_a_browser_is_installed_where_that_may_be_done(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: str,
    working: str,
    told: list[str],
) -> None:
    """As a package of the system in CI alone; where none can be had it says so loudly."""
    tried: list[str] = []

    def subprocess_call(command: list[str], **_: Any) -> int:
        tried.append(next(one for one in ("playwright", "update", "install") if one in command))
        return 0

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(dev, "has_browser", lambda: working == "there" or working in tried)
    monkeypatch.setattr("subprocess.call", subprocess_call)

    dev.ensure_browser()

    assert tried == told
    assert ("WILL NOT RUN" in capsys.readouterr().err) == (working == "nothing")
