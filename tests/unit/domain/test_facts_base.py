"""What all published facts have in common: types, sources, and how long a value is sure."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from coopflow.domain.base import Source
from coopflow.domain.calendar import Span, add_months
from coopflow.domain.facts import FACTS, PLAIN_FACTS, FactQuery, Query, View
from coopflow.domain.facts.base import document_source
from coopflow.domain.memo import KINDS
from tests.collective import START, Collective, reference_rules, stakeholder_map
from tests.stages import in_animation, meet, ready_for_renewal

TYPES = {"bool": bool, "int": int, "double": float}
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def _lived() -> list[Collective]:
    """Return cooperations with nothing, something and everything to read, at several ages."""
    lived = [Collective(0), in_animation(), ready_for_renewal()]
    full = ready_for_renewal()
    full.do("rep-alpha", "update_action", action="a1", status="replanned", due="2026-08-31")
    full.do("fay", "record_pulse", score=4, answers=3, asked=4)
    meet(full, "found", "alpha", kind="discovery")
    full.wait(days=100)
    lived.append(full)
    return lived


@pytest.mark.parametrize("age", [0, 200, 500])
def test_every_fact_gives_the_type_it_declares(age: int) -> None:
    """A value is exactly of the declared type, so that CEL's static types are true."""
    for coop in _lived():
        coop.wait(days=age)
        for forward in (False, True):
            view = View(coop.state, coop.at, forward, coop.rules.policy.measures.current_for)
            for name, query in coop.rules.queries.items():
                fact = query.read(view)
                assert type(fact.value) is TYPES[query.gives], name
                assert fact.until is None or fact.until > view.at, name


def test_a_fact_keeps_its_value_until_the_instant_it_announces() -> None:
    """While no event changes what a fact reads, its value holds up to ``until``."""
    for coop in _lived():
        current_for = coop.rules.policy.measures.current_for
        for query in coop.rules.queries.values():
            fact = query.read(View(coop.state, coop.at, current_for=current_for))
            end = fact.until or add_months(coop.at, 36)
            for step in range(1, 40):
                at = coop.at + (end - coop.at) * step / 40
                assert query.read(View(coop.state, at, current_for=current_for)).value == fact.value
            last = query.read(View(coop.state, end - TICK, current_for=current_for))
            assert last.value == fact.value


def test_a_fact_reads_only_the_parts_of_the_state_that_it_declares() -> None:
    """With every undeclared part emptied a fact has the same value: remembering it is safe."""
    coop = _lived()[-1]
    fields = type(coop.state).model_fields
    read = {part for query in FACTS.values() for part in query.reads} - KINDS
    assert read <= set(fields)
    current_for = coop.rules.policy.measures.current_for
    for name, query in coop.rules.queries.items():
        declared = set(query.depends_on())
        emptied: dict[str, Any] = {
            part: fields[part].get_default(call_default_factory=True) for part in read - declared
        }
        if "documents" not in declared:
            emptied["documents"] = {
                kind: versions
                for kind, versions in coop.state.documents.items()
                if kind in declared
            }
        whole = query.read(View(coop.state, coop.at, current_for=current_for))
        bare = query.read(View(coop.state.but(**emptied), coop.at, current_for=current_for))
        assert bare == whole, name


def test_facts_without_a_required_parameter_are_read_by_their_own_names() -> None:
    """``PLAIN_FACTS`` holds a ready reading of each of them, and of no other."""
    assert set(PLAIN_FACTS) < set(FACTS)
    for name, query in FACTS.items():
        needs = any(field.is_required() for field in query.model_fields.values())
        assert (name in PLAIN_FACTS) is not needs


def test_every_fact_says_what_it_means_in_both_languages() -> None:
    """The published facts are documented, and their meanings differ."""
    french = [query.says.fr for query in FACTS.values()]
    english = [query.says.en for query in FACTS.values()]
    assert len(set(french)) == len(set(english)) == len(FACTS)


@pytest.mark.parametrize(
    "raw",
    [
        {"fact": "no.such"},
        {"fact": "document.usable"},
        {"fact": "document.usable", "kind": "letter"},
        {"fact": "members.active", "kind": "state"},
        {"fact": "attendance", "last": 0},
        {"fact": "meetings", "quorum": "3/2"},
        {"fact": "chain.least", "of": "wishes"},
    ],
)
def test_a_reading_with_wrong_parameters_is_refused(raw: dict[str, Any]) -> None:
    """A policy cannot name a fact, a parameter or a value that does not exist."""
    with pytest.raises(ValidationError):
        TypeAdapter[Query](FactQuery).validate_python(raw)


def test_a_bare_query_reads_nothing() -> None:
    """Only the published facts know how to read the state."""
    with pytest.raises(NotImplementedError, match="Query"):
        Query().read(View(Collective(0).state, START))


def test_a_view_counts_stale_documents_in_the_holding_reading_only() -> None:
    """What is adopted counts in both readings, stale in one, expired and draft in none."""
    coop = Collective(4)
    coop.do("rep-alpha", "draft_document", kind="stakeholder_map", content=stakeholder_map())
    assert View(coop.state, coop.at).usable("stakeholder_map") is None
    coop.do("rep-alpha", "submit_document", kind="stakeholder_map")
    coop.vote("decision-1", "yes")
    for days, holding, forward in ((0, True, True), (365, True, False), (60, False, False)):
        coop.wait(days=days)
        assert (View(coop.state, coop.at).usable("stakeholder_map") is not None) is holding
        ahead = View(coop.state, coop.at, forward=True)
        assert (ahead.usable("stakeholder_map") is not None) is forward


def test_a_window_is_half_open_and_no_window_holds_everything() -> None:
    """A thing counts while its age is below the span; the first to lapse ends the reading."""
    view = View(Collective(0).state, START)
    assert view.within(START - DAY + TICK, Span(days=1))
    assert not view.within(START - DAY, Span(days=1))
    assert view.within(START - 9999 * DAY, None)
    assert view.first_lapse([START, START - DAY], Span(days=3)) == START + 2 * DAY
    assert view.first_lapse([], Span(days=3)) is None
    assert view.first_lapse([START], None) is None


def test_a_source_is_quoted_as_people_write_it() -> None:
    """A document is named by kind and version, anything else by its kind and id."""
    coop = Collective(3)
    coop.adopt("stakeholder_map", stakeholder_map())
    document = coop.state.current("stakeholder_map")
    assert document is not None
    assert str(document_source(document)) == "stakeholder_map@1"
    assert str(Source(kind="meeting", id="m1")) == "meeting m1"


def test_the_reference_policy_reads_every_fact_it_names() -> None:
    """No reading of the reference policy is left over."""
    rules = reference_rules()
    read = {name for predicate in rules.predicates.values() for name in predicate.names}
    assert set(rules.policy.facts) <= read
