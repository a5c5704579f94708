from __future__ import annotations

from pathlib import Path

from coopflow.application.engine import Address, Reply
from coopflow.domain.chain import digest_of
from coopflow.domain.refusals import Refusal
from tests.chaos.ledger import Answer, Ledger, Tally, answer_of, read
from tests.collective import Collective

ADDRESS = Address("north", "coop")
COMMANDS = [(ADDRESS, {"command": "record_pulse", "id": f"c.{number}"}) for number in range(3)]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Commands in the order of their sending, each with what became of it."""
    file = tmp_path / "ledger"
    journal = Collective(1).journal
    reply = Reply(seq_from=1, seq_to=len(journal), entries=tuple(journal))
    ledger = Ledger(file)
    ledger.send(COMMANDS)
    ledger.give_up("c.1")
    ledger.answer("c.0", answer_of(reply, 1.0))
    ledger.answer("c.2", answer_of(Refusal(code="forbidden"), 2.0))
    ledger.send(COMMANDS[1:2])
    ledger.close()
    first, second, third = read(file).values()
    assert (first.id, first.address, first.command) == ("c.0", *COMMANDS[0])
    told = tuple((entry.seq, digest_of(entry)) for entry in journal)
    assert first.answer == Answer(1.0, "accepted", "", 1, len(journal), told=told)
    assert (second.answer, second.unanswered, len(second.sent)) == (None, 1, 2)
    assert third.answer == Answer(2.0, "refused", "forbidden")
    assert (first.unanswered, len(first.sent)) == (0, 1)


def test_a_line_that_was_not_finished_is_written_over(tmp_path: Path) -> None:
    """A client that is killed while it writes leaves half a line, of which nothing was sent."""
    file = tmp_path / "ledger"
    assert read(file) == {}
    for torn in (b'{"sent": "c.9', b"{"):
        ledger = Ledger(file)
        ledger.send(COMMANDS[:1])
        ledger.close()
        file.write_bytes(file.read_bytes() + torn)
        assert list(read(file)) == ["c.0"]
    Ledger(file).close()
    assert file.read_bytes().endswith(b"\n")
    Ledger(tmp_path / "empty").close()
    (tmp_path / "empty").write_bytes(b"{")
    Ledger(tmp_path / "empty").close()
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_ledger_is_counted_while_it_is_written(tmp_path: Path) -> None:
    """Only whole lines count, and each once."""
    file = tmp_path / "ledger"
    tally = Tally(file)
    tally.count()
    assert (tally.asked, tally.answered, tally.again) == (0, 0, 0)
    ledger = Ledger(file)
    ledger.send(COMMANDS)
    tally.count()
    ledger.send(COMMANDS[:1])
    ledger.give_up("c.1")
    ledger.answer("c.1", Answer(1.0, "accepted"))
    file.write_bytes(file.read_bytes() + b'{"sent": "c.9"')
    tally.count()
    tally.count()
    assert (tally.asked, tally.answered, tally.again) == (3, 1, 2)
    ledger.close()
