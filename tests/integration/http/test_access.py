"""Every route, asked by everybody: who gets in, who is refused, and to whom nothing is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest

from coopflow.application.callers import Caller, Scope
from coopflow.application.engine import Address
from tests.http_platform import CALLER, Platform, place
from tests.integration.http.access_table import ACCESS, VALUES, Line
from tests.matrix import PEOPLE

pytestmark = pytest.mark.server

HERE: Final = Address("tests", "kept-here")
ELSEWHERE: Final = Address("tests", "kept-elsewhere")
THEIRS: Final = Address("others", "kept-apart")
NOWHERE: Final = Address("nobodys", "kept-nowhere")
MANAGER: Final = ("programme_manager",)

_VOLATILE: Final = {"date", "content-length", "idempotency-key", "etag"}


def somebody(person: str, **more: Any) -> Caller:
    return Caller(name=f"person:{person}", person=person, **more)


ROLES: Final = {
    letter: somebody(person, roles={"tests": MANAGER} if letter == "P" else {})
    for letter, person in PEOPLE.items()
}
OUTSIDERS: Final = {
    "manager of another programme": somebody("mia", roles={"others": MANAGER}),
    "member in another programme": somebody("rep-delta"),
    "token for another programme": Caller(
        name="token:1",
        roles={"tests": MANAGER, "others": MANAGER},
        programmes=frozenset({"others"}),
    ),
    "somebody without any part": somebody("zoe"),
}
STRANGER: Final = somebody("rep-epsilon")
ADMINISTRATOR: Final = somebody("ada", administrator=True)


@dataclass(frozen=True)
class Route:
    """A route of the application."""

    name: str
    method: str
    path: str

    @property
    def line(self) -> Line:
        """Who gets in."""
        return ACCESS[self.name]

    def at(self, address: Address) -> str:
        """Return its path for a cooperation and its programme."""
        values = VALUES | address._asdict()
        return re.sub(r"{(\w+)}", lambda found: str(values[found[1]]), self.path)


def routes(platform: Platform) -> list[Route]:
    found: list[Route] = []
    for path, methods in platform.app.openapi()["paths"].items():
        for method, operation in methods.items():
            found.append(Route(operation["operationId"], method.upper(), path))
    return found


def give(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    done = client.post(path, json=body)
    assert done.is_success, done.text
    found: dict[str, Any] = done.json()
    return found


@pytest.fixture(scope="module")
def stage(platform: Platform) -> Platform:
    """A cooperation with somebody in each role, one beside it, and one of another programme."""
    pam, mia = ROLES["P"], OUTSIDERS["manager of another programme"]
    platform.opened(pam, HERE.cooperation)
    platform.opened(pam, ELSEWHERE.cooperation)
    platform.opened(mia, THEIRS.cooperation, THEIRS.programme)
    for caller, address, organisation in (
        (pam, ELSEWHERE, "epsilon"),
        (mia, THEIRS, "delta"),
    ):
        with platform.client(caller) as client:
            named = {"id": organisation, "name": organisation, "category": "state"}
            path = f"{place(address)}/members"
            give(client, path, organisation=named, representative=f"rep-{organisation}")
    with platform.client(ADMINISTRATOR) as client:
        give(client, "/v1/programmes", id="tests", name="Tests")
        give(client, "/v1/programmes/tests/people", id=VALUES["person"], name="Kim")
        beta = {"id": VALUES["organisation"], "name": "Beta", "category": "state"}
        give(client, "/v1/programmes/tests/organisations", **beta)
    with platform.client(ROLES["F"]) as client:
        here = place(HERE)
        for letter, role in (
            ("M", "mediator"),
            ("V", "evaluator"),
            ("U", "funder"),
            ("O", "observer"),
        ):
            give(client, f"{here}/roles", person=PEOPLE[letter], role=role)
        mandate = {"decision": "support", "holder": "alpha", "missions": ["coordinate"]}
        give(client, f"{here}/mandates", **mandate)
        ballots = {"beta": "consent", "gamma": "consent"}
        give(client, f"{here}/decisions/support/session-vote", ballots=ballots)
        meeting = VALUES["meeting"]
        give(client, f"{here}/meetings", meeting=meeting, kind="committee", attendees=["beta"])
    with platform.client(ROLES["R"]) as client:
        raised = {"subject": "A", "content": "B", "touches": "money", "parties": ["beta", "gamma"]}
        give(client, f"{here}/disagreements", disagreement=VALUES["disagreement"], **raised)
    return platform


def ask(client: httpx.Client, route: Route, path: str, caller: Caller | None) -> httpx.Response:
    """Ask, but let no command be carried out: none is meant for a cooperation without entries."""
    headers = {"If-Match": '"0"'}
    if caller is not None:
        headers[CALLER] = caller.model_dump_json()
    body = {"json": route.line.body} if route.line.body is not None else {}
    return client.request(route.method, path, params=route.line.query, headers=headers, **body)


def verdict(answer: httpx.Response) -> str:
    """Say in a word what became of somebody who asked."""
    if answer.status_code == 401:
        return "nobody"
    code = answer.json().get("code") if "problem" in answer.headers["content-type"] else None
    if answer.status_code == 404 and code == "not_found":
        return "hidden"
    if answer.status_code == 403:
        return str(code)
    assert answer.status_code < 500, answer.text
    return "in"


def expected(route: Route) -> Iterator[tuple[str, Caller | None, str]]:
    """Yield who asks, as whom, and what becomes of them."""
    for who, caller, wanted in _judged(route.line):
        yield who, caller, route.line.answered if wanted == "in" else wanted


def _judged(line: Line) -> Iterator[tuple[str, Caller | None, str]]:
    is_open = line.of == "anybody"
    yield "nobody", None, "in" if is_open else "nobody"
    yield "token without scope", unscoped(line), "scope_missing" if line.scopes else "in"
    outside = {"anybody": "in", "somebody": "in", "operation": "forbidden"}.get(line.of, "hidden")
    for name, caller in OUTSIDERS.items():
        is_kept_out = outside == "in" and not line.tokens and caller.name.startswith("token:")
        yield name, caller, "forbidden" if is_kept_out else outside
    beside = {
        "cooperation": "hidden",
        "owner": "hidden",
        "management": "forbidden",
        "operation": "forbidden",
    }.get(line.of, "in")
    if line.of == "programme" and "R" not in line.roles:
        beside = "forbidden"
    yield "member of another cooperation", STRANGER, beside
    for letter, caller in ROLES.items():
        yield letter, caller, others(line, is_in=letter in line.roles)
    yield "administrator", ADMINISTRATOR, others(line, is_in=line.administrator)


def others(line: Line, *, is_in: bool) -> str:
    """Say what becomes of somebody who sees where the route leads."""
    if line.of == "owner":
        return "hidden"
    return "in" if is_in else "forbidden"


def unscoped(line: Line) -> Caller:
    rest: set[Scope] = {"read", "write", "act", "directory", "webhooks", "tokens", "exports"}
    return Caller(
        name="token:2",
        person="pam",
        roles={"tests": MANAGER},
        scopes=frozenset(one for one in rest if one not in line.scopes),
    )


def test_every_route_has_a_line(platform: Platform) -> None:
    """Nothing is answered that this table does not know, and it knows nothing that is gone."""
    names = [route.name for route in routes(platform)]
    missing = sorted(set(names) - set(ACCESS))
    assert not missing, f"add a line to access_table.py for each of these: {missing}"
    assert len(names) == len(set(names))
    assert set(ACCESS) == set(names)


def test_each_role_gets_in_where_the_table_says(stage: Platform) -> None:
    """Route by route, role by role, and from other programmes; nothing is changed by asking."""
    wrong: list[str] = []
    with stage.client(ROLES["P"]) as client:
        before = client.get(place(HERE)).json()
    with stage.client() as client:
        for route in routes(stage):
            for who, caller, wanted in expected(route):
                got = verdict(ask(client, route, route.at(HERE), caller))
                if got != wanted:
                    wrong.append(f"{route.name} by {who}: expected {wanted}, got {got}")
    assert not wrong, "\n".join(wrong)
    with stage.client(ROLES["P"]) as client:
        assert client.get(place(HERE)).json() == before


def told(answer: httpx.Response, address: Address) -> tuple[int, Any, str]:
    """Return all that an answer tells, but for the ids that were asked for."""
    headers = {name: value for name, value in answer.headers.items() if name not in _VOLATILE}
    text = answer.text
    for part, word in zip(address, ("PROGRAMME", "COOPERATION"), strict=True):
        text = text.replace(part, word)
    return answer.status_code, headers, text


def test_what_is_of_others_is_as_if_it_were_not_there(stage: Platform) -> None:
    """Nobody can tell what another programme, or another cooperation, has from what nobody has."""
    pam = ROLES["P"]
    crossed = Address(HERE.programme, THEIRS.cooperation)
    absent = Address(HERE.programme, NOWHERE.cooperation)
    pairs = [(caller, HERE, NOWHERE) for caller in OUTSIDERS.values()]
    pairs += [(pam, THEIRS, NOWHERE)]
    within = [(STRANGER, HERE, absent), (pam, crossed, absent)]
    with stage.client() as client:
        for route in routes(stage):
            asked = list(pairs) if "{programme}" in route.path else []
            asked += within if "{cooperation}" in route.path else []
            for caller, hidden, missing in asked:
                one = ask(client, route, route.at(hidden), caller)
                other = ask(client, route, route.at(missing), caller)
                assert told(one, hidden) == told(other, missing), (route.name, caller.name)
                assert verdict(one) == "hidden"
