"""Content as it is read: the same questions as of a form, with their answers instead of inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from coopflow.domain.voting import Rule, rule_words
from coopflow.entrypoints.web.forms.choices import choice_of
from coopflow.entrypoints.web.forms.labels import item_of, label_of
from coopflow.entrypoints.web.forms.questions import (
    Choice,
    Free,
    Group,
    Items,
    Line,
    Moment,
    Number,
    Pairs,
    Question,
    Several,
    Variants,
)
from coopflow.entrypoints.web.forms.shown import Known
from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import in_language

_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
_COLUMNS: Final = 5
_NAMES: Final = ("title", "name", "member", "subject", "definition", "why", "id")
_TOLD_APART: Final = ("id", "name", "member", "subject")
"""By what differences tell items of lists apart."""


@dataclass(frozen=True)
class Told:
    """An answer as it is read.

    Attributes:
        kind: ``text``; ``list`` of texts; ``facts``, several answers about one thing; ``things``,
            each with answers of its own; or ``table`` of them.
        label: what was asked.
        text: the answer, of a text.
        parts: the answers below it; the rows of a table, whose parts are its cells.
    """

    kind: Literal["text", "list", "facts", "things", "table"]
    label: str
    text: str = ""
    parts: tuple[Told, ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the columns of a table."""
        return tuple(cell.label for cell in self.parts[0].parts) if self.parts else ()


class Step(NamedTuple):
    """A step of the way to an answer: what it is called there, and what is asked."""

    words: str
    question: Question | None


@dataclass(frozen=True)
class Teller:
    """Tells content in a language.

    Attributes:
        say: the words.
        known: what things are called, by source, as of forms.
    """

    say: Phrases
    known: Known

    def pick(self, words: tuple[str, str]) -> str:
        """Return the one of two words that is in the language."""
        return in_language(words, self.say.language)

    def tell(self, question: Question, value: Any, label: str | None = None) -> Told | None:
        """Return an answer as it is read; None where there is none.

        Args:
            question: what was asked.
            value: the answer, JSON.
            label: what it is called, if not by its label.
        """
        if value is None or value in ("", [], {}):
            return None
        called = self.pick(label_of(question.about)) if label is None else label
        match question:
            case Group() if isinstance(value, Mapping):
                return self._group(question, value, called)
            case Items() if isinstance(value, list):
                return self._items(question, value, called)
            case Several() if isinstance(value, list):
                texts = (self.text(question, one) for one in value)
                return Told("list", called, parts=tuple(Told("text", "", one) for one in texts))
            case Pairs() if isinstance(value, Mapping):
                pairs = [{"key": key, "value": one} for key, one in value.items()]
                return self._items(question, pairs, called)
            case _:
                return Told("text", called, self.text(question, value))

    def whole(self, question: Group, content: Mapping[str, Any]) -> tuple[Told, ...]:
        """Return all answers of a document."""
        told = (self.tell(one, content.get(one.name)) for one in question.parts)
        return tuple(one for one in told if one is not None)

    def _group(self, question: Group, value: Mapping[str, Any], label: str) -> Told:
        inner = [part for part in question.parts if isinstance(part, Group)]
        if len(inner) == len(question.parts) and len({one.parts for one in inner}) == 1:
            head = Told("text", "")
            rows = tuple(
                Told(
                    "facts",
                    "",
                    parts=(
                        Told("text", "", self.pick(label_of(part.about))),
                        *self._cells(part, value[part.name]),
                    ),
                )
                for part in inner
                if isinstance(value.get(part.name), Mapping)
            )
            return Told("table", label, head.text, rows)
        return Told("facts", label, parts=self.whole(question, value))

    def _items(self, question: Items | Pairs, values: Sequence[Any], label: str) -> Told:
        item = question.item
        if not isinstance(item, Group):
            texts = (Told("text", "", self.text(item, one)) for one in values)
            return Told("list", label, parts=tuple(texts))
        rows = [one if isinstance(one, Mapping) else {} for one in values]
        asked = [part for part in item.parts if any(one.get(part.name) is not None for one in rows)]
        if len(asked) <= _COLUMNS and all(_is_plain(part) for part in asked):
            bare = Group("", item.about, required=True, parts=tuple(asked))
            cells = (Told("facts", "", parts=self._cells(bare, one)) for one in rows)
            return Told("table", label, parts=tuple(cells))
        things = (
            Told("facts", self.called(question, one, number), parts=self.whole(item, one))
            for number, one in enumerate(rows)
        )
        return Told("things", label, parts=tuple(things))

    def _cells(self, question: Group, value: Mapping[str, Any]) -> tuple[Told, ...]:
        return tuple(
            Told("text", self.pick(label_of(part.about)), self.text(part, value.get(part.name)))
            for part in question.parts
        )

    def called(self, question: Items | Pairs, value: Mapping[str, Any], number: int) -> str:
        """Return what an item of a list is called: by its kind, number and name."""
        item = f"{self.pick(item_of(question.about))} {number + 1}"
        name = self._name(question.item, value)
        colon = " : " if self.say.language == "fr" else ": "
        return f"{item}{colon}{name}" if name else item

    def _name(self, item: Question, value: Mapping[str, Any]) -> str:
        """Return what names an item of a list to people; nothing where nothing does."""
        parts = {one.name: one for one in _parts(item)}
        name = next((one for one in _NAMES if value.get(one) and one in parts), None)
        return "" if name is None else self.text(parts[name], value[name])

    def text(self, question: Question, value: Any) -> str:  # noqa: PLR0911 - one per kind
        """Return an answer in words, whatever it is; nothing for none."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.pick(("yes", "oui")) if value else self.pick(("no", "non"))
        match question:
            case Choice() | Several() if question.values:
                return choice_of(question.about, str(value), self.say)
            case Line(source=str() as source) | Several(source=str() as source):
                named = {one.value: one.label for one in self.known.get(source, ())}
                return named.get(str(value)) or choice_of(question.about, str(value), self.say)
            case Moment(timed=False):
                return self._day(value)
            case Number() if isinstance(value, int | float):
                text = f"{value:,}" if question.accepts == "any" else str(value)
                # In French: spaces between thousands, and a comma.
                french = text.replace(",", "\u202f").replace(".", ",")
                return french if self.say.language == "fr" else text
            case Variants():
                return self._rule(value)
            case _ if isinstance(value, str):  # texts may be names of rules or kinds
                return choice_of(question.about, value, self.say)
            case _:
                return self._other(value)

    def _other(self, value: Any) -> str:
        if isinstance(value, Mapping):
            # A change that a review proposed: its text and what became of it, not how it is kept.
            if {"text", "status"} <= value.keys():
                text, status = str(value["text"]), value["status"]
                return text if status == "open" else f"{text} ({self.say(f'judged.{status}')})"
            return ", ".join(
                f"{name}: {self._other(one)}" for name, one in value.items() if one is not None
            )
        if isinstance(value, list):
            return ", ".join(self._other(one) for one in value if one is not None)
        return str(value)

    def _day(self, value: Any) -> str:
        try:
            return self.say.day(date.fromisoformat(str(value)[:10]))
        except ValueError:
            return str(value)

    def _rule(self, value: Any) -> str:
        try:
            return self.say.label(rule_words(_RULE.validate_python(value)))
        except ValidationError:
            return self._other(value)

    def way(self, question: Question, path: str, *contents: Mapping[str, Any]) -> tuple[Step, ...]:
        """Return the way to a part that differs, in words.

        Args:
            question: what the document asks.
            path: as differences name it, such as ``actions[orchard].due``.
            contents: of the versions, the one first whose names of things are said.
        """
        return tuple(self._way(question, path, contents))

    def _way(self, question: Question, path: str, values: Sequence[Any]) -> Iterator[Step]:
        while path:
            match question:
                case Group():
                    found = [one for one in question.parts if _begins(path, one.name)]
                    if not found:
                        break
                    question = found[0]
                    path = path[len(question.name) :].removeprefix(".")
                    values = [one.get(question.name) for one in values if isinstance(one, Mapping)]
                    yield Step(self.pick(label_of(question.about)), question)
                case Items() | Pairs() | Several() if path.startswith("["):
                    name, _, path = path[1:].partition("]")
                    path = path.removeprefix(".")
                    if isinstance(question, Several):
                        yield Step(name, question)
                        continue
                    item = self.pick(item_of(question.about))
                    question = question.item
                    values = [one for value in values for one in _items_with(name, value)]
                    called = next((self._name(question, one) for one in values), "") or name
                    number = f"{item} {called}" if called.isdigit() else f"{item} « {called} »"
                    english = number.replace("« ", "“").replace(" »", "”")
                    yield Step(number if self.say.language == "fr" else english, question)
                case _:
                    break
        if path:
            yield Step(path, None)


def _begins(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))


def _items_with(name: str, value: Any) -> Iterator[Mapping[str, Any]]:
    """Return the items of a list that differences name so."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping) and any(one.get(field) == name for field in _TOLD_APART):
            yield one


def _is_plain(question: Question) -> bool:
    """Whether an answer fits into a cell of a table."""
    return not isinstance(question, Group | Items | Pairs | Several | Free)


def _parts(question: Question) -> tuple[Question, ...]:
    return question.parts if isinstance(question, Group) else ()
