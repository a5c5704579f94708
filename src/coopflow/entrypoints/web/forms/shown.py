"""A form as a template shows it: fields with their names, ids, labels, values and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

from coopflow.entrypoints.web.forms.choices import ALWAYS, choice_of
from coopflow.entrypoints.web.forms.helps import help_of
from coopflow.entrypoints.web.forms.labels import item_of, label_of, one_more
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
    YesNo,
)
from coopflow.entrypoints.web.forms.sources import TYPED
from coopflow.entrypoints.web.forms.typed import MAX_ITEMS, NOTHING, Typed
from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import in_language

FEW: Final = 5
"""Up to how many answers are shown side by side; more are a list to choose from."""

_BY_COMMAS: Final = ("Separate several by commas.", "Séparez-les par des virgules.")
"""What helps where several are typed, as there is nothing to choose among."""

_WIDTH: Final = 75
_TALL: Final = 20

Kind = Literal[
    "line", "area", "date", "moment", "select", "radios", "checks", "tick", "group", "items"
]


class Option(NamedTuple):
    """Something to choose: what is sent, and what it is called."""

    value: str
    label: str


Known = Mapping[str, Sequence[Option]]
"""What there is to choose among, by source: ``members``, ``people``, ``decisions`` …"""


@dataclass(frozen=True)
class Shown:
    """A field as it is shown.

    Attributes:
        kind: how.
        path: the name of its input.
        label: what it is called.
        help: what helps to answer; empty for nothing.
        required: whether an answer is needed.
        values: what was typed.
        options: what may be chosen.
        errors: what is wrong with it.
        parts: the fields below it; the items of a list.
        item: what is added to a list, such as ``a trend``.
        is_new: whether the reader goes on there: it was just added or moved.
        accepts: of which form numbers are.
        number: its place among items; None for what is none.
        last: whether it is the last of its items.
        is_full: whether a list takes no more items.
        has_settings: whether other fields are shown once something else is chosen.
        beside: the input for the e-mail address of somebody who is no option; empty for none.
        besides: what was typed there.
    """

    kind: Kind
    path: str
    label: str
    help: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    parts: tuple[Shown, ...] = ()
    item: str = ""
    is_new: bool = False
    accepts: str = ""
    number: int | None = None
    last: bool = False
    is_full: bool = False
    has_settings: bool = False
    beside: str = ""
    besides: str = ""

    @property
    def rows(self) -> int:
        """How many lines of a text are seen at once."""
        return min(max(3, sum(1 + len(line) // _WIDTH for line in self.value.split("\n"))), _TALL)

    @property
    def id(self) -> str:
        """The id of the input, or of the group."""
        return f"f-{self.path.replace('.', '-')}" if self.path else "f"

    @property
    def value(self) -> str:
        """The first that was typed."""
        return self.values[0] if self.values else ""

    @property
    def target(self) -> str:
        """The id of where one goes to mend it."""
        return f"{self.id}-0" if self.kind in {"radios", "checks"} else self.id

    @property
    def described_by(self) -> str:
        """The ids of what describes it: its help, and what is wrong with it."""
        ids = [f"{self.id}-help"] if self.help else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)

    @property
    def inputmode(self) -> str:
        """Which keys a telephone shows; empty for those of texts."""
        return {"whole": "numeric", "any": "decimal"}.get(self.accepts, "")


@dataclass(frozen=True)
class Scribe:
    """Writes fields in a language.

    Attributes:
        say: the words.
        known: what there is to choose among.
        faults: what is wrong, by path.
        new: the path of where the reader goes on, if that is told.
    """

    say: Phrases
    known: Known
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    new: str = ""

    def pick(self, words: tuple[str, str] | None) -> str:
        """Return the one of two words that is in the language."""
        return in_language(words, self.say.language) if words is not None else ""

    def show(self, question: Question, typed: Typed, path: str = "", label: str = "") -> Shown:
        """Return a question as it is shown, with what was typed.

        Args:
            question: what is asked.
            typed: what was typed, its lists numbered without holes.
            path: the name of its input; empty for the whole form.
            label: what it is called, if not by its label.
        """
        match question:
            case Group():
                return self._group(question, typed, path, label)
            case Items() | Pairs():
                return self._items(question, typed, path)
            case Variants():
                return self._variants(question, typed, path, label)
            case _:
                return self._plain(question, typed, path, label)

    def _plain(self, question: Question, typed: Typed, path: str, label: str) -> Shown:
        options = self._options(question, typed)
        values = typed.values
        kind = _kind(question, typed, options)
        if isinstance(question, Choice | YesNo) and not values:
            values = (_default(question),)
        if kind == "radios" and isinstance(question, Choice) and not _has_answer(question):
            options = (Option("", self.pick(("no answer", "sans réponse"))), *options)
        helps = self.pick(help_of(question.about))
        if isinstance(question, Several) and not options:
            values = (", ".join(values),)
            helps = f"{helps} {self.pick(_BY_COMMAS)}".strip()
        return Shown(
            kind=kind,
            path=path,
            label=label or self.pick(label_of(question.about)),
            help=helps,
            required=question.required,
            values=values,
            options=options,
            errors=self.faults.get(path, ()),
            accepts=question.accepts if isinstance(question, Number) else "",
            is_new=self._goes_on(path),
        )

    def _options(self, question: Question, typed: Typed) -> tuple[Option, ...]:
        match question:
            case YesNo(default=False):
                return ()
            case YesNo():
                answers = (("yes", ("yes", "oui")), ("no", ("no", "non")))
                return tuple(Option(value, self.pick(words)) for value, words in answers)
            case Choice() | Several() if question.values:
                offered = self._named(question.about, question.values)
            case Line(source=str() as source) | Several(source=str() as source):
                always = self._named(question.about, ALWAYS.get(source, ()))
                offered = [*self.known.get(source, always)]
            case _:
                offered = []
        # What the form itself names is only suggested: more may come.
        is_suggested = isinstance(question, Line) and question.source in TYPED
        return tuple(offered) if is_suggested or not offered else _kept(question, typed, offered)

    def _named(self, about: str, values: Sequence[str]) -> list[Option]:
        return [Option(one, choice_of(about, one, self.say)) for one in values]

    def _group(self, question: Group, typed: Typed, path: str, label: str) -> Shown:
        parts = tuple(
            self.show(one, typed.part(one.name), f"{path}.{one.name}" if path else one.name)
            for one in question.parts
            if not self._is_idle(one, typed.part(one.name))
        )
        return Shown(
            kind="group",
            path=path,
            label=label or (self.pick(label_of(question.about)) if path else ""),
            help=self.pick(help_of(question.about)) if path and not label else "",
            required=question.required,
            errors=self.faults.get(path, ()),
            parts=parts,
            is_new=self._goes_on(path),
        )

    def _is_idle(self, question: Question, typed: Typed) -> bool:
        """Whether it asks which of something there is none of yet, and may be left out."""
        if not isinstance(question, Several) or question.source is None or question.required:
            return False
        known = self.known.get(question.source)
        return known is not None and not known and not typed.values

    def _items(self, question: Items | Pairs, typed: Typed, path: str) -> Shown:
        item = self.pick(item_of(question.about))
        # One is asked for at once where there has to be one.
        is_needed = question.required and not question.is_bare
        items = typed.items or ((NOTHING,) if is_needed else ())
        shown: list[Shown] = []
        for number, one in enumerate(items):
            label = f"{item} {number + 1}"
            inner = self.show(question.item, one, f"{path}.{number}", label)
            shown.append(
                replace(
                    inner, number=number, last=number == len(items) - 1, help="", required=False
                )
            )
        return Shown(
            kind="items",
            path=path,
            label=self.pick(label_of(question.about)),
            help=self.pick(help_of(question.about)),
            required=question.required,
            errors=self.faults.get(path, ()),
            parts=tuple(shown),
            item=self.pick(one_more(question.about)),
            is_full=len(items) >= MAX_ITEMS,
            is_new=self._goes_on(path),
        )

    def _goes_on(self, path: str) -> bool:
        return bool(self.new) and path == self.new

    def _variants(self, question: Variants, typed: Typed, path: str, label: str) -> Shown:
        name = typed.part("name").text
        names = [Option(one, choice_of(question.about, one, self.say)) for one in question.kinds]
        if name and name not in question.kinds:
            names.append(Option(name, name))
        select = Shown(
            kind="select",
            path=f"{path}.name",
            label=label or self.pick(label_of(question.about)),
            help=self.pick(help_of(question.about)),
            required=question.required,
            values=(name,) if name else (),
            options=tuple(names),
            errors=(*self.faults.get(path, ()), *self.faults.get(f"{path}.name", ())),
            has_settings=True,
        )
        settings = question.kinds[name].parts if name in question.kinds else ()
        inner = tuple(
            self.show(one, typed.part(one.name), f"{path}.{one.name}") for one in settings
        )
        return Shown(
            kind="group",
            path=path,
            label="",
            parts=(select, *inner),
        )


def _kind(question: Question, typed: Typed, options: tuple[Option, ...]) -> Kind:  # noqa: PLR0911 - one per kind of question
    match question:
        case YesNo(default=False):
            return "tick"
        case YesNo():
            return "radios"
        case Choice():
            return "radios" if len(options) <= FEW else "select"
        case Several() if options:
            return "checks"
        case Moment():
            return "moment" if question.timed else "date"
        case Free():
            return "area"
        case Line(source="choices") if options:
            return "radios"
        case Line(source=str() as source) if options and source not in TYPED:
            return "select"
        # An input of one line would lose the others.
        case Line() if question.several or "\n" in typed.text:
            return "area"
        case _:
            return "line"


def _default(question: Choice | YesNo) -> str:
    """Return what is chosen where nothing was."""
    if isinstance(question, YesNo):
        return "yes" if question.default else ""
    return question.default or ""


def _has_answer(question: Choice) -> bool:
    """Whether there is always an answer, so that none cannot be one."""
    return question.required or question.default is not None


def _kept(question: Question, typed: Typed, offered: list[Option]) -> tuple[Option, ...]:
    """Return what is offered with what was chosen, even where that is no longer known."""
    names = {one.value: one for one in offered}
    chosen = [names.get(one, Option(one, one)) for one in typed.values if one]
    if isinstance(question, Several):
        # Those chosen go first, in their order: ticks are sent as they stand.
        return (*dict.fromkeys(chosen), *(one for one in offered if one not in chosen))
    return (*offered, *(one for one in chosen if one.value not in names))
