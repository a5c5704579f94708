from __future__ import annotations

from uuid import uuid4

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.definitions.library import load_definition
from tests.http_platform import Platform
from tests.temporal_engine import opening

pytestmark = pytest.mark.server

PAM = Caller(name="person:pam", person="pam", roles={"tests": ("programme_manager",)})
NOBODYS = Caller(name="person:zoe", person="zoe", roles={"others": ("programme_manager",)})


@pytest.fixture
def address(platform: Platform) -> Address:
    """A cooperation that ``pam`` has just opened, and the read model knows."""
    address = Address("tests", f"coop-{uuid4().hex[:8]}")
    definition = load_definition("impact-collectif", "reference")

    async def begin() -> None:
        engine = platform.services.engine
        await engine.open(definition, opening(address), ("programme_manager",))
        await engine.until_projected(address)

    platform.run(begin())
    return address


def path(address: Address) -> str:
    return f"/v1/programmes/{address.programme}/cooperations/{address.cooperation}"


def test_who_manages_a_programme_sees_its_cooperations(
    platform: Platform, address: Address
) -> None:
    """A cooperation is shown to the manager of its programme."""
    with platform.client(PAM) as client:
        answer = client.get(path(address))
    assert answer.status_code == 200
    assert answer.json()["slug"] == address.cooperation


def test_nobody_gets_in(platform: Platform, address: Address) -> None:
    """A request without a caller is a problem that says so, and how to show who one is."""
    with platform.client() as client:
        answer = client.get(path(address))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


def test_a_cooperation_out_of_sight_is_as_one_that_is_not_there(
    platform: Platform, address: Address
) -> None:
    """To somebody else the answer is the same, but for the path that was asked."""
    missing = Address("tests", "no-such-thing")
    with platform.client(NOBODYS) as client:
        hidden, absent = client.get(path(address)), client.get(path(missing))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(address.cooperation, missing.cooperation) == absent.text
    with platform.client(PAM) as client:
        assert client.get(path(missing)).json() == absent.json()


def test_problems_are_told_in_the_language_of_the_request(platform: Platform) -> None:
    """Accept-Language chooses, and the answer says that it did."""
    with platform.client(PAM, **{"Accept-Language": "fr-FR,en;q=0.5"}) as client:
        answer = client.get("/v1/programmes/tests/cooperations/no-such-thing")
    assert answer.json()["title"] == "Introuvable"
    assert answer.headers["content-language"] == "fr"
    assert "Accept-Language" in answer.headers["vary"]


def test_what_no_route_answers_is_a_problem_too(platform: Platform) -> None:
    """Unknown paths, wrong methods and large bodies are told as problems."""
    with platform.client(PAM) as client:
        assert client.get("/v1/nothing").json()["code"] == "not_found"
        wrong = client.post("/v1/livez")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        assert wrong.headers["allow"] == "GET"
