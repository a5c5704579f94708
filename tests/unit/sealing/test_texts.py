from __future__ import annotations

import base64

import pytest

from coopflow.sealing.errors import BrokenSealError, KeysError, UnknownKeyError
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals

ABOUT = "journal valley/canteens 7 /choice"


def ring(*, valley: KeySet | None = None) -> KeyRing:
    own = {"valley": valley} if valley else {}
    return KeyRing(KeySets(default=KeySet.new(), programmes=own), "a test")


@pytest.fixture
def seals() -> TextSeals:
    keys = ring()
    return TextSeals(lambda: keys)


@pytest.mark.parametrize(
    "text", ["", "no", "Ça alors ! 🙂", "x" * 63, "x" * 64, "y" * 70_000, "\x80"]
)
def test_what_is_sealed_is_opened_again(seals: TextSeals, text: str) -> None:
    """A text comes back as it was, and is not there in between."""
    sealed = seals.seal("valley", text, ABOUT)
    assert seals.open("valley", sealed, ABOUT) == text
    assert len(text) < 3 or text not in sealed
    assert seals.seal("valley", text, ABOUT) != sealed, "the same twice does not look the same"


def test_answers_look_alike(seals: TextSeals) -> None:
    """The length of what is sealed tells no answer, nor whether a short reason is the same."""
    choices = ("yes", "no", "abstain", "stand_aside", "x" * 63)
    assert len({len(seals.seal("valley", one, ABOUT)) for one in choices}) == 1


@pytest.mark.parametrize("length", [65, 100, 1_000, 65_536, 1_000_000])
def test_longer_texts_grow_by_an_eighth_at_most(seals: TextSeals, length: int) -> None:
    """Lengths are rounded: close ones look alike, and little is stored for it."""
    sealed = base64.b64decode(seals.seal("valley", "x" * length, ABOUT).partition(".")[2])
    assert length < len(sealed) - 28 <= length * 1.13


@pytest.mark.parametrize(
    ("programme", "about"),
    [
        ("valley", "journal valley/canteens 8 /choice"),
        ("valley", "journal valley/canteens 7 /reason"),
        ("valley", "journal valley/gardens 7 /choice"),
        ("coast", ABOUT),
    ],
)
def test_what_was_moved_is_not_opened(seals: TextSeals, programme: str, about: str) -> None:
    """A text stays in its programme, its cooperation, its row and its field."""
    sealed = seals.seal("valley", "no", ABOUT)
    with pytest.raises(BrokenSealError, match="it was changed, or somebody has moved it"):
        seals.open(programme, sealed, about)


def test_what_was_changed_is_not_opened(seals: TextSeals) -> None:
    """One other character, a part of it, or no Base64: each is said."""
    key, _, data = seals.seal("valley", "no", ABOUT).partition(".")
    for changed in (("B" if data[0] == "A" else "A") + data[1:], data[:20], "", "~"):
        with pytest.raises(BrokenSealError):
            seals.open("valley", f"{key}.{changed}", ABOUT)


def test_payloads_have_other_keys() -> None:
    """What encrypts payloads of Temporal opens no row, nor the other way round."""
    keys = ring()
    sealed = keys.encrypting("valley").seal(b"no", b"about")
    with pytest.raises(BrokenSealError):
        keys.encrypting("valley", "row").open(sealed, b"about")


def test_older_keys_open_what_they_sealed() -> None:
    """After a rotation the new key seals, and both open."""
    old = KeySet.new()
    new = old.rotated()
    before, after = ring(valley=old), ring(valley=new)
    sealed = TextSeals(lambda: before).seal("valley", "no", ABOUT)
    rotated = TextSeals(lambda: after)
    assert rotated.open("valley", sealed, ABOUT) == "no"
    assert rotated.seal("valley", "no", ABOUT).partition(".")[0] == new.current != old.current


def test_a_missing_key_is_named(seals: TextSeals) -> None:
    """Who has other keys is told which one is missing."""
    keys = ring()
    sealed = TextSeals(lambda: keys).seal("valley", "no", ABOUT)
    with pytest.raises(UnknownKeyError, match=f"{keys.encrypting('valley').key} is missing"):
        seals.open("valley", sealed, ABOUT)


def test_keys_are_looked_for_when_they_are_needed() -> None:
    """Where there are none, only sealing and opening fail, and once they are there they do not."""
    found: list[KeyRing] = []

    def find() -> KeyRing:
        if not found:
            raise KeysError("There are no keys.")
        return found[0]

    seals = TextSeals(find)
    with pytest.raises(KeysError, match="no keys"):
        seals.seal("valley", "no", ABOUT)
    found.append(ring())
    sealed = seals.seal("valley", "no", ABOUT)
    found.clear()
    assert seals.open("valley", sealed, ABOUT) == "no"
