"""The ladder of disagreements in tests: a disagreement on any step, and everybody around it."""

from __future__ import annotations

from typing import Any

from tests.collective import Collective

LIMITS = {
    "raised": 5,
    "dialogue": 21,
    "facilitation": 30,
    "mediation": 60,
    "collective_decision": 30,
    "separation": 60,
}
EVERY_STEP = [*LIMITS, "closed"]
WORDS = "who did what to whom"
"""The content of the disagreement."""

READERS = {
    "raised": {"party", "facilitator"},
    "dialogue": {"party", "facilitator"},
    "facilitation": {"party", "facilitator"},
    "mediation": {"party", "mediator"},
    "collective_decision": {"party", "member"},
    "separation": {"party", "member"},
    "closed": {"party"},
}
PEOPLE = {
    "party": "rep-beta",
    "member": "rep-gamma",
    "facilitator": "fay",
    "mediator": "med",
    "other mediator": "mel",
    "suspended member": "rep-delta",
    "observer": "obi",
    "programme manager": "pam",
    "stranger": "zoe",
}


def raise_it(coop: Collective, by: str = "rep-alpha", **changes: Any) -> list[str]:
    """Let alpha and beta disagree."""
    said = {
        "disagreement": "d",
        "subject": "The room",
        "content": WORDS,
        "parties": ["alpha", "beta"],
        "touches": "object",
    }
    return coop.do(by, "raise_disagreement", **(said | changes))


def at_step(step: str, coop: Collective | None = None, **changes: Any) -> Collective:
    """Return a cooperation with a disagreement ``d`` on a step of the ladder, just entered."""
    coop = coop or Collective(4)
    if "med" not in coop.state.roles:
        coop.do("fay", "assign_role", person="med", role="mediator")
    raise_it(coop, **changes)
    if step == "raised":
        return coop
    flagged = coop.state.disagreements["d"].flagged
    coop.do("fay", "triage_disagreement", disagreement="d", verdict="accept", blocking=flagged)
    for name in ("facilitation", "mediation", "collective_decision", "separation"):
        if coop.state.disagreements["d"].state == step:
            break
        if coop.state.disagreements["d"].state == "mediation":
            coop.do("rep-alpha", "stop_mediation", disagreement="d", organisation="alpha")
        if coop.state.disagreements["d"].state == "collective_decision":
            coop.wait(days=LIMITS["collective_decision"])
        else:
            coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
        assert coop.state.disagreements["d"].state == name
    if step == "closed":
        coop.do("fay", "record_lasting_disagreement", disagreement="d")
    return coop


def mediated(coop: Collective | None = None) -> Collective:
    """Return a cooperation whose disagreement is mediated by somebody whom all accept."""
    coop = at_step("mediation", coop)
    coop.do("fay", "appoint_mediator", disagreement="d", person="med")
    for party in ("alpha", "beta"):
        coop.do(f"rep-{party}", "accept_mediator", disagreement="d", organisation=party)
    return coop


def surrounded(step: str) -> Collective:
    """Return a cooperation with a disagreement on a step, and all of ``PEOPLE`` around it."""
    coop = Collective(4)
    for person, role in (("mel", "mediator"), ("obi", "observer")):
        coop.do("fay", "assign_role", person=person, role=role)
    coop = mediated(coop) if step == "mediation" else at_step(step, coop)
    coop.do("fay", "suspend_member", organisation="delta", reason="Silent")
    return coop
