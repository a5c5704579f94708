"""What things are called that the engine names by ids."""

from __future__ import annotations

from coopflow.entrypoints.web.sources import documents_named
from tests.forms import ENGLISH, FRENCH


def test_documents_are_called_by_their_names() -> None:
    """What looks like one and is none stays as it is."""
    told = "acteurs : 4, il faut au moins 5 (stakeholder_map@2 : périmé ; a@1)"
    said = documents_named(told, FRENCH)
    assert said.endswith("(cartographie des parties prenantes, version 2 : périmé ; a@1)")
    assert (
        documents_named("(charter@1: stale)", ENGLISH) == "(cooperation charter, version 1: stale)"
    )
