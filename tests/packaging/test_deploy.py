"""What runs coopflow on other machines says nothing that coopflow does not know."""

from __future__ import annotations

import re
import shlex
import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from coopflow.entrypoints.cli.app import app
from coopflow.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXAMPLE = DEPLOY / "coopflow.env.example"
LONGEST_END = 10
"""Seconds that a process may take to finish what it is at."""


def known(arguments: list[str]) -> str:
    """Return the command that these arguments of ``coopflow`` give, which must be a right one."""
    name, *rest = arguments
    group = get_command(app)
    command = group.commands[name]  # type: ignore[attr-defined]
    command.make_context(name, rest)
    return name


def variables(text: str) -> dict[str, str]:
    """Return the variables of a file of settings, those in comments too."""
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def compose() -> dict[str, Any]:
    """Return the compose file."""
    found = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    assert isinstance(found, dict)
    return found


def unit(path: Path) -> ConfigParser:
    """Return a unit of systemd."""
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def test_every_variable_is_a_setting_and_has_a_good_value(tmp_path: Path) -> None:
    """The example can be filled in as it stands: its values are taken as they are."""
    found = variables(EXAMPLE.read_text(encoding="utf-8"))
    ours = {name: value for name, value in found.items() if name.startswith(PREFIX)}
    given = {name.removeprefix(PREFIX).lower(): value for name, value in ours.items()}
    unknown = set(given) - set(Settings.model_fields)
    assert not unknown
    settings = Settings(state_dir=tmp_path, **given)  # type: ignore[arg-type]
    assert (settings.worker_cached, settings.worker_tasks) == (1000, 8)
    assert {name for name in found if not name.startswith(PREFIX)} == {
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
    }


def test_the_example_shows_the_defaults_of_workers() -> None:
    """What a worker takes on is as written there when nothing is set."""
    found = variables(EXAMPLE.read_text(encoding="utf-8"))
    for name, field in Settings.model_fields.items():
        if name.startswith("worker_") and isinstance(field.default, int):
            assert found[f"{PREFIX}{name.upper()}"] == str(field.default)


def test_each_service_runs_a_command_that_there_is() -> None:
    """Of the services that are ours there is one for each process, and it ends in its own time."""
    services = compose()["services"]
    ours = {name: one for name, one in services.items() if one.get("image") == "coopflow"}
    assert {known(one["command"]) for one in ours.values()} == set(ours)
    assert set(ours) == {"worker", "serve", "outbox"}
    for one in ours.values():
        assert int(one["stop_grace_period"].removesuffix("s")) > LONGEST_END
        assert one["env_file"] == EXAMPLE.name.removesuffix(".example")
        assert set(one["depends_on"]) <= set(services)
        assert set(one["secrets"]) <= set(compose()["secrets"])


def test_what_the_services_share_is_what_the_settings_name() -> None:
    """Server, namespace, database and keys are found under the names that the example has."""
    parts, found = compose(), variables(EXAMPLE.read_text(encoding="utf-8"))
    host, port = found["TEMPORAL_ADDRESS"].split(":")
    assert (host in parts["services"], port) == (True, "7233")
    temporal = parts["services"]["temporal"]["environment"]
    assert temporal["DEFAULT_NAMESPACE"] == found["TEMPORAL_NAMESPACE"]
    database = parts["services"]["database"]["environment"]
    url = found["COOPFLOW_DATABASE_URL"]
    assert url.endswith(f"@database/{database['POSTGRES_DB']}")
    assert url.startswith(f"postgresql://{database['POSTGRES_USER']}:")
    (secret,) = parts["secrets"]
    assert found["COOPFLOW_KEYS_FILE"] == f"/run/secrets/{secret}"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_each_unit_runs_a_command_that_there_is(path: Path) -> None:
    """Its name says which process it runs, and it has the time to finish what it is at."""
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"].replace("%i", "8000"))
    assert Path(program).name == "coopflow"
    assert path.stem == f"coopflow-{known(arguments)}@"
    assert int(service["TimeoutStopSec"]) > LONGEST_END
    for name in variables(service["Environment"].replace(" ", "\n")):
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields


def test_there_is_a_unit_for_each_process() -> None:
    """What compose runs, systemd runs as well."""
    ours = [one for one in compose()["services"].values() if one.get("image") == "coopflow"]
    assert {path.stem for path in UNITS} == {f"coopflow-{one['command'][0]}@" for one in ours}


def test_the_image_has_what_the_processes_need() -> None:
    """It installs the pins that there are, of every extra but the server, and sets settings."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (pins,) = re.findall(r"-r (\S+)", text)
    pinned = (ROOT / pins).read_text(encoding="utf-8")
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    del extras["embedded"]
    for requirement in (one for extra in extras.values() for one in extra):
        name = re.split(r"[\[<>=~; ]", requirement)[0]
        assert re.search(rf"^{name}(\[[^]]*\])?==", pinned, re.MULTILINE), name
    names = re.findall(rf"\b{PREFIX}([A-Z_]+)=", text)
    assert names
    assert {name.lower() for name in names} <= set(Settings.model_fields)
