"""What is wrong with files is told in French as well: no sentence of a fault lacks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import getsource
from types import ModuleType
from typing import Final

import pytest

from coopflow import checks
from coopflow.application import checking
from coopflow.definitions import (
    cel,
    extends,
    faults,
    flaws,
    library,
    lint,
    scenario,
    supposition,
    validation,
    yaml,
)
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.definitions.library import documents_in, read_definition
from coopflow.directory import fields, planning, sheets
from coopflow.domain import (
    ballots,
    base,
    calendar,
    decisions,
    disagreements,
    lifecycle,
    meetings,
    reviews,
)
from coopflow.outgoing.addresses import check_url
from coopflow.outgoing.errors import EndpointFault
from coopflow.wording.fault_words import THINGS
from coopflow.wording.faults import fault_in, french, told_in

MODULES: Final = (
    *(cel, extends, faults, flaws, library, lint, scenario, supposition, validation, yaml),
    *(planning, sheets, fields, checks, checking),
    *(ballots, base, calendar, decisions, disagreements, lifecycle, meetings, reviews),
)
"""Where faults are made, of files and of what is written in them."""

_MAKERS: Final = {
    *("Flaw", "_Finding", "Fault", "fault", "_fault", "stop", "_add", "_add_fault"),
    *("ExpressionFault", "_at", "ValueError", "CheckError", "suggestion", "__init__", "_named"),
}
_NAMES: Final = {"message", "remedy", "told", "fault", "deep", "otherwise", "more", "_MORE"}


def sentences(module: ModuleType) -> Iterator[str]:
    """Yield what a module says is wrong, with samples in the place of what varies."""
    for node in ast.walk(ast.parse(getsource(module))):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call) and _called(node.func) in _MAKERS:
            found = [*node.args, *(one.value for one in node.keywords)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
            to = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            found = [node.value] if _called(to) in _NAMES else []
        elif isinstance(node, ast.Return) and module is validation and node.value:
            found = [node.value]
        for one in found:
            yield from (said for said in _strings(one) if _is_sentence(said))


def _is_sentence(said: str) -> bool:
    """Whether it is more than things that stand in others."""
    return said not in THINGS and len(re.findall(r"[^\W\d]+", said.replace("7x", ""))) > 1


def _called(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7x" for part in node.values
        )
    elif isinstance(node, (ast.IfExp, ast.BoolOp, ast.Tuple, ast.List)):
        for child in ast.iter_child_nodes(node):
            yield from _strings(child)


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.__name__)
def test_each_sentence_has_its_french(module: ModuleType) -> None:
    """Whatever varies in it."""
    lacking = {said for said in sentences(module) if french(said) in {None, said}}
    assert lacking == set()


def test_sentences_are_found() -> None:
    """Else the test above would show nothing."""
    assert "another 7x has this id" in set(sentences(flaws))
    assert len({said for module in MODULES for said in sentences(module)}) > 100


def test_a_policy_at_fault_is_told_in_both_languages() -> None:
    """The place stays, and what is quoted from the file."""
    text = (
        "policy: own\nversion: 0\nextends: reference\nlabel: {fr: À nous}\nnow: 1\n"
        "decisions: {quorum: 3}\nreviews: {cadence: {annual: {stages: [moon]}}}\n"
        "advice: [{id: a, when: 'level > \"3\"', label: {fr: a, en: a}}]\n"
    )
    with pytest.raises(FaultsError) as caught:
        read_definition(*documents_in(text, "own.yaml"))

    for fault in caught.value.faults:
        told = fault_in(fault, "fr")
        assert told[:4] == fault[:4]
        assert told.message != fault.message, fault
        assert fault_in(fault, "en") is fault
    said = {fault_in(fault, "fr").message for fault in caught.value.faults}
    assert "clé inconnue" in said
    assert "rien ne s'appelle ainsi (étape) : moon" in said


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("Field required", "à remplir"),
        ("Input should be 'fr' or 'en'", "devrait être 'fr' ou 'en'"),
        ("String should match pattern '^[a-z]$'", "ne suit pas le modèle '^[a-z]$'"),
        (
            "Value error, write it on one line, without control characters",
            "écrivez-le sur une ligne, sans caractère de contrôle",
        ),
        ("quite another matter", "quite another matter"),
    ],
)
def test_what_is_wrong_with_one_value_is_told_in_the_language(english: str, said: str) -> None:
    """Of records of the directory and of webhooks; in English it stays as it was made."""
    assert told_in(english, "fr") == said
    assert told_in(english, "en") == english.removeprefix("Value error, ")


def test_addresses_of_webhooks_are_refused_in_french_too() -> None:
    """Whatever is wrong with one."""
    for url in ("http://[", "ftp://a.org", "https://u:p@a.org", "http://a.org", "https://10.0.0.1"):
        with pytest.raises(EndpointFault) as caught:
            check_url(url, allow_private=False)
        assert french(str(caught.value)) is not None, str(caught.value)


def test_what_nobody_has_translated_is_told_as_it_is() -> None:
    """Better in English than not at all."""
    fault = Fault("a", 1, 1, "", "quite another matter", "mend it")
    assert fault_in(fault, "fr") == fault


def test_what_is_very_long_is_not_looked_for() -> None:
    """A hostile file may quote itself in what is wrong with it, and must not take seconds."""
    hostile = " should have at least 1 items after validation, not " * 200
    assert french(hostile) is None
