"""What a client has asked and been answered: written down before it asks, and when it knows.

A line of JSON for each, on the disk before anything else is done, so that a killed client asks
again what it has no answer to, under the same ids. Times are those of the machine's monotonic
clock, which all its processes share and nobody sets.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coopflow.application.engine import Address, Reply
from coopflow.domain.chain import digest_of
from coopflow.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said to a command.

    Attributes:
        at: when, in seconds of the monotonic clock.
        word: ``accepted``, ``refused``, or ``fault`` when the engine itself was at fault.
        code: of a refusal or a fault.
        seq_from: of an accepted one, the number of its first entry.
        seq_to: the number of its last one.
        duplicate: whether it had been carried out by an earlier attempt.
        told: the entries that came with the answer, each as its number and digest.
    """

    at: float
    word: str
    code: str = ""
    seq_from: int = 0
    seq_to: int = 0
    duplicate: bool = False
    told: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and what has become of it.

    Attributes:
        address: of which cooperation.
        command: in wire form, with its id.
        sent: when it was sent: once, and again by each later life of its client.
        unanswered: how often the engine gave up in between, which costs no more than patience.
        answer: what the engine said, if it did.
    """

    address: Address
    command: dict[str, Any]
    sent: tuple[float, ...] = ()
    unanswered: int = 0
    answer: Answer | None = None

    @property
    def id(self) -> str:
        """The id of the command."""
        return str(self.command["id"])


def answer_of(outcome: Reply | Refusal, at: float) -> Answer:
    """Return what is remembered of an answer."""
    if isinstance(outcome, Refusal):
        return Answer(at, "refused", outcome.code)
    told = tuple((entry.seq, digest_of(entry)) for entry in outcome.entries)
    return Answer(at, "accepted", "", outcome.seq_from, outcome.seq_to, outcome.duplicate, told)


class Ledger:
    """A file that one client writes, in all its lives."""

    def __init__(self, file: Path) -> None:
        """Go on writing a file behind its last whole line."""
        whole, _, torn = file.read_bytes().rpartition(b"\n") if file.exists() else (b"", b"", b"")
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if torn:
            os.ftruncate(self._descriptor, len(whole) + 1 if whole else 0)

    def send(self, commands: Iterable[tuple[Address, dict[str, Any]]]) -> None:
        """Write down what is about to be sent."""
        at = time.monotonic()
        self._write(
            {"sent": command["id"], "at": at, "to": list(address), "command": command}
            for address, command in commands
        )

    def give_up(self, command: str) -> None:
        """Write down that the engine had no answer within its patience."""
        self._write([{"unanswered": command, "at": time.monotonic()}])

    def answer(self, command: str, answer: Answer) -> None:
        """Write down what the engine answered."""
        told = {
            "answered": command,
            "at": answer.at,
            "word": answer.word,
            "code": answer.code,
            "seq": [answer.seq_from, answer.seq_to],
            "duplicate": answer.duplicate,
            "told": answer.told,
        }
        self._write([told])

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _write(self, lines: Iterable[dict[str, Any]]) -> None:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        os.write(self._descriptor, text.encode())
        os.fdatasync(self._descriptor)


class Tally:
    """Counts what a ledger says while it is written.

    Attributes:
        asked: how many commands there are.
        answered: how many have an answer.
        again: how often one was sent again, or the engine gave up.
    """

    def __init__(self, file: Path) -> None:
        """Count from the beginning."""
        self.asked = self.answered = self.again = 0
        self._file = file
        self._offset = 0
        self._known: set[bytes] = set()

    def count(self) -> None:
        """Count what is new."""
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._offset)
            whole = file.read().rpartition(b"\n")[0]
        self._offset += len(whole) + 1 if whole else 0
        for line in whole.splitlines():
            word, name = line.split(b'"', 4)[1:4:2]
            is_known = name in self._known
            self.answered += word == b"answered"
            self.again += word == b"unanswered" or (word == b"sent" and is_known)
            self.asked += word == b"sent" and not is_known
            self._known.add(name)


def read(file: Path) -> dict[str, Asked]:
    """Return what a ledger says by the ids of commands, in the order in which they were sent."""
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    return told(json.loads(line) for line in lines)


def told(lines: Iterable[dict[str, Any]]) -> dict[str, Asked]:
    """Return what the lines of a ledger say."""
    found: dict[str, Asked] = {}
    for line in lines:
        if "sent" in line:
            address = Address(*line["to"])
            known = found.get(line["sent"], Asked(address, line["command"]))
            found[known.id] = replace(known, sent=(*known.sent, line["at"]))
        elif "unanswered" in line:
            known = found[line["unanswered"]]
            found[known.id] = replace(known, unanswered=known.unanswered + 1)
        else:
            known = found[line["answered"]]
            found[known.id] = replace(known, answer=_answer(line))
    return found


def _answer(line: dict[str, Any]) -> Answer:
    first, last = line["seq"]
    entries = tuple((seq, found) for seq, found in line["told"])
    return Answer(line["at"], line["word"], line["code"], first, last, line["duplicate"], entries)
