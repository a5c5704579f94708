"""The fact that is read off the world: what a check has answered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from coopflow.domain.base import Label, Source
from coopflow.domain.facts.base import Fact, FactType, Query, View

_LONGEST: Final = 60
_ID: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_NAMED: Final = re.compile(r"checks\.([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")

CheckId = Annotated[str, Field(pattern=_ID, max_length=_LONGEST)]
"""The id of a check: words of small letters and digits, joined by hyphens."""

_NOT_ASKED: Final = Label(en="not answered yet", fr="pas encore de réponse")


class CheckHolds(Query):
    """What a check answered last: true, false, or unknown with the reason why.

    No policy writes this reading: its expressions name the check.
    """

    fact: Literal["check"] = "check"
    check: CheckId
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("checks",)
    says: ClassVar[Label] = Label(fr="la vérification est positive", en="the check holds")

    def words(self) -> Label:
        """Name the check."""
        return Label(
            fr=f"la vérification {self.check} est positive", en=f"the check {self.check} holds"
        )

    def read(self, view: View) -> Fact:
        """Read the last answer."""
        answer = view.state.checks.get(self.check)
        if answer is None:
            return Fact(value=None, reason=_NOT_ASKED)
        return Fact(
            value=answer.holds,
            sources=(Source(kind="check", id=self.check),),
            at=answer.at,
            reason=answer.reason,
        )


def is_check_id(word: str) -> bool:
    """Whether a word may be the id of a check."""
    return len(word) <= _LONGEST and re.fullmatch(_ID, word, re.ASCII) is not None


def named_by(words: Iterable[str]) -> dict[str, CheckHolds]:
    """Return the readings of checks among dotted words, by the name of the fact, sorted."""
    found: dict[str, CheckHolds] = {}
    for word in sorted(set(words)):
        named = _NAMED.fullmatch(word)
        if named is not None and len(named[1]) <= _LONGEST:
            found[word] = CheckHolds(check=named[1].replace("_", "-"))
    return found
