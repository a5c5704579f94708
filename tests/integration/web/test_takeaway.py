from __future__ import annotations

import re
from html import unescape

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
