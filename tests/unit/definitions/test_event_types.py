from __future__ import annotations

import json

from coopflow.definitions.event_types import event_types_page, event_types_schema
from coopflow.domain.catalogue import EVENTS
from coopflow.outgoing.cloudevents import type_of


def test_every_type_of_event_has_a_section_with_its_fields() -> None:
    """The reference names each type as it is sent, what it means and what its data holds."""
    page = event_types_page()
    for name, event in EVENTS.items():
        section = page.partition(f"## `{type_of(name)}`\n")[2].partition("\n## ")[0]
        assert section, name
        for field in set(event.model_fields) - {"type"}:
            assert f"| `{field}` |" in section, (name, field)


def test_what_may_be_kept_back_is_said() -> None:
    """A receiver learns from the reference that a field may be missing."""
    page = event_types_page()
    raised = page.partition("disagreement_raised.v1`")[2].partition("\n## ")[0]
    assert "| `content` | string | may be kept back |" in raised
    assert "| `subject` | string |  |" in raised


def test_the_schemas_are_those_of_the_events() -> None:
    """One for each type, without the type itself, which is that of the event around it."""
    schemas = json.loads(event_types_schema())
    assert set(schemas) == set(EVENTS)
    assert "type" not in schemas["ballot_cast"]["properties"]
    assert schemas["ballot_cast"]["required"] == ["decision", "organisation", "choice"]
