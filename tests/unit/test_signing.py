"""Keys that sign, in files that openssl reads and writes too."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from coopflow.signing import SigningKey, SigningKeyError, fingerprint, is_genuine, public_key

OPENSSL = shutil.which("openssl")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


def public_file(key: SigningKey, folder: Path) -> Path:
    file = folder / "public.pem"
    file.write_text(key.public_pem, encoding="utf-8")
    return file


def openssl(*arguments: object) -> bytes:
    assert OPENSSL is not None
    command = [OPENSSL, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_a_key_is_made_for_its_owner_alone_and_signs(file: Path, tmp_path: Path) -> None:
    """What it signs is genuine by its public key, and nothing else is."""
    made = SigningKey.make(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = SigningKey.at(file)
    assert key.public == made.public == public_key(public_file(key, tmp_path))
    signature = key.sign(b"a statement")
    assert is_genuine(b"a statement", signature)
    assert not is_genuine(b"another", signature)
    other = SigningKey.make(tmp_path / "other.pem")
    assert not is_genuine(b"a statement", signature.but(key=other.public))
    assert not is_genuine(b"a statement", signature.but(key="ff" * 32))
    assert not is_genuine(b"a statement", signature.but(value="00" * 64))
    assert fingerprint(key.public) != fingerprint(other.public)


def test_a_key_is_not_written_over(file: Path) -> None:
    """It is made once."""
    SigningKey.make(file)
    before = file.read_bytes()
    with pytest.raises(SigningKeyError, match="cannot be made"):
        SigningKey.make(file)
    assert file.read_bytes() == before


def test_a_key_that_others_may_read_is_refused(file: Path) -> None:
    """It says the mode, and what to do."""
    SigningKey.make(file)
    file.chmod(0o640)
    with pytest.raises(SigningKeyError, match=r"mode 0640.*chmod 600"):
        SigningKey.at(file)


@pytest.mark.parametrize("content", [b"", b"\0\xff", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_refused(file: Path, content: bytes) -> None:
    """As a private key and as a public one."""
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SigningKeyError, match="holds no private Ed25519 key"):
        SigningKey.at(file)
    with pytest.raises(SigningKeyError, match="holds no public Ed25519 key"):
        public_key(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """One that is not there, with how to make it, and a folder."""
    with pytest.raises(SigningKeyError, match="coopflow journal key"):
        SigningKey.at(tmp_path / "no.pem")
    with pytest.raises(SigningKeyError, match=r"no\.pem cannot be read"):
        public_key(tmp_path / "no.pem")
    with pytest.raises(SigningKeyError, match="cannot be read"):
        SigningKey.at(tmp_path)


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_makes_and_knows_such_keys(file: Path, tmp_path: Path) -> None:
    """Its keys are used, ours are known to it, and of another kind are refused."""
    openssl("genpkey", "-algorithm", "ed25519", "-out", file)
    file.chmod(0o600)
    key = SigningKey.at(file)
    assert openssl("pkey", "-in", file, "-pubout").decode() == key.public_pem
    der = tmp_path / "public.der"
    openssl("pkey", "-pubin", "-in", public_file(key, tmp_path), "-outform", "DER", "-out", der)
    assert openssl("dgst", "-sha256", "-r", der).decode().startswith(fingerprint(key.public))
    other = tmp_path / "other.pem"
    openssl("genpkey", "-algorithm", "x25519", "-out", other)
    other.chmod(0o600)
    with pytest.raises(SigningKeyError, match="another kind"):
        SigningKey.at(other)
    public = tmp_path / "other-public.pem"
    openssl("pkey", "-in", other, "-pubout", "-out", public)
    with pytest.raises(SigningKeyError, match="another kind"):
        public_key(public)
