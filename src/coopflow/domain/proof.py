"""What a journal proves by itself: that nothing in it was changed, or which entry was.

Entries come one after the other, as JSON, from whoever has them: a file, or the database. What is
told of an entry follows from it and from the others alone. Two entries that are linked confirm each
other, so a broken link tells which of its ends was changed by the links beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from coopflow.domain.chain import GENESIS, Record, digest, stand_in_at
from coopflow.domain.lines import (
    Code,
    Fault,
    kept_back,
    people_of,
    sealed_of,
    secret_decision,
    wrong_member,
)

MANY: Final = 50
"""After so many faults nothing more is looked for."""

_TOMBSTONE: Final = re.compile(r"erased-([1-9][0-9]{0,15})")
_PREVIOUS: Final = "/previous"


def faults_of(records: Iterable[Record], head: str | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with the entries of a journal, all of them, in order.

    Args:
        records: the entries as JSON, see ``chain.record``.
        head: the digest of the last one, from who knows it.
    """
    proof = Proof()
    for kept in records:
        proof.take(kept)
        if proof.is_full:
            break
    proof.end(head)
    return tuple(proof.faults)


class _Run(NamedTuple):
    """Broken links, one after the other.

    Attributes:
        first: the number of the entry before the first of them.
        digest: that of this entry.
        second: the entry after it.
        links: how many.
        claimed: what the last link claims the digest before it to be.
    """

    first: int
    digest: str
    second: Record
    links: int
    claimed: str


class _Taken(NamedTuple):
    """A person who was taken out of an entry: where, and what stands for them."""

    tombstone: int
    stand_in: str


class _Place(NamedTuple):
    entry: int
    field: str
    line: int | None


class Proof:
    """Goes through the entries of a journal, in order, and notes what is wrong with them.

    Memory grows with the people who were erased and with secret decisions only.

    Attributes:
        faults: what is wrong, at most ``MANY``.
        seq: the number of the last entry.
        unlinked: up to which entry digests were not kept yet.
        first_at: the instant of the first entry.
        last_at: that of the last one.
        withheld: how many sealed values were taken out.
        erased: how many people were erased.
        opened: programme and id of the cooperation that entry 1 opens.
        changed: the numbers of the entries that were found at fault.
    """

    def __init__(self) -> None:
        """Begin before the first entry."""
        self.faults: list[Fault] = []
        self.seq = 0
        self.unlinked = 0
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None
        self.withheld = 0
        self.erased = 0
        self.opened: tuple[str, str] | None = None
        self.changed: set[int] = set()
        self._tip: tuple[int, str] | None = (0, GENESIS)
        self._is_linked = False
        self._run: _Run | None = None
        self._was_unreadable = False
        self._secret: set[str] = set()
        self._taken: dict[_Taken, _Place] = {}
        self._erased: dict[str | None, list[int]] = {}
        self._doubts: list[Fault] = []

    @property
    def head(self) -> str | None:
        """The digest of the last entry; None when it cannot be told."""
        return self._tip[1] if self._tip else None

    @property
    def is_full(self) -> bool:
        """Whether so much is wrong that nothing more is looked for."""
        return len(self.faults) >= MANY

    def note(self, code: Code, **where: Any) -> None:
        """Note a fault."""
        if not self.is_full:
            self.faults.append(Fault(code=code, **where))

    def unreadable(self, code: Code, line: int | None, field: str | None = None) -> None:
        """Take an entry that cannot be read: that of the next number, presumably."""
        self.seq += 1
        self._blame(code, self.seq, line, field=field)
        self._lose_tip()
        self._was_unreadable = True

    def take(self, kept: Record, line: int | None = None) -> None:
        """Take the next entry.

        Args:
            kept: the entry as JSON, from whomever.
            line: where it stands in a file.
        """
        wrong = wrong_member(kept)
        if wrong is not None:
            self.unreadable(wrong[0], line, wrong[1])
            self._was_unreadable = False
            return
        if not self._in_order(kept, line):
            return
        self.seq = kept["seq"]
        self._was_unreadable = False
        self._look_at_time(kept, line)
        if self.seq == 1:
            self._look_at_opening(kept["event"], line)
        self._look_at_withheld(kept, line)
        if kept["event"]["type"] == "person_erased":
            self.erased += 1
            self._erased.setdefault(_stands_for_erased(kept), []).append(self.seq)
        decision = secret_decision(kept["event"])
        if decision is not None:
            self._secret.add(decision)
        self._link(kept, line)

    def count_differs(self, expected: int) -> None:
        """Say that there should be more entries, or fewer, before saying that none follows."""
        first = min(expected, self.seq) + 1
        self._blame("count_differs", first, expected=expected, found=self.seq)

    def end(self, head: str | None = None) -> None:
        """Say that no entry follows.

        Args:
            head: the digest of the last entry, from who knows it.
        """
        if head is None or self._tip is None:
            self._judge(confirmed=False)
        elif head == self._tip[1]:
            self._judge(confirmed=True)
        elif self.unlinked == self.seq:
            self.note("head_differs")
        else:
            self._break(*self._tip, {}, head)
            self._judge(confirmed=True)
        for taken, place in self._taken.items():
            if self._first_erasure(taken.stand_in, place.entry) != taken.tombstone:
                found = f"erased-{taken.tombstone}"
                self._doubt("unfounded_tombstone", place, found=found)
        if not self.changed:
            self.faults += self._doubts[: MANY - len(self.faults)]

    # --- one entry ----------------------------------------------------------------------------

    def _blame(self, code: Code, entry: int, line: int | None = None, **where: Any) -> None:
        self.changed.add(entry)
        self.note(code, entry=entry, line=line, **where)

    def _first_erasure(self, stand_in: str, since: int) -> int | None:
        """Return the number of the first entry since another one that erases somebody."""
        erasures = self._erased.get(stand_in, [])
        place = bisect_left(erasures, since)
        return erasures[place] if place < len(erasures) else None

    def _doubt(self, code: Code, place: _Place, **more: Any) -> None:
        """Note a fault in the light of other entries; it is none if one of those is at fault."""
        if len(self._doubts) < MANY:
            entry, field, line = place
            self._doubts.append(Fault(code=code, entry=entry, field=field, line=line, **more))

    def _in_order(self, kept: Record, line: int | None) -> bool:
        """Whether to go on with an entry: one that came before is left out."""
        expected, found = self.seq + 1, kept["seq"]
        if found == expected:
            return True
        if self._was_unreadable and found == self.seq:  # a line in two parts was one entry
            return True
        is_next = self._tip is not None and kept.get("previous") == self._tip[1] != GENESIS
        blamed = expected if is_next else min(expected, found)
        self._blame("out_of_order", blamed, line, field="/seq", expected=expected, found=found)
        if is_next:  # it is the number that was changed
            self.seq = expected
        if is_next or found > expected:
            self._lose_tip()
        return found > expected and not is_next

    def _look_at_time(self, kept: Record, line: int | None) -> None:
        at = datetime.fromisoformat(kept["at"])
        if self.last_at is not None and at < self.last_at:
            self._doubt("goes_back", _Place(self.seq, "/at", line))
        self.first_at = self.first_at or at
        self.last_at = at

    def _look_at_opening(self, event: Record, line: int | None) -> None:
        programme, cooperation = event.get("programme"), event.get("cooperation")
        if event["type"] == "cooperation_opened" and programme and cooperation:
            self.opened = (str(programme), str(cooperation))
        else:
            self._blame("no_opening", 1, line, field="/event/type")

    def _look_at_withheld(self, kept: Record, line: int | None) -> None:
        withheld, event, fields = kept.get("withheld", {}), kept["event"], sealed_of(kept)
        gone = [fields[pointer] for pointer in withheld if pointer in fields]
        secrets = kept_back(event | dict.fromkeys(gone, ""), self._secret)
        people = dict(people_of(kept))
        for pointer, stand_in in withheld.items():
            place = _Place(self.seq, pointer, line)
            if pointer in people:
                self._note_person(people[pointer], place, stand_in)
            elif fields[pointer] in event:
                self._blame("withheld_yet_there", self.seq, line, field=pointer)
            elif fields[pointer] not in secrets:
                self._doubt("not_to_be_withheld", place)
            else:
                self.withheld += 1

    def _note_person(self, value: Any, place: _Place, stand_in: str) -> None:
        found = _TOMBSTONE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self._blame("no_tombstone", place.entry, place.line, field=place.field)
        elif int(found[1]) < self.seq:
            self._doubt("unfounded_tombstone", place, found=value)
        else:
            self._taken.setdefault(_Taken(int(found[1]), stand_in), place)

    # --- links --------------------------------------------------------------------------------

    def _lose_tip(self) -> None:
        self._judge(confirmed=False)
        self._tip = None

    def _link(self, kept: Record, line: int | None) -> None:
        previous = kept.get("previous")
        if previous is None:
            if self._is_linked:
                self._blame("unlinked", self.seq, line, field=_PREVIOUS)
                self._lose_tip()
            else:
                self.unlinked = self.seq
                self._tip = (self.seq, GENESIS)  # the first digest stands on nothing
            return
        self._is_linked = True
        if self._tip is not None:
            number, before = self._tip
            if previous == before:
                self._judge(confirmed=True)
            else:
                self._break(number, before, kept, previous)
        self._tip = (self.seq, digest(kept))

    def _break(self, number: int, before: str, kept: Record, claimed: str) -> None:
        run = self._run
        if run is None:
            self._run = _Run(number, before, kept, 1, claimed)
        else:
            self._run = run._replace(links=run.links + 1, claimed=claimed)

    def _judge(self, *, confirmed: bool) -> None:
        """Tell from links that are broken, one after the other, which entries were changed.

        Args:
            confirmed: the entry after the last of them is linked to a next one.
        """
        run, self._run = self._run, None
        if run is None:
            return
        last = run.first + run.links - (1 if confirmed else 0)
        if self.changed.intersection(range(run.first, min(last, run.first + MANY) + 1)):
            return  # that was said
        starts = run.first == self.unlinked  # nothing before it has a digest that could break
        if starts and last == run.first:
            self._blame("no_beginning", run.first + 1, field=_PREVIOUS)
            return
        first = run.first + 1 if starts else run.first
        field = None
        if confirmed and run.links == 2:  # noqa: PLR2004 - both links of one entry
            mended = run.second | {"previous": run.digest}
            if digest(mended) == run.claimed:
                first, field = last, _PREVIOUS
        self._blame("changed", first, last=last if last > first else None, field=field)
        self.changed.update(range(first, min(last, first + MANY) + 1))


def _stands_for_erased(kept: Record) -> str | None:
    """Return the digest that stands for the person whom an entry erases."""
    if kept["event"].get("tombstone") != f"erased-{kept['seq']}":
        return None
    return stand_in_at(kept, "/event/person")
