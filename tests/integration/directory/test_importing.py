from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from coopflow.definitions.faults import FaultsError
from coopflow.directory.directory import Directory
from coopflow.directory.importing import Import, export_organisations, export_people, import_file
from coopflow.directory.people import PersonStated
from coopflow.directory.planning import ImportReport
from coopflow.directory.sheets import MAX_BYTES, MAX_LINES
from tests.integration.directory.conftest import NOW

LATER = NOW + timedelta(days=1)
PEOPLE = """\
Identifiant;Nom;Courriel;Langue;Rôle;Résultats
fabien;Fabien Roux;fabien@example.org;français;responsable de programme;hebdomadaire
ines;Inès Blé;;anglais;;
"""
ORGANISATIONS = """\
id,name,category,siren,website
mairie,Mairie,collectivité,217 500 016,https://mairie.example
verger,"Verger, SARL",business,,
"""


async def bring(directory: Directory, text: str, **how: object) -> ImportReport:
    return await import_file(directory, wanted(text.encode(), **how), NOW)


def wanted(content: bytes, **how: object) -> Import:
    return Import("in.csv", content, **{"programme": "valdore", **how})  # type: ignore[arg-type]


async def faults(directory: Directory, text: str | bytes, **how: object) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(FaultsError) as caught:
        await import_file(directory, wanted(content, **how), NOW)
    return str(caught.value).splitlines()


async def test_people_are_added_with_their_roles(directory: Directory) -> None:
    """French headers and words say what English ones do."""
    report = await bring(directory, PEOPLE)
    assert (report.kind, report.added, report.dry_run) == ("people", 2, False)
    fabien = await directory.person("fabien", "valdore")
    assert (fabien.name, fabien.email, fabien.language) == (
        "Fabien Roux",
        "fabien@example.org",
        "fr",
    )
    assert fabien.notifications.publish_outcome == "weekly"
    assert await directory.roles_of("fabien") == {"valdore": ("programme_manager",)}
    assert (await directory.person("ines")).language == "en"
    assert await directory.roles_of("ines") == {"valdore": ()}


async def test_a_dry_run_tells_the_same_and_writes_nothing(directory: Directory) -> None:
    """What would be added, changed and left is told line by line."""
    await directory.add_person("ines", PersonStated(name="Ines"), NOW, programme="valdore")
    before = await directory.people()
    report = await bring(directory, PEOPLE, dry_run=True)
    assert await directory.people() == before
    assert (report.added, report.changed, report.unchanged) == (1, 1, 0)
    assert [(one.line, one.outcome, one.fields) for one in report.lines] == [
        (2, "added", ()),
        (3, "changed", ("name", "language")),
    ]
    done = await bring(directory, PEOPLE)
    assert done.lines == report.lines


async def test_importing_again_changes_nothing(directory: Directory) -> None:
    """Records keep their versions."""
    await bring(directory, PEOPLE)
    before = await directory.people()
    report = await bring(directory, PEOPLE)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert await directory.people() == before


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_files_of_every_spreadsheet_are_read(
    directory: Directory, mark: str, separator: str, end: str
) -> None:
    """With a byte order mark or without, whatever is between cells and at the end of lines."""
    text = mark + end.join(["id,name,email", 'a,"Aé ""B""",a@example.org', "", ""]).replace(
        ",", separator
    )
    assert (await bring(directory, text)).added == 1
    assert (await directory.person("a")).name == 'Aé "B"'


async def test_somebody_without_an_id_is_known_by_their_address(directory: Directory) -> None:
    """A new one gets an id that says nothing; importing again finds them by the address."""
    text = "nom;e-mail\nInès;Ines@example.org\n"
    dry = await bring(directory, text, dry_run=True)
    assert (dry.lines[0].id, dry.lines[0].outcome) == (None, "added")
    await bring(directory, text)
    (ines,) = await directory.people()
    assert ines.id.startswith("p-")
    assert (await bring(directory, text.replace("Ines", "INES"))).changed == 1
    assert (await bring(directory, text.replace("Ines", "INES"))).unchanged == 1
    assert [one.id for one in await directory.people()] == [ines.id]


async def test_what_a_file_does_not_say_stays(directory: Directory) -> None:
    """A column that is missing changes nothing; an empty cell takes away what may be missing."""
    await bring(directory, PEOPLE)
    assert (await bring(directory, "id;name\nfabien;F.\n")).lines[0].fields == ("name",)
    fabien = await directory.person("fabien")
    assert (fabien.email, fabien.version) == ("fabien@example.org", 2)
    assert await directory.roles_of("fabien") == {"valdore": ("programme_manager",)}
    report = await bring(directory, "id;email;langue;roles;résultats\nfabien;;;;\n")
    assert report.lines[0].fields == ("email", "roles")
    fabien = await directory.person("fabien")
    assert (fabien.email, fabien.language, fabien.notifications.publish_outcome) == (
        None,
        "fr",
        "weekly",
    )


async def test_all_that_is_wrong_is_told_with_its_place(directory: Directory) -> None:
    """File, line and number of the cell; and nothing of the file is imported."""
    text = (
        "id;nom;e-mail;langue;rôles\n"
        "a;A;a@example.org;fr;\n"
        "b;;no-address;de;boss\n"
        "c c;C;;fr;\n"
        "a;A again;;fr;\n"
        "d;D;A@EXAMPLE.ORG;fr;\n"
        ";E;;fr;\n"
    )
    found = await faults(directory, text)
    assert [line.split(" ", 1)[0] for line in found] == [
        "in.csv:3:2:",
        "in.csv:3:3:",
        "in.csv:3:4:",
        "in.csv:4:1:",
        "in.csv:5:1:",
        "in.csv:6:3:",
        "in.csv:7:1:",
    ]
    assert "write it as name@example.org" in found[1]
    assert "line 2 is about the same" in found[4]
    assert "A@EXAMPLE.ORG is taken by another one" in found[5]
    assert await directory.people() == ()
    found = await faults(directory, "id;nom;rôle\nb;B;grande cheffe\n")
    (told,) = found
    assert told.startswith("in.csv:2:3: roles: there is no role grande cheffe (known: ")
    assert told.endswith("programme_manager, responsable de programme)")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "in.csv:1:1: the file is empty (begin with a header)"),
        ("\n \n", "in.csv:1:1: the file is empty (begin with a header)"),
        ("id;nmae\n", "in.csv:1:2: there is no column 'nmae' (did you mean name?)"),
        ("id;name;nom\n", "in.csv:1:3: nom: the column name is there twice (leave one out)"),
        ("id;name\na;b;c\n", "in.csv:2:2: there are 3 cells here, and 2 in the header"),
        ('id;name\nb;B\na;"b\n', "in.csv:3:1: no CSV: unexpected end of data"),
        (b"id;name\na;\xe9\n", "in.csv:2:3: this is not UTF-8 (save it as CSV in UTF-8)"),
        ("id;name\na;\0\n", "in.csv:2:1: this is no text"),
        (b"\xff\xfei\0d\0", "in.csv:1:1: this is not UTF-8"),
        ("id;name\n" + "a;b\n" * (MAX_LINES + 1), f":{MAX_LINES + 2}:1: more than {MAX_LINES}"),
        (b"x" * (MAX_BYTES + 1), f"at most {MAX_BYTES} are read (import it in parts)"),
    ],
)
async def test_what_is_no_such_file_is_refused(
    directory: Directory, content: str | bytes, told: str
) -> None:
    """Each kind of fault says what to do, and where."""
    assert told in (await faults(directory, content))[0]


async def test_lines_count_as_the_file_has_them(directory: Directory) -> None:
    """A cell of several lines, and blank lines, count."""
    found = await faults(directory, 'id;name\n\n"a\nb";A\n\nc;\n')
    assert found[0].startswith("in.csv:3:1: id: ")
    assert found[1].startswith("in.csv:6:2: name: ")


async def test_two_may_exchange_their_addresses(directory: Directory) -> None:
    """What matters is what is there in the end."""
    await bring(directory, "id;name;email\na;A;a@example.org\nb;B;b@example.org\n")
    swapped = "id;email\na;\nb;a@example.org\n"
    assert (await bring(directory, swapped)).changed == 2
    assert (await directory.person("b")).email == "a@example.org"


async def test_several_programmes_in_one_file(directory: Directory) -> None:
    """Somebody may have a line for each programme; it has to be there."""
    text = "id;name;programme;roles\na;A;valdore;\na;A;loire;programme_manager\n"
    assert (await bring(directory, text, programme=None)).added == 1
    assert await directory.roles_of("a") == {"valdore": (), "loire": ("programme_manager",)}
    assert (await bring(directory, text, programme=None)).unchanged == 2
    found = await faults(directory, text.replace("loire", "seine"), programme=None)
    assert found == ["in.csv:3:3: programme: there is no programme seine (add it first)"]
    found = await faults(directory, text, programme="valdore")
    assert found[0].startswith("in.csv:3:3: programme: the file is imported into valdore")
    found = await faults(directory, "id;name;roles\na;A;programme_manager\n", programme=None)
    assert found[0].startswith("in.csv:2:3: roles: roles are held in a programme")
    found = await faults(directory, "id;name;category\na;A;business\n", programme=None)
    assert found[0].startswith("in.csv:2:1: programme: is missing")


async def test_who_keeps_to_a_programme_reaches_nobody_else(directory: Directory) -> None:
    """Nobody of another programme is changed, read or brought in by an id or an address."""
    await bring(directory, "id;name;email\na;A;a@example.org\nb;B;\n", programme="loire")
    await bring(directory, "id;name\nb;B\nc;C\n", programme="valdore")
    await directory.add_person("root", PersonStated(name="R", administrator=True), NOW)
    await directory.take_part("valdore", "root", [], NOW)
    before = await directory.people()
    for text, told in {
        "id;name\na;A\n": "in.csv:2:1: id: a is taken by another one (choose another)",
        "name;email\nA;A@example.org\n": "in.csv:2:2: email: A@example.org is taken by another",
        "id;name\nb;Bob\n": "in.csv:2:1: id: only an administrator of the installation",
        "id;name\nroot;Me\n": "in.csv:2:1: id: only an administrator of the installation",
    }.items():
        assert told in (await faults(directory, text, isolated=True))[0]
    assert await directory.people() == before
    report = await bring(
        directory, "id;name;roles\nb;B;programme_manager\nc;Carla;\nd;D;\n", isolated=True
    )
    assert (report.added, report.changed) == (1, 2)
    assert await directory.roles_of("b") == {"loire": (), "valdore": ("programme_manager",)}
    assert (await directory.person("b")).version == 1


async def test_nobody_becomes_administrator_by_a_file(directory: Directory) -> None:
    """There is no such column."""
    found = await faults(directory, "id;name;administrator\na;A;true\n")
    assert "there is no column 'administrator'" in found[0]


async def test_organisations_are_imported_into_their_programme(directory: Directory) -> None:
    """A file with a column of categories lists organisations."""
    report = await bring(directory, ORGANISATIONS)
    assert (report.kind, report.added) == ("organisations", 2)
    mairie = await directory.organisation("valdore", "mairie")
    assert (mairie.category, mairie.registration) == ("local_authority", "217500016")
    assert (await bring(directory, ORGANISATIONS)).unchanged == 2
    assert (await bring(directory, ORGANISATIONS, programme="loire")).added == 2
    # Known by the number where the id is missing.
    text = "nom;catégorie;siret\nVille;état;217500016\nNeuf;association;\n"
    found = await faults(directory, text)
    assert found == [
        "in.csv:3:1: id: is missing (give an id, or the registration of one that is there)"
    ]
    report = await bring(directory, text.rpartition("\nNeuf")[0])
    assert report.lines[0].fields == ("name", "category")
    found = await faults(directory, "id;name;category;rna\nx;X;state;217500016\n")
    assert found == ["in.csv:2:4: registration: 217500016 is taken by another one (choose another)"]


async def test_what_was_exported_can_be_imported(directory: Directory) -> None:
    """And changes nothing; nor does a spreadsheet take a cell of it for a formula."""
    await bring(directory, PEOPLE + '"=eve";x;;;;\n'.replace('"=eve"', "eve"))
    await directory.change_person("eve", {"name": "=1+1", "email": "-e@example.org"}, NOW)
    await directory.add_person("alone", PersonStated(name="@lone"), NOW)
    await bring(directory, ORGANISATIONS)
    await directory.change_organisation("valdore", "verger", {"name": "+33"}, NOW)
    people = await export_people(directory)
    assert "'=1+1" in people
    assert "'@lone" in people
    for text in (people, organisations := await export_organisations(directory)):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
        report = await bring(directory, text, programme=None)
        assert report.unchanged == len(report.lines) > 1
    assert "'+33" in organisations
    mine = await export_people(directory, "valdore")
    assert "alone" not in mine
    assert "fabien" in mine
    assert await export_people(directory, "loire") == people.splitlines(keepends=True)[0]
    assert (await export_organisations(directory, "loire")).count("\n") == 1
