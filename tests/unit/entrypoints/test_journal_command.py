"""``coopflow journal``: files are written, verified and signed, and all that is wrong has words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import Result

from coopflow.domain.chain import GENESIS, linked
from coopflow.domain.events import Entry
from coopflow.domain.lines import Code
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.settings import load_settings
from tests.collective import Collective
from tests.journals import PEPPER, life, lines, written

Coopflow = Callable[..., Result]


async def _project(cooperation: str, entries: tuple[Entry, ...]) -> None:
    database = Database(load_settings().database)
    try:
        await migrate(database)
        await Projector(database).apply("prog", cooperation, entries)
    finally:
        await database.close()


@pytest.fixture
def stored(tmp_path: Path) -> None:
    """A read model with one cooperation, whose journal is longer than a page."""
    coop = Collective(3)
    coop.ask("s", secret=True)
    coop.cast("s", "no", "alpha", reason="Too much at once")
    for number in range(60):
        coop.do("fay", "assign_role", person=f"person-{number}", role="observer")
        coop.do("fay", "revoke_role", person=f"person-{number}", role="observer")
    coop.do("pam", "erase_person", person="rep-alpha")
    (tmp_path / "state").mkdir()
    asyncio.run(_project("coop", linked(coop.journal, GENESIS, PEPPER)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b"".join(written(lines(life()))))
    return file


@pytest.mark.usefixtures("stored")
def test_an_export_verifies(coopflow: Coopflow, tmp_path: Path) -> None:
    """To a file and to stdout, by id and by programme and id; nothing sealed or erased is in it."""
    file = tmp_path / "out.jsonl"
    done = coopflow("journal", "export", "coop", "--to", file)
    assert (done.exit_code, done.stdout) == (0, "")
    assert str(file) in done.stderr
    shown = coopflow("journal", "verify", file)
    assert shown.exit_code == 0
    assert "prog/coop" in shown.stdout
    summary = json.loads(coopflow("journal", "verify", file, "-o", "json").stdout)["summary"]
    assert summary["entries"] > 120
    assert (summary["withheld"], summary["erased"]) == (2, 1)
    text = file.read_text(encoding="utf-8")
    assert "rep-alpha" not in text
    assert "Too much" not in text
    streamed = coopflow("journal", "export", "prog/coop")
    assert streamed.stdout.splitlines()[1:-1] == text.splitlines()[1:-1]
    assert list(tmp_path.glob(".out*")) == []


@pytest.mark.usefixtures("stored")
def test_an_export_is_signed(coopflow: Coopflow, tmp_path: Path) -> None:
    """By a key that is made, and verified with what was written of it."""
    key, public, file = (tmp_path / name for name in ("key.pem", "public.pem", "out.jsonl"))
    made = coopflow("journal", "key", key)
    assert made.exit_code == 0
    again = coopflow("journal", "key", key, "--lang", "fr")
    assert made.stdout == again.stdout
    assert "clé publique" in again.stderr
    public.write_text(made.stdout, encoding="utf-8")
    assert coopflow("journal", "export", "coop", "--to", file, "--sign", key).exit_code == 0
    known = coopflow("journal", "verify", file, "--key", public)
    assert known.exit_code == 0
    assert "as expected" in known.stdout
    anybody = json.loads(coopflow("journal", "verify", file, "-o", "json").stdout)
    assert anybody["key_id"] in known.stdout
    assert anybody["key_id"] in made.stderr
    assert "--key" in coopflow("journal", "verify", file).stdout
    coopflow("journal", "export", "coop", "--to", file)
    unsigned = coopflow("journal", "verify", file, "--key", public)
    assert unsigned.exit_code == 1
    assert "not signed" in unsigned.stdout


@pytest.mark.usefixtures("stored")
def test_what_cannot_be_exported_is_said(coopflow: Coopflow, tmp_path: Path) -> None:
    """A cooperation that is not there ends with 1, a file or key that cannot be used with 2."""
    file = tmp_path / "out.jsonl"
    assert coopflow("journal", "export", "nobody", "--to", file).exit_code == 1
    assert coopflow("journal", "export", "prog/nobody", "--to", file).exit_code == 1
    assert not file.exists()
    nowhere = coopflow("journal", "export", "coop", "--to", tmp_path / "no" / "out.jsonl")
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr
    taken = tmp_path / "folder"
    taken.mkdir()
    assert coopflow("journal", "export", "coop", "--to", taken).exit_code == 2
    unmade = coopflow("journal", "export", "coop", "--sign", tmp_path / "no.pem")
    assert unmade.exit_code == 2
    assert "coopflow journal key" in unmade.stderr
    assert coopflow("journal", "verify", file).exit_code == 2
    assert coopflow("journal", "verify", taken).exit_code == 2
    assert list(tmp_path.glob(".out*")) == []


def test_what_was_changed_is_named(coopflow: Coopflow, file: Path) -> None:
    """In both languages with line, entry and member, and for programs."""
    content = file.read_bytes()
    file.write_bytes(content.replace(b"erased-16", b"erased-17", 1))
    shown = coopflow("journal", "verify", file)
    assert shown.exit_code == 1
    assert "line 5, entry 4, /event/representative: erased-17 is not the tombstone" in shown.stdout
    said = coopflow("journal", "verify", file, "--lang", "fr").stdout
    assert "ligne 5, écriture 4, /event/representative : erased-17 n'est pas la pierre" in said
    told = json.loads(coopflow("journal", "verify", file, "--output", "json").stdout)
    assert told["is_sound"] is False
    assert told["faults"][0]["code"] == "unfounded_tombstone"
    records = list(lines(life()))
    records[4]["command"] = records[5]["command"] = "x"
    file.write_bytes(b"".join(written(records)))
    assert "entries 5 to 6: some of them" in coopflow("journal", "verify", file).stdout
    bare = [entry.but(previous=None, salts={}) for entry in life()]
    file.write_bytes(b"".join(written(lines(bare))))
    assert "entries 1 to 17 were written before" in coopflow("journal", "verify", file).stdout


@pytest.mark.parametrize("code", get_args(Code))
def test_all_that_can_be_wrong_has_words(code: str) -> None:
    """In both languages."""
    assert f"fault.{code}" in Phrases.words
