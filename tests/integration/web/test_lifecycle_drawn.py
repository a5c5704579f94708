from __future__ import annotations

from tests.web_site import Site, somebody


def test_the_overview_draws_the_lifecycle(site: Site) -> None:
    """With where the cooperation stands, and in words: for members, and who sees little of it."""
    here = site.collective()
    mediator = site.person(somebody(), "Maud Leroy", programme=here.address.programme)
    site.give(here, here.manager, "/roles", {"person": mediator, "role": "mediator"})
    for person in (here.facilitator, mediator):
        with site.visitor(person) as visitor:
            shown = visitor.get(here.path).text
        told = shown.partition("La même chose en mots")[2]
        assert shown.count('class="p-wide"') == shown.count('class="p-narrow"') == 1
        assert "étape 1 sur 3" in told.lower()
