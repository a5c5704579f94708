"""Facts about documents: values and sources, with and without what they read."""

from typing import Any

import pytest

from tests.collective import (
    Collective,
    charter,
    identity_sheet,
    stakeholder_map,
    value_chain,
    vision,
)
from tests.stages import enforce_charter, read


@pytest.mark.parametrize(
    ("fact", "parameters", "value"),
    [
        ("document.usable", {"kind": "roadmap"}, False),
        ("vision.contributors", {}, 0),
        ("sheet.goals", {}, 0),
        ("map.actors", {}, 0),
        ("map.categories", {}, 0),
        *[
            ("chain.least", {"of": of}, 0)
            for of in ("leads", "levers", "contributors", "questions", "indicators")
        ],
        ("chain.complementarities", {}, 0),
        ("charter.in_force", {}, False),
        ("charter.disagreement_procedure", {}, False),
        ("charter.signed_share", {}, 0.0),
    ],
)
def test_without_a_document_a_fact_has_its_empty_value(
    fact: str, parameters: dict[str, Any], value: Any
) -> None:
    """Nothing adopted reads as nothing, from nowhere."""
    assert read(Collective(4), fact, **parameters) == (value, [])


def test_the_vision_with_most_contributors_counts() -> None:
    """Among the versions that are alive, the one with most different contributors is read."""
    coop = Collective(5)
    coop.adopt("shared_vision", vision())
    assert read(coop, "vision.contributors") == (3, ["shared_vision@1"])
    four = ["alpha", "beta", "gamma", "delta", "delta"]
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content={"contributors": four})
    assert read(coop, "vision.contributors") == (4, ["shared_vision@2"])
    coop.adopt("shared_vision", vision())
    assert read(coop, "vision.contributors") == (3, ["shared_vision@3"])


def test_a_draft_without_contributors_counts_none() -> None:
    """A draft may leave its contributors out."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content={"issue": "An issue"})
    assert read(coop, "vision.contributors") == (0, ["shared_vision@1"])


def test_documents_are_measured() -> None:
    """Each count is read off the adopted version, which is its source."""
    coop = Collective(4)
    coop.adopt("identity_sheet", identity_sheet())
    coop.adopt("stakeholder_map", stakeholder_map())
    assert read(coop, "document.usable", kind="identity_sheet") == (True, ["identity_sheet@1"])
    assert read(coop, "sheet.goals") == (3, ["identity_sheet@1"])
    assert read(coop, "map.actors") == (6, ["stakeholder_map@1"])
    assert read(coop, "map.categories") == (5, ["stakeholder_map@1"])


@pytest.mark.parametrize(
    ("of", "least"),
    [("leads", 0), ("levers", 1), ("contributors", 2), ("questions", 1), ("indicators", 1)],
)
def test_the_objective_with_least_counts(of: str, least: int) -> None:
    """The least over the objectives is read, repetitions apart."""
    coop = Collective(4)
    chain = value_chain()
    first, second = chain["objectives"]
    first |= {"levers": ["One", "One"], "questions": ["One", "Two"]}
    first["contributors"] = ["alpha", "beta", "gamma"]
    first["indicators"] = first["indicators"][:1]
    del second["lead"]
    coop.adopt("value_chain", chain)
    assert read(coop, "chain.least", of=of) == (least, ["value_chain@1"])


def test_complementarities_count_over_the_whole_chain() -> None:
    """Those of all objectives are added up."""
    coop = Collective(4)
    chain = value_chain()
    chain["objectives"][0]["complementarities"] = ["One", "Two"]
    coop.adopt("value_chain", chain)
    assert read(coop, "chain.complementarities") == (3, ["value_chain@1"])


def test_a_charter_is_read_from_its_signatures_to_its_procedure() -> None:
    """A charter is in force from enough signatures on; only then its procedure counts."""
    coop = Collective(4)
    coop.adopt("charter", charter())
    coop.do("rep-alpha", "sign_charter", organisation="alpha")
    assert read(coop, "charter.signed_share") == (0.25, ["charter@1", "member alpha"])
    assert read(coop, "charter.in_force") == (False, [])
    assert read(coop, "charter.disagreement_procedure") == (False, [])
    for organisation in ("beta", "gamma"):
        coop.do(f"rep-{organisation}", "sign_charter", organisation=organisation)
    assert read(coop, "charter.in_force") == (True, ["charter@1"])
    assert read(coop, "charter.disagreement_procedure") == (True, ["charter@1"])
    assert read(coop, "charter.signed_share")[0] == 0.75


def test_a_charter_is_to_be_signed_until_every_active_member_has() -> None:
    """Not before it is adopted, and not by those who no longer vote."""
    coop = Collective(3)
    assert read(coop, "charter.to_sign") == (False, [])
    enforce_charter(coop, "alpha", "beta")
    assert read(coop, "charter.to_sign") == (True, ["charter@1"])
    coop.do("fay", "suspend_member", organisation="gamma", reason="Silent")
    assert read(coop, "charter.to_sign") == (False, ["charter@1"])


def test_signatures_of_those_who_left_do_not_count() -> None:
    """The share is that of active signatories among the active members."""
    coop = Collective(4)
    enforce_charter(coop, "alpha", "beta", "gamma")
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Leaving")
    assert read(coop, "charter.signed_share")[0] == 2 / 3
    for organisation in ("alpha", "beta", "delta"):
        coop.do(
            f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Leaving"
        )
    assert read(coop, "charter.signed_share") == (0.0, [])


def test_the_charter_in_force_counts_until_its_successor_is_in_force() -> None:
    """A later charter that waits for signatures does not take anything away."""
    coop = Collective(3)
    enforce_charter(coop)
    coop.adopt("charter", charter(purpose="Another purpose"))
    assert read(coop, "charter.in_force") == (True, ["charter@1"])
    assert read(coop, "charter.signed_share")[0] == 1.0
    for organisation in ("alpha", "beta"):
        coop.do(f"rep-{organisation}", "sign_charter", organisation=organisation)
    assert read(coop, "charter.in_force") == (True, ["charter@2"])
    assert read(coop, "charter.signed_share")[0] == 2 / 3
