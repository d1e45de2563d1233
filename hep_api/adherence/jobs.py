"""Background doors of adherence: moving on, week by week, how far ahead open plans are counted, and judging rules for
the next dose.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.adherence.actions import recount, suggesting
from hep_api.adherence.facts import ReportsSettled
from hep_api.adherence.models.days import CountedPlan
from hep_api.adherence.weeks import ONE_WEEK
from hep_api.clinics.models import Clinic
from hep_api.foundation.facts import publish
from hep_api.foundation.jobs import queue
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import RevisionItem

EXTEND_HORIZON = "adherence.extend_horizon"
SWEEP_SUGGESTIONS = "adherence.sweep_suggestions"
# Each plan's patient stays locked until the commit, so a job takes few of them.
PLANS_AT_A_TIME = 20


def extend_horizon(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Count the plans on whose rows are about to run out; run again, it finds nothing to do.

    Without a clinic in the payload it only adds a job for each clinic, with one it takes a few of the clinic's plans
    and adds itself again for the others.
    """
    if "clinic_id" not in payload:
        for clinic_id in session.scalars(select(Clinic.id).order_by(Clinic.id)):
            _enqueue(session, clinic_id, now)
        return
    clinic_id = UUID(payload["clinic_id"])
    plans = _running_out(session, clinic_id, now)
    for plan in plans:
        after = plan.counted_until + timedelta(days=1)
        recount.recount_plan(session, clinic_id, plan.patient_id, plan.plan_id, after, now)
    if len(plans) == PLANS_AT_A_TIME:
        _enqueue(session, clinic_id, now)


def _enqueue(session: Session, clinic_id: UUID, now: datetime) -> None:
    payload = {"clinic_id": str(clinic_id)}
    queue.enqueue(session, EXTEND_HORIZON, payload, now=now, clinic_id=clinic_id, dedupe_key=str(clinic_id))


def _running_out(session: Session, clinic_id: UUID, now: datetime) -> Sequence[Any]:
    """Return plans that ask for something beyond their rows, which end less than the full weeks ahead."""
    query = (
        select(CountedPlan.plan_id, CountedPlan.patient_id, CountedPlan.counted_until)
        .join(Plan, (Plan.clinic_id == CountedPlan.clinic_id) & (Plan.id == CountedPlan.plan_id))
        .where(
            CountedPlan.clinic_id == clinic_id,
            CountedPlan.counted_until < now.date() + (recount.WEEKS_AHEAD - 1) * ONE_WEEK,
            Plan.ends_on.is_(None) | (Plan.ends_on > CountedPlan.counted_until + 1),
        )
    )
    return session.execute(query.order_by(CountedPlan.counted_until).limit(PLANS_AT_A_TIME)).all()


def suggest_doses(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Judge one patient's rules for the next dose, and tell others that may judge, too."""
    clinic_id, patient_id = UUID(payload["clinic_id"]), UUID(payload["patient_id"])
    suggesting.suggest_doses(session, clinic_id, patient_id, now)
    publish(session, ReportsSettled(clinic_id, patient_id))


def sweep_suggestions(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask for every patient whose plan has a rule, as days close also for those who report nothing.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" not in payload:
        for clinic_id in session.scalars(select(Clinic.id).order_by(Clinic.id)):
            said = {"clinic_id": str(clinic_id)}
            queue.enqueue(session, SWEEP_SUGGESTIONS, said, now=now, clinic_id=clinic_id, dedupe_key=str(clinic_id))
        return
    clinic_id = UUID(payload["clinic_id"])
    patients = (
        select(Plan.patient_id)
        .join(RevisionItem, (RevisionItem.clinic_id == Plan.clinic_id) & (RevisionItem.plan_id == Plan.id))
        .where(Plan.clinic_id == clinic_id, Plan.ends_on.is_(None) | (Plan.ends_on > now.date() - timedelta(days=2)))
        .where(RevisionItem.progression.is_not(None))
        .distinct()
    )
    for patient_id in session.scalars(patients):
        suggesting.ask(session, clinic_id, patient_id, now)
