"""Pages of the documentation, done as they are written.

Blocks of a page are carried out in order. A ``console`` block has lines ``$ COMMAND``, each with
lines of its output; ``…`` in these stands for anything, and other lines may come between them. A
command succeeds unless ``$ echo $?`` follows. A ``yaml``, ``python``, ``csv`` or ``json`` block
goes where the line before it says. Other blocks are for people only.
"""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import CompletedProcess
from typing import NamedTuple

from tests.acceptance.process import coopflow, running, script, tests

BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
APPEND = re.compile(r"At the end of `(.+)`, add:")
INSERT = re.compile(r"In `(.+)`, below `(.+)`, add:")
WRITE = re.compile(r"Write this to `(.+)`:")


class Shown(NamedTuple):
    """A command with what the page shows of it."""

    command: str
    output: list[str]
    code: int


def commands(block: str) -> Iterator[Shown]:
    """Read a console block."""
    parts = [part.splitlines() for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    for (command, *output), following in zip(parts, [*parts[1:], [""]], strict=True):
        if command != "echo $?":
            yield Shown(command, output, int(following[1]) if following[0] == "echo $?" else 0)


def looks_like(line: str) -> re.Pattern[str]:
    """Return what a line of output is matched with."""
    return re.compile(".*".join(map(re.escape, line.split("…"))))


def assert_shown(shown: Shown, done: CompletedProcess[str]) -> None:
    """Hold a command to its exit code, and to the lines shown, in their order."""
    written = done.stdout + done.stderr
    assert done.returncode == shown.code, f"{shown.command}: {done.returncode}\n{written}"
    lines = iter(line.rstrip() for line in written.splitlines())
    for expected in shown.output:
        if expected != "…":
            pattern = looks_like(expected)
            assert any(pattern.fullmatch(line) for line in lines), (
                f"{shown.command}: {expected!r} is not in\n{written}"
            )
    if not shown.output:
        assert not written, f"{shown.command} should say nothing, said\n{written}"


class Reader:
    """Somebody who does what the page says, in a folder of their own."""

    def __init__(self, folder: Path, variables: dict[str, str], room: ExitStack) -> None:
        """Begin in an empty folder; what is started runs until the room is left."""
        self.folder = folder
        self.variables = variables
        self._room = room

    def read(self, page: str) -> None:
        """Carry out the blocks of some text."""
        for block in BLOCK.finditer(page):
            if block["kind"] == "console":
                for shown in commands(block["text"]):
                    self._run(shown)
            elif block["kind"] in {"yaml", "python", "csv", "json"}:
                lead = page[: block.start()].rstrip().rpartition("\n")[2]
                self._edit(lead, block["text"])

    def _run(self, shown: Shown) -> None:
        program, *arguments = shlex.split(shown.command)
        if arguments[:1] == ["dev"]:
            started = running(self.variables, *arguments, folder=self.folder)
            engine = self._room.enter_context(started)
            last = engine.wait_for(shown.output[-1].partition("…")[0])
            assert looks_like(shown.output[-1]).fullmatch(last.rstrip())
            self._room.callback(engine.end, signal.SIGTERM)
        elif program == "coopflow":
            assert_shown(shown, coopflow(self.variables, *arguments, folder=self.folder))
        elif program == "pytest":
            assert_shown(shown, tests(self.variables, *arguments, folder=self.folder))
        else:
            assert program == "python3"
            file, *rest = arguments
            assert_shown(shown, script(self.variables, file, *rest, folder=self.folder))

    def _edit(self, lead: str, text: str) -> None:
        if found := WRITE.fullmatch(lead):
            self._file(found[1]).write_text(text, encoding="utf-8")
        elif found := APPEND.fullmatch(lead):
            file = self._file(found[1])
            file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
        else:
            found = INSERT.fullmatch(lead)
            assert found, f"where does this go? {lead!r}"
            file = self._file(found[1])
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            (place,) = [number for number, line in enumerate(lines) if line.strip() == found[2]]
            lines.insert(place + 1, text)
            file.write_text("".join(lines), encoding="utf-8")

    def _file(self, name: str) -> Path:
        return self.folder / name
