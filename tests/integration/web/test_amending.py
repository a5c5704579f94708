from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.collective import vision
from tests.web_site import Collective, Site

OBJECTOR = "ferme-du-gue"


def objected(site: Site, here: Collective, decision: str) -> dict[str, str]:
    """Let an objection stand against a decision, and return what its form is asked with."""
    ballot = {"organisation": OBJECTOR, "choice": "objection", "reason": "Trop tôt"}
    site.give(here, here.speakers[OBJECTOR], f"/decisions/{decision}/ballots", ballot)
    verdict = {"verdict": "qualified", "reason": "Elle nomme un tort"}
    path = f"/decisions/{decision}/objections/{OBJECTOR}/qualification"
    site.give(here, here.facilitator, path, verdict)
    return {"decision": decision, "organisation": OBJECTOR}


def inputs(text: str) -> dict[str, str]:
    """Return the texts that a form is filled in with."""
    found = dict(re.findall(r'<input id="[^"]*" name="(amendment[^"]*)" value="([^"]*)"', text))
    found |= re.findall(r'<textarea[^>]* name="(amendment[^"]*)"[^>]*>\n([^<]*)<', text)
    return {name: unescape(value) for name, value in found.items()}


def sent(visitor: httpx.Client, here: Collective, given: dict[str, str], **more: Any) -> Any:
    data = {**given, "settled": list(given), "material": "yes", "_do": "give", "key": "k", **more}
    return visitor.post(f"{here.path}/do/integrate_objection", data=data)


def test_a_question_is_amended_as_it_stands(site: Site) -> None:
    """What is not changed is no amendment; a question that is left out is said at its field."""
    here = site.collective()
    asked = {"decision": "june", "subject": "other", "question": "En <juin> ?"}
    site.give(here, here.facilitator, "/decisions", {**asked, "rule": {"name": "consent"}})
    given = objected(site, here, "june")
    with site.visitor(here.facilitator) as visitor:
        form = visitor.get(f"{here.path}/do/integrate_objection", params=given).text
        assert inputs(form) == {"amendment.question": "En <juin> ?"}
        same = sent(visitor, here, given, **{"amendment.question": "En <juin> ?"})
        assert same.status_code == 422
        assert "Rien de la proposition" in same.text
        assert sent(visitor, here, given, **{"amendment.question": " "}).status_code == 422
        done = sent(visitor, here, given, **{"amendment.question": "En juillet ?"})
        assert done.status_code == 303, done.text
        shown = visitor.get(f"{here.path}/decisions/june").text
        assert "En juillet ?" in shown
        led = visitor.get(f"{here.path}/do/integrate_objection")
        assert led.headers["location"] == f"{here.path}/decisions"


@pytest.mark.parametrize("emptied", [False, True])
def test_a_document_is_amended_by_its_own_form(site: Site, *, emptied: bool) -> None:
    """What one changes or empties is in the next version, and what one leaves stays."""
    here = site.collective()
    content = vision(contributors=list(here.speakers), values=["Sobriété"])
    site.give(here, here.facilitator, "/documents/shared_vision/versions", {"content": content})
    put = site.give(here, here.facilitator, "/documents/shared_vision/submission", {})
    state = site.platform.run(site.platform.services.engine.state(here.address))
    (decision,) = state.decisions
    assert put
    given = objected(site, here, decision)
    with site.visitor(here.facilitator) as visitor:
        form = visitor.get(f"{here.path}/do/integrate_objection", params=given).text
        filled = inputs(form)
        assert filled["amendment.horizon_year"] == str(content["horizon_year"])
        assert filled["amendment.values.0"] == "Sobriété"
        filled |= {"amendment.horizon_year": "2042"}
        if emptied:
            filled = {name: one for name, one in filled.items() if ".values" not in name}
        filled |= {"amendment.contributors": list(here.speakers)}  # type: ignore[dict-item]
        wrong = sent(visitor, here, given, **{**filled, "amendment.territory": ""})
        assert wrong.status_code == 422
        assert "amendment-territory" in wrong.text.partition("</form>")[0]
        done = sent(visitor, here, given, **filled)
        assert done.status_code == 303, done.text
    after = site.platform.run(site.platform.services.engine.state(here.address))
    newest = after.documents["shared_vision"][-1]
    wanted = {**content, "horizon_year": 2042, "values": [] if emptied else ["Sobriété"]}
    assert newest.content == wanted
