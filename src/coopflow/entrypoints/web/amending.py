"""Amending what is put to a decision: the form asks what the proposal itself is made of.

An amendment names the parts that change. The form shows the proposal whole, and what was changed in
it is read off afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, create_model
from pydantic_core import to_jsonable_python

from coopflow.domain.base import Text
from coopflow.domain.state import Decision, MandateTerms
from coopflow.domain.tools import TOOLS
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.forms.faults import Fault
from coopflow.entrypoints.web.forms.form import Form, of_command
from coopflow.entrypoints.web.forms.typed import Typed
from coopflow.wording.phrases import Phrases

COMMAND: Final = "integrate_objection"
"""The command that amends a proposal."""

FIELD: Final = "amendment"
"""The field of the command that holds the amendment."""

_UNCHANGED: Final = Fault(
    FIELD,
    (
        "Nothing of the proposal is changed yet.",
        "Rien de la proposition n'est encore modifié.",
    ),
)


@dataclass(frozen=True)
class Amending:
    """A proposal that may be amended.

    Attributes:
        form: of the command, which asks what the proposal is made of.
        model: what the proposal has to be.
        before: the proposal as it stands.
    """

    form: Form
    model: type[BaseModel]
    before: Mapping[str, Any]

    def filled(self, typed: Typed, say: Phrases) -> Typed:
        """Return what was typed with the proposal as it stands."""
        filled = self.form.fill({FIELD: dict(self.before)}, say)
        return typed.having(FIELD, filled.part(FIELD))

    def changes(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of the command with what was changed, instead of the whole proposal.

        Args:
            data: as the form holds them.
        """
        after = data.get(FIELD) or {}
        blank = {name: self._default(name) for name in self.before if name not in after}
        changed = {
            name: one for name, one in {**blank, **after}.items() if self.before.get(name) != one
        }
        return {**data, FIELD: changed}

    def _default(self, name: str) -> Any:
        """Return what a part is that was left blank; None where it must not be."""
        info = self.model.model_fields[name]
        if info.is_required():
            return None
        return to_jsonable_python(info.get_default(call_default_factory=True))

    @staticmethod
    def faults(data: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Return what is wrong with data where nothing was changed."""
        return () if data[FIELD] else (_UNCHANGED,)


async def amending(page: CooperationPage, decision: str) -> Amending | None:
    """Return what is put to an open decision; None where there is no such one.

    Raises:
        UnavailableError: the engine does not answer.
    """
    state = await page.services.engine.state(page.sight.address)
    found = state.decisions.get(decision)
    if found is None or not found.is_open:
        return None
    if found.document is None:
        model, before = _asked(found)
    else:
        kind = found.subject.partition(":")[2]
        model, before = TOOLS[kind], state.version(kind, found.document).content
    form = of_command(COMMAND, described={FIELD: model})
    return Amending(form, model, to_jsonable_python(before))


def _asked(decision: Decision) -> tuple[type[BaseModel], Mapping[str, Any]]:
    """Return what a decision is about that no document holds: a mandate, or a question."""
    # By the names of the commands that stated them, so that they are labelled as there.
    if decision.terms is not None:
        fields: dict[str, Any] = {
            name: (info.annotation, info) for name, info in MandateTerms.model_fields.items()
        }
        return create_model("ProposeMandate", **fields), decision.terms.model_dump(mode="json")
    return create_model("OpenDecision", question=(Text, ...)), {"question": decision.question}
