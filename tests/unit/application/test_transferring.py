from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from coopflow.application.cooperation_file import FileFaultError, Packed, Unpacked
from coopflow.application.engine import Address
from coopflow.application.transferring import Standing, look_into, take_in
from coopflow.domain.chain import digest_of
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from tests.collective import reference_rules
from tests.journals import ADDRESS, life

HEAD = digest_of(life()[-1])
PACKED = Packed("live", (reference_rules().definition,), (), HEAD, "pepper")


class Place:
    """An installation that says what it has, and remembers what it took."""

    def __init__(self, standing: Standing, *, lives: bool) -> None:
        """Begin so."""
        self._standing = standing
        self._lives = lives
        self.did: list[str] = []

    async def last(self, address: Address) -> Entry | None:
        """Fail: nobody asks this here."""
        raise NotImplementedError

    def pages(self, address: Address, last: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Fail: nobody asks this here."""
        raise NotImplementedError

    async def standing(self, address: Address, entries: Sequence[Entry]) -> Standing:
        """Say it."""
        return self._standing

    async def take_in(
        self, address: Address, entries: Sequence[Entry], definitions: Sequence[Definition]
    ) -> None:
        """Remember it."""
        self.did.append(f"{len(entries)} entries, {len(definitions)} definitions")

    async def pack(self, address: Address) -> tuple[Packed, int] | None:
        """Fail: nobody asks this here."""
        raise NotImplementedError

    async def lives(self, address: Address) -> bool:
        """Say it."""
        return self._lives

    async def carry_on(self, address: Address, state: Cooperation, packed: Packed) -> None:
        """Remember it."""
        self.did.append(f"lives from {state.seq} on")


def one(packed: Packed | None = PACKED) -> Unpacked:
    return Unpacked(2, ADDRESS, life(), follow(UNOPENED, life()), HEAD, packed)


STORED = f"{len(life())} entries, 1 definitions"
LIVES = f"lives from {len(life())} on"


@pytest.mark.parametrize(
    ("standing", "lives", "outcome"),
    [
        ("absent", False, "imported"),
        ("partly", False, "imported"),
        ("there", False, "imported"),
        ("there", True, "there"),
    ],
)
async def test_what_is_missing_is_imported(
    standing: Standing, outcome: str, *, lives: bool
) -> None:
    """What an interruption left is completed; what is there is passed over."""
    place = Place(standing, lives=lives)
    seen: list[Address] = []
    (would,) = await look_into(iter([one()]), place, place, lambda who, _: seen.append(who))
    assert (would.outcome, would.entries) == (outcome, len(life()))
    assert place.did == []
    assert await take_in(iter([one()]), place, place, lambda *_: None) == (would,)
    assert place.did == ([STORED, LIVES] if outcome == "imported" else [])
    assert seen == [ADDRESS]


@pytest.mark.parametrize(
    ("standing", "lives"), [("other", False), ("other", True), ("absent", True), ("partly", True)]
)
async def test_nothing_is_imported_over_another_life(standing: Standing, *, lives: bool) -> None:
    """A journal that differs, or a cooperation that the journal here does not tell of, stays."""
    place = Place(standing, lives=lives)
    for work in (look_into, take_in):
        with pytest.raises(FileFaultError, match="line 2: another cooperation lives at prog/coop"):
            await work(iter([one()]), place, place, lambda *_: None)
    assert place.did == []


async def test_a_journal_alone_is_stored_alone() -> None:
    """A cooperation whose workflow was no longer kept gets none."""
    place = Place("absent", lives=False)
    await take_in(iter([one(None)]), place, place, lambda *_: None)
    assert place.did == [f"{len(life())} entries, 0 definitions"]
    there = Place("there", lives=False)
    (done,) = await take_in(iter([one(None)]), there, there, lambda *_: None)
    assert (done.outcome, there.did) == ("there", [])


async def test_one_cooperation_stands_in_a_file_once() -> None:
    """Of two journals of one address nobody could say which is meant."""
    place = Place("absent", lives=False)
    with pytest.raises(FileFaultError, match="is there twice"):
        await look_into(iter([one(), one()]), place, place, lambda *_: None)
