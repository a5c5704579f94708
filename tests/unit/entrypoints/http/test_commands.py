from __future__ import annotations

from collections import Counter

import pytest

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import Command, parse
from coopflow.domain.refusals import CODES
from coopflow.entrypoints.http.commands.bodies import body_of, example_of, path_fields
from coopflow.entrypoints.http.commands.table import ROUTES, CommandRoute
from coopflow.entrypoints.http.problem_kinds import KINDS, OF_STATUS, REFUSALS


def test_every_command_has_one_route() -> None:
    """No command is left out, and none can be given in two places."""
    assert Counter(one.command for one in ROUTES) == Counter(list(COMMANDS))
    assert len({one.full_path for one in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.command)
def test_every_example_makes_the_command(route: CommandRoute) -> None:
    """What the documentation shows would be understood: path and body together are the command."""
    body = body_of(route)
    payload = body.model_validate(example_of(route)).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )
    payload |= {name: route.example[name] for name in path_fields(route)}
    if route.command == "open_cooperation":
        payload["programme"] = "valdore"
    at = "2030-02-01T09:00:00Z"
    parsed = parse({**payload, "command": route.command, "actor": "louise", "at": at})
    assert isinstance(parsed, Command), str(parsed)
    told = parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)
    expected = {**route.example, **payload}
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.command)
def test_a_body_asks_for_nothing_that_the_path_says(route: CommandRoute) -> None:
    """Body and path share out the fields of the command, and nobody sets its time or its id."""
    fields = set(body_of(route).model_fields) - {"actor"}
    in_path = set(path_fields(route)) | {"programme"}
    assert not fields & (in_path | {"command", "at", "id"})
    payload = set(COMMANDS[route.command].model_fields) - {"command", "actor", "at", "id"}
    assert fields | (in_path & payload) == payload


def test_every_refusal_is_a_problem_of_its_own() -> None:
    """Each code has a status and words, and a bare status leads to a kind of that status."""
    assert set(REFUSALS) == set(CODES)
    for status, code in OF_STATUS.items():
        assert KINDS[code].status == status
    for kind in KINDS.values():
        assert all(kind.titles)
        assert all(kind.meanings)
        assert kind.titles[0] != kind.titles[1]
