from __future__ import annotations

from html import unescape

import pytest

from tests.web_site import Collective, Site

OURS = (
    "policy: ours\nversion: 1\nextends: reference\nlabel: {fr: 'La <nôtre>', en: Ours}\n"
    "clocks:\n  cure: {days: 10}\n"
)


@pytest.fixture(scope="module")
def here(site: Site) -> Collective:
    return site.collective()


def files(here: Collective) -> str:
    return f"/p/{here.address.programme}/policies/check"


def test_a_policy_is_proposed_from_a_file(site: Site, here: Collective) -> None:
    """With its impact before, and the question and the cooperations that one chooses."""
    with site.visitor(here.facilitator) as visitor:  # the cooperation has been looked at before
        assert "policy:ours@1" not in visitor.get(f"{here.path}/do/open_decision").text
    with site.visitor(here.manager) as visitor:
        tried = visitor.post(files(here), data={"content": OURS, "do": "check"})
        assert f'action="{files(here)}/proposal"' in tried.text
        asked = visitor.post(f"{files(here)}/proposal", data={"content": OURS, "do": "ask"})
        text = unescape(asked.text).replace("\N{NO-BREAK SPACE}", " ")
        assert "Proposer « La <nôtre> »" in text
        assert "Ce qui changerait" in text or "Rien ne changerait" in text
        assert f'name="content" value="{OURS}' in text
        sent = {"content": OURS, "do": "propose", "question": "Suivons-nous la nôtre ?"}
        wrong = visitor.post(f"{files(here)}/proposal", data=sent)
        assert wrong.status_code == 422
        assert "Choisissez-en au moins une." in wrong.text
        done = visitor.post(
            f"{files(here)}/proposal", data={**sent, "cooperations": ["bocage-gourmand"]}
        )
        assert done.status_code == 200, done.text
        assert "portée à connaissance" in done.text
    with site.visitor(here.facilitator) as visitor:
        opening = unescape(visitor.get(f"{here.path}/do/open_decision").text)
    assert '<option value="policy:ours@1">' in opening
    assert "(La <nôtre>, ours@1)" in opening


@pytest.mark.parametrize("path", ["", "/proposal"])
def test_a_faulty_file_is_not_proposed(site: Site, here: Collective, path: str) -> None:
    """Its faults are shown with the lines that they are in."""
    faulty = OURS.replace("extends: reference", "extends: <referense>")
    with site.visitor(here.manager) as visitor:
        told = visitor.post(f"{files(here)}{path}", data={"content": faulty, "do": "propose"})
    assert told.status_code == 422
    assert "ligne 3" in told.text
    assert '<code class="small">extends: &lt;referense&gt;</code>' in told.text
    assert f'action="{files(here)}/proposal"' not in told.text


def test_a_file_that_is_too_large_is_not_cut(site: Site, here: Collective) -> None:
    """It is refused with the limit: its first part alone would be another policy."""
    whole = OURS.encode() + b"# " + b"x" * 250_000
    with site.visitor(here.manager) as visitor:
        sent = visitor.post(files(here), files={"file": ("ours.yaml", whole)})
        typed = visitor.post(files(here), files={"content": (None, whole)})
        beyond = visitor.post(files(here), files={"file": ("ours.yaml", whole * 2)})
    for answer in (sent, typed):
        assert answer.status_code == 422
        assert f"le fichier compte {len(whole)} octets, 250000 au plus" in unescape(answer.text)
    assert beyond.status_code == 413
    assert "<h1>" in beyond.text
