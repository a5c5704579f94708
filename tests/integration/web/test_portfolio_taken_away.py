from __future__ import annotations

import csv
import io

from openpyxl.reader.excel import load_workbook
from sqlalchemy import update

from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import CooperationRow, OutlineRow
from tests.web_site import Collective, Site

HOLDER = "ferme-du-gue"


async def in_support(database: Database, here: Collective) -> None:
    """Have an organisation be in support."""
    cooperation = str(here.address)
    async with database.writing() as connection:
        row = update(CooperationRow).where(CooperationRow.cooperation_id == cooperation)
        await connection.execute(row.values(mandate_holder=HOLDER))
        outline = update(OutlineRow).where(OutlineRow.cooperation_id == cooperation)
        await connection.execute(outline.values(holder=HOLDER))


def test_who_is_in_support_is_named_in_what_is_taken_away(site: Site) -> None:
    """With the id in a column of its own, for programs."""
    here = site.collective()
    site.platform.run(in_support(site.platform.services.queries._database, here))
    path = f"/v1/programmes/{here.address.programme}/exports/portfolio"
    with site.visitor(here.manager) as visitor:
        book, sheet = visitor.get(f"{path}.xlsx"), visitor.get(f"{path}.csv")
    head, row = load_workbook(io.BytesIO(book.content)).worksheets[0].iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert told["Titulaire du mandat"] == "Ferme du gue"
    assert told["Identifiant du titulaire"] == HOLDER
    (line,) = csv.DictReader(io.StringIO(sheet.text))
    assert (line["titulaire du mandat"], line["nom du titulaire"]) == (HOLDER, "Ferme du gue")
