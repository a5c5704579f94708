"""The methods for commands: generated as committed, and true to the models of the commands."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from coopflow.client import generate
from coopflow.client.commands import CooperationCommands
from coopflow.client.means import Options
from coopflow.client.platform import Coopflow
from coopflow.client.refusals import RefusedError
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.refusals import CODES, Refusal

ROOT = Path(__file__).parents[3]
HEAD = {"command", "actor", "at", "id"}
GIVEN = sorted(set(COMMANDS) - {"open_cooperation"})


def test_what_is_committed_is_what_is_generated(tmp_path: Path) -> None:
    """``commands.py`` is written by the generator from the models as they are."""
    (tmp_path / "src" / "coopflow" / "client").mkdir(parents=True)
    path = generate.write(tmp_path)
    committed = ROOT / path.relative_to(tmp_path)
    advice = "write it anew: python -m coopflow.client.generate"
    assert path.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8"), advice


def test_every_command_has_a_method() -> None:
    """There is a method for each command that a cooperation takes, and for nothing else."""
    methods = {name for name in vars(CooperationCommands) if not name.startswith("_")}
    assert methods == set(GIVEN)


@pytest.mark.parametrize("name", GIVEN)
def test_a_method_takes_what_its_command_has(name: str) -> None:
    """Each field of the payload is a keyword, needed where the model needs it, else left out."""
    fields = {n: one for n, one in COMMANDS[name].model_fields.items() if n not in HEAD}
    signature = inspect.signature(getattr(CooperationCommands, name)).parameters
    keywords = {n: one for n, one in signature.items() if one.kind is one.KEYWORD_ONLY}
    assert list(signature) == ["self", *keywords, "options"]
    assert keywords.keys() == fields.keys()
    for field, one in fields.items():
        default = inspect.Parameter.empty if one.is_required() else one.default
        assert keywords[field].default == default


def test_opening_takes_what_its_command_has() -> None:
    """The one method written by hand takes every field of its command."""
    signature = inspect.signature(Coopflow.open_cooperation).parameters
    fields = set(COMMANDS["open_cooperation"].model_fields) - HEAD
    assert fields == set(signature) - {"self", "mode", "options"}


def test_no_field_is_named_like_an_option() -> None:
    """What a command is about is never mistaken for how it is given."""
    options = set(Options.__annotations__)
    fields = {name for kind in COMMANDS.values() for name in kind.model_fields}
    assert fields & options == HEAD & options


def test_a_docstring_says_who_may_and_why_not() -> None:
    """The roles of the matrix and the refusals of the rules are said of each command."""
    said = inspect.getdoc(CooperationCommands.cast_ballot) or ""
    assert "By: representative (of the organisation that it is about)." in said
    for error in ("UnknownDecisionError", "NotInElectorateError", "InvalidChoiceError"):
        assert f"{error}: " in said
    assert "TooEarlyError" not in said


def test_every_code_has_a_class_of_its_own() -> None:
    """A refusal is raised as the class of its code, and says its code and facts."""
    assert tuple(RefusedError.known) == CODES
    assert len(set(RefusedError.known.values())) == len(CODES)
    for code, kind in RefusedError.known.items():
        refusal = Refusal.model_validate({"code": code, "message": "no", "facts": {"a": 1}})
        error = RefusedError.of(refusal)
        assert type(error) is kind
        assert (error.code, error.facts) == (code, {"a": 1})
        assert code.replace("_", "") + "error" == kind.__name__.lower()
