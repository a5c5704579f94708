from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from coopflow.access.access import Access, opened
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.people import DirectoryPeople
from coopflow.directory.directory import Directory
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate

Coopflow = Callable[..., Result]


@pytest.fixture(autouse=True)
def _tables(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()

    async def make() -> None:
        database = Database(f"sqlite:///{tmp_path}/state/coopflow.db")
        await migrate(database)
        await database.close()

    asyncio.run(make())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text("id;nom;courriel;rôle\na;Anaïs;a@example.org;programme_manager\nb;Bo;;\n")
    return file


def test_people_are_imported_listed_and_exported(coopflow: Coopflow, file: Path) -> None:
    """A dry run tells what the import then does; a second one does nothing more."""
    assert coopflow("programme", "add", "valdore", "--name", "Val d'Ore").exit_code == 0
    dry = coopflow("directory", "import", str(file), "--programme", "valdore", "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert dry.stdout.splitlines() == ["added  a  Anaïs", "added  b  Bo"]
    assert "2 would be added" in dry.stderr
    assert coopflow("directory", "list", "people").stderr == "nothing to list\n"
    done = coopflow("directory", "import", str(file), "--programme", "valdore")
    assert "2 added, 0 changed" in done.stderr
    again = coopflow("directory", "import", str(file), "--programme", "valdore", "-o", "json")
    assert json.loads(again.stdout)["unchanged"] == 2
    listed = coopflow("directory", "list", "people", "--programme", "valdore").stdout
    assert listed.splitlines() == ["a  Anaïs  a@example.org", "b  Bo"]
    exported = coopflow("directory", "export", "people", "--programme", "valdore").stdout
    assert "a,Anaïs,a@example.org,fr,valdore,programme_manager" in exported
    target = file.parent / "out.csv"
    assert coopflow("directory", "export", "people", "--to", str(target)).exit_code == 0
    assert coopflow("directory", "import", str(target)).stderr.startswith("0 added, 0 changed, 2")


def test_what_is_wrong_with_a_file_ends_with_2(coopflow: Coopflow, file: Path) -> None:
    """Every fault has its line and cell on stderr."""
    found = coopflow("directory", "import", str(file))
    assert found.exit_code == 2
    assert found.stderr.startswith(f"{file}:2:4: roles: roles are held in a programme")
    assert coopflow("directory", "import", f"{file}.not").exit_code == 2
    assert coopflow("directory", "export", "people", "--to", str(file / "x")).exit_code == 2


def test_organisations_are_listed_with_their_category(coopflow: Coopflow, file: Path) -> None:
    """In the language of who reads, of one programme or of all."""
    file.write_text("id,name,category\nmairie,Mairie,collectivité\n")
    for programme in ("valdore", "loire"):
        coopflow("programme", "add", programme, "--policy", "reference")
        coopflow("directory", "import", str(file), "--programme", programme)
    shown = coopflow("directory", "list", "organisations", "--lang", "fr").stdout
    assert shown.splitlines() == [
        "mairie  Mairie  loire  collectivité territoriale",
        "mairie  Mairie  valdore  collectivité territoriale",
    ]
    one = coopflow("directory", "list", "organisations", "--programme", "loire", "-o", "json")
    assert [row["programme"] for row in json.loads(one.stdout)] == ["loire"]
    exported = coopflow("directory", "export", "organisations").stdout
    assert "mairie,Mairie,local_authority,loire" in exported
    programmes = coopflow("programme", "list").stdout
    assert programmes.splitlines() == ["loire  loire  reference", "valdore  valdore  reference"]


def test_people_are_added_and_shown(coopflow: Coopflow) -> None:
    """By id or by address; without an id one is made up and written."""
    coopflow("programme", "add", "valdore")
    added = coopflow(
        *("person", "add", "--name", "Anaïs", "--email", "A@example.org"),
        *("--programme", "valdore", "--role", "programme_manager", "--administrator"),
    )
    assert added.exit_code == 0, added.stderr
    name = added.stdout.strip()
    shown = coopflow("person", "show", "a@EXAMPLE.org", "--lang", "fr").stdout
    assert shown.startswith(f"{name}  Anaïs  A@example.org  fr  administration\n")
    assert "valdore: la direction du programme" in shown
    assert "invitations à voter: immédiatement" in shown
    data = json.loads(coopflow("person", "show", name, "-o", "json").stdout)
    assert data["programmes"] == {"valdore": ["programme_manager"]}
    assert data["version"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["person", "show", "nobody"], 1, "there is no person nobody in the directory"),
        (["person", "add", "a b", "--name", "A"], 2, "a b is no id"),
        (["person", "add", "a", "--name", "A", "--email", "x"], 2, "email: this is no e-mail"),
        (["person", "add", "a", "--name", "A", "--role", "boss"], 2, "no role boss in programmes"),
        (["person", "add", "a", "--name", "A", "--role", "programme_manager"], 2, "--programme"),
        (["person", "add", "a", "--name", "A", "--programme", "x"], 1, "no programme x"),
        (["programme", "add", "valdore"], 1, "id: valdore is taken"),
    ],
)
def test_what_cannot_be_done_is_said(
    coopflow: Coopflow, arguments: list[str], code: int, told: str
) -> None:
    """With what to do, and an exit code that tells mistakes from refusals."""
    assert coopflow("programme", "add", "valdore").exit_code == 0
    result = coopflow(*arguments)
    assert result.exit_code == code
    assert told in result.stderr
    assert coopflow("directory", "list", "people", "-o", "json").stdout == "[]\n"


def test_an_address_that_a_file_changes_lets_nobody_in_any_more(
    coopflow: Coopflow, file: Path, tmp_path: Path
) -> None:
    """Links and sessions of who got them there end, as by pages and by the API; others' stay."""
    assert coopflow("programme", "add", "valdore", "--name", "Val d'Ore").exit_code == 0
    assert coopflow("directory", "import", str(file), "--programme", "valdore").exit_code == 0

    async def asked(question: Callable[[Access], Awaitable[Any]]) -> Any:
        database = Database(f"sqlite:///{tmp_path}/state/coopflow.db")
        try:
            return await question(opened(database, DirectoryPeople(Directory(database))))
        finally:
            await database.close()

    async def links(access: Access) -> list[str]:
        for person in "ab":
            await access.sessions.start(person, "link", access.now())
        return [await access.links.create(person, access.now()) for person in "ab"]

    async def sessions(access: Access) -> list[int]:
        return [len(await access.sessions.of(person, access.now())) for person in "ab"]

    gone, stays = asyncio.run(asked(links))
    file.write_text("id;nom;courriel\na;Anaïs;anais@example.org\nb;Bob;\n")
    for more, left in ((["--dry-run"], [1, 1]), ([], [0, 1])):
        done = coopflow("directory", "import", str(file), "--programme", "valdore", *more)
        assert done.exit_code == 0, done.stderr
        assert asyncio.run(asked(sessions)) == left
    with pytest.raises(RefusedCredentialError):
        asyncio.run(asked(lambda access: access.links.use(gone, access.now())))
    assert asyncio.run(asked(lambda access: access.links.use(stays, access.now()))) == "b"
