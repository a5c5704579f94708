"""``coopflow coop paper``: documents are written to files, in the language that is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from coopflow.bootstrap import openings
from coopflow.domain.chain import GENESIS, linked
from coopflow.domain.events import Entry
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.settings import load_settings
from tests.collective import Collective, charter
from tests.journals import PEPPER
from tests.pdfs import assert_accessible

Coopflow = Callable[..., Result]


async def _project(entries: tuple[Entry, ...]) -> None:
    database = Database(load_settings().database)
    try:
        await migrate(database)
        await Projector(database).apply("prog", "coop", entries)
    finally:
        await database.close()


@pytest.fixture
def stored(tmp_path: Path) -> None:
    """A read model with one cooperation that has adopted a charter."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    (tmp_path / "state").mkdir()
    asyncio.run(_project(linked(coop.journal, GENESIS, PEPPER)))


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("kind", "options", "title"),
    [
        ("identity-sheet", (), "Fiche d'identité"),
        ("charter", ("--version", "1"), "Charte de coopération"),
        ("journal", ("--after", "2"), "Journal"),
        ("report", ("--year", "2026"), "Rapport 2026"),
        ("gate", ("--gate", "to_structuration"), "Dossier : Passage à la structuration"),
    ],
)
def test_each_document_is_written(
    coopflow: Coopflow, tmp_path: Path, kind: str, options: tuple[str, ...], title: str
) -> None:
    """To the file that is named, in the language that is asked for."""
    file = tmp_path / "paper.pdf"

    done = coopflow("coop", "paper", kind, "coop", "-o", str(file), *options, "--lang", "fr")

    assert done.exit_code == 0, done.output
    assert assert_accessible(file.read_bytes(), "fr").title == f"{title} – A cooperation"


@pytest.mark.usefixtures("stored")
def test_instants_are_those_of_where_people_live(
    coopflow: Coopflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zone of the platform, which each page says."""
    monkeypatch.setenv("COOPFLOW_TIME_ZONE", "Asia/Tokyo")
    file = tmp_path / "paper.pdf"

    done = coopflow("coop", "paper", "journal", "coop", "-o", str(file), "--lang", "fr")

    assert done.exit_code == 0, done.output
    pdf = assert_accessible(file.read_bytes(), "fr")
    assert "Quand (Asia/Tokyo)" in pdf.text
    assert "1er janv. 2026 18:00" in pdf.text
    assert "(heure : Asia/Tokyo)" in pdf.artifacts


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("charter", "coop", "--version", "7"), 1, "unknown_document"),
        (("report", "coop", "--year", "1999"), 1, "not_found"),
        (("gate", "coop", "--gate", "to_the_moon"), 1, "unknown_gate"),
        (("gate", "coop"), 2, "--gate"),
        (("journal", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_written_says_why(
    coopflow: Coopflow, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """And no file is left."""
    file = tmp_path / "paper.pdf"

    done = coopflow("coop", "paper", *arguments, "-o", str(file))

    assert done.exit_code == code
    assert said in done.output
    assert not file.exists()


@pytest.mark.usefixtures("stored")
def test_a_folder_that_is_not_there_is_said(coopflow: Coopflow, tmp_path: Path) -> None:
    """What was made is not lost in silence."""
    file = tmp_path / "nowhere" / "paper.pdf"

    done = coopflow("coop", "paper", "journal", "coop", "-o", str(file))

    assert done.exit_code == 2
    assert "cannot be written" in done.output


@pytest.mark.usefixtures("stored")
def test_without_typst_it_says_what_to_install(
    coopflow: Coopflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library is of the extra for servers."""
    monkeypatch.setattr(openings, "find_spec", lambda name: None)

    done = coopflow("coop", "paper", "journal", "coop", "-o", str(tmp_path / "paper.pdf"))

    assert done.exit_code == 3
    assert "coopflow[server]" in done.output
