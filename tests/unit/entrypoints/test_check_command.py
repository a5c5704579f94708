"""``coopflow policy check``: which checks a policy reads, and what they answer here and now."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopflow.application.engine import Address
from coopflow.entrypoints.cli import checks
from coopflow.entrypoints.cli.looking import Looked
from tests.collective import Collective
from tests.unit.entrypoints.conftest import Coopflow

POLICY = """\
policy: ours
version: 1
extends: reference
label: {{fr: À nous, en: Ours}}
advice:
  - {{id: more, label: {{fr: Plus, en: More}}, when: {0}}}
"""
MODULE = """\
from coopflow.checks import check, no, unknown, yes

@check("holds", every="1d")
async def holds(portrait):
    return yes(en=f"{portrait.cooperation} does", fr=f"{portrait.cooperation} oui")

@check("fails", every="12h")
def fails(portrait):
    raise ConnectionError("nobody answers")

@check("not-so", every="2w")
def not_so(portrait):
    return no(en="it does not", fr="non")
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Return a policy that reads three checks of its own, of which one fails."""
    (tmp_path / "ours_checks.py").write_text(MODULE, encoding="utf-8")
    return written(tmp_path, "checks.holds || checks.fails || checks.not_so")


def written(folder: Path, when: str) -> Path:
    file = folder / "ours.yaml"
    file.write_text(POLICY.format(when), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _one_cooperation(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one cooperation, wherever it is looked for."""

    async def look(*_: object, **__: object) -> Looked:
        coop = Collective(2)
        at = datetime(2026, 3, 1, tzinfo=UTC)
        return Looked(Address("prog", "coop"), coop.rules, coop.state, at)

    monkeypatch.setattr(checks, "look", look)


def test_the_checks_of_a_policy_are_listed(coopflow: Coopflow, policy: Path) -> None:
    """Each with how often it is asked and where it is written, for people or programs."""
    table = coopflow("policy", "check", policy)
    assert table.exit_code == 0
    module = policy.with_name("ours_checks.py")
    assert table.stdout.splitlines() == [
        f"fails  asked again after 12 hours  {module}:7",
        f"holds  asked again after 1 day  {module}:3",
        f"not-so  asked again after 14 days  {module}:11",
    ]
    listed = json.loads(coopflow("policy", "check", policy, "-o", "json").stdout)
    assert listed[0] == {
        "check": "fails",
        "every": 43200.0,
        "timeout": 20.0,
        "place": f"{module}:7",
    }


def test_a_check_that_nobody_wrote_is_named(coopflow: Coopflow, tmp_path: Path) -> None:
    """Listing says so, linting too, with the place and a word that is near."""
    (tmp_path / "ours_checks.py").write_text(MODULE, encoding="utf-8")
    policy = written(tmp_path, "checks.hold")
    listed = coopflow("policy", "check", policy)
    assert listed.exit_code == 1
    assert listed.stdout.startswith("hold  nobody has written it")
    nothing = json.loads(coopflow("policy", "check", policy, "-o", "json").stdout)
    assert nothing == [{"check": "hold", "every": None, "timeout": None, "place": None}]
    linted = coopflow("policy", "lint", policy)
    assert linted.exit_code == 1
    assert linted.stdout == (
        f"{policy}:6:51: advice[6].when: there is no check hold: its answer stays unknown "
        "(did you mean holds?)\n"
    )


def test_a_policy_without_checks_says_so(coopflow: Coopflow) -> None:
    """There is nothing to ask."""
    result = coopflow("policy", "check", "reference")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "reference@1 reads no check\n"


def test_checks_are_asked_about_a_cooperation(coopflow: Coopflow, policy: Path) -> None:
    """What one raises is told to whoever runs it; the answer is unknown, the others count."""
    result = coopflow("policy", "check", policy, "coop", "--lang", "fr")
    assert result.exit_code == 1
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "prog/coop",
        "  ? fails  inconnu",
        "    la vérification a échoué : ConnectionError ; le journal du worker en dit plus",
        "  ✓ holds  oui",
        "    coop oui",
        "  ✗ not-so  non",
        "    non",
    ]
    assert "fails: ConnectionError: nobody answers" in result.stderr
    answers = json.loads(coopflow("policy", "check", policy, "coop", "-o", "json").stdout)
    assert [(one["cooperation"], one["check"], one["holds"]) for one in answers] == [
        ("prog/coop", "fails", None),
        ("prog/coop", "holds", True),
        ("prog/coop", "not-so", False),
    ]


def test_answers_that_all_hold_exit_with_zero(
    coopflow: Coopflow, tmp_path: Path, policy: Path
) -> None:
    """Scripts learn it from the exit code; checks may stand in a folder of their own."""
    folder = tmp_path / "checks"
    folder.mkdir()
    (tmp_path / "ours_checks.py").rename(folder / "other_checks.py")
    written(tmp_path, "checks.holds")
    result = coopflow("policy", "check", policy, "coop", "--checks", folder)
    assert result.exit_code == 0
    assert coopflow("policy", "check", policy, "coop").exit_code == 1


def test_a_module_that_cannot_be_loaded_is_named(coopflow: Coopflow, policy: Path) -> None:
    """Nothing is asked then."""
    module = policy.with_name("ours_checks.py")
    module.write_text("import nowhere_at_all", encoding="utf-8")
    result = coopflow("policy", "check", policy, "coop")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{module}: cannot be loaded: ModuleNotFoundError")
