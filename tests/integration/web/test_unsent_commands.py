from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from coopflow.requests import unsent
from coopflow.requests.unsent import Keeping, Place, UnsentTexts
from tests.web_site import Collective, Site

HIDDEN = re.compile(r'<input type="hidden" name="(key|_shown_at)" value="([^"]*)">')
ASKED = "On se voit <souvent> ?"
KEPT = "Voici ce que vous avez écrit sans l&#39;envoyer"


@pytest.fixture(scope="module")
def here(site: Site) -> Collective:
    return site.collective()


def form(here: Collective, command: str = "open_decision") -> str:
    return f"{here.path}/do/{command}"


def typed(**more: str) -> Mapping[str, str]:
    return {"subject": "other", "settled": "subject", "question": ASKED, "key": "k", **more}


def hidden(page: str) -> dict[str, str]:
    return dict(HIDDEN.findall(page))


@pytest.mark.parametrize("way", ["as one types", "by the button"])
def test_what_is_typed_for_a_command_is_kept_until_it_is_given(
    site: Site, here: Collective, way: str
) -> None:
    """For who typed it, in the form with the same answers settled; sent, it is gone."""
    with site.visitor(here.facilitator) as visitor, site.visitor(here.manager) as other:
        if way == "as one types":
            said = visitor.post(f"{form(here)}/unsent", data=typed())
        else:
            said = visitor.post(form(here), data=typed(_do="keep"))
        assert "pour vous uniquement" in said.text
        again = visitor.get(f"{form(here)}?subject=other").text
        assert KEPT in again
        assert "On se voit &lt;souvent&gt; ?" in again
        assert KEPT not in visitor.get(form(here)).text
        assert KEPT not in other.get(f"{form(here)}?subject=other").text
        given = visitor.post(form(here), data=typed(_do="give", key=way, decision=way[:2]))
        assert given.status_code == 303, given.text
        assert KEPT not in visitor.get(f"{form(here)}?subject=other").text


def test_of_two_windows_neither_takes_the_text_of_the_other_unasked(
    site: Site, here: Collective
) -> None:
    """Who types in the earlier one is told of the other text; who keeps it once more means it."""
    with site.visitor(here.facilitator) as visitor:
        where, asked = form(here), f"{form(here)}?subject=other"
        first, second = hidden(visitor.get(asked).text), hidden(visitor.get(asked).text)
        visitor.post(f"{where}/unsent", data=typed(**second, question="Le second ?"))
        told = visitor.post(f"{where}/unsent", data=typed(**first, question="Le premier ?"))
        assert "Non gardé" in told.text
        assert "Le second ?" in visitor.get(asked).text
        given = visitor.post(where, data=typed(**first, _do="give", decision="premier"))
        assert given.status_code == 303, given.text
        assert "Le second ?" in visitor.get(asked).text
        mine = typed(**first, question="Le premier ?", _do="keep")
        told = visitor.post(where, data=mine)
        assert "Non gardé" in told.text
        again = visitor.post(where, data={**mine, **hidden(told.text)})
        assert "pour vous uniquement" in again.text
        assert "Le premier ?" in visitor.get(asked).text
        visitor.post(where, data=typed(_do="discard"))


def test_one_window_is_not_taken_for_two_where_clocks_differ(
    site: Site, here: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that a process kept whose clock is ahead is the one that the form shows."""
    keep = UnsentTexts.keep

    async def ahead(
        texts: UnsentTexts, place: Place, pairs: Sequence[tuple[str, str]], now: datetime
    ) -> Keeping:
        return await keep(texts, place, pairs, now + timedelta(minutes=1))

    with site.visitor(here.facilitator) as visitor:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(UnsentTexts, "keep", ahead)
            visitor.post(f"{form(here)}/unsent", data=typed())
        shown = hidden(visitor.get(f"{form(here)}?subject=other").text)
        told = visitor.post(f"{form(here)}/unsent", data=typed(**shown))
        assert "pour vous uniquement" in told.text
        visitor.post(form(here), data=typed(_do="discard"))


@pytest.mark.parametrize("where", ["do/open_decision", "documents/charter/edit"])
def test_what_was_refused_and_could_not_be_kept_is_told(
    site: Site, here: Collective, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Beside what was wrong."""
    monkeypatch.setattr(unsent, "MAX_TEXTS", 0)
    with site.visitor(here.facilitator) as visitor:
        does = "draft" if where.endswith("edit") else "give"
        sent = typed(_do=does, closes_at="never", _base="7")
        refused = visitor.post(f"{here.path}/{where}", data=sent)
    assert refused.status_code == 422
    assert "vous avez trop de textes non envoyés" in refused.text


def test_what_was_refused_is_kept_until_it_is_discarded(site: Site, here: Collective) -> None:
    """One is then back at the form, as it was before."""
    with site.visitor(here.facilitator) as visitor:
        refused = visitor.post(form(here), data=typed(_do="give", closes_at="never"))
        assert refused.status_code == 422
        assert KEPT in visitor.get(f"{form(here)}?subject=other").text
        back = visitor.post(form(here), data=typed(_do="discard"))
        shown = visitor.get(back.headers["location"]).text
        assert KEPT not in shown
        assert 'name="subject" value="other"' in shown


def test_no_choice_of_a_ballot_is_kept(site: Site, here: Collective) -> None:
    """Its reason is, in the same place whatever is chosen: that would tell it."""
    asked = {"decision": "secretly", "subject": "other", "question": ASKED, "secret": True}
    site.give(here, here.facilitator, "/decisions", asked)
    own = {"decision": "secretly", "organisation": "ferme-du-gue"}
    sent = {**own, "choice": "objection", "reason": "Trop tôt", "settled": list(own)}
    with site.visitor(here.speakers["ferme-du-gue"]) as visitor:
        told = visitor.post(f"{form(here, 'cast_ballot')}/unsent", data=sent).text
        shown = visitor.get(form(here, "cast_ballot"), params=own).text
        chosen = visitor.get(form(here, "cast_ballot"), params={**own, "choice": "objection"}).text
    assert "sans les réponses" in told
    assert "Trop tôt" in shown
    assert "checked" not in shown
    assert "Trop tôt" in chosen


@pytest.mark.parametrize("way", ["unsent", "keep", "add:ballots", "give"])
def test_no_choice_of_a_vote_held_in_a_meeting_is_kept(
    site: Site, here: Collective, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By no way that keeps a text; each elector has a place in the form all the same."""
    slug = f"held-{way.partition(':')[0]}"
    asked = {"decision": slug, "subject": "other", "question": ASKED, "secret": True}
    site.give(here, here.facilitator, "/decisions", asked)
    keep, stored = UnsentTexts.keep, list[tuple[str, str]]()

    async def seen(
        texts: UnsentTexts, place: Place, pairs: Sequence[tuple[str, str]], now: datetime
    ) -> Keeping:
        stored.extend(pairs)
        return await keep(texts, place, pairs, now)

    monkeypatch.setattr(UnsentTexts, "keep", seen)
    where = form(here, "record_session_vote")
    sent = {"decision": slug, "settled": "decision", "meeting": "no meeting"}
    sent |= {"ballots.0.key": "ferme-du-gue", "ballots.0.value": "yes"}
    with site.visitor(here.facilitator) as visitor:
        if way == "unsent":
            visitor.post(f"{where}/unsent", data=sent)
        else:
            shown = visitor.post(where, data={**sent, "_do": way}).text
            assert shown.count(" checked") == 1  # what was typed stays on the page
        again = visitor.get(f"{where}?decision={slug}").text
    assert ("meeting", "no meeting") in stored
    assert not [name for name, _ in stored if name.startswith("ballots")]
    assert KEPT in again
    assert again.count('type="radio"') == 9
    assert "checked" not in again


def test_who_is_signed_out_meanwhile_is_told_how_to_keep_it(site: Site, here: Collective) -> None:
    """Nothing was sent: what was typed still is on the page before."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}
    with httpx.Client(base_url=site.url, headers=headers) as stranger:
        told = stranger.post(form(here), data=typed(_do="give"))
    assert told.status_code == 401
    assert "Rien n&#39;a été envoyé." in told.text
