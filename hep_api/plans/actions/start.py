"""Start a plan for a patient in one's care."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.plans import dating, repeats
from hep_api.plans.actions import goals
from hep_api.plans.facts import PlanStarted
from hep_api.plans.models.plans import Plan


def start_plan(session: Session, viewer: Viewer, patient: Patient, body: dict[str, Any], now: datetime) -> Plan:
    """Start a plan for a patient, whom the caller holds locked, and return it; sent again with the same id and content
    it is the same plan.

    Errors: 409 for an id used otherwise, 422 for a start without a reason.
    """
    digest = repeats.digest_of({**body, "patient_id": patient.id})
    return started_before(session, patient, body["id"], digest) or open_plan(
        session, viewer, patient, body, digest, now
    )


def open_plan(
    session: Session, viewer: Viewer, patient: Patient, body: dict[str, Any], digest: bytes, now: datetime
) -> Plan:
    """Open a plan for a patient whom the viewer cares for; `digest` is that of the sending which made it.

    Errors: 409 for an id used otherwise, 422 for a start without a reason.
    """
    today = clock.local_date(now, patient.zone, patient.day_starts_at)
    plan = Plan(
        clinic_id=patient.clinic_id,
        id=body["id"] or new_id(),
        patient_id=patient.id,
        title=body["title"],
        own_why=body["own_why"],
        values_and_preferences=body.get("values_and_preferences", ""),
        visits_prescribed=body["visits_prescribed"],
        starts_on=dating.first_day_of_plan(body["starts_on"], today, body["reason"]),
        reason=body["reason"],
        started_at=now,
        started_by=viewer.member_id,
        sent_digest=digest,
    )
    _add(session, plan)
    goal_ids = goals.add_texts(session, viewer, plan, body["goals"], now)
    session.refresh(plan, ["goals", "exercises_readable_until"])
    publish(session, PlanStarted(plan.clinic_id, plan.patient_id, plan.id, plan.starts_on, goal_ids))
    return plan


def started_before(session: Session, patient: Patient, plan_id: UUID | None, digest: bytes) -> Plan | None:
    """Return the plan that the same sending made before, None for a new one; 409 for an id used otherwise.

    Two sendings at once have waited for each other at the patient's lock, so the second finds what the first wrote.
    """
    if plan_id is None:
        return None
    plan = session.scalar(select(Plan).where(Plan.clinic_id == patient.clinic_id, Plan.id == plan_id))
    if plan is not None and plan.sent_digest != digest:
        raise repeats.id_is_taken()
    return plan


def _add(session: Session, plan: Plan) -> None:
    session.add(plan)
    try:
        session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "plan_pkey":
            raise repeats.id_is_taken() from None
        raise
