"""Nothing of the wire shows on pages: every name, code and id is said in words."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import httpx

from tests.web_site import Collective, Site

FERME, COMMUNE, AMAP = "ferme-du-gue", "commune-bocage", "amap-des-haies"
_SILENT: Final = {"code", "pre", "script", "style", "textarea", "datalist"}
"""What is no words: entries as they are kept say the names of fields, in code."""

_FEW: Final = 30
"""Fewer pages would mean that nearly none was found."""

_EMPTY: Final = {"br", "hr", "img", "input", "link", "meta", "source", "use", "path"}
_READ: Final = ("alt", "aria-label", "placeholder", "title")
_WIRE: Final = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b"  # names of commands, events, kinds, gates, codes
    r"|\b(?:document|admission|exclusion|gate|waiver|policy|disagreement|return):[a-z]"
    r"|\b\d{4}-\d\d-\d\d\b|\b(?:decision|meeting|review|disagreement|change)-\d+\b"
    rf"|\b(?:{FERME}|{COMMUNE}|{AMAP})\b|\bp-[0-9a-f]{{8}}\b"
)


class _Visible(HTMLParser):
    """Collects what people see or hear of a page, and where its links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [told for name in _READ if (told := given.get(name))]
        if tag == "a" and (place := given.get("href")):
            self.links.append(place)
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _SILENT.intersection(self._open):
            self.texts.append(data)


def _kind(path: str) -> str:
    """Return what pages are alike: those of one command, or of one kind of thing."""
    parts = urlsplit(path).path.strip("/").split("/")
    beyond = 3 if parts[0] == "c" else 2  # a programme, and a cooperation in it
    below = parts[beyond:]
    told = below if below[:1] == ["do"] else [*below[:1], *("*" * len(below[1:]))]
    return "/".join([parts[0], *told])


def _crawled(client: httpx.Client, most: int) -> dict[str, list[str]]:
    """Return the visible texts of pages by path, one or two of each kind."""
    found: dict[str, list[str]] = {}
    alike: dict[str, int] = {}
    waiting = deque(["/"])
    seen: set[str] = set()
    while waiting and len(found) < most:
        path = waiting.popleft()
        kind = _kind(path)
        if path in seen or path.startswith(("/v1", "/static")) or alike.get(kind, 0) > 1:
            continue
        seen.add(path)
        alike[kind] = alike.get(kind, 0) + 1
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        page = _Visible()
        page.feed(answer.text)
        found[path] = page.texts
        waiting += [one for one in page.links if one.startswith("/")]
    return found


def _filled(site: Site, bocage: Collective) -> None:
    """Have a bit of everything that has a name on the wire."""
    speaker, facilitator = bocage.speakers[FERME], bocage.facilitator
    objective = {"id": "haies", "why": "Garder les haies", "levers": ["T"], "contributors": [FERME]}
    versions = "/documents/{}/versions"
    chain = {"content": {"objectives": [objective]}}
    site.give(bocage, speaker, versions.format("value_chain"), chain)
    site.give(bocage, speaker, versions.format("shared_vision"), {"content": {"issue": "Haies"}})
    asked = {"subject": "other", "question": "Planter ?", "secret": False}
    site.give(bocage, facilitator, "/decisions", asked)
    left = {"subject": f"exclusion:{AMAP}", "question": "Sans elle ?"}
    site.give(bocage, facilitator, "/decisions", left)
    mandate = {"holder": COMMUNE, "missions": ["coordinate"], "ends_on": "2099-01-31"}
    site.give(bocage, speaker, "/mandates", mandate)
    meeting = {"meeting": "m1", "kind": "working_group", "attendees": [FERME, AMAP]}
    site.give(bocage, facilitator, "/meetings", meeting)
    site.give(bocage, facilitator, "/reviews", {"review": "r1", "kind": "after_action"})
    raised = {
        "subject": "Le prix",
        "content": "Trop cher",
        "parties": [FERME, COMMUNE],
        "touches": "data_safety",
        "blocking": True,
    }
    site.give(bocage, speaker, "/disagreements", raised)


def test_no_page_shows_names_of_the_wire(site: Site) -> None:
    """Neither to who facilitates nor to who manages the programme."""
    bocage = site.collective()
    _filled(site, bocage)
    wrong: list[str] = []
    for person in (bocage.facilitator, bocage.manager):
        with site.visitor(person) as client:
            pages = _crawled(client, 90)
            assert len(pages) > _FEW
            for path, texts in pages.items():
                wrong += [
                    f"{path}: {' '.join(one.split())[:120]}" for one in texts if _WIRE.search(one)
                ]
    assert not wrong, "\n".join(wrong)
