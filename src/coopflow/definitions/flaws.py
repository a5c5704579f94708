"""What a lifecycle and a policy must be beyond their shapes: names that exist, levels without gaps.

What looks for flaws reads the plain data of the files and passes over what has not the right shape,
which is reported elsewhere: so one look at a file finds all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, get_args

from pydantic import TypeAdapter, ValidationError

from coopflow.definitions.cel import MAX_UNKNOWN, Environment, ExpressionError, checks_named_by
from coopflow.definitions.faults import listing, suggestion
from coopflow.definitions.yaml import DataPath
from coopflow.domain.calendar import Span
from coopflow.domain.facts import PLAIN_FACTS, FactQuery, FactType, Query
from coopflow.domain.policy import SUBJECTS
from coopflow.domain.tools import Frequency, Kind
from coopflow.domain.voting import RULE_NAMES

KINDS: Final[tuple[str, ...]] = get_args(Kind)
FREQUENCIES: Final[tuple[str, ...]] = get_args(Frequency)
_SUBJECTS: Final = (*sorted(SUBJECTS), *(f"document:{kind}" for kind in KINDS))
"""What decisions are about, as policies name it."""

LEVELS: Final = range(1, 5)
"""The levels that criteria may be of."""

MAX_EXPRESSIONS: Final = 50_000
"""How many characters all expressions of a policy may come to."""

_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
MAX_CHECKS: Final = 16
"""How many checks a policy may read: each is asked for every cooperation that follows it."""

_READINGS: Final[TypeAdapter[Query]] = TypeAdapter(FactQuery)


class Flaw(NamedTuple):
    """Something wrong with a definition, at a path of one of its two parts.

    ``offset`` is the line and column within the text at that path, from 1.
    """

    part: Literal["lifecycle", "policy"]
    path: DataPath
    message: str
    remedy: str = ""
    offset: tuple[int, int] | None = None


class _Criterion(NamedTuple):
    path: DataPath
    content: Mapping[str, Any]


def flaws_of(
    lifecycle: Mapping[str, Any], policy: Mapping[str, Any], commands: Collection[str]
) -> Iterator[Flaw]:
    """Yield all that is wrong with the contents of a lifecycle and a policy.

    Args:
        lifecycle: the data of a lifecycle, of whatever shape.
        policy: the data of a policy, of whatever shape.
        commands: the names of the commands that remedies may name.
    """
    yield from _lifecycle(lifecycle)
    yield from _levels(policy)
    yield from _remedies(policy, commands)
    yield from _gates(lifecycle, policy)
    yield from _subjects(policy)
    yield from _completeness(policy)
    yield from _expressions(policy)


def _lifecycle(lifecycle: Mapping[str, Any]) -> Iterator[Flaw]:
    stages, gates = _entries(lifecycle, "stages"), _entries(lifecycle, "gates")
    names = _ids(stages)
    entered = {*list(names)[:1], *(str(gate.get("enters")) for _, gate in gates)}
    for what, found in (("stage", stages), ("gate", gates)):
        for path in _repeated(found):
            yield Flaw("lifecycle", path, f"another {what} has this id")
    for path, gate in gates:
        for key in ("leaves", "enters"):
            yield from _named("lifecycle", (*path, key), gate.get(key), names, "stage")
    lower = {str(stage.get("id")): stage.get("falls_back_to") for _, stage in stages}
    rounds = _rounds(lower)
    for path, stage in stages:
        for place, tool in _words((*path, "tools"), stage.get("tools")):
            yield from _named("lifecycle", place, tool, KINDS, "kind of document")
        back = (*path, "falls_back_to")
        yield from _named("lifecycle", back, stage.get("falls_back_to"), names, "stage")
        if str(stage.get("id")) in rounds:
            yield Flaw("lifecycle", back, "falling back from here comes round to this stage")
        if str(stage.get("id")) not in entered:
            yield Flaw("lifecycle", (*path, "id"), "no gate leads into this stage")


def _rounds(lower: Mapping[str, Any]) -> set[str]:
    """Return the stages from which falling back comes round to themselves.

    Args:
        lower: where each stage falls back to, of whatever shape.
    """
    found, seen = set[str](), set[str]()
    for stage in lower:
        way: list[str] = []
        here: Any = stage
        while isinstance(here, str) and here in lower and here not in seen:
            seen.add(here)
            way.append(here)
            here = lower[here]
        if here in way:
            found.update(way[way.index(here) :])
    return found


def _levels(policy: Mapping[str, Any]) -> Iterator[Flaw]:
    conditions = _entries(policy, "conditions")
    for key in ("id", "letter"):
        for path in _repeated(conditions, key):
            yield Flaw("policy", path, f"another condition has this {key}")
    for path in _repeated(_criteria(policy)):
        yield Flaw("policy", path, "another criterion, guard or piece of advice has this id")
    for path, condition in conditions:
        levels = _levels_of(path, condition)
        for level in range(1, max(levels, default=0)):
            if level not in levels:
                message = f"level {level} has no criterion although level {max(levels)} has"
                remedy = "give each level up to the highest a criterion"
                yield Flaw("policy", (*path, "criteria"), message, remedy)


def _levels_of(path: DataPath, condition: Mapping[str, Any]) -> set[int]:
    levels = (criterion.get("level") for _, criterion in _entries(condition, "criteria", path))
    return {level for level in levels if isinstance(level, int) and level in LEVELS}


def _remedies(policy: Mapping[str, Any], commands: Collection[str]) -> Iterator[Flaw]:
    remedies = _mapping(policy.get("remedies"))
    for path, criterion in _criteria(policy):
        for place, remedy in _words((*path, "remedies"), criterion.get("remedies")):
            yield from _named("policy", place, remedy, remedies, "remedy")
    for name, remedy in remedies.items():
        steps = _mapping(remedy).get("steps")
        for place, step in _words(("remedies", name, "steps"), steps):
            yield from _named("policy", place, step, commands, "command")


def _gates(lifecycle: Mapping[str, Any], policy: Mapping[str, Any]) -> Iterator[Flaw]:
    known = _ids(_entries(lifecycle, "gates"))
    stages = _ids(_entries(lifecycle, "stages"))
    highest = {
        str(condition.get("id")): max(_levels_of(path, condition), default=0)
        for path, condition in _entries(policy, "conditions")
    }
    for gate, content in _mapping(policy.get("gates")).items():
        yield from _key_named(("gates", gate), known, "gate")
        for condition, level in _mapping(_mapping(content).get("minima")).items():
            path = ("gates", gate, "minima", condition)
            yield from _key_named(path, highest, "condition")
            top = highest.get(condition)
            if top is not None and isinstance(level, int) and level > top:
                message = f"the condition has no level {level}, its highest is {top}"
                yield Flaw("policy", path, message)
    never = _mapping(policy.get("ratification")).get("never_short")
    for place, condition in _words(("ratification", "never_short"), never):
        yield from _named("policy", place, condition, highest, "condition")
    for kind, cadence in _mapping(_mapping(policy.get("reviews")).get("cadence")).items():
        path = ("reviews", "cadence", kind, "stages")
        for place, stage in _words(path, _mapping(cadence).get("stages")):
            yield from _named("policy", place, stage, stages, "stage")
        if _is_shorter_than_a_day(_mapping(cadence).get("every")):
            # Else the journal of a cooperation would fill with nothing else.
            message = "reviews are convened once a day at most"
            yield Flaw("policy", ("reviews", "cadence", kind, "every"), message)


def _is_shorter_than_a_day(span: Any) -> bool:
    try:
        return Span.model_validate(span).after(_SOME_DAY) < _SOME_DAY + timedelta(days=1)
    except ValidationError:
        return False


def _subjects(policy: Mapping[str, Any]) -> Iterator[Flaw]:
    decisions = _mapping(policy.get("decisions"))
    for subject in _mapping(decisions.get("rules")):
        yield from _key_named(("decisions", "rules", subject), _SUBJECTS, "subject")
    for subject, rules in _mapping(decisions.get("not_allowed")).items():
        path = ("decisions", "not_allowed", subject)
        yield from _key_named(path, _SUBJECTS, "subject")
        for place, rule in _words(path, rules):
            yield from _named("policy", place, rule, RULE_NAMES, "rule")
    never = _mapping(decisions.get("second_call")).get("never_for")
    for place, subject in _words(("decisions", "second_call", "never_for"), never):
        yield from _named("policy", place, subject, _SUBJECTS, "subject")


def _completeness(policy: Mapping[str, Any]) -> Iterator[Flaw]:
    for path, words, what in (
        (("documents", "kinds"), KINDS, "kind of document"),
        (("measures", "current_for"), FREQUENCIES, "frequency"),
    ):
        content: Any = policy
        for step in path:
            content = _mapping(content).get(step)
        if isinstance(content, dict):
            missing = [word for word in words if word not in content]
            yield from (Flaw("policy", path, f"the {what} {word} is missing") for word in missing)


def _expressions(policy: Mapping[str, Any]) -> Iterator[Flaw]:
    types: dict[str, FactType | None] = {name: q.gives for name, q in PLAIN_FACTS.items()}
    for name, reading in _mapping(policy.get("facts")).items():
        if name in PLAIN_FACTS:
            message = f"{name} is a published fact already"
            yield Flaw("policy", ("facts", name), message, "name the reading otherwise")
        try:
            types[name] = _READINGS.validate_python(reading).gives
        except ValidationError:
            types[name] = None
    remedies = [
        _Criterion(("remedies", name), _mapping(content))
        for name, content in _mapping(policy.get("remedies")).items()
    ]
    criteria = [*_criteria(policy), *remedies]
    sources = (one.content.get("when") for one in criteria)
    named = checks_named_by(source for source in sources if isinstance(source, str))
    if len(named) > MAX_CHECKS:
        message = f"its expressions read {len(named)} checks, at most {MAX_CHECKS} may be read"
        yield Flaw("policy", (), message, "let one check answer what belongs together")
    environment = Environment({**types, **{name: one.gives for name, one in named.items()}})
    length = 0
    for path, criterion in criteria:
        source = criterion.get("when")
        if isinstance(source, str) and source.strip():
            length += len(source)
            if length > MAX_EXPRESSIONS:
                message = f"the expressions come to more than {MAX_EXPRESSIONS} characters"
                yield Flaw("policy", (*path, "when"), message, "leave some criteria out")
                return
            yield from _expression((*path, "when"), source, environment)


def _expression(path: DataPath, source: str, environment: Environment) -> Iterator[Flaw]:
    try:
        environment.compile(source)
    except ExpressionError as error:
        for line, column, message, remedy in error.faults:
            yield Flaw("policy", path, message, remedy, (line, column))
    if len(checks_named_by([source])) > MAX_UNKNOWN:
        message = f"reads more than {MAX_UNKNOWN} checks, too many to try what they may answer"
        yield Flaw("policy", path, message, "split the criterion")


def _criteria(policy: Mapping[str, Any]) -> list[_Criterion]:
    found: list[_Criterion] = []
    for path, condition in _entries(policy, "conditions"):
        found += _entries(condition, "criteria", path)
    for gate, content in _mapping(policy.get("gates")).items():
        found += _entries(_mapping(content), "guards", ("gates", gate))
    return found + _entries(policy, "advice")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _entries(content: Mapping[str, Any], key: str, path: DataPath = ()) -> list[_Criterion]:
    value = content.get(key)
    return [
        _Criterion((*path, key, index), entry)
        for index, entry in enumerate(value if isinstance(value, list) else ())
        if isinstance(entry, dict)
    ]


def _words(path: DataPath, value: Any) -> Iterator[tuple[DataPath, str]]:
    for index, word in enumerate(value if isinstance(value, list) else ()):
        if isinstance(word, str):
            yield (*path, index), word


def _ids(entries: list[_Criterion]) -> dict[str, None]:
    """Return the ids in their order; a mapping, since each name of a file is looked up in it."""
    return {entry["id"]: None for _, entry in entries if isinstance(entry.get("id"), str)}


def _repeated(entries: list[_Criterion], key: str = "id") -> Iterator[DataPath]:
    seen: set[str] = set()
    for path, entry in entries:
        value = entry.get(key)
        if isinstance(value, str) and value in seen:
            yield (*path, key)
        elif isinstance(value, str):
            seen.add(value)


def _named(
    part: Literal["lifecycle", "policy"],
    path: DataPath,
    word: Any,
    known: Collection[str],
    what: str,
) -> Iterator[Flaw]:
    if isinstance(word, str) and word not in known:
        remedy = suggestion(word, known, otherwise=listing(known))
        yield Flaw(part, path, f"there is no {what} named {word}", remedy)


def _key_named(path: DataPath, known: Collection[str], what: str) -> Iterator[Flaw]:
    yield from _named("policy", path, path[-1], known, what)
