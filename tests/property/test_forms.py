"""Whatever data a form is filled with comes back of it, and whatever is posted to it is borne."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.tools import TOOLS
from coopflow.domain.voting import RULE_NAMES
from coopflow.entrypoints.web.forms.faults import ERRORS, words_of
from coopflow.entrypoints.web.forms.form import Form
from coopflow.entrypoints.web.forms.questions import ENVELOPE, walk
from coopflow.entrypoints.web.forms.shown import Option
from coopflow.entrypoints.web.forms.typed import as_pairs
from tests.forms import COMMAND_FORMS, ENGLISH, FRENCH, TOOL_FORMS, html_of, sent

FORMS = {**TOOL_FORMS, **COMMAND_FORMS}
SLUGS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:@-]{0,8}\Z")
# A carriage return comes back of a browser as the end of a line; the domain strips texts.
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text.strip())
)
WORDS = st.sampled_from(["below 10 %", "moins", "<b>", "“many”"])
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda one: round(one, 3) + 0.0)
RATIOS = st.sampled_from(["0", "1/2", "2/3", "1", "0.25"])
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat)
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC).isoformat().replace("+00:00", "Z")
)
RULES = st.sampled_from(
    [
        *(name for name in RULE_NAMES if name not in {"colleges", "weighted"}),
        {"name": "qualified_majority", "threshold": "3/4", "base": "electorate"},
        {"name": "unanimity", "strict": True},
        {"name": "consensus", "stand_aside": "1/3"},
        {"name": "weighted", "weights": {"alpha": "3", "beta": "1/2"}},
        {"name": "colleges", "weights": {"public": "2"}, "mode": "proportional"},
    ]
)
GARBAGE = st.sampled_from(
    ["", " ", "\0", "a\ud800"[:1], "é" * 300, "x" * 70_000, "../x", "{}", "null", "yes", "on"]
) | st.text(max_size=12)
STEPS = st.sampled_from(
    ["0", "1", "7", "199", "200", "10000000000", "-1", "٣", "name", "key", "value", "", "rule", "x"]
)


def contents(model: type[BaseModel], without: frozenset[str] = frozenset()) -> st.SearchStrategy:
    """Return data of a model, with or without what may be left out."""
    needed: dict[str, st.SearchStrategy[Any]] = {}
    maybe: dict[str, st.SearchStrategy[Any]] = {}
    for python_name, info in model.model_fields.items():
        name = info.alias or python_name
        if name not in without:
            into = needed if info.is_required() else maybe
            into[name] = _of(info.annotation, tuple(info.metadata), name)
    return st.fixed_dictionaries(needed, optional=maybe)


def _of(  # noqa: PLR0911 - one per kind of type
    kind: Any, limits: tuple[Any, ...], name: str
) -> st.SearchStrategy[Any]:
    while get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        limits = (*limits, *more)
    flat = [
        one
        for limit in limits
        for one in (limit.metadata if isinstance(limit, FieldInfo) else [limit])
    ]
    origin, inner = get_origin(kind), get_args(kind)
    if name in {"rule", "fallback"}:
        return RULES
    if origin in {Union, UnionType}:
        some = [one for one in inner if one is not NoneType]
        return _of(some[0], tuple(flat), name) if len(some) == 1 else NUMBERS | WORDS
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        item = _of(inner[0], (), name)
        is_model = isinstance(inner[0], type) and issubclass(inner[0], BaseModel)
        unique = None if is_model or get_origin(inner[0]) is dict else str
        return st.lists(item, min_size=1, max_size=3, unique_by=unique)
    if origin is dict and inner[1] is not Any:
        return st.dictionaries(
            _of(inner[0], (), name), _of(inner[1], (), name), min_size=1, max_size=3
        )
    if origin is dict:
        return st.dictionaries(SLUGS, TEXTS | st.integers(), max_size=2)
    return _scalar(kind, flat)


def _scalar(kind: Any, limits: list[Any]) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return contents(kind)
    if kind is str:
        is_slug = any(isinstance(one, StringConstraints) and one.pattern for one in limits)
        return SLUGS if is_slug else TEXTS
    least = next((one.ge for one in limits if hasattr(one, "ge")), None)
    least = next((one.gt + 1 for one in limits if hasattr(one, "gt")), least)
    most = next((one.le for one in limits if hasattr(one, "le")), None)
    numbers = st.integers(0 if least is None else int(least), int(most or 10**6))
    return {
        bool: st.booleans(),
        int: numbers,
        float: numbers if limits else NUMBERS,
        date: DAYS,
        datetime: INSTANTS,
    }.get(kind, RATIOS)


def meant(name: str, data: dict[str, Any]) -> Any:
    """Return what data mean: what is said with them, and what holds where nothing is said."""
    model, _ = models(name)
    try:
        found = model.model_validate({**FORMS[name].filled_in, **data})
    except ValidationError:
        return bare(data)
    return bare(found.model_dump(mode="json"))


def bare(value: Any) -> Any:
    """Return data without what says nothing: a form leaves that out."""
    if isinstance(value, dict):
        inner = {name: bare(one) for name, one in value.items()}
        return {
            name: one
            for name, one in inner.items()
            if one is not False and one not in ({}, [], None)
        }
    return [bare(one) for one in value] if isinstance(value, list) else value


def models(name: str) -> tuple[type[BaseModel], frozenset[str]]:
    """Return the model that a form asks, and what it does not ask."""
    if name in TOOLS:
        return TOOLS[name], frozenset()
    asked = {one.name for one in FORMS[name].question.parts}
    wire = {info.alias or one for one, info in COMMANDS[name].model_fields.items()}
    return COMMANDS[name], frozenset(wire - asked) | ENVELOPE


@pytest.mark.parametrize("say", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("name", sorted(FORMS))
def test_what_a_form_is_filled_with_comes_back_of_a_browser(name: str, say: Any) -> None:
    """For all tools and all commands, whether things to choose among are known or not."""
    form, (model, without) = FORMS[name], models(name)
    members = {"members": [Option("alpha", "Alpha"), Option("beta", "Bêta")]}

    @settings(max_examples=6, deadline=None)
    @given(data=contents(model, without), known=st.sampled_from([{}, members]))
    def comes_back(data: dict[str, Any], known: Any) -> None:
        html = html_of(form, form.fill(data, say), say, known=known)
        posted = form.read(sent(html))
        assert posted.ignored == ()
        assert meant(name, form.data(form.tidy(posted.typed), say)) == meant(name, data)

    comes_back()


@pytest.mark.parametrize("name", sorted(FORMS))
def test_whatever_is_posted_is_read_and_shown_again(name: str) -> None:
    """No name, depth, number, place or button, however odd, is an error; nor is what is lacking."""
    form = FORMS[name]
    names = sorted({one.name for one in walk(form.question) if one.name})
    paths = st.lists(st.sampled_from(names) | STEPS, min_size=1, max_size=12).map(".".join)
    deeds = st.tuples(st.sampled_from(["add", "remove", "up", "down", "x", ""]), paths).map(
        ":".join
    )
    pairs = st.lists(st.tuples(paths, GARBAGE) | st.tuples(st.just("_do"), deeds), max_size=30)

    @settings(max_examples=8, deadline=None)
    @given(pairs=pairs)
    def is_borne(pairs: list[tuple[str, str]]) -> None:
        posted = form.read(pairs)
        typed = form.tidy(posted.typed)
        faults = form.faults(typed, FRENCH)
        html = html_of(form, typed, faults=faults, new=posted.new)
        assert all(all(one.words) for one in faults)
        # What is shown is read as what was shown.
        assert form.read(sent(html)).ignored == ()
        again = form.read(as_pairs(typed)).typed
        assert form.data(again, FRENCH) == form.data(typed, FRENCH)

    is_borne()


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_error_that_can_come_has_words(name: str) -> None:
    """In French and English: none is answered with the words of a library."""
    form, (model, _) = FORMS[name], models(name)
    asked = [one.name for one in form.question.parts]
    values = st.recursive(
        GARBAGE | st.integers() | st.floats() | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["name", "from", "key", "id", "coordinate", "rule", "weights"]),
                inner,
            )
        ),
        max_leaves=5,
    )

    @settings(max_examples=15, deadline=None)
    @given(data=st.dictionaries(st.sampled_from(asked), values) if asked else st.just({}))
    def has_words(data: dict[str, Any]) -> None:
        try:
            model.model_validate({**form.filled_in, **data})
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                assert one["type"] in ERRORS, one
                words = words_of(one["type"], one["msg"], one.get("ctx"))
                assert "{" not in "".join(words)
                is_own = one["type"] == "value_error"
                assert not is_own or words != ERRORS["value_error"], one

    has_words()


def test_the_forms_are_those_of_all_tools_and_commands() -> None:
    """None is left out of these tests."""
    assert set(FORMS) == {*TOOLS, *COMMANDS}
    assert all(isinstance(one, Form) for one in FORMS.values())
