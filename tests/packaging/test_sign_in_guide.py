"""The guide to signing in says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from coopflow.access.credentials import TOKEN_PATTERN
from coopflow.access.grants import LONGEST
from coopflow.access.rates import RateOptions
from coopflow.application.callers import SCOPES
from coopflow.settings import PREFIX, Settings

GUIDE = Path(__file__).parents[2] / "docs/how-to/sign-in.md"
OURS = ("HTTP_", "PUBLIC_", "HOSTS", "TRUSTED_", "CORS_", "OIDC_", "SESSION_", "RATE_")


def test_the_table_of_scopes_has_all_of_them() -> None:
    """Each scope has a row, in their order, and there are no others."""
    table = GUIDE.read_text(encoding="utf-8").partition("| scope |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == SCOPES


def test_every_setting_is_there() -> None:
    """Those about who gets in, and none that sets nothing."""
    text = GUIDE.read_text(encoding="utf-8")
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", text.partition("## All settings")[2]))
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert named == {name for name in known if name.removeprefix(PREFIX).startswith(OURS)}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", text)) <= known


def test_the_numbers_are_so() -> None:
    """The form of a token, its longest life, and the limits."""
    text = GUIDE.read_text(encoding="utf-8")
    assert f"`{TOKEN_PATTERN}`" in text
    assert f"after {LONGEST.days} days at the latest" in text
    limits = RateOptions()
    for name in ("caller", "address", "failures"):
        assert f"`{PREFIX}RATE_{name.upper()}` | `{getattr(limits, name)}` |" in text
        assert Settings.model_fields[f"rate_{name}"].default == getattr(limits, name)
    assert f"after {Settings.model_fields['session_idle_hours'].default} hours" in text
