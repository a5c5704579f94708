"""The import contracts of pyproject.toml say what they mean."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]

# One import against each contract, in a checkout that holds nothing else.
OFFENCES = {
    "layers": ("domain/offence.py", "import coopflow.application"),
    "only-temporal": ("entrypoints/offence.py", "import temporalio.client"),
    "only-sealing": ("temporal/codec.py", "from cryptography.hazmat.primitives import hashes"),
    "only-sql": ("application/offence.py", "from sqlalchemy.ext import asyncio"),
    "only-http": ("access/offence.py", "import fastapi"),
    "only-access": ("entrypoints/http/offence.py", "import authlib.oauth2"),
    "only-mail": ("directory/offence.py", "import aiosmtplib"),
    "only-papers": ("client/offence.py", "import typst"),
    "only-definitions": ("bootstrap/offence.py", "import ruamel.yaml"),
    "only-lifecycle": ("domain/cooperation.py", "from transitions import Machine"),
    "pure-domain": ("domain/clocks.py", "import time"),
}
# What the contracts protect is known to import-linter only where somebody imports it.
LAWFUL = {
    "temporal/__init__.py": "import temporalio",
    "temporal/codec_server.py": "",
    "sealing/__init__.py": "import cryptography",
    "access/__init__.py": "import authlib, joserfc",
    "outgoing/__init__.py": "import aiosmtplib",
    "readmodel/__init__.py": "import alembic, psycopg, sqlalchemy",
    "papers/__init__.py": "import typst",
    "definitions/__init__.py": "import cel_expr_python, ruamel.yaml",
    "domain/lifecycle.py": "import transitions",
    "entrypoints/http/__init__.py": "import fastapi, starlette, uvicorn",
    "entrypoints/serving.py": "",
}
LAYERS = [
    "entrypoints",
    "entrypoints/http",
    "entrypoints/web",
    "bootstrap",
    "client",
    "access",
    "outgoing",
    "papers",
    "requests",
    "directory",
    "temporal",
    "readmodel",
    "pictures",
    "sealing",
    "wording",
    "application",
    "definitions",
    "domain",
]


def contracts() -> dict[str, dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(package: Path, modules: dict[str, str]) -> str:
    """Return what the contracts of this checkout say about a package made of these modules."""
    names = [
        "__init__.py",
        "services.py",
        "settings.py",
        "telemetry.py",
        "testing.py",
        "signing.py",
        "checks.py",
        "metrics.py",
        "tracing.py",
    ]
    for name in names + [f"{layer}/__init__.py" for layer in LAYERS] + list(modules):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(modules.get(name, "") + "\n", encoding="utf-8")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    settings = str(ROOT / "pyproject.toml")
    done = subprocess.run(
        [sys.executable, "-c", code, "--config", settings, "--no-cache", "--no-logo"],
        cwd=package.parent,
        env=os.environ | {"PYTHONPATH": str(package.parent), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def test_each_contract_is_broken_by_the_import_it_forbids(tmp_path: Path) -> None:
    """A contract that nothing breaks protects nothing, so each is shown to break."""
    report = lint(tmp_path / "coopflow", LAWFUL | dict(OFFENCES.values()))

    names = {key: contract["name"] for key, contract in contracts().items()}
    assert names.keys() == OFFENCES.keys()
    for name in names.values():
        assert f"{name} BROKEN" in report, report


def test_the_contracts_allow_the_imports_they_are_meant_to(tmp_path: Path) -> None:
    """Each library may be imported from the one place that knows it."""
    report = lint(tmp_path / "coopflow", LAWFUL)

    assert f"Contracts: {len(OFFENCES)} kept, 0 broken." in report, report


def test_the_domain_is_shut_to_every_run_time_dependency() -> None:
    """A new dependency has to be added to the list of what the domain may not import."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dependencies = {
        canonicalize_name(Requirement(text).name) for text in settings["project"]["dependencies"]
    } - {"pydantic", "transitions"}
    forbidden = set(contracts()["pure-domain"]["forbidden_modules"])

    modules = {
        module: {canonicalize_name(name) for name in distributions}
        for module, distributions in packages_distributions().items()
    }
    shut = set[str]().union(*(modules.get(module, set()) for module in forbidden))

    assert dependencies <= shut
