"""Reads of published revisions as they are shown, scoped by the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation.errors import not_found
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.foundation.web import pages
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem
from hep_api.plans.queries import plans
from hep_api.plans.queries.acknowledging import acknowledged_at


class InForce(StrEnum):
    """Where a revision stands on the patient's today, by the dates of all revisions of its plan."""

    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One prescription of a revision as it is shown: the JSON of exercise, dose and schedule.

    `in_words` says dose and schedule in the reader's language, once `in_language` has put them there.
    """

    prescription_id: UUID
    exercise: dict[str, Any]
    dose: dict[str, Any]
    schedule: dict[str, Any]
    progression: dict[str, Any] | None = None
    in_words: str = ""


@dataclass(frozen=True, slots=True)
class ShownRevision:
    """A revision with its items in order, and the version of its plan when it was read."""

    id: UUID
    plan_id: UUID
    number: int
    effective_on: date
    reason: str | None
    note: str
    published_at: datetime
    published_by: UUID
    phase_name: str
    template: dict[str, Any] | None
    copied_from: UUID | None
    items: Sequence[ShownItem]
    plan_version: int
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The revisions that one sending published, with the version of their plan when they were read."""

    plan_id: UUID
    plan_version: int
    revisions: Sequence[ShownRevision]


def list_revisions_for(
    session: Session, viewer: Viewer, plan_id: UUID, limit: int, cursor: str | None, now: datetime
) -> pages.Page[Any]:
    """Return a plan's revisions without their items but with where they stand, the newest first; 404 when the viewer
    may not see the plan.
    """
    found = plans.plan_for(session, viewer, plan_id)
    of_plan = (PlanRevision.clinic_id == found.plan.clinic_id) & (PlanRevision.plan_id == found.plan.id)
    columns = [column for column in PlanRevision.__table__.columns if column.name != "sent_digest"]
    more = (standing(found.today(now)).label("in_force"), acknowledged_at().label("acknowledged_at"))
    listed = select(*columns, *more).where(of_plan).subquery()
    query = select(listed)
    before = pages.decode(cursor, int)
    if before:
        query = query.where(listed.c.number < before[0])
    rows = session.execute(query.order_by(listed.c.number.desc()).limit(limit + 1)).all()
    page = pages.cut(rows, limit, lambda revision: [revision.number])
    return pages.Page([{**row._asdict(), "template": template_of(row)} for row in page.items], page.next_cursor)


def template_of(revision: Any) -> dict[str, Any] | None:
    """Return which version of which template a revision came from, and as which of its phases; None for no template."""
    if revision.template_id is None:
        return None
    return {"id": revision.template_id, "version": revision.template_version, "phase": revision.phase}


def standing(today: date) -> ColumnElement[str]:
    """Return where each revision of one plan stands: on a date the latest one governs, of equal dates the last."""
    day, number = PlanRevision.effective_on, PlanRevision.number
    present = func.max(day).filter(day <= today).over()
    return case(
        (number < func.max(number).over(partition_by=day), InForce.REPLACED),
        (day > today, InForce.AHEAD),
        (day == present, InForce.NOW),
        else_=InForce.PAST,
    )


def get_revision_for(session: Session, viewer: Viewer, plan_id: UUID, number: int, now: datetime) -> ShownRevision:
    """Return one revision with its items; 404 also for a patient whose plan ended too long ago."""
    found = plans.plan_for(session, viewer, plan_id)
    plans.refuse_unreadable(viewer, found, now)
    row = session.execute(
        select(PlanRevision, acknowledged_at()).where(
            PlanRevision.clinic_id == found.plan.clinic_id,
            PlanRevision.plan_id == found.plan.id,
            PlanRevision.number == number,
        )
    ).one_or_none()
    if row is None:
        raise not_found("revision")
    read = replace(shown(session, found.plan, row[0]), acknowledged_at=row[1])
    return _for_patient(read) if viewer.role is Role.PATIENT else read


def _for_patient(read: ShownRevision) -> ShownRevision:
    """Another patient's plan is nothing to a patient, not even its id; when to go on is the practitioner's to say."""
    return replace(read, copied_from=None, items=[replace(item, progression=None) for item in read.items])


def shown(session: Session, plan: Plan, revision: PlanRevision) -> ShownRevision:
    """Return a revision as it is shown, its items read in one statement."""
    rows = session.execute(
        select(
            RevisionItem.prescription_id,
            Prescription.exercise,
            RevisionItem.dose,
            RevisionItem.schedule,
            RevisionItem.progression,
        )
        .join(
            Prescription,
            (Prescription.clinic_id == RevisionItem.clinic_id) & (Prescription.id == RevisionItem.prescription_id),
        )
        .where(RevisionItem.clinic_id == revision.clinic_id, RevisionItem.revision_id == revision.id)
        .order_by(RevisionItem.position)
    )
    return ShownRevision(
        id=revision.id,
        plan_id=plan.id,
        number=revision.number,
        effective_on=revision.effective_on,
        reason=revision.reason,
        note=revision.note,
        published_at=revision.published_at,
        published_by=revision.published_by,
        phase_name=revision.phase_name,
        template=template_of(revision),
        copied_from=revision.copied_from_plan_id,
        items=[ShownItem(*row) for row in rows],
        plan_version=plan.version,
    )


def in_language(revision: ShownRevision, asked: Sequence[str]) -> ShownRevision:
    """Return the revision in the languages that suit what is asked: each exercise's texts, and what is prescribed."""
    language = best_language(WRITTEN, asked)
    return replace(
        revision,
        items=[
            replace(item, exercise=shown_exercise(item.exercise, asked), in_words=_in_words(item, language))
            for item in revision.items
        ],
    )


def _in_words(item: ShownItem, language: str) -> str:
    return prescription_in_words(Dose.from_json(item.dose), Schedule.from_json(item.schedule), language)
