"""Which revisions patients have yet to acknowledge: those that hold today, and from the day before also those of
tomorrow. What never came to hold, or holds no more, need not be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Interval, Select, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Member, Patient
from hep_api.foundation.types import INSTANT
from hep_api.foundation.web import pages
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision
from hep_api.plans.queries import comparing
from hep_api.plans.queries.comparing import ShownChanges

Later, Covering = aliased(PlanRevision), aliased(PlanRevision)


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """A revision that waits; `days` since the patient's date on which it took effect, 0 before and on it."""

    revision: PlanRevision
    patient_id: UUID
    patient_name: str
    plan_title: str
    days: int


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """What a waiting revision changed since what the patient has acknowledged."""

    plan_title: str
    note: str
    published_at: datetime
    changes: ShownChanges


def unacknowledged_of(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> list[Unacknowledged]:
    """Return what a patient has yet to acknowledge, the oldest first, in one statement; whoever asks may see them."""
    of_patient = (Patient.clinic_id == clinic_id) & (Patient.id == patient_id)
    return [_waiting(row) for row in session.execute(_oldest_first(_unacknowledged(of_patient, now)))]


def list_unacknowledged_for(
    session: Session, viewer: Viewer, limit: int, cursor: str | None, now: datetime
) -> pages.Page[Unacknowledged]:
    """Return what the patients in the viewer's care have yet to acknowledge, the oldest first, in one statement."""
    query = _unacknowledged(access.is_theirs(viewer), now)
    after = pages.decode(cursor, date, UUID)
    if after:
        query = query.where(tuple_(PlanRevision.effective_on, PlanRevision.id) > tuple_(*after))
    rows = session.execute(_oldest_first(query).limit(limit + 1)).all()
    page = pages.cut(
        [_waiting(row) for row in rows], limit, lambda each: [each.revision.effective_on, each.revision.id]
    )
    for patient_id in {each.patient_id for each in page.items}:
        access.note_patient(session, viewer, patient_id)
    return page


def list_changes_for(
    session: Session, viewer: Viewer, patient_id: UUID, asked: Sequence[str], now: datetime
) -> list[WaitingChanges]:
    """Return what the patient has yet to acknowledge with what it changes, the oldest first; 404 as for the patient."""
    patient = access.patient_for(session, viewer, patient_id)
    waiting = unacknowledged_of(session, patient.clinic_id, patient.id, now)
    seen = _last_acknowledged(session, patient.clinic_id, {each.revision.plan_id for each in waiting})
    involved = {each.id: each for each in (*seen.values(), *(one.revision for one in waiting))}
    contents = comparing.contents_of(session, patient.clinic_id, involved.values())
    found = []
    for each in waiting:
        earlier = seen.get(each.revision.plan_id)
        changes = comparing.shown_changes(viewer, each.revision, earlier, contents, asked)
        found.append(WaitingChanges(each.plan_title, each.revision.note, each.revision.published_at, changes))
        # What follows tomorrow is told against what holds today, which the patient is told of here as well.
        seen[each.revision.plan_id] = each.revision
    return found


def acknowledged_at() -> ColumnElement[Any]:
    """Return the column of when a `PlanRevision` was acknowledged, by itself or by a later one of its plan."""
    return (
        select(func.min(RevisionAcknowledgement.acknowledged_at))
        .where(*_covering())
        .correlate(PlanRevision)
        .scalar_subquery()
    )


def _covering() -> tuple[ColumnElement[bool], ...]:
    """What was acknowledged covers what was published, and took effect, before it in the same plan."""
    return (
        RevisionAcknowledgement.clinic_id == PlanRevision.clinic_id,
        RevisionAcknowledgement.plan_id == PlanRevision.plan_id,
        Covering.clinic_id == RevisionAcknowledgement.clinic_id,
        Covering.id == RevisionAcknowledgement.revision_id,
        Covering.number >= PlanRevision.number,
        Covering.effective_on >= PlanRevision.effective_on,
    )


def waits(now: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on which a `PlanRevision` waits, beside the `Plan` and `Patient` that it belongs to."""
    today = _today(now)
    taken_over = exists().where(
        Later.clinic_id == PlanRevision.clinic_id,
        Later.plan_id == PlanRevision.plan_id,
        or_(
            (Later.effective_on == PlanRevision.effective_on) & (Later.number > PlanRevision.number),
            (Later.effective_on > PlanRevision.effective_on) & (Later.effective_on <= today),
        ),
    )
    ended = (Plan.ends_on <= today) | (Plan.ends_on <= PlanRevision.effective_on)
    return (
        Patient.erased_at.is_(None),
        PlanRevision.effective_on <= today + 1,
        func.coalesce(ended, False).is_(False),
        ~taken_over,
        ~exists(select(1).where(*_covering()).correlate(PlanRevision)),
    )


def _today(now: ColumnElement[Any]) -> ColumnElement[Any]:
    wall_clock = func.timezone(Patient.zone, now)
    return cast(wall_clock - cast(Patient.day_starts_at, Interval), Date)


def _unacknowledged(whose: ColumnElement[bool], at: datetime) -> Select[*tuple[Any, ...]]:
    now = literal(at, INSTANT)
    return (
        select(
            PlanRevision,
            Patient.id.label("patient_id"),
            Member.name,
            Plan.title,
            func.greatest(0, _today(now) - PlanRevision.effective_on).label("days"),
        )
        .join(Plan, (Plan.clinic_id == PlanRevision.clinic_id) & (Plan.id == PlanRevision.plan_id))
        .join(Patient, (Patient.clinic_id == Plan.clinic_id) & (Patient.id == Plan.patient_id))
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .where(whose, *waits(now))
    )


def _oldest_first(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.order_by(PlanRevision.effective_on, PlanRevision.id)


def _waiting(row: Any) -> Unacknowledged:
    return Unacknowledged(row[0], row.patient_id, row.name, row.title, row.days)


def _last_acknowledged(session: Session, clinic_id: UUID, plan_ids: set[UUID]) -> dict[UUID, PlanRevision]:
    """Return by plan the revision that the patient acknowledged last, by its date."""
    rows = session.scalars(
        select(PlanRevision)
        .join(
            RevisionAcknowledgement,
            (RevisionAcknowledgement.clinic_id == PlanRevision.clinic_id)
            & (RevisionAcknowledgement.revision_id == PlanRevision.id),
        )
        .where(PlanRevision.clinic_id == clinic_id, PlanRevision.plan_id.in_(plan_ids))
        .order_by(PlanRevision.effective_on, PlanRevision.number)
    )
    return {each.plan_id: each for each in rows}
