"""What the client is told, in whatever types, is the command that the engine understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, get_type_hints

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from coopflow.application.engine import Address, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.client.commands import CooperationCommands
from coopflow.client.generate import refusals_of
from coopflow.client.platform import Coopflow
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import Command, parse
from coopflow.domain.cooperation import decide
from coopflow.domain.refusals import Refusal
from tests.collective import START, Collective
from tests.deeds import PAYLOADS, PEOPLE, Chances
from tests.stages import asking, in_animation

OF_ANY = {"invalid_command", "forbidden", "cooperation_paused", "cooperation_closed"}
NAMES = sorted(set(COMMANDS) - {"open_cooperation"})


class Wire(MemoryEngine):
    """An engine that only keeps what it is sent."""

    def __init__(self) -> None:
        """Start with nothing sent."""
        super().__init__({})
        self.sent: dict[str, Any] = {}

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply:
        """Keep a command."""
        self.sent = dict(command)
        return Reply(seq_from=1, seq_to=0)


@cache
def lives() -> tuple[Collective, ...]:
    new = Collective(3, rules=asking())
    old = in_animation()
    old.ask("d")
    return new, old


@st.composite
def payloads(draw: st.DrawFn) -> tuple[Collective, str, dict[str, Any]]:
    """Draw a command with its payload, and a cooperation that it may make sense in."""
    life = draw(st.sampled_from(lives()))
    name = draw(st.sampled_from(NAMES))
    chances = Chances(lambda of: draw(st.sampled_from(of)), life.state, life.at)
    return life, name, PAYLOADS[name](chances)


async def sent(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a method of the client sends."""
    engine = Wire()
    client = Coopflow(engine, person="fay").cooperation("coop", programme="prog")
    await getattr(client, name)(**arguments, at=START, id="one")
    return engine.sent


def head(name: str) -> dict[str, Any]:
    return {"command": name, "actor": "fay", "id": "one", "at": START.isoformat()}


def keyword(kind: type[Command], wire: str) -> str:
    """Return the keyword for a key of the wire."""
    return next((n for n, one in kind.model_fields.items() if one.alias == wire), wire)


@given(payloads())
async def test_a_payload_is_sent_as_it_is(drawn: tuple[Collective, str, dict[str, Any]]) -> None:
    """Plain values arrive as they are, beside those that a model fills in itself."""
    _, name, payload = drawn
    kind = COMMANDS[name]
    wire = await sent(name, {keyword(kind, key): value for key, value in payload.items()})
    filled = {
        one.alias or field: list(one.default) if one.default == () else one.default
        for field, one in kind.model_fields.items()
        if not one.is_required() and one.default is not None and field not in head(name)
    }
    assert wire == head(name) | filled | payload


@given(payloads())
async def test_a_command_in_the_types_of_its_model_is_the_same(
    drawn: tuple[Collective, str, dict[str, Any]],
) -> None:
    """What a model holds (instants, fractions, shapes) may be passed, and makes the same model."""
    _, name, payload = drawn
    meant = parse(head(name) | payload)
    if isinstance(meant, Refusal):  # a draw that is out of bounds: nothing to be the same as
        return
    hints = get_type_hints(getattr(CooperationCommands, name), include_extras=True)
    values = {field: getattr(meant, field) for field in type(meant).model_fields}
    arguments = {field: one for field, one in values.items() if field not in head(name)}
    for field, value in arguments.items():
        assert TypeAdapter(hints[field]).validate_python(value) == value
    assert parse(await sent(name, arguments)) == meant


@given(payloads(), st.sampled_from(PEOPLE))
def test_a_refusal_is_one_that_the_docstring_names(
    drawn: tuple[Collective, str, dict[str, Any]], actor: str
) -> None:
    """Whatever a command is refused with is read off its rules, or may happen to any."""
    life, name, payload = drawn
    parsed = parse(head(name) | payload | {"actor": actor, "at": life.at.isoformat()})
    if isinstance(parsed, Refusal):
        assert parsed.code == "invalid_command"
        return
    outcome = decide(life.state, parsed, life.rules, ("programme_manager",))
    if isinstance(outcome, Refusal):
        assert outcome.code in OF_ANY | set(refusals_of(type(parsed)))
