from __future__ import annotations

import re
import time
from html import unescape

import httpx

from tests.web_site import Site, somebody


def offered(text: str) -> set[str]:
    return set(re.findall(r'name="kind" value="([a-z_]+)"', text))


def test_files_are_ordered_by_forms(site: Site) -> None:
    """Of a cooperation in either language, and of a programme by who manages it."""
    here = site.collective(title="Bocage <gourmand>")
    with site.visitor(here.manager) as visitor:
        orders = unescape(visitor.get("/files").text)
        assert "Portefeuille de Valdore" in orders
        assert '<a href="/files" aria-current="page">Mes fichiers</a>' in orders
        shown = visitor.get(f"{here.path}/files?language=en").text
        kinds = {
            "decisions",
            "indicators",
            "identity_sheet",
            "charter",
            "journal",
            "report",
            "gate",
        }
        assert offered(shown) == kinds
        gate = re.search(r'<option value="(\w+)">', shown.partition('name="gate"')[2])
        assert gate is not None
        programme, cooperation = here.address
        wanted = {"kind": "gate", "gate": gate[1], "form": "pdf", "language": "en"}
        asked = {"programme": programme, "cooperation": cooperation, **wanted}
        assert visitor.post("/files", data=asked).status_code == 303
        (file,) = visitor.get("/v1/files").json()
        assert (file["kind"], file["language"]) == (f"gate:{gate[1]}", "en")
        english = "Dossier “Passage to structuring” – Bocage <gourmand>"
        assert english in unescape(visitor.get("/files").text)
        visitor.post("/files", data=asked | {"language": "fr"})
        french = unescape(visitor.get("/files").text).replace("\N{NO-BREAK SPACE}", " ")
        assert "Dossier « Passage à la structuration » – Bocage <gourmand>" in french


def test_a_portfolio_is_made_in_the_background_as_it_is_filtered(site: Site) -> None:
    """The list of files says how, the file holds no more than that, and it can be asked again."""
    here = site.collective()
    programme = here.address.programme
    filters = {
        "stage": "impulsion",
        "status": "living",
        "lifecycle": "impact-collectif@1",
        "policy": "reference@1",
        "territory": "Bocage " + "x" * 80,
        "holder": "nobody",
        "facilitator": here.facilitator,
        "severity": "red",
        "alert": "no_plenary",
        "text": "a\nb",
        "below": "governance:2",
        "stuck_days": "180",
        "due_days": "1",
        "disagreements": "true",
    }
    with site.visitor(here.manager) as visitor:
        shown = unescape(visitor.get(f"/p/{programme}/portfolio", params=filters).text)
        form = shown.partition('<form method="post" action="/files">')[2].partition("</form>")[0]
        asked = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert visitor.post("/files", data=asked | {"form": "csv"}).status_code == 303
        listed = unescape(visitor.get("/files").text).replace("\N{NO-BREAK SPACE}", " ")
        for words in (
            "Portefeuille – Valdore (",
            "étape : Impulsion",
            "statut : non close",
            "parcours : Démarche d'impact collectif, version 1",
            "politique : Politique de référence, version 1",
            "territoire : Bocage xxx",
            "xxx…",
            "en soutien : nobody",
            "facilitation : Fabien Roche",
            "urgence : rouge",
            "alerte : pas de plénière depuis longtemps",
            "recherche : « a b »",
            "sous le niveau 2",
            "dans leur étape depuis 180 jours",
            "échéance d'ici 1 jour",
            "avec des désaccords ouverts",
        ):
            assert words in listed, words
        (file,) = visitor.get("/v1/files").json()
        content = made(visitor, file["id"])
        assert len(content.splitlines()) == 1
        visitor.post("/files", data={"programme": programme, "query": "policy=gone@1&stage=first"})
        listed = unescape(visitor.get("/files").text).replace("\N{NO-BREAK SPACE}", " ")
        assert "(politique : gone@1 ; étape : first)" in listed
        unfiltered = {"programme": programme, "form": "csv", "query": "view=heat&stage="}
        visitor.post("/files", data=unfiltered)
        plain = next(one for one in visitor.get("/v1/files").json() if one["kind"] == "portfolio")
        assert "bocage-gourmand" in made(visitor, plain["id"])


def made(visitor: httpx.Client, file: str) -> str:
    """Return what is in a file, once it is ready."""
    for _ in range(200):
        if visitor.get(f"/v1/files/{file}").json()["status"] != "running":
            break
        time.sleep(0.05)
    answer = visitor.get(f"/files/{file}/content")
    assert answer.is_success, answer.text
    return answer.text


def test_only_what_somebody_may_read_is_offered(site: Site) -> None:
    """A funder gets neither the journal nor the portfolio."""
    here = site.collective(title="Bocage <gourmand>")
    funder = site.person(somebody(), "Farid Aziz", programme=here.address.programme)
    site.give(here, here.manager, "/roles", {"person": funder, "role": "funder"})
    with site.visitor(funder) as visitor:
        assert "journal" not in offered(visitor.get(f"{here.path}/files").text)
        orders = visitor.get("/files").text
        assert f'<a href="{here.path}/files">Bocage &lt;gourmand&gt;</a>' in orders
        assert "Portefeuille de" not in orders
