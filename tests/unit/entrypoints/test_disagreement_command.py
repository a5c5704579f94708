from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.sealing.keys import KeyRing, ensure_keys
from coopflow.sealing.texts import TextSeals
from coopflow.settings import Settings
from tests.ladder import WORDS, at_step
from tests.unit.entrypoints.conftest import Coopflow

SETTLED = "each has one half of the room"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state")


@pytest.fixture
def _settled(settings: Settings) -> None:
    """A read model with a disagreement in dialogue, and one that was settled."""
    settings.state_dir.mkdir()
    ensure_keys(settings.own_keys_file)
    coop = at_step("dialogue")
    coop.do("rep-alpha", "settle_disagreement", disagreement="d", agreed_text=SETTLED)
    said = {"subject": "The [garden]", "content": WORDS, "touches": "object"}
    coop.do("rep-alpha", "raise_disagreement", disagreement="e", parties=["alpha", "beta"], **said)

    async def project() -> None:
        seals = TextSeals(lambda: KeyRing.at(settings.own_keys_file))
        database = Database(settings.database, seals=seals)
        await migrate(database)
        await Projector(database).apply("prog", "coop", coop.journal)
        await database.close()

    asyncio.run(project())


@pytest.mark.usefixtures("_settled")
def test_everyone_sees_that_there_are_some(coopflow: Coopflow) -> None:
    """Subject, step and parties are listed and shown, and nothing of the content."""
    listed = coopflow("disagreement", "list", "coop", "--lang", "fr")
    assert listed.stdout.splitlines() == [
        "d  The room  clos  alpha, beta",
        "e  The [garden]  soulevé  alpha, beta",
    ]
    shown = coopflow("disagreement", "show", "coop", "e", "--lang", "fr")
    assert "réservé" not in shown.stdout
    assert "les parties et la facilitation" in shown.stdout
    found = json.loads(coopflow("disagreement", "show", "coop", "e", "-o", "json").stdout)
    assert (found["state"], found["touches"]) == ("raised", "object")
    assert "content" not in found
    whole = coopflow("disagreement", "list", "coop", "-o", "json").stdout + shown.stdout
    assert WORDS not in whole


@pytest.mark.usefixtures("_settled")
def test_the_content_is_shown_to_its_readers(coopflow: Coopflow) -> None:
    """A party reads content and settlement; who may not is told who may, with exit code 1."""
    read = coopflow("disagreement", "show", "coop", "d", "--as", "rep-beta")
    assert read.exit_code == 0
    assert WORDS in read.stdout
    assert SETTLED in read.stdout
    found = json.loads(
        coopflow("disagreement", "show", "coop", "d", "--as", "rep-beta", "-o", "json").stdout
    )
    assert (found["content"], found["agreed"][0]["text"]) == (WORDS, SETTLED)
    for lang, said in (("en", "it is for the parties"), ("fr", "réservé pour l'heure à")):
        refused = coopflow("disagreement", "show", "coop", "d", "--as", "fay", "--lang", lang)
        assert refused.exit_code == 1
        assert said in refused.stderr
        assert refused.stdout == ""
    assert WORDS in coopflow("disagreement", "show", "coop", "e", "--as", "fay").stdout


@pytest.mark.usefixtures("_settled")
def test_without_the_keys_nothing_is_read(coopflow: Coopflow, settings: Settings) -> None:
    """It is said that they are missing, with exit code 2; what is not sealed is shown."""
    settings.own_keys_file.unlink()
    refused = coopflow("disagreement", "show", "coop", "d", "--as", "rep-beta")
    assert refused.exit_code == 2
    assert "There are no keys at" in refused.stderr
    assert coopflow("disagreement", "show", "coop", "d").exit_code == 0
    assert coopflow("coop", "journal", "coop").exit_code == 0


@pytest.mark.usefixtures("_settled")
def test_one_that_is_not_there(coopflow: Coopflow) -> None:
    """Both with a reader and without, the name is said not to be known."""
    for more in ((), ("--as", "rep-beta")):
        missing = coopflow("disagreement", "show", "coop", "x", *more)
        assert missing.exit_code == 1
        assert "there is no disagreement x in prog/coop" in missing.stderr


def test_where_there_is_none_it_is_said(coopflow: Coopflow, settings: Settings) -> None:
    """A cooperation without any is no mistake; one that is not there is."""
    settings.state_dir.mkdir()
    coop = at_step("raised")

    async def project() -> None:
        database = Database(settings.database)
        await migrate(database)
        first = next(i for i, one in enumerate(coop.journal) if "raised" in one.event.type)
        await Projector(database).apply("prog", "coop", coop.journal[:first])
        await database.close()

    asyncio.run(project())
    said = coopflow("disagreement", "list", "coop", "--lang", "fr")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "pas de désaccord" in said.stderr
    assert coopflow("disagreement", "list", "prog/other").exit_code == 1
