"""Receipts: which commands were accepted lately, and what came of them."""

from coopflow.application.receipts import RECEIPTS_KEPT, Receipt, Receipts
from tests.collective import Collective


def _receipt(number: int) -> Receipt:
    return Receipt(command=f"c{number}", seq_from=number, seq_to=number)


def test_at_least_a_thousand_commands_are_remembered() -> None:
    """The contract asks for a thousand; the oldest are forgotten first."""
    receipts = Receipts()
    for number in range(RECEIPTS_KEPT + 5):
        receipts.keep(_receipt(number))
    assert RECEIPTS_KEPT >= 1000
    assert len(receipts.all()) == RECEIPTS_KEPT
    assert receipts.of("c4") is None
    assert receipts.of("c5") == _receipt(5)


def test_receipts_are_carried_over_oldest_first() -> None:
    """A new run starts from those of the one before, and forgets in the same order."""
    first = Receipts([_receipt(1), _receipt(2)], limit=2)
    second = Receipts(first.all(), limit=2)
    assert second.all() == (_receipt(1), _receipt(2))
    second.keep(_receipt(3))
    assert second.all() == (_receipt(2), _receipt(3))
    assert Receipts([_receipt(n) for n in range(5)], limit=2).all() == (_receipt(3), _receipt(4))


def test_a_command_without_an_id_leaves_no_receipt() -> None:
    """Nobody can ask for it again."""
    receipts = Receipts()
    receipts.note(None, 3, ())
    assert receipts.all() == ()
    assert receipts.of(None) is None


def test_a_receipt_names_the_events_of_its_command() -> None:
    """A command that changed nothing ends before it begins."""
    entries = tuple(Collective(2).journal)
    receipts = Receipts()
    receipts.note("some", 0, entries)
    receipts.note("none", len(entries), ())
    assert receipts.of("some") == Receipt(command="some", seq_from=1, seq_to=len(entries))
    nothing = receipts.of("none")
    assert nothing == Receipt(command="none", seq_from=len(entries) + 1, seq_to=len(entries))
