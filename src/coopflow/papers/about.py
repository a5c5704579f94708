"""What a paper is about and for whom: the cooperation, the reader, the language, the instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from coopflow.application.access import SUBJECTS, Extent, Subject, allowed
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Document, Member
from coopflow.papers.paper import Block, Paper
from coopflow.papers.words import PaperPhrases
from coopflow.wording.naming import Names
from coopflow.wording.telling import Teller


class NoSuchPaperError(LookupError):
    """There is nothing to make a paper of, or it is not for the reader."""

    def __init__(self, code: str = "not_found") -> None:
        """Say what is not there: a code of the contract, or ``not_found``."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Reader:
    """Somebody who will read a paper: how much of what.

    Attributes:
        extents: by subject; what is not there is not for them.
    """

    extents: Mapping[Subject, Extent]

    @classmethod
    def of(cls, roles: Collection[str]) -> Reader:
        """Return the reader who holds some roles in a cooperation or in its programme."""
        found = {subject: allowed(subject, roles) for subject in SUBJECTS}
        return cls({subject: extent for subject, extent in found.items() if extent is not None})

    def may(self, subject: Subject) -> Extent | None:
        """Return how much of something they may read; None for nothing."""
        return self.extents.get(subject)

    def sees_all(self, subject: Subject) -> bool:
        """Whether they may read everything of it."""
        return self.may(subject) == "all"


@dataclass(frozen=True)
class About:
    """What every paper needs.

    Attributes:
        state: the cooperation at that instant.
        rules: the definition that it follows, where it is known; else ids serve as names.
        reader: who reads.
        say: in which language, and where they live.
        at: the instant of which the paper tells.
        people: names of people by id; where there is none, the id serves.
    """

    state: Cooperation
    rules: Rulebook | None
    reader: Reader
    say: PaperPhrases
    at: datetime
    people: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def organisations(self) -> Mapping[str, str]:
        """Names of organisations by id."""
        return {slug: member.name for slug, member in self.state.members.items()}

    @property
    def active(self) -> tuple[Member, ...]:
        """The active members, in order of arrival."""
        return tuple(self.state.members[slug] for slug in self.state.active)

    @cached_property
    def teller(self) -> Teller:
        """Tells events, and names what they are about."""
        return Teller(self.rules, self.say, organisations=self.organisations, people=self.people)

    @cached_property
    def names(self) -> Names:
        """Names stages, gates and conditions."""
        return Names(self.rules, self.say)

    def version_of(self, kind: str, version: int | None = None) -> Document | None:
        """Return a version of a document that the reader may read; None when there is none.

        Args:
            kind: of document.
            version: which; by default the newest that was adopted, else the newest of all.
        """
        extent = self.reader.may("documents")
        found = [
            one
            for one in self.state.documents.get(kind, ())
            if extent == "all" or (extent == "published" and one.approved_at is not None)
        ]
        if version is not None:
            return next((one for one in found if one.version == version), None)
        adopted = [one for one in found if one.approved_at is not None]
        best = adopted or found
        return best[-1] if best else None

    def paper(
        self, title: str, blocks: tuple[Block, ...], *, lead: str = "", contents: bool = False
    ) -> Paper:
        """Return a paper about the cooperation."""
        return Paper(
            title=title,
            cooperation=self.state.title,
            language=self.say.language,
            at=self.at,
            day=self.say("paper.told_on", day=self.say.day(self.at), zone=self.say.zone_name),
            blocks=blocks,
            lead=lead,
            has_contents=contents,
        )
