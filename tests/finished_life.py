"""A programme in which something of everything is there, and the ids by which its pages ask."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from coopflow.application.callers import Caller
from coopflow.directory.errors import TakenError
from coopflow.entrypoints.web.pages import people
from tests.cooperation_pages import known
from tests.deeds import DOCUMENTS
from tests.every_page import DECISION_LINKS, Visit
from tests.lives import live
from tests.recorded_life import SCRIPT, Recorded, recorded
from tests.web_site import Site, somebody

_USUAL: Final = {
    "policy": "reference@1",
    "gate": "to_structuration",
    "decision": "open",
    "disagreement": "sealed",
    "meeting": "plenary",
    "review": "going-on",
    "seq": "1",
    "kind": "charter",
    "version": "1",
    "organisation": "hedge",
}
_EXAMPLE: Final = {"amel": "Amel Sadi", "fabien": "Fabien Lorot", "denis": "Denis Aubry"}


@dataclass(frozen=True)
class Finished:
    """What is there.

    Attributes:
        life: the cooperation with its records, and its people.
        values: what stands in paths.
    """

    life: Recorded
    values: dict[str, str]

    def person(self, who: str | None) -> str | None:
        """Return the id of somebody who looks at a page."""
        return self.life.people.get(who, who) if who is not None else None

    def path(self, page: str, visit: Visit) -> str:
        """Return the path that somebody looks at of a page, such as ``GET /d/{secret}``."""
        values = {**self.values, **visit.named}

        def named(found: re.Match[str]) -> str:
            value = values[found[1]]
            return self.values.get(value, value)

        return re.sub(r"{(\w+)(?::\w+)?}", named, page.removeprefix("GET ")) + visit.query


def finished(site: Site) -> Finished:
    """Let a programme have three cooperations, people, tables, files, links and secrets."""
    life = recorded(site)
    found = Finished(life, {**_USUAL, "programme": life.address.programme})
    found.values["cooperation"] = life.address.cooperation
    ada = site.person(f"ada-{life.address.programme}", "Ada Ministre", administrator=True)
    life.people["administrator"] = ada
    found.values["person"] = life.people["stranger"]
    _written(life)
    _example(site, found)
    manager = Caller(
        name="person:manager",
        person=life.people["manager"],
        roles={life.address.programme: ("programme_manager",)},
    )
    young = site.platform.opened(manager, f"young-{somebody()}", life.address.programme)
    found.values["YOUNG"] = young.cooperation
    known(site, "fay", "Fay Colin")
    _linked(site, found)
    _kept(site, found)
    return found


def _written(life: Recorded) -> None:
    for kind, content in DOCUMENTS.items():
        life.give("alpha", "draft_document", kind=kind, content=content())
    vision = {**DOCUMENTS["shared_vision"](), "horizon_year": 2041, "values": [SCRIPT]}
    life.give("alpha", "draft_document", kind="shared_vision", content=vision)
    life.give("facilitator", "submit_document", kind="stakeholder_map", decision="map")
    life.give("gamma", "delegate_ballot", decision="recused", to="alpha", **{"from": "gamma"})


def _example(site: Site, found: Finished) -> None:
    address = live(site.platform, "bocage-gourmand", programme=found.values["programme"])
    found.values["LONG"] = address.cooperation
    now, services, run = datetime.now(UTC), site.platform.services, site.platform.run
    for person, name in _EXAMPLE.items():
        with contextlib.suppress(TakenError):
            run(services.directory.take_part(address.programme, known(site, person, name), (), now))
    run(services.publications.choose(address, ["stage", "identity", "decisions"], "fabien", now))


def _linked(site: Site, found: Finished) -> None:
    life, run, now = found.life, site.platform.run, datetime.now(UTC)
    access, week = site.platform.services.access, now + timedelta(days=7)
    for name, (who, decision) in DECISION_LINKS.items():
        made = access.decision_links.create(life.people[who], life.address, decision, now, week)
        found.values[name] = run(made)[0]
    found.values["STOP"] = run(access.unsubscribe_links.create(life.people["beta"], "daily", now))
    found.values["IN"] = run(access.links.create(life.people["stranger"], now))


def _kept(site: Site, found: Finished) -> None:
    """Have things that pages made for people who manage: tables, files, tokens, operations."""
    life, values = found.life, found.values
    programme = values["programme"]
    base = f"/p/{programme}/administration"
    month = values["SOON"] = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    with site.visitor(life.people["manager"]) as visitor:

        def sent(path: str, status: int = 303, **data: Any) -> str:
            answer = visitor.post(path, data=data)
            assert answer.status_code == status, answer.text
            return str(answer.headers.get("location", ""))

        def named(pattern: str, path: str) -> str:
            (one,) = set(re.findall(pattern, visitor.get(path).text))
            return str(one)

        hedge = f"Haies {SCRIPT}"
        sent(f"{base}/organisations/new", id="hedge", name=hedge, category="association")
        sent(f"{base}/webhooks/new", 200, url="https://example.org/hook", description=SCRIPT)
        values["webhook"] = named(r"/webhooks/(wh_\w+)", f"{base}/webhooks")
        hook = f"{base}/webhooks/{values['webhook']}"
        sent(f"{hook}/test")
        values["delivery"] = named(r"/deliveries/(\d+)", hook)
        sent("/account/access/tokens", 200, name=SCRIPT, scopes="read", expires_at=month)
        values["token"] = named(r"/tokens/(\w+)/revoke", "/account/access")
        for kind in ("charter", "decisions"):
            sent("/files", programme=programme, cooperation=values["cooperation"], kind=kind)
        values["file"] = visitor.get("/v1/files").json()[0]["id"]
        sent(f"/p/{programme}/portfolio/views", name="À suivre", query="view=stuck&status=living")
        place = sent(f"/p/{programme}/policies/light@1/impact")
        values["IMPACT"] = place.rpartition("/")[2]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(people, "_PATIENCE", 0)
            leaving = site.person(f"leaving-{programme}", "Léo Parti", programme=programme)
            place = sent(f"{base}/people/{leaving}/erase", sure="yes")
        values["ERASURE"] = place.rpartition("/")[2]
    with site.visitor(life.people["alpha"]) as visitor:
        for path in ("/account/calendars", f"{life.path}/calendar"):
            assert visitor.post(path).status_code in {200, 303}
