"""What importing a file would do: decided from the file and what the directory holds, no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from coopflow.definitions.faults import MAX_FAULTS, Fault, listing
from coopflow.directory.columns import ORGANISATIONS, PEOPLE, ROLES_WRITTEN
from coopflow.directory.errors import FaultyRecordError
from coopflow.directory.people import PROGRAMME_ROLES, Notifications, PersonStated, ProgrammeRole
from coopflow.directory.records import Kept, Stated, checked_id
from coopflow.directory.rows import PERSON, Kind, stated_of
from coopflow.directory.sheets import Line, Sheet
from coopflow.domain.base import Shape

S = TypeVar("S", bound=Stated)
K = TypeVar("K", bound=Kept)

Outcome = Literal["added", "changed", "unchanged"]

_TAKEN: Final = "is taken by another one"
_CHOOSE: Final = "choose another"


class Place(NamedTuple):
    """Where a record is kept: its programme, if it is of one alone, and its id."""

    programme: str | None
    id: str


class ImportedLine(Shape):
    """What a line of a file comes to.

    Attributes:
        line: its number.
        id: whom it is about; None for a person whose id is only made when they are added.
        name: theirs, after it.
        outcome: whether the record is added, changed or left as it is.
        fields: what changes.
    """

    line: int
    id: str | None
    name: str
    outcome: Outcome
    fields: tuple[str, ...] = ()


class ImportReport(Shape):
    """What importing a file came to, or would come to.

    Attributes:
        kind: what the file lists.
        dry_run: whether nothing was written.
        added: how many records.
        changed: how many records.
        unchanged: how many records.
        lines: each line, in the order of the file.
    """

    kind: Literal["people", "organisations"]
    dry_run: bool
    added: int
    changed: int
    unchanged: int
    lines: tuple[ImportedLine, ...]


@dataclass(frozen=True)
class Holdings(Generic[K]):
    """What the directory holds, as far as a file concerns it.

    Attributes:
        records: by the programme that they belong to (none for people) and their id.
        programmes: those that there are.
        roles: of people, by person and programme.
        presence: the programmes that each person is in, also those whom cooperations alone know.
    """

    records: Mapping[Place, K]
    programmes: frozenset[str]
    roles: Mapping[str, Mapping[str, tuple[ProgrammeRole, ...]]] = field(default_factory=dict)
    presence: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Step(NamedTuple, Generic[S]):
    """What is done about one line.

    Attributes:
        line: its number.
        place: where the record is kept.
        is_made_up: whether its id was made up for it.
        before: what was stated; None for a new one.
        after: what will be.
        programme: where a person takes part because of it; None for nowhere.
        roles_before: those held there; None for somebody who does not take part yet.
        roles: those held there from now on.
    """

    line: int
    place: Place
    is_made_up: bool
    before: S | None
    after: S
    programme: str | None = None
    roles_before: tuple[ProgrammeRole, ...] | None = None
    roles: tuple[ProgrammeRole, ...] = ()

    @property
    def changes_roles(self) -> bool:
        """Whether the line changes where a person takes part, or with which roles."""
        return self.programme is not None and self.roles != self.roles_before

    def told(self) -> ImportedLine:
        """Return what the line comes to."""
        outcome: Outcome = "added"
        fields: tuple[str, ...] = ()
        if self.before is not None:
            fields = tuple(_differing(self.before, self.after))
            fields += ("roles",) if self.changes_roles else ()
            outcome = "changed" if fields else "unchanged"
        return ImportedLine(
            line=self.line,
            id=None if self.is_made_up else self.place.id,
            name=getattr(self.after, "name", ""),
            outcome=outcome,
            fields=fields,
        )


def report(steps: Sequence[Step[S]], kind: Kind[S, K], *, dry_run: bool) -> ImportReport:
    """Tell what a plan comes to."""
    lines = tuple(step.told() for step in steps)
    counts = Counter(line.outcome for line in lines)
    return ImportReport(
        kind="people" if kind.stated is PersonStated else "organisations",
        dry_run=dry_run,
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        lines=lines,
    )


class Plan(Generic[S, K]):
    """What is done about the lines of a file, one after the other."""

    def __init__(  # noqa: PLR0913 - what is imported, into what, how
        self,
        kind: Kind[S, K],
        sheet: Sheet,
        holdings: Holdings[K],
        new_id: Callable[[], str],
        programme: str | None = None,
        *,
        isolated: bool = False,
    ) -> None:
        """Begin with what there is.

        Args:
            kind: what the file lists.
            sheet: the file.
            holdings: what the directory holds of what it names.
            new_id: makes up an id for a person without one.
            programme: the one that its lines belong to unless they name it themselves.
            isolated: keep to that programme: nobody is changed, or brought into it, who is in
                another one.
        """
        self._kind = kind
        self._sheet = sheet
        self._new_id = new_id
        self._programme = programme
        self._isolated = isolated
        self._programmes = holdings.programmes
        self._stated = {
            place: stated_of(kind, record) for place, record in holdings.records.items()
        }
        self._roles = {person: dict(held) for person, held in holdings.roles.items()}
        self._presence = holdings.presence
        self._owners: dict[tuple[str | None, str], str] = {}
        self._seen: dict[tuple[Place, str | None], int] = {}
        self._faults: list[Fault] = []
        for place, stated in self._stated.items():
            self._own(place, None, stated)

    def steps(self) -> tuple[list[Step[S]], list[Fault]]:
        """Return what to do, and what is wrong; a file with faults is not imported."""
        steps: list[Step[S]] = []
        for line in self._sheet.lines:
            step = self._step(line)
            if step is not None:
                steps.append(step)
            if len(self._faults) > MAX_FAULTS:
                break  # nobody mends more before looking again
        return steps, self._faults

    def _step(self, line: Line) -> Step[S] | None:
        programme = self._programme_of(line)
        within = programme if self._kind is not PERSON else None
        name = self._id_of(line, within)
        if name is None:
            return None
        place = Place(within, name)
        again = self._seen.setdefault((place, programme), line.number)
        if again != line.number:
            self._fault(line, "id", f"line {again} is about the same", "leave one of them out")
            return None
        before = self._stated.get(place)
        try:
            after = self._after(line, before)
        except FaultyRecordError as error:
            for where, message in error.faults.items():
                self._fault(line, where.removeprefix("notifications."), message)
            return None
        self._check_own(line, place, after)
        if self._isolated and isinstance(after, PersonStated):
            assert before is None or isinstance(before, PersonStated)
            self._keep_to_programme(line, name, before, has_changed=before != after)
        self._own(place, before, after)
        self._stated[place] = after
        is_made_up = before is None and not line.text("id")
        step = Step(line.number, place, is_made_up, before, after)
        return self._taking_part(line, step, programme) if self._kind is PERSON else step

    def _programme_of(self, line: Line) -> str | None:
        programme = line.text("programme") or self._programme
        if self._programme and programme != self._programme:
            told = f"the file is imported into {self._programme}"
            self._fault(line, "programme", told, "name that one, or none")
        elif programme and programme not in self._programmes:
            self._fault(line, "programme", f"there is no programme {programme}", "add it first")
        elif not programme and self._kind is not PERSON:
            self._fault(line, "programme", "is missing", "name one, here or for the whole file")
        return programme

    def _id_of(self, line: Line, within: str | None) -> str | None:
        """Return the id that a line names, by itself or by what only one record has."""
        if given := line.text("id"):
            try:
                return checked_id(self._kind.word, given)
            except FaultyRecordError as error:
                self._fault(line, "id", error.faults["id"])
                return None
        value = line.text(self._kind.own)
        owner = self._owners.get((within, self._kind.own_key(value)))
        if owner is None and value and self._kind is PERSON:
            return self._new_id()
        if owner is None:
            remedy = f"give an id, or the {self._kind.own} of one that is there"
            self._fault(line, "id", "is missing", remedy)
        return owner

    def _after(self, line: Line, before: S | None) -> S:
        said: dict[str, Any] = {}
        wishes: dict[str, str] = {}
        for column in PEOPLE if self._kind is PERSON else ORGANISATIONS:
            text = line.text(column.field)
            if column.field in Notifications.model_fields:
                wishes |= {column.field: text} if text else {}
            elif column.field in self._kind.stated.model_fields and (
                text or (column.may_be_empty and column.field in line.cells)
            ):
                said[column.field] = text or None
        if wishes:
            held = before.notifications.model_dump() if isinstance(before, PersonStated) else {}
            said["notifications"] = held | wishes
        return self._kind.stated.read(said) if before is None else before.changed(said)

    def _taking_part(self, line: Line, step: Step[S], programme: str | None) -> Step[S]:
        held = self._roles.setdefault(step.place.id, {})
        before = held.get(programme) if programme else None
        roles = before or ()
        if "roles" in line.cells:
            roles = tuple(sorted({*self._roles_in(line)}))
            if roles and not programme:
                told = "roles are held in a programme"
                self._fault(line, "roles", told, "name it, here or for the whole file")
        if programme:
            held[programme] = roles
        return step._replace(programme=programme, roles_before=before, roles=roles)

    def _roles_in(self, line: Line) -> Iterator[ProgrammeRole]:
        for word in re.split(r"\s*[|,;]\s*", line.text("roles").strip()):
            role = next((one for one in PROGRAMME_ROLES if one == word), None)
            if role is not None:
                yield role
            elif word:
                self._fault(line, "roles", f"there is no role {word}", listing(ROLES_WRITTEN))

    def _check_own(self, line: Line, place: Place, after: S) -> None:
        value = getattr(after, self._kind.own)
        owner = self._owners.get((place.programme, self._kind.own_key(value or "")))
        if owner not in {None, place.id}:
            self._fault(line, self._kind.own, f"{value} {_TAKEN}", _CHOOSE)

    def _keep_to_programme(
        self, line: Line, person: str, before: PersonStated | None, *, has_changed: bool
    ) -> None:
        held = self._roles.get(person, {})
        is_elsewhere = not self._presence.get(person, frozenset()) <= {self._programme}
        where = "id" if line.text("id") else "email"
        if is_elsewhere if before is None else self._programme not in held:
            # As of what is taken by anybody: in which programme somebody is, is not told.
            self._fault(line, where, f"{line.text(where)} {_TAKEN}", _CHOOSE)
        elif before is not None and has_changed and (is_elsewhere or before.administrator):
            told = "only an administrator of the installation changes this person"
            self._fault(line, where, told, "leave out what would change")

    def _own(self, place: Place, before: S | None, after: S) -> None:
        """Remember whose the values are that nobody else may have."""
        old = getattr(before, self._kind.own, None)
        if old:
            self._owners.pop((place.programme, self._kind.own_key(old)), None)
        new = getattr(after, self._kind.own)
        if new:
            self._owners[place.programme, self._kind.own_key(new)] = place.id

    def _fault(self, line: Line, where: str, message: str, remedy: str = "") -> None:
        self._faults.append(self._sheet.fault(line, where, message, remedy))


def _differing(before: Stated, after: Stated) -> Iterator[str]:
    for name in type(before).model_fields:
        if getattr(before, name) != getattr(after, name):
            yield name
