from __future__ import annotations

import base64
import json
import os
import stat
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from coopflow.sealing.errors import KeysError, UnknownKeyError
from coopflow.sealing.keys import (
    KeyRing,
    KeySet,
    KeySets,
    ensure_keys,
    id_of,
    keys_from,
    rotate,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.json"


def test_a_key_is_made_for_its_owner_alone(file: Path) -> None:
    """Whatever the umask, the file and its folder are for nobody else, and no draft is left."""
    before = os.umask(0)
    try:
        ensure_keys(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_keys_are_never_overwritten(file: Path) -> None:
    """Several who start at once end up with one key, and a later start keeps it."""
    starters = [threading.Thread(target=ensure_keys, args=[file]) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    made = file.read_bytes()
    ensure_keys(file)
    assert file.read_bytes() == made
    sets = KeyRing.at(file).sets()
    assert sets.default is not None
    assert len(sets.default.keys) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_file_that_others_may_use_is_refused(file: Path, mode: int) -> None:
    """The message names the file, its mode and the command that helps."""
    ensure_keys(file)
    file.chmod(mode)
    with pytest.raises(KeysError, match=rf"keys\.json.*{mode:04o}.*chmod 600"):
        KeyRing.at(file)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe, which would wait for a writer, and a folder hold no keys."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(KeysError, match=r"not a regular file|cannot be read"):
            KeyRing.at(place)


def test_missing_keys_say_what_to_do(file: Path) -> None:
    """Who has no keys learns where they were looked for, and the three ways to give some."""
    with pytest.raises(KeysError) as told:
        KeyRing.at(file)
    for hint in (str(file), "COOPFLOW_KEYS_FILE", "COOPFLOW_KEYS ", "coopflow keys rotate"):
        assert hint in str(told.value)


def _entry(secret: bytes, name: str | None = None) -> dict[str, object]:
    key = name or id_of(secret)
    return {"current": key, "keys": {key: base64.b64encode(secret).decode()}}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "Invalid JSON"),
        ("{}", "holds no key"),
        ({"default": _entry(b"k" * 31)}, "at least 32 items"),
        ({"default": _entry(b"k" * 32, "f" * 16)}, "copied wrongly"),
        ({"default": _entry(b"k" * 32) | {"current": "f" * 16}}, "not among the keys"),
        ({"default": {"current": "x", "keys": {"x": "?"}}}, "default.keys.x"),
        ({"default": _entry(b"k" * 32), "programs": {}}, "programs"),
    ],
)
def test_bad_keys_are_refused_without_being_quoted(content: object, complaint: str) -> None:
    """What is wrong is said by its place; no part of a key is in the message."""
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(KeysError, match=complaint) as told:
        keys_from(text, "COOPFLOW_KEYS")
    assert "COOPFLOW_KEYS" in str(told.value)
    assert base64.b64encode(b"k" * 32).decode()[:8] not in str(told.value)


def test_keys_are_not_shown(file: Path) -> None:
    """What is printed of keys by accident is no key."""
    ensure_keys(file)
    ring = KeyRing.at(file)
    found = ring.sets().default
    assert found is not None
    (secret,) = found.keys.values()
    for shown in (repr(ring), repr(ring.sets()), str(found)):
        assert repr(secret) not in shown


def test_a_rotation_keeps_the_older_keys(file: Path) -> None:
    """The new key encrypts from then on; the one before still decrypts."""
    first = rotate(file)
    second = rotate(file)
    ring = KeyRing.at(file)
    assert ring.encrypting("valley").key == second
    assert ring.decrypting(first, "valley").key == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_goes_ahead_before_it_is_used(file: Path) -> None:
    """A key that went ahead decrypts only; the next rotation takes it up instead of a new one."""
    first = rotate(file)
    ahead = rotate(file, ahead=True)
    ring = KeyRing.at(file)
    found = ring.sets().default
    assert found is not None
    assert found.statuses() == {first: "current", ahead: "ahead"}
    assert ring.encrypting("").key == first
    assert ring.decrypting(ahead, "").key == ahead
    assert rotate(file) == ahead
    assert ring.encrypting("").key == ahead


def test_a_programme_has_keys_of_its_own(file: Path) -> None:
    """Its first rotation parts it from the default set; others are as they were."""
    default = rotate(file)
    with pytest.raises(KeysError, match=r"valley.*--ahead"):
        rotate(file, "valley", ahead=True)
    own = rotate(file, "valley")
    ring = KeyRing.at(file)
    assert ring.encrypting("valley").key == own
    assert ring.encrypting("coast").key == default
    assert ring.decrypting(default, "valley").key == default


def test_keys_of_one_programme_alone_serve_no_other(file: Path) -> None:
    """A file may hold the keys of some programmes only; what it lacks is named."""
    rotate(file, "valley")
    ring = KeyRing.at(file)
    with pytest.raises(KeysError, match=r"keys\.json has no key for programme coast"):
        ring.encrypting("coast")


def test_one_key_is_another_for_each_programme(file: Path) -> None:
    """What encrypts is derived for a programme, so that none can read what another one wrote."""
    rotate(file)
    ring = KeyRing.at(file)
    nonce = b"n" * 12
    written = {
        name: ring.encrypting(name).aead.encrypt(nonce, b"text", None)
        for name in ("", "valley", "coast")
    }
    assert len(set(written.values())) == 3


def test_changes_of_the_file_are_seen(file: Path) -> None:
    """A running process takes up another current key, and keys that it meets for the first time."""
    first = rotate(file)
    ring = KeyRing.at(file)
    with pytest.raises(UnknownKeyError, match=r"abc is missing.*keys\.json"):
        ring.decrypting("abc", "valley")
    second = rotate(file)
    assert ring.decrypting(second, "valley").key == second
    assert ring.encrypting("valley").key == second
    assert ring.decrypting(first, "valley").key == first


@pytest.mark.parametrize("harm", ["unlink", "chmod", "garble"])
def test_a_file_that_goes_bad_does_not_stop_what_works(file: Path, harm: str) -> None:
    """The keys from before stay in use, one line of the log says so, and a repair is seen."""
    first = rotate(file)
    ring, good = KeyRing.at(file), file.read_bytes()
    with capture_logs() as lines:
        if harm == "unlink":
            file.unlink()
        elif harm == "chmod":
            file.write_bytes(good + b" ")
            file.chmod(0o644)
        else:
            file.write_text("{", encoding="utf-8")
        for _ in range(3):
            assert ring.encrypting("valley").key == first
    assert [line["event"] for line in lines] == ["keys cannot be read again"]
    assert str(file) in lines[0]["advice"]
    file.write_bytes(good)
    file.chmod(0o600)
    assert ring.encrypting("valley").key == first
    second = rotate(file)
    assert ring.encrypting("valley").key == second


def test_rotations_at_once_lose_no_key(file: Path) -> None:
    """Each of several rotations adds its key to those of the others."""
    rotate(file)
    made: list[str] = []
    workers = [threading.Thread(target=lambda: made.append(rotate(file))) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = KeyRing.at(file).sets().default
    assert found is not None
    assert set(made) < set(found.keys)
    assert len(found.keys) == 7


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Where no key can be made, the place is named."""
    (tmp_path / "file").touch()
    with pytest.raises(KeysError, match=r"file.* cannot be written"):
        ensure_keys(tmp_path / "file" / "keys.json")


def test_keys_given_as_text_do_not_change() -> None:
    """The content of a file of keys serves as well as the file, where it comes from elsewhere."""
    text = KeySets(default=KeySet.new()).model_dump_json()
    ring = keys_from(text, "COOPFLOW_KEYS")
    assert ring.sets() == KeySets.model_validate_json(text)
    with pytest.raises(UnknownKeyError, match="COOPFLOW_KEYS does not have it"):
        ring.decrypting("abc", "valley")
