from __future__ import annotations

import re

from tests.web_site import Site, somebody


def test_people_see_who_held_what_before(site: Site) -> None:
    """By name, from when to when; not who may not read the journal."""
    here = site.collective()
    programme = here.address.programme
    other = site.person(somebody(), "Nora <Vidal>", programme=programme)
    watcher = site.person(somebody(), "Omar Sy", programme=programme)
    path = "/members/ferme-du-gue/representative"
    site.give(here, here.speakers["ferme-du-gue"], path, {"person": other})
    site.give(here, here.manager, "/roles", {"person": watcher, "role": "observer"})
    with site.visitor(other) as visitor:
        shown = " ".join(visitor.get(f"{here.path}/people").text.split())
    assert re.search(
        "du [^<]+ au [^<]+</span> <span><strong>Louise Brun</strong> – représentait", shown
    )
    assert re.search("depuis le [^<]+</span> <span><strong>Nora &lt;Vidal&gt;</strong>", shown)
    assert "<strong>Fabien Roche</strong> – facilitation" in shown
    with site.visitor(watcher) as visitor:
        seen = visitor.get(f"{here.path}/people")
    assert seen.is_success
    assert "représentait" not in seen.text
