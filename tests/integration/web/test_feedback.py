from __future__ import annotations

from tests.web_site import Site


def test_the_feedback_loop_is_written_by_closing_a_review(site: Site) -> None:
    """From its own page one is led to the form of the review that is open, and back."""
    here = site.collective()
    document = f"{here.path}/documents/feedback_loop"
    with site.visitor(here.facilitator) as visitor:
        assert f"{document}/edit" in visitor.get(document).text
        assert "/do/open_review" in visitor.get(f"{document}/edit").text
        opened = {"review": "first", "kind": "exceptional"}
        site.give(here, here.facilitator, "/reviews", opened)
        led = visitor.get(f"{document}/edit")
        assert led.status_code == 303
        form = visitor.get(led.headers["location"])
        for name in ("expected", "observed", "why", "summary_published"):
            assert f'name="{name}' in form.text
        said = {
            "review": "first",
            "expected": "Trois repas",
            "observed": "Deux repas",
            "why": "Peu de bras",
            "lessons.0": "Demander plus tôt",
        }
        done = visitor.post(
            f"{here.path}/do/close_review",
            data={**said, "return_to": document, "key": "closing", "_do": "give"},
        )
        assert done.headers["location"].startswith(document), done.text
        assert "Demander plus tôt" in visitor.get(document).text


def test_changes_are_resolved_before_the_feedback_loop_is_written(site: Site) -> None:
    """The page says so, and leads to the review; who may close none is not led there."""
    here = site.collective()
    document = f"{here.path}/documents/feedback_loop"
    site.give(here, here.facilitator, "/reviews", {"review": "first", "kind": "exceptional"})
    change = {"change": "more", "target": "roadmap", "text": "Un repas de plus"}
    site.give(here, here.facilitator, "/reviews/first/changes", change)
    with site.visitor(here.facilitator) as visitor:
        shown = visitor.get(f"{document}/edit").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Changements à trancher d&#39;abord : 1" in shown
    assert f'href="{here.path}/reviews/first"' in shown
    with site.visitor(here.speakers["ferme-du-gue"]) as visitor:
        assert visitor.get(f"{document}/edit").status_code == 403


def test_a_review_names_what_convened_it_and_no_other(site: Site) -> None:
    """One that is opened after it was held for that comes by itself."""
    here = site.collective()
    for gone in ("commune-bocage", "amap-des-haies"):
        site.give(here, here.facilitator, f"/members/{gone}/withdrawal", {"reason": "Autre chose"})
    for review in ("first", "second"):
        opened = {"review": review, "kind": "exceptional"}
        site.give(here, here.facilitator, "/reviews", opened)
        said = {"expected": "A", "observed": "B", "why": "C", "lessons": []}
        site.give(here, here.facilitator, f"/reviews/{review}/closing", said)
    with site.visitor(here.facilitator) as visitor:
        assert "À tenir depuis" in visitor.get(f"{here.path}/reviews/first").text
        assert "À tenir depuis" not in visitor.get(f"{here.path}/reviews/second").text
