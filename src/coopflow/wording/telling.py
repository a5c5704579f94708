"""The events of a journal told as sentences, in the language of who reads.

A sentence is made of the event alone, as readers have it: what is kept back from them is said to be
so. Names are those that are handed over; where there is none, the id serves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Protocol

from coopflow.domain.base import Label
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.policy import Policy
from coopflow.domain.rulebook import Rulebook
from coopflow.wording.event_words import ENGINE_REASONS
from coopflow.wording.phrases import Phrases

_KEYED: Final = {
    "result": "result",
    "step": "step",
    "choice": "choice",
    "outcome": "outcome",
    "verdict": "judged",
    "code": "alert",
    "category": "category",
    "role": "held",
    "status": "action",
}
_DATED: Final = frozenset({"until", "closes_at", "limit", "held_at", "due"})


class Teller:
    """Tells events as sentences."""

    def __init__(
        self,
        rules: Rulebook | None,
        say: Phrases,
        *,
        organisations: Mapping[str, str] | None = None,
        people: Mapping[str, str] | None = None,
        things: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Prepare to tell.

        Args:
            rules: names stages, gates, conditions and criteria; without them, ids serve.
            say: the language, and where its readers live.
            organisations: names of organisations by id.
            people: names of people by id.
            things: what decisions, disagreements, meetings and other things are called, by id below
                the name of the field that holds it; without them, ids serve.
        """
        self._say = say
        self._organisations = organisations or {}
        self._people = people or {}
        self._labels = _labels(rules, say)
        self._letters = _letters(rules.policy) if rules else {}
        self._namers: dict[str, Callable[[Any], str]] = {
            "arithmetic": lambda one: say.counted(Label.model_validate(one)).rstrip("."),
            "rule": lambda one: say(f"rule.{one['name']}"),
            "levels": self.levels,
            **dict.fromkeys(("organisation", "holder", "to", "owner"), self.organisation),
            **dict.fromkeys(("person", "representative", "alternate", "author"), self.person),
            **dict.fromkeys(("gate", "stage", "condition", "about"), self.labelled),
        }
        self._names_things = bool(things)
        for name, called in (things or {}).items():
            self._namers[name] = _namer(called, self._namers.get(name, str))

    def tell(self, kind: str, fields: Mapping[str, Any], withheld: Collection[str] = ()) -> str:
        """Return an event as a sentence, without a full stop.

        Args:
            kind: the wire name of the event.
            fields: what it holds, as JSON; those at their defaults may be left out.
            withheld: the names of those that are kept back, and not there.
        """
        whole = {**_defaults(kind), **fields}
        values = {name: self._value(kind, name, value) for name, value in whole.items()}
        values |= dict.fromkeys(withheld, self._say("told.withheld"))
        make = _MORE.get(kind)
        if make is not None:
            values |= make(self, whole)
        key = f"told.{kind}"
        is_named = self._names_things and self._say.knows(f"{key}.named")
        return self._say(f"{key}.named" if is_named else key, **values)

    def organisation(self, organisation: str) -> str:
        """Name an organisation."""
        return self._organisations.get(organisation, organisation)

    def person(self, person: str) -> str:
        """Name a person."""
        return self._people.get(person, person)

    def labelled(self, slug: str) -> str:
        """Name a stage, gate, condition or criterion; else an organisation; else the id."""
        return self._labels.get(slug) or self.organisation(slug)

    def subject(self, subject: str) -> str:
        """Say what a decision is about."""
        family, _, about = subject.partition(":")
        about = self._say(f"document.{about}") if family == "document" else self.labelled(about)
        return self._say(f"matter.{family}", about=about)

    def levels(self, levels: Mapping[str, int]) -> str:
        """Write levels by the letters of their conditions: ``A2 B1 C1 D1 E0``."""
        order = list(self._letters)
        known = sorted(levels, key=lambda one: order.index(one) if one in order else len(order))
        return " ".join(f"{self._letters.get(one, one)}{levels[one]}" for one in known)

    def _value(self, kind: str, name: str, value: Any) -> str:
        """Return a field in words: by its name, else as what it is."""
        say = self._say
        if value is None and name != "holds":
            return ""
        word = self._named(name, value)
        if word is not None:
            return word
        match name:
            case "kind":
                return say(f"{kind.partition('_')[0]}.{value}")
            case "subject" if not kind.startswith("disagreement"):
                return self.subject(value)
        return value.rstrip(".") if isinstance(value, str) else say.value(value)

    def _named(self, name: str, value: Any) -> str | None:
        """Return what a field names; None when it names nothing."""
        say, name_of = self._say, self._namers.get(name)
        if name_of is not None:
            return name_of(value)
        if name in {"organisations", "followed"}:
            return say.several([self.labelled(one) for one in value]) or "–"
        if name in _DATED:
            return self._day(value)
        if name == "reason" and value in ENGINE_REASONS:
            return say.label(ENGINE_REASONS[value])
        return say(f"{_KEYED[name]}.{value}") if name in _KEYED else None

    def _day(self, value: str | date) -> str:
        if isinstance(value, date):
            return self._say.day(value)
        whole = value if "T" in value else None
        return self._say.day(datetime.fromisoformat(whole) if whole else date.fromisoformat(value))


def _namer(called: Mapping[str, str], otherwise: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda thing: called[thing] if thing in called else otherwise(thing)


@cache
def _defaults(kind: str) -> Mapping[str, Any]:
    """Return what the fields of an event hold that are left out, by name."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in EVENTS[kind].model_fields.items()
        if not field.is_required() and name != "type"
    }


class _Labelled(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def label(self) -> Label: ...


def _labels(rules: Rulebook | None, say: Phrases) -> dict[str, str]:
    if rules is None:
        return {}
    policy, lifecycle = rules.policy, rules.lifecycle
    named: tuple[_Labelled, ...] = (
        *rules.criteria.values(),
        *policy.advice,
        *policy.conditions,
        *lifecycle.stages,
        *lifecycle.gates,
    )
    return {one.id: say.label(one.label) for one in named}


def _letters(policy: Policy) -> dict[str, str]:
    return {one.id: one.letter for one in policy.conditions}


# --- values that take more than one field ---------------------------------------------------------


def _present(_: Teller, fields: Mapping[str, Any]) -> dict[str, str]:
    active, attendees = set(fields.get("active", ())), set(fields.get("attendees", ()))
    return {"present": str(len(active & attendees)), "active": str(len(active))}


def _planned(_: Teller, fields: Mapping[str, Any]) -> dict[str, str]:
    return {"count": str(len(fields.get("actions", ())))}


def _changed(teller: Teller, fields: Mapping[str, Any]) -> dict[str, str]:
    names = ("status", "due", "owner", "learning")
    found = [
        teller._value("action_updated", name, fields[name])  # noqa: SLF001 - of this module
        for name in names
        if fields.get(name) is not None
    ]
    return {"changes": ", ".join(found)}


def _requested(teller: Teller, fields: Mapping[str, Any]) -> dict[str, str]:
    verdict = fields["verdict"]
    return {
        "gate": teller.labelled(verdict["gate"]),
        "result": teller._say(f"verdict.{verdict['result']}"),  # noqa: SLF001 - of this module
    }


def _mandated(teller: Teller, fields: Mapping[str, Any]) -> dict[str, str]:
    terms = fields["terms"]
    until = terms.get("ends_on")
    day = teller._day(until) if until else ""  # noqa: SLF001 - of this module
    said = teller._say("told.until", until=day) if until else ""  # noqa: SLF001 - of this module
    return {"holder": teller.organisation(terms["holder"]), "until": said}


_MORE: Final[Mapping[str, Callable[[Teller, Mapping[str, Any]], dict[str, str]]]] = {
    "meeting_recorded": _present,
    "actions_planned": _planned,
    "action_updated": _changed,
    "gate_requested": _requested,
    "mandate_started": _mandated,
    "mandate_scheduled": _mandated,
}
