"""Expressions over facts: the only module that knows the CEL engine.

The engine's environment declares every fact with its type, so an unknown fact, a comparison of
unlike types and a result that is no truth value are found when a policy is loaded. It has nothing
that loops: an expression costs no more to evaluate than it is long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple, cast

from cel_expr_python import cel

from coopflow.definitions.faults import suggestion
from coopflow.domain.facts import FACTS, CheckHolds, FactType, FactValue
from coopflow.domain.facts.checks import named_by
from coopflow.domain.rulebook import Comparison, Finding, Want

MAX_LENGTH: Final = 2000
"""The longest expression, in characters; the engine bounds nesting itself."""

MAX_UNKNOWN: Final = 8
"""How many unknown values an expression is tried with, each being true and false."""

_CONFIG: Final = cel.NewEnvConfigFromYaml("""
stdlib:
  disable_macros: true
  exclude_functions:
    - name: matches
""")
"""Loops in loops over lists, and patterns, could take all time and memory that there is."""

_LEFT_OUT: Final = frozenset({"all", "exists", "exists_one", "filter", "has", "map", "matches"})
_REMEMBERED: Final = 1024
_TYPES: Final[Mapping[FactType | None, cel.Type]] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    None: cel.Type.DYN,
}
_ERROR = re.compile(r"^(?:[A-Z_]+: )?ERROR: <input>:(\d+):(\d+): (.*)$", re.MULTILINE)
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_SELECTED: Final = "cannot be the operand of a select operation"
_TOO_DEEP = re.compile(r"^[A-Z_]+: (?:ERROR: <input>:-1:-1: Exceeded max|Expression) recursion")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRAILER = re.compile(r" *\[[A-Z_]+\] *$")
_TOKEN = re.compile(
    r"""
      //[^\n]*                                          # a comment
    | [bB]?[rR][bB]?(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*')
    | [bB]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3})
    | [bB]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | (?<!\w)(?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)   # a word, or several joined by dots
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_WANT: Final = re.compile(
    r"(?P<name>\w+(?:\.\w+)*)\s*(?P<comparison>[<>]=?|[!=]=)\s*"
    r"(?P<over>\d+(?:\.\d+)?)(?:\s*/\s*(?P<under>0*[1-9]\d*(?:\.\d+)?))?",
    re.ASCII,
)
"""A fact compared with a number, or with a fraction."""


class ExpressionFault(NamedTuple):
    """What is wrong with an expression; line and column count from 1 within it."""

    line: int
    column: int
    message: str
    remedy: str = ""


class ExpressionError(Exception):
    """An expression that cannot be used; carries every fault that the engine found."""

    def __init__(self, faults: Iterable[ExpressionFault]) -> None:
        """Carry the faults."""
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


class Expression:
    """A compiled expression: a pure function of the values of the facts that it names."""

    def __init__(
        self, compiled: cel.Expression, names: tuple[str, ...], wants: tuple[Want, ...] = ()
    ) -> None:
        """Wrap what the engine compiled; use ``Environment.compile``."""
        self._compiled = compiled
        self._names = names
        self._wants = wants
        # The same values come back at every look at a cooperation that has not changed.
        self._find = lru_cache(maxsize=_REMEMBERED)(self._evaluate)

    @property
    def names(self) -> tuple[str, ...]:
        """The facts it reads, in the order in which they first appear."""
        return self._names

    @property
    def wants(self) -> tuple[Want, ...]:
        """What it asks of single facts; empty when it asks for something less simple."""
        return self._wants

    def __call__(self, values: tuple[FactValue | None, ...]) -> Finding:
        """Evaluate it on the values of ``names``, in that order; never raises.

        What cannot be computed does not hold, and says why. What depends on values that are unknown
        (None) does not hold; it does when it would whatever they are, true or false.
        """
        return self._find(values)

    def _evaluate(self, values: tuple[FactValue | None, ...]) -> Finding:
        unknown = values.count(None)
        if unknown > MAX_UNKNOWN:
            return Finding(holds=False)
        found = [
            self._computed(_filled(values, guess))
            for guess in product((False, True), repeat=unknown)
        ]
        return found[0] if all(one == found[0] for one in found) else Finding(holds=False)

    def _computed(self, values: tuple[FactValue, ...]) -> Finding:
        try:
            value = self._compiled.eval(data=dict(zip(self._names, values, strict=True))).value()
        except (RuntimeError, TypeError, ValueError) as error:
            return Finding(holds=False, error=_plain(str(error)))
        if isinstance(value, bool):
            return Finding(holds=value)
        return Finding(holds=False, error=_plain(str(value)))


def _filled(values: tuple[FactValue | None, ...], guess: Iterable[bool]) -> tuple[FactValue, ...]:
    guesses = iter(guess)
    return tuple(next(guesses) if value is None else value for value in values)


class Environment:
    """The facts that expressions may read, by name and type.

    A fact whose type is None may be compared with anything: it stands for a reading that is
    itself at fault, so that expressions over it are not reported as well.
    """

    def __init__(self, types: Mapping[str, FactType | None]) -> None:
        """Declare the facts."""
        self._types = dict(types)
        variables = {name: _TYPES[kind] for name, kind in types.items()}
        self._engine = cel.NewEnv(config=_CONFIG, variables=variables)

    def compile(self, source: str) -> Expression:
        """Compile an expression whose value is true or false.

        Raises:
            ExpressionError: it is too long or malformed, names an unknown fact, loops, compares
                unlike types or gives something else than a truth value.
        """
        if len(source) > MAX_LENGTH:
            message = f"the expression is longer than {MAX_LENGTH} characters"
            raise ExpressionError([ExpressionFault(1, 1, message, "split the criterion")])
        surrogate = _SURROGATE.search(source)
        if surrogate is not None:
            message = "holds half of a surrogate pair, which is no character"
            raise ExpressionError([_at(source, surrogate.start(), message)])
        try:
            compiled = self._engine.compile(source)
        except RuntimeError as error:
            raise ExpressionError(self._faults(source, str(error))) from error
        gives = compiled.return_type()
        unknown = gives == cel.Type.DYN and None in self._types.values()
        if gives != cel.Type.BOOL and not unknown:
            message = f"the expression gives {gives.name().lower()}, not true or false"
            raise ExpressionError([ExpressionFault(1, 1, message, "compare it with something")])
        return Expression(compiled, self._read_by(source), self._wanted_by(source))

    def _read_by(self, source: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for word in words_of(source):
            words = word.split(".")
            prefixes = (".".join(words[:end]) for end in range(len(words), 0, -1))
            name = next((prefix for prefix in prefixes if prefix in self._types), None)
            if name is not None:
                found[name] = None
        return tuple(found)

    def _wanted_by(self, source: str) -> tuple[Want, ...]:
        """Read ``fact >= 3 && other_fact`` as what is asked of each; nothing of what is not so."""
        wants = [self._want(source, term.strip()) for term in source.split("&&")]
        return tuple(want for want in wants if want) if all(wants) else ()

    def _want(self, source: str, term: str) -> Want | None:
        name = re.sub(r"\s", "", term.removeprefix("!"))
        if self._types.get(name) == "bool":
            return Want(name, "==", not term.startswith("!"))
        match = _WANT.fullmatch(term)
        if match is None or self._types.get(match["name"]) not in {"int", "double"}:
            return None
        for number in match["over"], match["under"] or "1":
            if math.isinf(float(number)):
                message = "the number is too large to compare with"
                raise ExpressionError([_at(source, source.index(number), message)])
        bound = Fraction(match["over"]) / Fraction(match["under"] or 1)
        number = float(bound) if self._types[match["name"]] == "double" else int(bound)
        return Want(match["name"], cast("Comparison", match["comparison"]), number)

    def _faults(self, source: str, said: str) -> Iterator[ExpressionFault]:
        errors = _ERROR.findall(said)
        # What a loop binds is unknown as well, once there are no loops.
        errors = [one for one in errors if _called(source, *one) in _LEFT_OUT] or errors
        if not errors:
            deep = "is nested too deeply, or strings too many operators together"
            message = deep if _TOO_DEEP.match(said) else _plain(said)
            yield ExpressionFault(1, 1, message, "split the criterion")
        if errors and errors[0][2].startswith("Syntax error"):
            del errors[1:]  # what follows a syntax error follows from it
        for line, column, message in errors:
            yield self._fault(source, int(line), int(column), _TRAILER.sub("", message))

    def _fault(self, source: str, line: int, column: int, message: str) -> ExpressionFault:
        name = _called(source, line, column, message)
        if name is not None:
            message = f"there is no function named {name}"
            remedy = "compare facts: criteria have no loops and no patterns"
            begin = max(1, column - len(name))
            return ExpressionFault(line, begin, message, remedy if name in _LEFT_OUT else "")
        if _UNDECLARED.search(message) is not None or _SELECTED in message:
            return self._unknown(source.split("\n")[line - 1], line, column)
        message, _, _ = message.partition(" expecting {")
        unlike = "no matching overload" in message and "int" in message and "double" in message
        remedy = "compare whole numbers with 2, ratios with 2.0" if unlike else ""
        return ExpressionFault(line, column, message, remedy)

    def _unknown(self, text: str, line: int, column: int) -> ExpressionFault:
        # The engine points at one of the dots of a dotted name, or at its beginning.
        words = (match for match in _TOKEN.finditer(text) if match["name"])
        word = next((m for m in words if m.start() < column <= m.end()), None)
        if word is None:
            return ExpressionFault(line, column, "a fact is named by words joined by dots")
        name, column = re.sub(r"\s", "", word["name"]), word.start("name") + 1
        if name in FACTS:
            message = f"the fact {name} needs parameters"
            return ExpressionFault(line, column, message, "name a reading of it under facts")
        remedy = suggestion(name, self._types, otherwise="see docs/reference/facts.md")
        return ExpressionFault(line, column, f"there is no fact named {name}", remedy)


def words_of(source: str) -> Iterator[str]:
    """Yield the words of an expression, those joined by dots in one."""
    for match in _TOKEN.finditer(source):
        if match["name"] is not None:
            yield re.sub(r"\s", "", match["name"])


def checks_named_by(sources: Iterable[str]) -> dict[str, CheckHolds]:
    """Return the readings of checks that expressions name, by the name of the fact."""
    return named_by(word for source in sources for word in words_of(source))


def _called(source: str, line: int | str, column: int | str, message: str) -> str | None:
    """Return the function that an error of the engine does not know, or None for other errors."""
    undeclared = _UNDECLARED.search(message)
    is_call = source.split("\n")[int(line) - 1][int(column) - 1 :].startswith("(")
    return undeclared[1] if undeclared is not None and is_call else None


def _at(source: str, position: int, message: str) -> ExpressionFault:
    before = source[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    return ExpressionFault(line, column, message)


def _plain(said: str) -> str:
    """Return what the engine says without its status codes."""
    return _TRAILER.sub("", re.sub(r"^[A-Z_]+: ", "", said)).strip()
