"""What is allowed in a definition and yet hardly meant: levels out of reach, clocks too short.

A definition that has such a finding can be lived by; whoever writes it should look again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from math import inf
from typing import Final, NamedTuple

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.faults import Fault, suggestion
from coopflow.definitions.library import read_definition
from coopflow.definitions.yaml import DataPath, Document
from coopflow.domain.calendar import Span
from coopflow.domain.facts import CheckHolds
from coopflow.domain.policy import Criterion
from coopflow.domain.rulebook import Rulebook, Want

_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


class _Finding(NamedTuple):
    path: DataPath
    message: str
    remedy: str


class _Named(NamedTuple):
    """A criterion with its place in the policy."""

    criterion: Criterion
    path: DataPath


def lint(lifecycle: Document, policy: Document, checks: Collection[str]) -> tuple[Fault, ...]:
    """Return what should be looked at again, in the order of the files.

    Args:
        lifecycle: the stages and gates.
        policy: what is looked at.
        checks: the ids of the checks that there are.

    Raises:
        FaultsError: the definition cannot be used at all.
    """
    rules = compile_definition(read_definition(lifecycle, policy))
    found = [policy.fault(*finding) for finding in _in_policy(rules, checks)]
    found += [lifecycle.fault(*finding) for finding in _in_lifecycle(rules)]
    return tuple(sorted(found, key=lambda fault: fault[:3]))


def _in_policy(rules: Rulebook, checks: Collection[str]) -> Iterator[_Finding]:
    yield from _unwritten(rules, checks)
    yield from _unreachable(rules)
    yield from _without_remedy(rules)
    yield from _forbidden_defaults(rules)
    yield from _too_short(rules)
    yield from _unused(rules)


def _in_lifecycle(rules: Rulebook) -> Iterator[_Finding]:
    for index, stage in enumerate(rules.lifecycle.stages):
        if not rules.lifecycle.gates_from(stage.id):
            message = "no gate leads out of this stage, nor back into it for another term"
            remedy = "add a gate that leaves it, such as a renewal"
            yield _Finding(("stages", index, "id"), message, remedy)
    for index, gate in enumerate(rules.lifecycle.gates):
        if gate.id not in rules.policy.gates:
            message = "the policy asks nothing of this gate: whoever asks passes"
            yield _Finding(("gates", index, "id"), message, f"write gates.{gate.id} in the policy")


# --- levels ---------------------------------------------------------------------------------------


class _Range(NamedTuple):
    """The values that a fact may have, and which criterion bounds them."""

    least: float
    most: float
    by: str


def _unreachable(rules: Rulebook) -> Iterator[_Finding]:
    """Yield criteria that cannot hold together with those of the levels below."""
    for index, condition in enumerate(rules.policy.conditions):
        bounds: dict[str, _Range] = {}
        ordered = sorted(enumerate(condition.criteria), key=lambda one: one[1].level)
        for place, criterion in ordered:
            path = ("conditions", index, "criteria", place, "when")
            for want in rules.predicates[criterion.id].wants:
                whole = _Range(0, 1 if rules.queries[want.name].is_share else inf, "what it is")
                before = bounds.get(want.name, whole)
                after = _narrowed(before, want, criterion.id)
                if after.least > after.most or (
                    want.comparison == ">" and want.bound == after.most
                ):
                    message = (
                        f"level {criterion.level} of {condition.id} can never be reached: "
                        f"{want.name} {want.comparison} {want.bound} goes beyond {before.by}"
                    )
                    yield _Finding(path, message, "change one of the two")
                else:
                    bounds[want.name] = after


def _narrowed(before: _Range, want: Want, by: str) -> _Range:
    bound = float(want.bound)
    least, most = before.least, before.most
    if want.comparison in {">=", ">", "=="}:
        least = max(least, bound)
    if want.comparison in {"<=", "<", "=="}:
        most = min(most, bound)
    return _Range(least, most, by if (least, most) != before[:2] else before.by)


def _without_remedy(rules: Rulebook) -> Iterator[_Finding]:
    asked = {one.id for gate in rules.policy.gates for _, one in rules.criteria_asked(gate)}
    for criterion, path in _criteria(rules):
        is_guard = path[0] == "gates"
        if (criterion.id in asked or is_guard) and not criterion.remedies:
            message = "a gate asks for this, and nothing is said to remedy it"
            yield _Finding((*path, "id"), message, "name one of the remedies")


def _criteria(rules: Rulebook) -> Iterator[_Named]:
    for index, condition in enumerate(rules.policy.conditions):
        for place, criterion in enumerate(condition.criteria):
            yield _Named(criterion, ("conditions", index, "criteria", place))
    for gate, content in rules.policy.gates.items():
        for place, guard in enumerate(content.guards):
            yield _Named(guard, ("gates", gate, "guards", place))
    for place, piece in enumerate(rules.policy.advice):
        yield _Named(piece, ("advice", place))


# --- decisions and time ---------------------------------------------------------------------------


def _forbidden_defaults(rules: Rulebook) -> Iterator[_Finding]:
    policy = rules.policy
    defaults: list[tuple[DataPath, str, str]] = [
        (("decisions", "rules", subject), subject, rule.name)
        for subject, rule in policy.decisions.rules.items()
    ]
    defaults += [
        (("documents", "kinds", kind, "rule"), f"document:{kind}", document.rule.name)
        for kind, document in policy.documents.kinds.items()
    ]
    defaults.append((("ratification", "rule"), "gate", policy.ratification.rule.name))
    for path, subject, rule in defaults:
        forbidden = policy.decisions.not_allowed
        if rule in (*forbidden.get(subject, ()), *forbidden.get(subject.partition(":")[0], ())):
            message = f"{rule} is the rule for {subject}, and not allowed for it"
            yield _Finding(path, message, "name another rule, or allow it (decisions.not_allowed)")


def _too_short(rules: Rulebook) -> Iterator[_Finding]:
    policy = rules.policy
    numbers = policy.decisions
    needed: list[tuple[DataPath, Span | None]] = [
        (("clocks", "cure"), policy.clocks.cure),
        (("ratification", "remedy_within"), policy.ratification.remedy_within),
        (("waiver", "within"), policy.waiver.within),
        *(
            (("conditions", index, "cure"), condition.cure)
            for index, condition in enumerate(policy.conditions)
        ),
    ]
    for path, span in needed:
        if span is not None and _is_shorter(span, numbers.open_for):
            message = f"is over before a decision on the remedy is ({numbers.open_for.words().en})"
            yield _Finding(path, message, "give more time, or let decisions close sooner")
    for index, span in enumerate(numbers.reminders.before_closing):
        if not _is_shorter(span, numbers.open_for):
            path = ("decisions", "reminders", "before_closing", index)
            message = "would remind before the decision opens"
            yield _Finding(path, message, "bring it nearer to the closing")
    if _is_shorter(numbers.open_for, numbers.silence_for):
        message = "silence counts as agreement only after decisions have closed"
        yield _Finding(("decisions", "silence_for"), message, "make it shorter than open_for")
    if not _is_shorter(numbers.second_call.earliest, numbers.second_call.latest):
        message = "leaves no time for a second call"
        yield _Finding(("decisions", "second_call", "latest"), message, "make it later")


def _is_shorter(one: Span, other: Span) -> bool:
    return one.after(_SOME_DAY) < other.after(_SOME_DAY)


def _unwritten(rules: Rulebook, checks: Collection[str]) -> Iterator[_Finding]:
    """Yield what reads a check that nobody has written: its answer stays unknown."""
    places: list[tuple[DataPath, tuple[str, ...]]] = [
        ((*path, "when"), rules.predicates[criterion.id].names)
        for criterion, path in _criteria(rules)
    ]
    places += [
        (("remedies", slug, "when"), predicate.names) for slug, predicate in rules.usable.items()
    ]
    for path, names in places:
        for name in names:
            query = rules.queries[name]
            if isinstance(query, CheckHolds) and query.check not in checks:
                message = f"there is no check {query.check}: its answer stays unknown"
                otherwise = "write it in a module beside the policy, or install one"
                yield _Finding(path, message, suggestion(query.check, checks, otherwise=otherwise))


def _unused(rules: Rulebook) -> Iterator[_Finding]:
    predicates = (*rules.predicates.values(), *rules.usable.values())
    read = {name for predicate in predicates for name in predicate.names}
    named = {slug for criterion, _ in _criteria(rules) for slug in criterion.remedies}
    for name in rules.policy.facts:
        if name not in read:
            yield _Finding(("facts", name), "no criterion reads this", "leave it out")
    for slug in rules.policy.remedies:
        if slug not in named:
            yield _Finding(("remedies", slug), "no criterion names this remedy", "leave it out")
