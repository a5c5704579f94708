"""A form of a tool or of a command: read what was posted, look what is wrong, show it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.tools import TOOLS
from coopflow.entrypoints.web.forms.faults import Fault, of_model
from coopflow.entrypoints.web.forms.questions import (
    ENVELOPE,
    Group,
    Items,
    Line,
    Pairs,
    Question,
    Variants,
    swapped,
    walk,
)
from coopflow.entrypoints.web.forms.questions import of_model as questions_of
from coopflow.entrypoints.web.forms.reading import ABSENT, Way, data_of, fit, tidy, typed_of
from coopflow.entrypoints.web.forms.shown import Known, Option, Scribe, Shown
from coopflow.entrypoints.web.forms.sources import NEW, SECRET, TYPED
from coopflow.entrypoints.web.forms.typed import Typed, act, of_pairs
from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import in_language

DO: Final = "_do"
"""The name of the buttons of a form: what is to be done with what was typed."""

OWN: Final = frozenset({DO, "_key", "_seq"})
"""Names of inputs that pages add to forms: nothing of what is asked."""

_DEEDS: Final = frozenset({"add", "remove", "up", "down"})
_NOBODY: Final = "nobody"
_SOME_DAY: Final = "2000-01-01T00:00Z"
_ONCE: Final = ("Named twice.", "Indiqué deux fois.")


class Posted(NamedTuple):
    """What came back.

    Attributes:
        typed: what was typed, after what a button of a list did.
        do: which button was pressed: ``again`` for one of a list, which shows the form again.
        new: where the reader goes on after a button of a list: the path of the item that was added
            or moved, of the one that took the place of what was removed, or of the empty list.
        ignored: the names of inputs that nothing is asked by.
    """

    typed: Typed
    do: str
    new: str
    ignored: tuple[str, ...]


class Wrong(NamedTuple):
    """Something that is wrong, as the summary above a form names it.

    Attributes:
        target: the id of the input where it is mended; empty for the whole.
        label: of the field; empty for the whole.
        words: what is wrong.
    """

    target: str
    label: str
    words: str


class ShownForm(NamedTuple):
    """A form as a template shows it: its fields, and all that is wrong."""

    fields: tuple[Shown, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class Form:
    """A form.

    Attributes:
        question: what it asks.
        model: what the data have to be, together with ``filled_in``.
        filled_in: fields of the model that the form does not ask, for looking what is wrong.
    """

    question: Group
    model: type[BaseModel]
    filled_in: Mapping[str, Any]

    @property
    def secrets(self) -> frozenset[str]:
        """The names of its fields that may hold what is secret: how somebody votes."""
        return frozenset(
            part.name
            for part in self.question.parts
            if any(isinstance(one, Line) and one.source in SECRET for one in walk(part))
        )

    def fill(self, data: Mapping[str, Any], say: Phrases) -> Typed:
        """Return what one would have typed for some data."""
        return typed_of(self.question, data, _way(say))

    def read(self, pairs: Iterable[tuple[str, str]]) -> Posted:
        """Read what was posted; nothing that is posted makes it fail."""
        posted = of_pairs(pairs)
        deeds = posted.part(DO).values
        own = {name: part for name, part in posted.parts.items() if name not in OWN}
        typed, ignored = fit(self.question, Typed(parts=own))
        deed, _, path = (deeds[-1] if deeds else "").partition(":")
        if deed not in _DEEDS:
            return Posted(typed, deed, "", ignored)
        lists = {*_lists("", self.question, typed)}
        if path not in lists and path.rpartition(".")[0] not in lists:
            return Posted(typed, "again", "", ignored)
        changed = act(typed, deed, path)
        new = "" if changed is typed else _next(changed, deed, path)
        return Posted(changed, "again", new, ignored)

    def tidy(self, typed: Typed) -> Typed:
        """Return what was typed without blank items, and with ids that were left out."""
        return tidy(self.question, typed)

    def data(self, typed: Typed, say: Phrases) -> dict[str, Any]:
        """Return what was typed as the domain writes it; what was left blank is left out."""
        found = data_of(self.question, typed, _way(say))
        return {} if found is ABSENT else found

    def faults(self, typed: Typed, say: Phrases) -> tuple[Fault, ...]:
        """Return what is wrong by the shape of the data alone.

        Args:
            typed: what was typed, tidied.
            say: how numbers and times are written.
        """
        data = {**self.filled_in, **self.data(typed, say)}
        return (*of_model(self.model, data, self.question, typed), *_doubles(self.question, typed))

    def show(
        self,
        typed: Typed,
        say: Phrases,
        known: Known | None = None,
        faults: Iterable[Fault] = (),
        new: str = "",
    ) -> ShownForm:
        """Return the form as it is shown.

        Args:
            typed: what was typed, as ``read``, ``tidy`` or ``fill`` return it.
            say: the words.
            known: what there is to choose among.
            faults: what is wrong.
            new: the path of an item that was just added.
        """
        told: dict[str, list[str]] = {}
        for one in faults:
            told.setdefault(one.path, []).append(in_language(one.words, say.language))
        said = {path: tuple(dict.fromkeys(words)) for path, words in told.items()}
        scribe = Scribe(say, {**(known or {}), **self._typed_in(typed)}, said, new)
        parts = scribe.show(self.question, typed).parts
        placed = [one for part in parts for one in _wrong(part)]
        reached = {path for paths, _ in placed for path in paths}
        above = [
            Wrong("", "", words)
            for path, lines in said.items()
            if path not in reached
            for words in lines
        ]
        return ShownForm(parts, (*above, *(one for _, one in placed)))

    def _typed_in(self, typed: Typed) -> Known:
        """Return what the form itself holds to choose among."""
        found: dict[str, tuple[Option, ...]] = {}
        for source, (name, field, title) in TYPED.items():
            items = typed.part(name).items
            called = {one.part(field).text.strip(): one.part(title).text.strip() for one in items}
            if any(one.name == name for one in self.question.parts):
                found[source] = tuple(
                    Option(one, words or one) for one, words in called.items() if one
                )
        return found


@cache
def of_tool(kind: str) -> Form:
    """Return the form of a document of a kind.

    Raises:
        KeyError: there is no such kind.
    """
    return Form(questions_of(TOOLS[kind]), TOOLS[kind], {})


def of_command(
    name: str,
    given: Mapping[str, Any] | None = None,
    described: Mapping[str, type[BaseModel]] | None = None,
) -> Form:
    """Return the form of a command.

    Args:
        name: its wire name.
        given: fields that are settled already and not asked, with their values.
        described: what fields hold that may hold anything.

    Raises:
        KeyError: there is no such command.
    """
    command = COMMANDS[name]
    question = questions_of(command, without=ENVELOPE | frozenset(given or {}) | _made_up(name))
    for inner, model in (described or {}).items():
        question = swapped(question, inner, model)
    envelope = {"command": name, "actor": _NOBODY, "at": _SOME_DAY}
    return Form(question, command, {**envelope, **(given or {})})


def _next(changed: Typed, deed: str, path: str) -> str:
    """Return where one goes on after a button of a list did what it does."""
    if deed == "add":
        return f"{path}.{len(changed.at(path).items) - 1}"
    above, _, number = path.rpartition(".")
    last = len(changed.at(above).items) - 1
    place = int(number) + {"up": -1, "down": 1, "remove": 0}[deed]
    return f"{above}.{max(min(place, last), 0)}" if last >= 0 else above


def _made_up(name: str) -> frozenset[str]:
    """Return the ids of what a command creates that the engine makes up itself."""
    fields = COMMANDS[name].model_fields
    about = COMMANDS[name].__name__
    return frozenset(
        one for one in fields if f"{about}.{one}" in NEW and not fields[one].is_required()
    )


def _way(say: Phrases) -> Way:
    return Way(say.language, say.zone)


def _lists(path: str, question: Question, typed: Typed) -> Iterator[str]:
    """Yield the paths of all lists that are shown."""
    match question:
        case Group():
            for one in question.parts:
                inner = f"{path}.{one.name}" if path else one.name
                yield from _lists(inner, one, typed.part(one.name))
        case Items() | Pairs():
            yield path
            for number, item in enumerate(typed.items):
                yield from _lists(f"{path}.{number}", question.item, item)
        case Variants():
            group = question.kinds.get(typed.part("name").text)
            if group is not None:
                yield from _lists(path, group, typed)
        case _:
            return


def _doubles(question: Question, typed: Typed, path: str = "") -> Iterator[Fault]:
    """Yield a fault for each key of a mapping that was written twice: one of them would be lost."""
    match question:
        case Group():
            for one in question.parts:
                inner = f"{path}.{one.name}" if path else one.name
                yield from _doubles(one, typed.part(one.name), inner)
        case Items():
            for number, item in enumerate(typed.items):
                yield from _doubles(question.item, item, f"{path}.{number}")
        case Variants():
            group = question.kinds.get(typed.part("name").text)
            if group is not None:
                yield from _doubles(group, typed, path)
        case Pairs():
            keys = [one.part("key").text.strip() for one in typed.items]
            for number, key in enumerate(keys):
                if key in keys[:number]:
                    yield Fault(f"{path}.{number}.key", _ONCE)
        case _:
            return


def _wrong(shown: Shown, within: str = "") -> Iterator[tuple[tuple[str, ...], Wrong]]:
    """Yield what is wrong with a field and all below, with its paths, in the order of the form."""
    # What is wrong with something that has kinds is said where its kind is chosen.
    paths = (shown.path, shown.path.removesuffix(".name"))
    label = ", ".join(one for one in (within, shown.label) if one)
    for words in shown.errors:
        yield paths, Wrong(shown.target, label, words)
    inner = label if shown.kind == "group" and shown.label else within
    for part in shown.parts:
        yield from _wrong(part, inner)
