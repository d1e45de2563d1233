"""Reads of red flags, scoped by the viewer. Patients have none to read: how a clinic passes an alert on is its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Member, Patient
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.messaging.models.flags import FlagState, RedFlag, RedFlagCause, RedFlagStep, StepKind

MOST_CAUSES = 20
Named, Holder, Acknowledger = aliased(Member), aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class ShownStep:
    """What happened to a flag; `member_id` whose turn it became, or who did it."""

    kind: StepKind
    at: datetime
    round: int
    member_id: UUID | None
    member_name: str | None


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A flag with the names to show it by, and its latest causes, the oldest of them first."""

    flag: RedFlag
    patient_name: str
    location_id: UUID
    holder_name: str | None
    acknowledger_name: str | None
    causes: Sequence[RedFlagCause] = ()

    @property
    def state(self) -> FlagState:
        return FlagState.OPEN if self.flag.acknowledged_at is None else FlagState.ACKNOWLEDGED

    @property
    def passes_on_at(self) -> datetime | None:
        return self.flag.passes_on_at if self.flag.acknowledged_at is None else None


@dataclass(frozen=True, slots=True)
class FlagInFull(ShownFlag):
    """A flag with all that happened to it, the oldest first."""

    steps: Sequence[ShownStep] = ()


def list_flags_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> pages.Page[ShownFlag]:
    """Return a page of flags about patients in the viewer's care, those raised last first; two statements.

    One patient's are also shown to whoever may read the record for a while, by emergency access.
    """
    whose = access.is_theirs(viewer)
    if query["patient_id"] is not None:
        whose = access.may_see_patient(viewer) & (Patient.id == query["patient_id"])
    selected = _selected().where(whose, *_wanted(query))
    after = pages.decode(query["cursor"], datetime, UUID)
    if after:
        selected = selected.where(tuple_(RedFlag.raised_at, RedFlag.id) < tuple_(*after))
    rows = session.execute(selected.order_by(RedFlag.raised_at.desc(), RedFlag.id.desc()).limit(query["limit"] + 1))
    page = pages.cut(list(rows), query["limit"], lambda row: [row[0].raised_at, row[0].id])
    causes = _latest_causes(session, viewer.clinic_id, [row[0].id for row in page.items])
    for patient_id in {row[0].patient_id for row in page.items}:
        access.note_patient(session, viewer, patient_id)
    return pages.Page([ShownFlag(*(*row, causes[row[0].id])) for row in page.items], page.next_cursor)


def get_flag_for(session: Session, viewer: Viewer, flag_id: UUID) -> FlagInFull:
    """Return one flag with its history, in three statements; 404 when the viewer may not read the record."""
    row = session.execute(
        _selected()
        .where(access.may_see_patient(viewer), RedFlag.id == flag_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise not_found("flag")
    access.note_patient(session, viewer, row[0].patient_id)
    causes = _latest_causes(session, viewer.clinic_id, [flag_id])
    return FlagInFull(*(*row, causes[flag_id], _steps(session, viewer.clinic_id, flag_id)))


def get_flag(session: Session, clinic_id: UUID, flag_id: UUID) -> ShownFlag:
    """Return a flag as the care team is told of it; who hears that is the caller's to have asked."""
    row = session.execute(_selected().where(RedFlag.clinic_id == clinic_id, RedFlag.id == flag_id)).one()
    return ShownFlag(*(*row, _latest_causes(session, clinic_id, [flag_id])[flag_id]))


def flag_to_change(session: Session, viewer: Viewer, flag_id: UUID) -> RedFlag:
    """Return a flag about a patient in the viewer's care, its row locked; 404 otherwise, also for leaders."""
    if viewer.role is not Role.PRACTITIONER:
        raise not_found("flag")
    flag = session.scalar(
        select(RedFlag)
        .join(Patient, (Patient.clinic_id == RedFlag.clinic_id) & (Patient.id == RedFlag.patient_id))
        .where(access.is_theirs(viewer), RedFlag.id == flag_id)
        .with_for_update(of=RedFlag, key_share=True)
    )
    if flag is None:
        raise not_found("flag")
    access.note_patient(session, viewer, flag.patient_id)
    return flag


def list_unacknowledged_for(session: Session, viewer: Viewer, limit: int, cursor: str | None) -> pages.Page[Any]:
    """Return open flags that passed all the way to the clinic's leaders, those that have waited longest first.

    Whose, since when and whose turn it is now, which leaders see to; nothing of the record. One statement.
    """
    query = (
        select(
            RedFlag.id,
            RedFlag.patient_id,
            Named.name.label("patient_name"),
            Patient.location_id,
            RedFlag.raised_at,
            RedFlag.leaders_told_at,
            RedFlag.held_by,
            Holder.name.label("holder_name"),
            RedFlag.round,
        )
        .join(Patient, (Patient.clinic_id == RedFlag.clinic_id) & (Patient.id == RedFlag.patient_id))
        .join(Named, (Named.clinic_id == RedFlag.clinic_id) & (Named.id == RedFlag.patient_id))
        .outerjoin(Holder, (Holder.clinic_id == RedFlag.clinic_id) & (Holder.id == RedFlag.held_by))
        .where(access.may_administer_patient(viewer), RedFlag.acknowledged_at.is_(None))
        .where(RedFlag.leaders_told_at.is_not(None))
    )
    after = pages.decode(cursor, datetime, UUID)
    if after:
        query = query.where(tuple_(RedFlag.raised_at, RedFlag.id) > tuple_(*after))
    rows = session.execute(query.order_by(RedFlag.raised_at, RedFlag.id).limit(limit + 1)).all()
    page = pages.cut(rows, limit, lambda row: [row.raised_at, row.id])
    for row in page.items:
        access.note_patient(session, viewer, row.patient_id)
    return page


def flag_exists_for(session: Session, viewer: Viewer, patient_id: UUID, flag_id: UUID) -> bool:
    """Say whether a patient whom the viewer may see has a flag of this id; to a patient there is none."""
    if not viewer.is_staff:
        return False
    found = select(RedFlag.id).where(
        RedFlag.clinic_id == viewer.clinic_id, RedFlag.patient_id == patient_id, RedFlag.id == flag_id
    )
    return session.scalar(found) is not None


def _selected() -> Select[*tuple[Any, ...]]:
    return (
        select(RedFlag, Named.name, Patient.location_id, Holder.name, Acknowledger.name)
        .join(Patient, (Patient.clinic_id == RedFlag.clinic_id) & (Patient.id == RedFlag.patient_id))
        .join(Named, (Named.clinic_id == RedFlag.clinic_id) & (Named.id == RedFlag.patient_id))
        .outerjoin(Holder, (Holder.clinic_id == RedFlag.clinic_id) & (Holder.id == RedFlag.held_by))
        .outerjoin(
            Acknowledger, (Acknowledger.clinic_id == RedFlag.clinic_id) & (Acknowledger.id == RedFlag.acknowledged_by)
        )
    )


def _wanted(query: dict[str, Any]) -> list[ColumnElement[bool]]:
    is_open = RedFlag.acknowledged_at.is_(None)
    wanted: list[ColumnElement[bool]] = [is_open if query["state"] is FlagState.OPEN else ~is_open]
    if query["location_id"] is not None:
        wanted.append(Patient.location_id == query["location_id"])
    if query["held_by"] is not None:
        wanted.append(RedFlag.held_by == query["held_by"])
    return wanted


def _latest_causes(
    session: Session, clinic_id: UUID, flag_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[RedFlagCause]]:
    """Return the latest causes of each flag, the oldest of them first, in one statement."""
    place = func.row_number().over(partition_by=RedFlagCause.flag_id, order_by=RedFlagCause.number.desc())
    numbered = (
        select(RedFlagCause.flag_id, RedFlagCause.number, place.label("place"))
        .where(RedFlagCause.clinic_id == clinic_id, RedFlagCause.flag_id.in_(flag_ids))
        .subquery()
    )
    latest = (RedFlagCause.flag_id == numbered.c.flag_id) & (RedFlagCause.number == numbered.c.number)
    rows = session.scalars(
        select(RedFlagCause)
        .join(numbered, latest)
        .where(RedFlagCause.clinic_id == clinic_id, numbered.c.place <= MOST_CAUSES)
        .order_by(RedFlagCause.flag_id, RedFlagCause.number)
    )
    found: dict[UUID, list[RedFlagCause]] = {flag_id: [] for flag_id in flag_ids}
    for row in rows:
        found[row.flag_id].append(row)
    return found


def _steps(session: Session, clinic_id: UUID, flag_id: UUID) -> list[ShownStep]:
    rows = session.execute(
        select(RedFlagStep.kind, RedFlagStep.at, RedFlagStep.round, RedFlagStep.member_id, Member.name)
        .outerjoin(Member, (Member.clinic_id == RedFlagStep.clinic_id) & (Member.id == RedFlagStep.member_id))
        .where(RedFlagStep.clinic_id == clinic_id, RedFlagStep.flag_id == flag_id)
        .order_by(RedFlagStep.number)
    )
    return [ShownStep(*row) for row in rows]
