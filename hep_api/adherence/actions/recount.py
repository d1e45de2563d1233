"""What happens to the counts when a plan changes: its expectation is written anew, as far ahead as it is kept.

An open plan asks for something for ever, its rows end some weeks ahead; `jobs` moves that end on.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.adherence.actions import locking, rollups
from hep_api.adherence.days import monday_of
from hep_api.adherence.models.days import CountedPlan
from hep_api.adherence.weeks import ONE_WEEK, weeks_of
from hep_api.foundation import clock
from hep_api.plans.facts import PauseChanged, PlanEnded, PlanPaused, RevisionPublished
from hep_api.plans.queries.histories import histories_of_patient

WEEKS_AHEAD = 8
PlanChange = RevisionPublished | PlanPaused | PauseChanged | PlanEnded


def recount_changed_plan(session: Session, fact: PlanChange) -> None:
    """Reaction to every change of a plan: count it anew from the first date that may have changed."""
    recount_plan(session, fact.clinic_id, fact.patient_id, fact.plan_id, fact.from_on, clock.now())


def recount_plan(
    session: Session, clinic_id: UUID, patient_id: UUID, plan_id: UUID, from_on: date, now: datetime
) -> None:
    """Count a plan anew from `from_on` to some weeks ahead, in seven statements whatever the number of weeks."""
    zone, day_starts_at = locking.lock_patient(session, clinic_id, patient_id)
    until = count_ahead(session, clinic_id, patient_id, plan_id, clock.local_date(now, zone, day_starts_at))
    histories = histories_of_patient(session, clinic_id, patient_id, plan_id=plan_id)
    weeks = weeks_of(histories, from_on, until)
    if weeks:
        rollups.recount(session, clinic_id, patient_id, histories, weeks)


def count_ahead(session: Session, clinic_id: UUID, patient_id: UUID, plan_id: UUID, today: date) -> date:
    """Move the plan's end of counting on, never back, and return it: a Sunday."""
    wanted = monday_of(today) + WEEKS_AHEAD * ONE_WEEK + timedelta(days=6)
    adding = insert(CountedPlan).values(
        clinic_id=clinic_id, plan_id=plan_id, patient_id=patient_id, counted_until=wanted
    )
    adding = adding.on_conflict_do_update(
        index_elements=["clinic_id", "plan_id"],
        set_={"counted_until": func.greatest(CountedPlan.counted_until, adding.excluded.counted_until)},
    )
    until: date = session.execute(adding.returning(CountedPlan.counted_until)).scalar_one()
    return until
