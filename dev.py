#!/usr/bin/env python3
"""Set coopflow up in .venv, then run it or check it.

    python3 dev.py run [ARGUMENTS]    start everything and play the demo (coopflow dev --demo)
    python3 dev.py test [ARGUMENTS]   lint, types, import contracts, tests; arguments go to pytest
    python3 dev.py bench [--quick]    measure everything beside its yardstick, on a quiet machine
    python3 dev.py docs               make a site of the documentation, in build/docs
    python3 dev.py pins [ARGUMENTS]   resolve requirements/ anew; --upgrade takes newer versions
    python3 dev.py help               show this text

All that it needs is Python 3.11 or later: the first use makes .venv and installs the pinned
packages there, the next ones skip what is done. pip's settings (index, proxy, certificates) apply.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
STAMP = VENV / "coopflow-dev.json"

TOO_OLD = """\
dev.py: this is Python {version}, coopflow needs {oldest} or later.
Run it with a later one{found}, or install one first."""

NO_ENVIRONMENT = """\
{python} cannot make an environment. What was tried:
{tried}
Install what is missing and run the command again, for example
  Debian, Ubuntu:  apt install python3-venv
  Fedora:          dnf install python3-pip
  Alpine:          apk add py3-pip"""

NO_PINS = """\
the packages of {pins} could not be installed: pip's reason stands above.
Without a network, or behind a proxy or a mirror, set pip up first (pip config, PIP_INDEX_URL,
HTTPS_PROXY) and run the command again."""

NO_PROJECT = """\
coopflow itself could not be installed from this checkout: the build's reason stands above.
No network is needed for it: look at pyproject.toml and at the files that it names."""

NO_BROWSER = """\
THE TESTS IN A BROWSER WILL NOT RUN: there is no Chromium, and none could be installed.
Install one (apt install chromium, or .venv/bin/python -m playwright install chromium), or name one
in COOPFLOW_TEST_BROWSER."""

CHECKS = {
    "ruff check": ["-m", "ruff", "check"],
    "ruff format": ["-m", "ruff", "format", "--check"],
    "mypy": ["-m", "mypy"],
    "import contracts": [
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-logo",
    ],
}

WHOLE = [
    # Measured where it is demanded: every branch of what decides, which the whole suite reaches.
    "--cov=src/coopflow/domain",
    "--cov=src/coopflow/definitions",
    "--cov-branch",
    "--cov-fail-under=100",
    "--durations=30",
    # A process for each processor; a file stays in one, with the servers that its tests share.
    "--numprocesses=auto",
    "--dist=loadfile",
    # Folder by folder: what the files of a folder share is started once in each process, and what
    # takes longest (whole processes, browsers) is not left for the end.
    "--no-loadscope-reorder",
]


class StepFailedError(Exception):
    """A step could not be done; the message says why and what to do."""


def say(text: str) -> None:
    """Print a line of progress on stderr: stdout belongs to the programs that are run."""
    print("dev:", text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and say how long it took when it is over."""
    say(f"{title} ...")
    started = time.monotonic()
    yield
    say(f"{title}: {time.monotonic() - started:.1f} s")


def variables() -> dict[str, str]:
    """Return what programs in .venv run with: its commands are found first."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = os.pathsep.join([str(BIN), environment.get("PATH", os.defpath)])
    return environment


def call(*arguments: str) -> int:
    """Run the Python of .venv in the checkout and return its exit code."""
    return subprocess.call([PYTHON, *arguments], cwd=ROOT, env=variables())


# --- the environment --------------------------------------------------------------------------


def pip_variables() -> dict[str, str]:
    """Return the user's variables, less what would send packages to another place."""
    environment = dict(os.environ)
    for elsewhere in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME"):
        environment.pop(elsewhere, None)
    # "user" in pip's configuration is an error inside an environment, "require-virtualenv" is one
    # outside, where the tool that makes the environment comes from.
    environment.update(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    return environment


def install(python: str, *arguments: str) -> bool:
    """Let pip install something, silent but for its errors; tell whether it did."""
    command = [python, "-m", "pip", "install", "-qq", *arguments]
    return subprocess.call(command, cwd=ROOT, env=pip_variables()) == 0


def why_not(command: Sequence[str], **environment: str) -> str | None:
    """Run a command silently; return what it printed if it failed, None if it did not."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**pip_variables(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return (done.stdout.strip() or "no reason given") if done.returncode else None


def make_environment() -> None:
    """Make .venv with whatever this Python offers.

    Raises:
        StepFailedError: It offers neither venv with ensurepip, nor virtualenv, nor pip.
    """
    tried = {}
    for module in ("venv", "virtualenv"):
        tried[module] = why_not([sys.executable, "-m", module, "--clear", str(VENV)])
        if tried[module] is None:
            return
    tried["pip"] = why_not([sys.executable, "-m", "pip", "--version"])
    if tried["pip"] is None:
        # An externally managed Python (PEP 668) refuses installations into itself, not into a
        # folder of their own.
        with tempfile.TemporaryDirectory(prefix="coopflow-") as folder:
            pins = str(REQUIREMENTS / "bootstrap.txt")
            options = ["--require-hashes", "--requirement", pins, "--target", folder]
            if not install(sys.executable, *options):
                raise StepFailedError(NO_PINS.format(pins=pins))
            command = [sys.executable, "-m", "virtualenv", "--clear", str(VENV)]
            tried["virtualenv, got by pip"] = why_not(command, PYTHONPATH=folder)
            if tried["virtualenv, got by pip"] is None:
                return
    reasons = "\n".join(f"- {how}: {reason}" for how, reason in tried.items() if reason)
    raise StepFailedError(NO_ENVIRONMENT.format(python=sys.executable, tried=reasons))


def read_stamp() -> dict[str, str]:
    """Return what earlier uses have done: the checkout's place, and a digest for each pin file."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, str]) -> None:
    """Remember what has been done."""
    STAMP.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def why_unusable() -> str | None:
    """Say why the .venv that is there has to be made anew, or None if it serves."""
    if not Path(PYTHON).exists():
        return "there is none"
    # Commands in .venv/bin name their Python by its full path.
    if read_stamp().get("root", str(ROOT)) != str(ROOT):
        return "it was made in another folder"
    if why_not([PYTHON, "-c", f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"]):
        return f"it lacks pip, or a Python {dotted(OLDEST_PYTHON)} that works"
    return None


def digest(pins: Path) -> str:
    """Return what an installation depends on, in one number."""
    version = subprocess.check_output([PYTHON, "-c", "import sys; print(sys.version)"])
    contents = [pins.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), version]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def prepare(*sufficient: str) -> None:
    """Bring .venv up to date: the first pin file named, unless one of them is installed already.

    Raises:
        StepFailedError: There is no environment, or pip could not install something.
    """
    reason = why_unusable()
    if reason:
        version = dotted(sys.version_info[:3])
        with step(f"making .venv with Python {version} ({reason})"):
            make_environment()
            write_stamp({"root": str(ROOT)})
    stamp = read_stamp()
    for name in sufficient:
        if stamp.get(name) == digest(REQUIREMENTS / name):
            say(f".venv is up to date with requirements/{name}")
            return
    # Until the end, nothing counts as installed: an interrupted installation is taken up again.
    write_stamp({"root": str(ROOT)})
    pins = REQUIREMENTS / sufficient[0]
    with step(f"installing the pinned packages of requirements/{pins.name}"):
        if not install(PYTHON, "--require-hashes", "--requirement", str(pins)):
            raise StepFailedError(NO_PINS.format(pins=pins))
    with step("installing coopflow from this checkout"):
        if not install(PYTHON, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)):
            raise StepFailedError(NO_PROJECT)
    write_stamp({"root": str(ROOT), pins.name: digest(pins)})


# --- the commands -----------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Start the engine with the demo; it takes this process over where that is possible."""
    prepare("run.txt", "dev.txt")
    command = [str(BIN / "coopflow"), "dev", "--demo", *arguments]
    if os.name != "nt":
        # The caller's signals reach the engine without anything in between.
        os.execve(command[0], command, variables())
    return subprocess.call(command, env=variables())


def has_browser() -> bool:
    """Whether the tests find a browser."""
    return (
        call("-c", "from tests.browsers import find_browser as f; raise SystemExit(not f())") == 0
    )


def ensure_browser() -> None:
    """Find a browser for the tests, or install one where that may be done, or say that none is."""
    if has_browser():
        return
    attempts = [[PYTHON, "-m", "playwright", "install", "chromium"]]
    if os.environ.get("CI") and shutil.which("apt-get") and os.geteuid() == 0:
        # Nobody's own machine: what the system calls its browser comes with all that it needs.
        apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        attempts[:0] = [[*apt, "update"], [*apt, "install", "-y", "chromium"]]
    with step("a browser for the tests"):
        for command in attempts:
            if subprocess.call(command, cwd=ROOT, env=variables()) == 0 and has_browser():
                return
    say(NO_BROWSER)


def test(arguments: list[str]) -> int:
    """Run every check, also after one that failed; pytest comes last and has the last line."""
    prepare("dev.txt")
    if not arguments:
        ensure_browser()
    failed = []
    for name, command in CHECKS.items():
        with step(name):
            if call(*command) != 0:
                failed.append(name)
    if failed:
        say(f"FAILED, see above: {', '.join(failed)}")
    say("pytest ...")
    code = call("-m", "pytest", *(arguments or WHOLE))
    return 1 if failed else code


def bench(arguments: list[str]) -> int:
    """Measure everything beside its yardstick; without --quick the page says what came of it."""
    prepare("dev.txt")
    return call("benchmarks/suite.py", *arguments)


def docs(arguments: list[str]) -> int:
    """Make a site of the documentation in build/docs; a warning is an error."""
    prepare("dev.txt")
    return call("-m", "sphinx", "-W", "--keep-going", "docs", "build/docs", *arguments)


def pins(arguments: list[str]) -> int:
    """Resolve the pins for every platform and Python that pyproject.toml allows."""
    prepare("dev.txt")
    pyproject = of_project("embedded", "server", "telemetry")
    image = of_project(
        "postgresql", "server", "telemetry"
    )  # on other machines Temporal is a cluster
    constraint = ["--constraint", "requirements/dev.txt"]
    resolutions = {
        "dev": [*pyproject, "--group", "dev"],
        "run": [*pyproject, "--group", "build", *constraint],
        "image": [*image, "--group", "build", *constraint],
        "bootstrap": ["requirements/bootstrap.in", "--python-version", dotted(OLDEST_PYTHON)],
    }
    # A pin keeps its extras: without them an older pip (23.2, with Python 3.11) takes the newest
    # release for a package[extra] that another one asks for, and then misses its hash.
    options = ["--universal", "--generate-hashes", "--no-header", "--no-strip-extras", "--quiet"]
    options += arguments
    for name, inputs in resolutions.items():
        output = f"requirements/{name}.txt"
        with step(f"resolving {output}"):
            code = call("-m", "uv", "pip", "compile", *inputs, *options, "--output-file", output)
        if code != 0:
            return code
    return 0


def of_project(*extras: str) -> list[str]:
    """Return the arguments by which uv resolves the project with some extras."""
    return ["pyproject.toml", *(word for one in extras for word in ("--extra", one))]


def dotted(version: Sequence[int]) -> str:
    """Write a version the way people do."""
    return ".".join(str(number) for number in version)


def too_old() -> str:
    """Say that this Python is too old, naming a later one if the machine has it."""
    names = [f"python3.{minor}" for minor in range(20, OLDEST_PYTHON[1] - 1, -1)]
    found = next((name for name in names if shutil.which(name)), None)
    return TOO_OLD.format(
        version=dotted(sys.version_info[:3]),
        oldest=dotted(OLDEST_PYTHON),
        found=f" ({found} {' '.join(sys.argv)})" if found else "",
    )


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name and return the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        print(too_old(), file=sys.stderr)
        return 2
    commands = {"run": run, "test": test, "bench": bench, "docs": docs, "pins": pins}
    name = arguments[0] if arguments else "help"
    if name in ("help", "-h", "--help"):
        print(__doc__)
        return 0
    if name not in commands:
        print(f"dev.py: there is no command {name!r}\n\n{__doc__}", file=sys.stderr)
        return 2
    try:
        return commands[name](arguments[1:])
    except StepFailedError as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
