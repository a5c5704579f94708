"""``coopflow policy``: writing policies, looking at them, trying them out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from coopflow.application.checking import beside, installed_checks, written_in
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.diff import differences
from coopflow.definitions.faults import Fault
from coopflow.definitions.library import (
    find,
    load_definition,
    load_documents,
    read_definition,
    scenarios_beside,
)
from coopflow.definitions.lint import lint as findings_of
from coopflow.definitions.yaml import DataPath, Document
from coopflow.domain.rulebook import Rulebook
from coopflow.entrypoints.cli import scenario
from coopflow.entrypoints.cli.failures import REFUSED, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import Frame
from coopflow.settings import Settings
from coopflow.wording.faults import fault_in

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")

_DIRECTIONS: Final = {
    "stricter": "red",
    "looser": "green",
    "new": "cyan",
    "gone": "magenta",
    "changed": "yellow",
}
"""How policies may differ, in the order in which people ask, with a colour for each."""

_POLICY: Final = """\
# yaml-language-server: $schema={schema}
# For whom this policy is, and what it changes. All that is not written here stands in {base}:
# `coopflow policy explain {file} --resolved` shows the whole, and where each value comes from.
policy: {name}
version: 1
extends: {base}
label:
  fr: Politique {name}
  en: Policy {name}

# Things with an id are changed by it; `removed: true` leaves one out. For example:
#
# conditions:
#   - id: communication
#     criteria:
#       - id: attendance-recent
#         when: attendance_recent >= 0.5
#
# gates:
#   to_structuration:
#     minima: {{communication: 2}}
"""

_SCENARIO: Final = """\
# A life under the policy: dated steps, and what must hold after each. Run it with
# `coopflow policy test {file}`.
scenario: {name}
title:
  fr: Une coopération sous la politique {name}
  en: A cooperation under the policy {name}
lifecycle: {lifecycle}
policy: {name}
people:
  ines: {{roles: [programme_manager]}}
  fabien: {{roles: [facilitator]}}
steps:
  - at: 2026-01-20T09:00Z
    by: ines
    do: open_cooperation
    with:
      cooperation: {name}-trial
      programme: trial
      title: A trial
      issue: What none of us can solve alone
      territory: Here
      facilitator: fabien
    expect: {{stage: {stage}, levels: [0, 0, 0, 0, 0]}}
  - at: 2026-02-20T09:00Z
    expect: {{status: active}}
"""


def write(name: str, *, base: str, lifecycle: str | None, folder: Path) -> None:
    """Write a policy that extends another one, and a scenario beside it.

    Raises:
        UsageError: one of the names is none, or the files are there already.
        UnknownNameError: there is no policy or lifecycle to start from.
        FaultsError: what it starts from is at fault.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name} is no name: use small letters, digits and hyphens")
    if Path(base).name != base:
        raise UsageError(f"{base} is a path: name a policy of the library, or one in {folder}")
    here = folder / (base if base.endswith(".yaml") else f"{base}.yaml")
    start: str | Path = here if here.is_file() else base.removesuffix(".yaml")
    rules = compile_definition(read_definition(*load_documents(lifecycle, start)))
    policy, story = folder / f"{name}.yaml", folder / f"{name}.scenario.yaml"
    there = [str(path) for path in (policy, story) if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already; choose another name or folder")
    schema = find("policies", "reference").with_name("extension.schema.json")
    folder.mkdir(parents=True, exist_ok=True)
    policy.write_text(
        _POLICY.format(name=name, base=base, file=policy, schema=schema), encoding="utf-8"
    )
    stage = rules.lifecycle.machine.initial
    story.write_text(
        _SCENARIO.format(name=name, lifecycle=rules.lifecycle.lifecycle, file=policy, stage=stage),
        encoding="utf-8",
    )
    terminal = Terminal()
    for path in (policy, story):
        terminal.data.print(Text(str(path)), soft_wrap=True)


def lint(settings: Settings, policies: list[str], *, lifecycle: str | None, output: Format) -> int:
    """Write what should be looked at again, and return the exit code.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: a definition cannot be used; carries every fault.
    """
    found: list[Fault] = []
    installed = installed_checks(settings.checks).by_id
    for policy in policies:
        documents = load_documents(lifecycle, policy)
        modules = [beside(Path(file)) for file in documents[1].texts]
        checks = [*installed, *(one for module in modules for one in written_in(module))]
        found += [one for one in findings_of(*documents, checks) if one not in found]
    terminal = Terminal()
    if output == "json":
        terminal.json([fault._asdict() for fault in found])
    for fault in found if output == "table" else ():
        told = fault_in(fault, settings.language)
        terminal.data.print(Text(str(told)), soft_wrap=True)
    return REFUSED if found else 0


def test(policies: list[str], *, output: Format) -> int:
    """Run the scenarios beside policies, each by its policy, and return the exit code.

    Raises:
        UnknownNameError: there is no such policy.
        UsageError: a policy has no scenario.
        FaultsError: a policy or a scenario is at fault; nothing was run.
    """
    jobs: list[tuple[Path, str | None]] = []
    for policy in policies:
        beside = scenarios_beside(policy)
        if not beside:
            path = find("policies", policy)
            raise UsageError(f"there is no {path.stem}.scenario.yaml beside {path}")
        jobs += [(file, policy) for file in beside]
    return scenario.run(jobs, on="memory", output=output)


def diff(settings: Settings, old: str, new: str, *, lifecycle: str | None, output: Format) -> None:
    """Write what is different from one policy to another.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: one of them cannot be used.
    """
    rules = [compile_definition(load_definition(lifecycle, policy)) for policy in (old, new)]
    found = differences(*rules)
    terminal = Terminal()
    if output == "json":
        terminal.json(
            [
                {"direction": one.direction, "path": one.path, **one.label.model_dump()}
                for one in found
            ]
        )
        return
    say = Phrases(settings.language)
    for direction, style in _DIRECTIONS.items():
        those = [one for one in found if one.direction == direction]
        if those:
            terminal.data.print(Text(say(f"diff.{direction}"), f"bold {style}"))
        for one in those:
            terminal.data.print(Padding(Text(f"· {say.label(one.label)}"), (0, 0, 0, 2)))
    if not found:
        terminal.note(say("diff.none"))


# --- explain --------------------------------------------------------------------------------------


def explain(
    settings: Settings, policy: str, *, lifecycle: str | None, resolved: bool, output: Format
) -> None:
    """Write what a policy asks for, or every value of it with where it stands.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: it cannot be used.
    """
    documents = load_documents(lifecycle, policy)
    rules = compile_definition(read_definition(*documents))
    terminal = Terminal()
    if output == "json":
        values = [
            {"path": path, "value": value, "file": file, "line": line}
            for path, value, file, line in resolved_values(documents[1])
        ]
        terminal.json(values if resolved else rules.definition.policy)
        return
    if resolved:
        _print_resolved(documents[1], terminal)
    else:
        _print_explained(rules, terminal, Phrases(settings.language))


def resolved_values(document: Document) -> Iterator[tuple[str, Any, str, int]]:
    """Yield every value of a policy with its path, and the file and line where it stands."""
    for path in _leaves(document.data, ()):
        value: Any = document.data
        for step in path:
            value = value[step]
        place = document.place(path)
        yield _path(document, path), value, place.file, place.line


def _leaves(value: Any, path: DataPath) -> Iterator[DataPath]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _leaves(one, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for index, one in enumerate(value):
            yield from _leaves(one, (*path, index))
    else:
        yield path


def _path(document: Document, path: DataPath) -> str:
    """Write a path with ids in place of numbers."""
    words, value = [], document.data
    for step in path:
        value = value[step]
        has_id = isinstance(step, int) and isinstance(value, dict) and "id" in value
        words.append(str(value["id"] if has_id else step))
    return ".".join(words)


def _print_resolved(document: Document, terminal: Terminal) -> None:
    for path, value, file, line in resolved_values(document):
        own = "bold" if file == document.file else ""
        shown = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
        where = f"  ← {Path(file).name}:{line}"
        text = Text.assemble((path, own), (" = ", "dim"), (shown, own or "cyan"), (where, "dim"))
        terminal.data.print(text, soft_wrap=True)


def _print_explained(rules: Rulebook, terminal: Terminal, say: Phrases) -> None:
    policy = rules.policy
    title = Text.assemble(
        (say.label(policy.label), "bold"), (f"  {policy.policy}@{policy.version}")
    )
    terminal.data.print(Rule(title, style="cyan", align="left"))
    for condition in policy.conditions:
        terminal.data.print()
        terminal.data.print(
            Text.assemble((condition.letter, "bold"), "  ", say.label(condition.label))
        )
        for criterion in sorted(condition.criteria, key=lambda one: one.level):
            line = Text.assemble((f"{criterion.level} ", "dim"), say.label(criterion.label))
            terminal.data.print(Padding(line, (0, 0, 0, 3)))
    for gate in rules.lifecycle.gates:
        asked = rules.gate_policy(gate.id)
        letters = {one.id: one.letter for one in policy.conditions}
        minima = "  ".join(f"{letters.get(name, name)} {n}" for name, n in asked.minima.items())
        terminal.data.print()
        terminal.data.print(Text.assemble((say.label(gate.label), "bold"), (f"  {minima}", "cyan")))
        for guard in asked.guards:
            terminal.data.print(Padding(Text(say.label(guard.label)), (0, 0, 0, 3)))
    if policy.advice:
        terminal.data.print()
        terminal.data.print(Text(say("gate.advice"), "bold"))
    for piece in policy.advice:
        terminal.data.print(Padding(Text(say.label(piece.label)), (0, 0, 0, 3)))


# --- picture --------------------------------------------------------------------------------------


def picture(  # noqa: PLR0913 - what is drawn, and where to
    settings: Settings,
    policy: str,
    *,
    lifecycle: str | None,
    stage: str | None,
    width: int,
    to: Path | None,
) -> None:
    """Draw the lifecycle that a policy is for.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: it cannot be used.
        UsageError: the lifecycle has no such stage, or the file cannot be written.
    """
    followed = compile_definition(load_definition(lifecycle, policy)).lifecycle
    if stage is not None and followed.stage(stage) is None:
        known = ", ".join(one.id for one in followed.stages)
        raise UsageError(f"{followed.lifecycle} has no stage {stage}; it has {known}")
    frame = Frame("lifecycle", width)
    found = lifecycle_picture(followed, Phrases(settings.language), frame, stage=stage)
    if to is None:
        sys.stdout.write(found.svg + "\n")
        return
    try:
        to.write_text(found.svg + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{to} cannot be written: {error.strerror}") from error
