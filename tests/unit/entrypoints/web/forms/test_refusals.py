"""What people are told when a cooperation refuses what they sent."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import coopflow.domain
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.web.errors import refused
from coopflow.entrypoints.web.forms.form import of_command
from coopflow.entrypoints.web.forms.refusals import REASONS, reason_of
from coopflow.entrypoints.web.forms.typed import Typed

_TELLING = {"refuse", "self.wrong", "self._refused"}
_NOT_OF_FORMS = {
    "the cooperation has not been opened",
    "the cooperation is closed",
    "the cooperation pauses; resume it first",
    "§ may not §",
    "§ is not the definition given, §",
}
"""What no form can bring about, or what its code says as well."""


def messages() -> Iterator[str]:
    """Yield what the domain says where it refuses, with something in place of what varies."""
    for path in Path(str(coopflow.domain.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _TELLING:
                for one in node.args:
                    yield from _texts(one)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "§" for one in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.Constant) and " " in str(node.value):
        yield str(node.value)


@pytest.mark.parametrize("message", sorted({*messages()} - _NOT_OF_FORMS))
def test_people_are_told_in_words_of_theirs_why_something_is_refused(message: str) -> None:
    """A refusal that is new needs words for people."""
    for value in ("3", "active", "closed", "adopted", "accepted", "document"):
        refusal = Refusal(code="wrong_state", message=message.replace("§", value))
        if reason_of(refusal) is not None:
            return
    pytest.fail(f"refusals.py has no words for: {message}")


def test_each_reason_names_a_field_that_some_command_has() -> None:
    """So that it is said where it can be mended."""
    fields = {name for one in COMMANDS.values() for name in one.model_fields}
    fields |= {info.alias for one in COMMANDS.values() for info in one.model_fields.values()}  # type: ignore[misc]
    for field, english, french in REASONS.values():
        assert not field or field.partition(".")[0] in fields, field
        assert english != french


def test_what_was_not_asked_is_not_where_it_is_said() -> None:
    """An agreement without its text is no fault of the disagreement that was chosen."""
    form = of_command("conclude_mediation")
    typed = Typed(parts={"disagreement": Typed(("d-1",)), "outcome": Typed(("agreement",))})
    told = "an agreement says what was agreed"
    refusal = Refusal(code="reason_required", message=told, facts={"disagreement": "d-1"})
    (fault,) = refused(refusal, form, typed, ("disagreement",))
    assert fault.path == "agreed_text"
    assert fault.words[1] == "Écrivez ce qui a été convenu."
    closed = Refusal(
        code="wrong_state",
        message="the mediation goes on; a party may stop it",
        facts={"disagreement": "d-1"},
    )
    assert [one.path for one in refused(closed, form, typed, ("disagreement",))] == [""]
    assert [one.path for one in refused(closed, form, typed)] == ["disagreement"]
