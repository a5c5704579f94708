"""Questions of one person: what awaits me, and what did I answer lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import and_, bindparam, func, literal, or_, select, text, tuple_

from coopflow.application.engine import Address
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.readmodel.asking import PAGE, Asking
from coopflow.readmodel.disclosure import LINE_COLUMNS, line_of
from coopflow.readmodel.tables import CooperationRow, DecisionRow, JournalRow, TaskRow, UtcInstant
from coopflow.readmodel.views import AnswerPlace, AnswerView, JournalLine, TaskPlace, TaskView

T = TypeVar("T", bound=TaskView)

_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
_IS_ANSWER: Final = JournalRow.type == text("'ballot_cast'")  # as the index spells it
_ORDER: Final = (
    func.coalesce(TaskRow.due_at, literal(_NEVER, UtcInstant), type_=UtcInstant),
    TaskRow.cooperation_id,
    TaskRow.kind,
    TaskRow.about,
    TaskRow.organisation,
)
_TASKS: Final = (
    select(*TaskRow.__table__.columns, CooperationRow.slug, CooperationRow.title)
    .join(CooperationRow, CooperationRow.cooperation_id == TaskRow.cooperation_id)
    .order_by(*_ORDER)
)
_DECISIONS: Final = select(
    DecisionRow.cooperation_id,
    DecisionRow.id,
    DecisionRow.subject,
    DecisionRow.question,
    DecisionRow.result,
    DecisionRow.secret,
).where(
    # More than what was answered, where two cooperations use one id.
    DecisionRow.cooperation_id.in_(bindparam("cooperations", expanding=True)),
    DecisionRow.id.in_(bindparam("ids", expanding=True)),
)


class Inbox(Asking):
    """Answers what awaits a person across cooperations, and what they answered."""

    async def tasks(  # noqa: PLR0913 - what narrows a list, each by name
        self,
        person: str,
        now: datetime,
        *,
        manages: Collection[str] = (),
        programme: str | None = None,
        cooperation: Address | None = None,
        within: Collection[str] | None = None,
        after: TaskPlace | None = None,
        limit: int = PAGE,
    ) -> tuple[TaskView, ...]:
        """List what awaits a person, soonest deadline first, what has none last.

        Args:
            person: an opaque id.
            now: the instant at which it is asked.
            manages: the programmes that the person manages.
            programme: only what is in this programme.
            cooperation: only what is in this cooperation.
            within: only what is in these programmes.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        mine = TaskRow.person == person
        if manages:
            managed = TaskRow.programme.in_(manages)
            mine = or_(mine, and_(TaskRow.person == "", TaskRow.role == PROGRAMME_MANAGER, managed))
        query = _TASKS.where(mine, TaskRow.begins_at <= now).limit(limit)
        if programme is not None:
            query = query.where(TaskRow.programme == programme)
        if cooperation is not None:
            query = query.where(TaskRow.cooperation_id == str(cooperation))
        if within is not None:
            query = query.where(TaskRow.programme.in_(within))
        if after is not None:
            begins, *rest = after
            place = tuple_(literal(begins or _NEVER, UtcInstant), *map(literal, rest))
            query = query.where(tuple_(*_ORDER) > place)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(task_view(TaskView, dict(row), now) for row in rows)

    async def answers(
        self,
        person: str,
        *,
        programme: str | None = None,
        within: Collection[str] | None = None,
        after: AnswerPlace | None = None,
        limit: int = PAGE,
    ) -> tuple[AnswerView, ...]:
        """List the answers that a person gave to decisions, the latest first.

        Also those that a facilitator recorded in a meeting, for whoever gave them. What was chosen
        in a secret ballot is not told.

        Args:
            person: an opaque id.
            programme: only those in this programme.
            within: only those in these programmes.
            after: only what follows this place: that of the last one on the page before.
            limit: at most so many.
        """
        order = (JournalRow.at, JournalRow.cooperation_id, JournalRow.seq)
        query = (
            select(JournalRow.cooperation_id, *LINE_COLUMNS)
            .where(JournalRow.actor == person, _IS_ANSWER)
            .order_by(*(column.desc() for column in order))
            .limit(limit)
        )
        for some in (within, None if programme is None else [programme]):
            if some is not None:
                theirs = select(CooperationRow.cooperation_id).where(
                    CooperationRow.programme.in_(some)
                )
                query = query.where(JournalRow.cooperation_id.in_(theirs))
        if after is not None:
            at, *rest = after
            place = tuple_(literal(at, UtcInstant), *map(literal, rest))
            query = query.where(tuple_(*order) < place)
        async with self._database.reading() as connection:
            rows = [dict(row) for row in (await connection.execute(query)).mappings()]
            asked = {
                "cooperations": {row["cooperation_id"] for row in rows},
                "ids": {row["data"]["decision"] for row in rows},
            }
            decisions = {
                (one.cooperation_id, one.id): one
                for one in await connection.execute(_DECISIONS, asked)
            }
            found = []
            for row in rows:
                cooperation = row.pop("cooperation_id")
                decision = decisions[cooperation, row["data"]["decision"]]
                address = Address(*cooperation.split("/", 1))
                secret = {decision.id} if decision.secret else set()
                found.append(_answer(address, line_of(connection, address, row, secret), decision))
        return tuple(found)


def task_view(view: type[T], row: dict[str, Any], now: datetime) -> T:
    """Return a task as it is shown, of its row with that of its cooperation."""
    names = [name for name in view.model_fields if name != "entrusted"]
    entrusted = [
        one["organisation"]
        for one in row["entrusted"]
        if one["until"] is None or now < datetime.fromisoformat(one["until"])
    ]
    return view.model_validate({name: row[name] for name in names} | {"entrusted": entrusted})


def _answer(address: Address, line: JournalLine, decision: Any) -> AnswerView:
    data = line.data
    return AnswerView(
        programme=address.programme,
        slug=address.cooperation,
        seq=line.seq,
        at=line.at,
        decision=data["decision"],
        subject=decision.subject,
        question=decision.question,
        organisation=data["organisation"],
        delegated=data.get("delegated", False),
        choice=data.get("choice"),
        result=decision.result,
    )
