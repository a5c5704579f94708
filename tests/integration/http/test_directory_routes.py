"""The directory over HTTP: what managers and administrators do with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from coopflow.access.errors import RefusedCredentialError, UnknownPersonError
from coopflow.access.grants import TokenRequest
from coopflow.access.identities import Account
from coopflow.access.people import caller
from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.requests.unsent import Place
from tests.http_platform import Platform, place
from tests.temporal_engine import admission

pytestmark = pytest.mark.server

ADMINISTRATOR: Final = Caller(name="person:ada", person="ada", administrator=True)
FAY: Final = Caller(name="person:fay", person="fay")


@pytest.fixture
def programme(platform: Platform) -> str:
    name = f"prog-{uuid4().hex[:8]}"
    with platform.client(ADMINISTRATOR) as client:
        added = client.post("/v1/programmes", json={"id": name, "name": "A programme"})
        assert added.status_code == 201, added.text
        assert added.headers["Location"].endswith(f"/v1/programmes/{name}")
    return name


@pytest.fixture
def manager(platform: Platform, programme: str) -> Iterator[httpx.Client]:
    """Somebody who manages the programme."""
    who = Caller(name="person:pam", person="pam", roles={programme: ("programme_manager",)})
    with platform.client(who) as client:
        yield client


@pytest.fixture
def here(programme: str) -> str:
    """The path of the programme."""
    return f"/v1/programmes/{programme}"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def add(client: httpx.Client, here: str, **stated: Any) -> dict[str, Any]:
    answer = client.post(f"{here}/people", json=stated)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:8]}"


def test_a_person_is_added_changed_and_removed(manager: httpx.Client, here: str) -> None:
    """With an ETag for each version, that a change may start from."""
    email = f"{uuid4().hex}@example.org"
    added = add(manager, here, name="Inès", email=email, roles=["programme_manager"])
    path = f"{here}/people/{added['id']}"
    shown = manager.get(path)
    assert shown.json() == added
    assert shown.headers["ETag"] == '"1"'
    assert added["roles"] == ["programme_manager"]
    changed = manager.patch(
        path,
        json={"language": "en", "notifications": {"publish_outcome": "none"}, "roles": []},
        headers={"If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == '"2"'
    assert changed.json()["notifications"] == added["notifications"] | {"publish_outcome": "none"}
    assert (changed.json()["roles"], changed.json()["name"]) == ([], "Inès")
    stale = {"If-Match": '"1"'}
    assert code(manager.patch(path, json={"name": "I."}, headers=stale)) == (412, "outdated")
    assert code(manager.delete(path, headers=stale)) == (412, "outdated")
    assert manager.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert code(manager.get(path)) == (404, "not_found")
    assert code(manager.delete(path)) == (404, "not_found")


def test_who_is_removed_gets_in_no_more(
    platform: Platform, manager: httpx.Client, here: str
) -> None:
    """Sessions, links, tokens and accounts go with the names, also if the id comes back."""
    access = platform.services.access
    person = add(manager, here, name="Inès", email=f"{uuid4().hex}@example.org")["id"]
    account = Account(issuer="https://id.example", subject=person)

    async def let_in() -> tuple[str, str]:
        known = await access.people.person(person)
        assert known is not None
        linked = account.but(
            email=(await platform.services.directory.person(person)).email, email_verified=True
        )
        assert await access.identities.person_of(linked, access.now()) == known
        wanted = TokenRequest(
            name="a robot",
            scopes=frozenset({"read"}),
            person=person,
            expires_at=access.now() + timedelta(days=1),
        )
        _, token = await access.tokens.create(caller(known), wanted, access.now())
        return await access.links.create(person, access.now()), token

    link, token = platform.run(let_in())
    assert platform.run(access.bearer(token)).person == person
    assert manager.delete(f"{here}/people/{person}").status_code == 204
    for shown in (access.bearer(token), access.links.use(link, access.now())):
        with pytest.raises(RefusedCredentialError):
            platform.run(shown)
    with pytest.raises(UnknownPersonError, match="new"):
        platform.run(access.identities.person_of(account, access.now()))


@pytest.mark.parametrize("by", ["change", "import"])
def test_what_was_sent_to_an_address_lets_nobody_in_once_it_is_theirs_no_more(
    platform: Platform, manager: httpx.Client, here: str, by: str
) -> None:
    """Links to sign in and to answer a decision, and sessions; another name leaves them."""
    access = platform.services.access
    person = add(manager, here, name="Inès", email=f"{uuid4().hex}@example.org")["id"]

    def sent() -> tuple[str, str, str]:
        now = access.now()
        _, session = platform.run(access.sessions.start(person, "link", now))
        links, until = access.decision_links, now + timedelta(days=2)
        decision = links.create(person, Address("tests", "orchard"), "d", now, until)
        return platform.run(access.links.create(person, now)), platform.run(decision)[0], session

    def change(name: str, email: str) -> None:
        if by == "change":
            answer = manager.patch(f"{here}/people/{person}", json={"name": name, "email": email})
        else:
            sheet = f"id,name,email\n{person},{name},{email}\n"
            csv = {"Content-Type": "text/csv"}
            answer = manager.post(f"{here}/directory/import", content=sheet, headers=csv)
        assert answer.status_code == 200, answer.text

    sign_in, decision, session = sent()
    change("Inès M.", manager.get(f"{here}/people/{person}").json()["email"])
    assert platform.run(access.links.use(sign_in, access.now())) == person
    assert platform.run(access.decision_links.find(decision, access.now()))[1].id == person
    assert platform.run(access.sessions.find(session, access.now())).person == person
    sign_in, decision, session = sent()
    change("Inès M.", f"{uuid4().hex}@example.org")
    for shown in (
        access.links.use(sign_in, access.now()),
        access.decision_links.find(decision, access.now()),
        access.sessions.find(session, access.now()),
    ):
        with pytest.raises(RefusedCredentialError):
            platform.run(shown)


def test_what_is_wrong_names_its_field(manager: httpx.Client, here: str) -> None:
    """And what others have is told without a word of whose it is."""
    answer = manager.post(f"{here}/people", json={"name": "", "email": "x", "administrator": True})
    assert code(answer) == (422, "invalid_request")
    assert {one["path"] for one in answer.json()["errors"]} == {
        "body.name",
        "body.email",
        "body.administrator",
    }
    name = unique("kim")
    add(manager, here, id=name, name="Kim")
    assert code(manager.post(f"{here}/people", json={"id": name, "name": "K"})) == (
        409,
        "already_exists",
    )
    answer = manager.patch(f"{here}/people/{name}", json={"name": None})
    assert code(answer) == (422, "invalid_request")
    assert answer.json()["errors"][0]["path"] == "body.name"
    asked = {"name": "Kim", "email": "x"}
    answer = manager.post(f"{here}/people", json=asked, headers={"Accept-Language": "fr"})
    (problem,) = answer.json()["errors"]
    assert problem["problem"].startswith("ce n'est pas une adresse électronique")


def test_people_are_listed_page_by_page(manager: httpx.Client, here: str) -> None:
    """Each page links to the next one."""
    names = sorted(add(manager, here, name="P")["id"] for _ in range(3))
    page = manager.get(f"{here}/people", params={"limit": 2}).json()
    assert [one["id"] for one in page["items"]] == names[:2]
    rest = manager.get(page["next"]).json()
    assert [one["id"] for one in rest["items"]] == names[2:]
    assert rest.get("next") is None


def test_no_manager_changes_who_is_elsewhere_too(
    platform: Platform, manager: httpx.Client, here: str, programme: str
) -> None:
    """Their roles here, yes; their address, by which they would be taken over, no."""
    name = unique("kim")
    with platform.client(ADMINISTRATOR) as client:
        other = unique("other")
        client.post("/v1/programmes", json={"id": other, "name": "Other"})
        add(client, f"/v1/programmes/{other}", id=name, name="Kim", email=f"{name}@example.org")
        # Not there for the manager, and not to be brought in by its id or its address.
        assert code(manager.get(f"{here}/people/{name}")) == (404, "not_found")
        taken = manager.post(f"{here}/people", json={"name": "K", "email": f"{name}@example.org"})
        assert code(taken) == (409, "already_exists")
        assert other not in taken.text
        file = f"id,name\n{name},Kim\n".encode()
        csv = {"Content-Type": "text/csv"}
        refused = manager.post(f"{here}/directory/import", content=file, headers=csv)
        assert code(refused) == (422, "invalid_request")
        # An administrator brings them in.
        done = client.post(
            f"/v1/programmes/{programme}/directory/import", content=file, headers=csv
        )
        assert done.json()["changed"] == 1, done.text
    assert manager.get(f"{here}/people/{name}").json()["name"] == "Kim"
    taking_over = manager.patch(f"{here}/people/{name}", json={"email": "mine@example.org"})
    assert code(taking_over) == (403, "forbidden")
    roles = manager.patch(f"{here}/people/{name}", json={"roles": ["programme_manager"]})
    assert roles.json()["roles"] == ["programme_manager"]
    assert manager.delete(f"{here}/people/{name}").status_code == 204
    with platform.client(ADMINISTRATOR) as client:
        assert client.get(f"/v1/programmes/{other}/people/{name}").status_code == 200


def test_no_manager_becomes_who_a_cooperation_elsewhere_knows(
    platform: Platform, manager: httpx.Client, here: str, address: Address
) -> None:
    """By an address of their own for an id that the directory does not have, or by another one."""
    organisation = unique("org")
    person, mine = f"rep-{organisation}", f"{organisation}@example.org"
    csv = {"Content-Type": "text/csv"}
    file = f"id,name,email\n{person},Me,{mine}\n".encode()

    def admit(at: Address) -> None:
        asked = admission(organisation)
        body = {name: asked[name] for name in asked if name not in {"command", "actor"}}
        with platform.client(FAY) as facilitator:
            done = facilitator.post(f"{place(at)}/members", json=body)
            assert done.status_code == 201, done.text

    admit(address)
    taken = manager.post(f"{here}/people", json={"id": person, "name": "Me", "email": mine})
    assert code(taken) == (409, "already_exists")
    refused = manager.post(f"{here}/directory/import", content=file, headers=csv)
    assert "is taken by another one" in refused.json()["errors"][0]["problem"]
    with platform.client(ADMINISTRATOR) as client:
        add(client, here, id=person, name="Léa", email=f"lea-{organisation}@example.org")
    path = f"{here}/people/{person}"
    assert code(manager.patch(path, json={"email": mine})) == (403, "forbidden")
    refused = manager.post(f"{here}/directory/import", content=file, headers=csv)
    assert "only an administrator" in refused.json()["errors"][0]["problem"]
    # They leave this programme, and are still who they are.
    assert manager.delete(path).status_code == 204
    assert platform.run(platform.services.directory.person(person)).name == "Léa"


def test_organisations_are_kept(manager: httpx.Client, here: str) -> None:
    """They are added, shown, changed, listed and removed."""
    stated = {"id": "mairie", "name": "Mairie", "category": "local_authority"}
    added = manager.post(f"{here}/organisations", json=stated)
    assert added.status_code == 201, added.text
    path = f"{here}/organisations/mairie"
    assert manager.get(path).json() == added.json()
    number = {"registration": "732 829 320"}
    assert manager.patch(path, json=number).json()["registration"] == "732829320"
    second = manager.post(f"{here}/organisations", json={**stated, **number, "id": "ville"})
    assert code(second) == (409, "already_exists")
    assert second.json()["facts"] == {"field": "registration"}
    assert [one["id"] for one in manager.get(f"{here}/organisations").json()["items"]] == ["mairie"]
    assert manager.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert code(manager.get(path)) == (404, "not_found")


def test_a_file_is_imported_whole_or_not_at_all(manager: httpx.Client, here: str) -> None:
    """Faults name lines and cells; a dry run writes nothing."""
    name = unique("kim")
    csv = {"Content-Type": "text/csv; charset=utf-8"}
    wrong = f"id,name,roles\n{name},Kim,boss\n".encode()
    answer = manager.post(f"{here}/directory/import", content=wrong, headers=csv)
    assert code(answer) == (422, "invalid_request")
    (error,) = answer.json()["errors"]
    assert error["path"] == "body:2:3: roles"
    assert error["problem"].startswith("there is no role boss")
    read = csv | {"Accept-Language": "fr"}
    answer = manager.post(f"{here}/directory/import", content=wrong, headers=read)
    assert answer.json()["errors"][0]["problem"].startswith("il n'y a pas de rôle boss")
    right = wrong.replace(b"boss", b"programme_manager")
    dry = manager.post(f"{here}/directory/import?dry_run=true", content=right, headers=csv).json()
    assert (dry["added"], dry["dry_run"]) == (1, True)
    assert manager.get(f"{here}/people/{name}").status_code == 404
    assert manager.post(f"{here}/directory/import", content=right, headers=csv).json()["added"] == 1
    assert manager.get(f"{here}/people/{name}").json()["roles"] == ["programme_manager"]
    json = manager.post(f"{here}/directory/import", json={})
    assert code(json) == (415, "unsupported_media_type")


def test_programmes_are_for_administrators_to_add_and_remove(
    platform: Platform, manager: httpx.Client, here: str, programme: str
) -> None:
    """Managers see and change their own; one in use stays."""
    listed = manager.get("/v1/programmes").json()["items"]
    assert [one["id"] for one in listed] == [programme]
    changed = manager.patch(here, json={"policy": "light"}, headers={"If-Match": '"1"'})
    assert changed.json()["policy"] == "light", changed.text
    assert code(manager.delete(here)) == (403, "forbidden")
    assert code(manager.post("/v1/programmes", json={"id": "x", "name": "X"})) == (403, "forbidden")
    kim = add(manager, here, name="Kim")
    with platform.client(ADMINISTRATOR) as client:
        ids = {one["id"] for one in client.get("/v1/programmes?limit=200").json()["items"]}
        assert programme in ids
        assert code(client.delete(here)) == (409, "in_use")
        assert client.delete(f"{here}/people/{kim['id']}").status_code == 204
        assert client.delete(here).status_code == 204
        assert code(client.get(here)) == (404, "not_found")


def test_a_programme_of_cooperations_alone_is_there_too(platform: Platform) -> None:
    """For all who see it, by its id; once the directory keeps it, with what is stated."""
    name = unique("prog")
    pam = Caller(name="person:pam", person="pam", roles={name: ("programme_manager",)})
    member = Caller(name="person:rep-beta", person="rep-beta")
    stranger = Caller(name="person:zoe", person="zoe")
    limited = ADMINISTRATOR.but(name="token:9", programmes=frozenset({name, unique("none")}))
    platform.opened(pam, unique("coop"), name)
    bare = {"id": name, "name": name, "version": None}
    for who in (pam, member, ADMINISTRATOR, limited):
        with platform.client(who) as client:
            shown = client.get(f"/v1/programmes/{name}")
            assert shown.json().items() >= bare.items(), who
            listed = client.get("/v1/programmes?limit=200").json()["items"]
            assert shown.json() in listed
            assert len(listed) == len({one["id"] for one in listed})
    with platform.client(limited) as client:
        assert [one["id"] for one in client.get("/v1/programmes").json()["items"]] == [name]
    with platform.client(stranger) as client:
        assert code(client.get(f"/v1/programmes/{name}")) == (404, "not_found")
        assert client.get("/v1/programmes").json()["items"] == []
    with platform.client(ADMINISTRATOR) as client:
        assert code(client.get(f"/v1/programmes/{unique('none')}")) == (404, "not_found")
        assert client.post("/v1/programmes", json={"id": name, "name": "N"}).status_code == 201
    with platform.client(member) as client:
        assert client.get(f"/v1/programmes/{name}").json()["version"] == 1
    paged: list[str] = []
    with platform.client(ADMINISTRATOR) as client:
        page = client.get("/v1/programmes?limit=1").json()
        while page["next"]:
            paged += [one["id"] for one in page["items"]]
            page = client.get(page["next"]).json()
        paged += [one["id"] for one in page["items"]]
        whole = client.get("/v1/programmes?limit=200").json()["items"]
    assert paged == [one["id"] for one in whole]


def observing(platform: Platform, address: Address, person: str) -> None:
    """Let somebody observe a cooperation."""
    with platform.client(Caller(name="person:fay", person="fay")) as client:
        given = {"person": person, "role": "observer"}
        done = client.post(f"{place(address)}/roles", json=given)
        assert done.is_success, done.text


def test_a_person_is_erased_from_all_of_a_programme(
    platform: Platform, manager: httpx.Client, here: str, programme: str
) -> None:
    """From its cooperations, its directory and the way in, piece by piece or at once."""
    pam = Caller(name="person:pam", person="pam", roles={programme: ("programme_manager",)})
    places = [platform.opened(pam, unique("coop"), programme) for _ in range(2)]
    kim = add(manager, here, id=unique("kim"), name="Kim")["id"]
    for address in places:
        observing(platform, address, kim)
    access = platform.services.access

    async def link() -> str:
        return await access.links.create(kim, access.now())

    way_in = platform.run(link())
    unsent, now = platform.services.unsent, datetime.now(UTC)
    forms = [Place(kim, address, "document:charter") for address in places]
    for form in forms:
        assert platform.run(unsent.keep(form, [("purpose", "Kim")], now)) == "kept"
    path = f"{here}/people/{kim}/erasure"
    with platform.client(ADMINISTRATOR) as client:
        assert code(client.post(path, json={})) == (403, "forbidden")
    assert code(manager.post(path, json={}, headers={"If-Match": '"7"'})) == (412, "outdated")
    nobody = f"{here}/people/{unique('none')}/erasure"
    assert code(manager.post(nobody, json={})) == (404, "not_found")

    one = manager.post(path, json={"cooperations": [places[0].cooperation]})
    assert one.status_code == 200, one.text
    assert [found["result"] for found in one.json()["cooperations"]] == ["erased"]
    assert one.json()["directory"] == "kept"  # the other one names them still
    assert [platform.run(unsent.find(form, now)) is None for form in forms] == [True, False]
    begun = manager.post(path, json={}, headers={"Prefer": "respond-async", "If-Match": '"1"'})
    assert begun.status_code == 202, begun.text
    deadline = time.monotonic() + 60
    while (told := manager.get(begun.headers["location"]).json())["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert told["status"] == "done", told
    (found,) = told["result"]["cooperations"]
    assert (found["cooperation"], found["result"]) == (places[1].cooperation, "erased")
    assert found["entries"] == 1
    assert told["result"]["directory"] == "removed"
    assert [platform.run(unsent.find(form, now)) for form in forms] == [None, None]

    assert code(manager.get(f"{here}/people/{kim}")) == (404, "not_found")
    with pytest.raises(RefusedCredentialError):
        platform.run(access.links.use(way_in, access.now()))
    for address in places:
        journal = manager.get(f"{place(address)}/journal?limit=200").text
        assert kim not in journal
        assert "erased-" in journal
    assert code(manager.post(path, json={})) == (404, "not_found")


def test_who_is_erased_here_stays_elsewhere(
    platform: Platform, manager: httpx.Client, here: str, programme: str
) -> None:
    """Neither the journals of other programmes nor what those need are touched."""
    elsewhere = unique("prog")
    pam = Caller(name="person:pam", person="pam", roles={elsewhere: ("programme_manager",)})
    kim = add(manager, here, id=unique("kim"), name="Kim")["id"]
    kept = platform.opened(pam, unique("coop"), elsewhere)
    observing(platform, kept, kim)
    path = f"{here}/people/{kim}/erasure"
    named = {"cooperations": [kept.cooperation]}
    assert code(manager.post(path, json=named)) == (404, "not_found")
    done = manager.post(path, json={})
    assert done.json() == {"cooperations": [], "directory": "left"}, done.text
    with platform.client(pam) as client:
        assert kim in client.get(f"{place(kept)}/journal?limit=200").text
    assert platform.run(platform.services.directory.person(kim)).name == "Kim"
    assert code(manager.post(path, json={})) == (404, "not_found")


def test_a_token_erases_in_the_name_of_who_manages(
    platform: Platform, manager: httpx.Client, here: str, programme: str
) -> None:
    """By the directory, with the scope for it; in the name of others it does not."""
    boss = add(manager, here, name="Boss", roles=["programme_manager"])["id"]
    kim = add(manager, here, name="Kim")["id"]
    token = Caller(name="token:7", administrator=True)
    path = f"{here}/people/{kim}/erasure"
    with platform.client(token.but(scopes=frozenset({"directory", "read"}))) as client:
        assert code(client.post(path, json={"actor": boss})) == (403, "scope_missing")
    with platform.client(token) as client:
        assert code(client.post(path, json={"actor": kim})) == (403, "forbidden")
        done = client.post(path, json={"actor": boss})
        assert done.json() == {"cooperations": [], "directory": "removed"}, done.text
    assert code(manager.get(f"{here}/people/{kim}")) == (404, "not_found")
