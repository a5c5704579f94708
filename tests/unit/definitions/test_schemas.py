"""What is generated: committed as it would be generated now, and true to what loads."""

from pathlib import Path
from typing import Any

import pytest

from coopflow.definitions import schemas
from coopflow.definitions.scenario import ScenarioFile
from coopflow.definitions.schemas import (
    GENERATED,
    extension_schema,
    facts_page,
    json_schema,
    main,
    write,
)
from coopflow.domain.facts import FACTS
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Policy

CHECKOUT = Path(schemas.__file__).resolve().parents[3]


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_committed_is_what_is_generated(name: str) -> None:
    """A change of the models comes with its schemas: run python -m coopflow.definitions.schemas."""
    assert (CHECKOUT / name).read_text(encoding="utf-8") == GENERATED[name]()


@pytest.mark.parametrize(
    ("folder", "schema"),
    [
        ("workflows", "lifecycle.schema.json"),
        ("policies", "policy.schema.json"),
        ("examples", "scenario.schema.json"),
    ],
)
def test_every_file_names_its_schema(folder: str, schema: str) -> None:
    """Editors find the schema by the first line of each file."""
    files = [path for path in (CHECKOUT / folder).glob("*.yaml") if "." not in path.stem]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        named = "extension.schema.json" if "\nextends: " in text else schema
        assert text.partition("\n")[0] == f"# yaml-language-server: $schema={named}"
    assert (CHECKOUT / folder / schema).is_file()


def test_rules_may_be_written_as_names() -> None:
    """The schema allows the name alone where the rule needs nothing else."""
    rule = json_schema(Policy)["$defs"]["DocumentPolicy"]["properties"]["rule"]
    names = rule["anyOf"][0]["enum"]
    assert "consent" in names
    assert "silence" in names
    assert "colleges" not in names
    assert {"$ref": "#/$defs/Colleges"} in rule["anyOf"]


@pytest.mark.parametrize("model", [Lifecycle, Policy, ScenarioFile])
def test_unknown_keys_are_refused_by_the_schemas_too(model: Any) -> None:
    """Every object of a schema is closed, as the models are; a scenario's x- keys are free."""
    schema = json_schema(model)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
    assert ("^x-" in schema.get("patternProperties", {})) is (model is ScenarioFile)


def test_an_extension_asks_for_nothing_but_its_own_name() -> None:
    """What a policy on top of another leaves out stands below; things with an id may be removed."""
    schema = extension_schema()
    assert schema["required"] == ["extends", "label", "policy", "version"]
    criterion = schema["$defs"]["LevelCriterion"]
    assert criterion["required"] == ["id"]
    assert criterion["properties"]["removed"] == {"const": True}
    assert "required" not in schema["$defs"]["Decisions"]
    for named in ("facts", "remedies"):
        (freely_named,) = schema["properties"][named]["patternProperties"].values()
        assert {"type": "null"} in freely_named["anyOf"]


def test_the_page_has_every_fact_in_both_languages() -> None:
    """Each published fact is described with its meaning, its type and what it reads."""
    page = facts_page()
    for name, fact in FACTS.items():
        section = page.partition(f"## `{name}`\n")[2].partition("\n## ")[0]
        assert f"- fr: {fact.says.fr}" in section
        assert f"- en: {fact.says.en}" in section
        assert f"(`{fact.gives}`)" in section
        for parameter in set(fact.model_fields) - {"fact"}:
            assert f"| `{parameter}` |" in section


def test_everything_is_written_into_a_checkout(tmp_path: Path) -> None:
    """One call writes every generated file, folders included."""
    assert write(tmp_path) == [tmp_path / name for name in GENERATED]
    for name in GENERATED:
        assert (tmp_path / name).read_text(encoding="utf-8") == GENERATED[name]()


def test_the_command_writes_into_its_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says what it wrote, and writes nowhere when there is no checkout."""
    monkeypatch.setattr(schemas, "__file__", str(tmp_path / "src/coopflow/definitions/schemas.py"))
    with pytest.raises(SystemExit, match="there is none here"):
        main()
    (tmp_path / "pyproject.toml").touch()
    main()
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / name) for name in GENERATED]
