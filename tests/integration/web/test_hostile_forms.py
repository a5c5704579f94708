"""Forms as those fill them in who want to break something."""

from __future__ import annotations

import pytest

from tests.web_site import Site, somebody


@pytest.mark.parametrize("deep", [65, 240, 900])
def test_json_in_a_form_is_nested_no_deeper_than_in_a_request(site: Site, deep: int) -> None:
    """What the API would not take is not taken here, and is shown again with what is wrong."""
    found = site.collective()
    speaker = found.speakers["ferme-du-gue"]
    content = '{"a":' * deep + "1" + "}" * deep
    with site.visitor(speaker) as visitor:
        answer = visitor.post(
            f"{found.path}/do/draft_document",
            data={"kind": "charter", "content": content, "_do": "give"},
        )
    assert answer.status_code == 422, answer.text
    assert "Cette réponse ne convient pas ici." in answer.text


def test_a_number_of_any_length_is_none_that_a_form_holds(site: Site) -> None:
    """Which entry was the last one is as the page has written it, or is not said."""
    found = site.collective()
    with site.visitor(found.speakers["ferme-du-gue"]) as visitor:
        answer = visitor.post(
            f"{found.path}/do/draft_document",
            data={"kind": "nothing", "content": "{}", "expected_seq": "9" * 5000, "_do": "give"},
        )
    assert answer.status_code == 422, answer.text


def test_no_more_of_what_nobody_sent_is_read_than_a_secret_takes(site: Site) -> None:
    """Also where it says that it is a table, which may be large; the link is used by its form."""
    person = site.person(somebody(), "Louise Brun")
    access = site.platform.services.access
    secret = site.platform.run(access.links.create(person, access.now()))
    body = f"{'x=y&' * 5000}secret={secret}"
    headers = {"Content-Type": "text/csv", "Sec-Fetch-Site": "same-origin"}
    with site.platform.client() as client:
        late = client.post("/v1/sign-in/link", content=body, headers=headers)
        assert late.status_code == 403, late.text
        form = {"secret": secret}
        found = client.post(
            "/v1/sign-in/link", data=form, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert found.status_code == 303, found.text


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere"])
def test_what_is_too_large_is_told_so_on_a_page(site: Site, path: str) -> None:
    """In the language of who sent it, with what to do; not as programs are told."""
    with site.visitor(site.person(somebody(), "Louise Brun")) as visitor:
        answer = visitor.post(path, data={"name": "x" * 400_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "Ce qui a été envoyé est trop long" in answer.text
