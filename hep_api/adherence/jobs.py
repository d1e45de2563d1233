"""Background door of adherence: moving on, week by week, how far ahead open plans are counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hep_api.adherence.actions import recount
from hep_api.adherence.models import CountedPlan
from hep_api.adherence.weeks import ONE_WEEK
from hep_api.foundation.jobs import queue
from hep_api.plans.models import Plan

EXTEND_HORIZON = "adherence.extend_horizon"
# Each plan's patient stays locked until the commit, so a job takes few of them.
PLANS_AT_A_TIME = 20


def extend_horizon(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Count the plans on whose rows are about to run out; run again, it finds nothing to do."""
    plans = _running_out(session, payload.get("after"), now)
    for plan in plans:
        after = plan.counted_until + timedelta(days=1)
        recount.recount_plan(session, plan.clinic_id, plan.patient_id, plan.plan_id, after, now)
    if len(plans) == PLANS_AT_A_TIME:
        last = [str(plans[-1].clinic_id), str(plans[-1].plan_id)]
        queue.enqueue(session, EXTEND_HORIZON, {"after": last}, now=now)


def _running_out(session: Session, after: Sequence[str] | None, now: datetime) -> Sequence[Any]:
    """Return plans that ask for something beyond their rows, which end less than the full weeks ahead."""
    key = tuple_(CountedPlan.clinic_id, CountedPlan.plan_id)
    query = (
        select(CountedPlan.clinic_id, CountedPlan.plan_id, CountedPlan.patient_id, CountedPlan.counted_until)
        .join(Plan, (Plan.clinic_id == CountedPlan.clinic_id) & (Plan.id == CountedPlan.plan_id))
        .where(
            CountedPlan.counted_until < now.date() + (recount.WEEKS_AHEAD - 1) * ONE_WEEK,
            Plan.ends_on.is_(None) | (Plan.ends_on > CountedPlan.counted_until + 1),
        )
    )
    if after is not None:
        query = query.where(key > tuple_(*(UUID(part) for part in after)))
    return session.execute(query.order_by(key).limit(PLANS_AT_A_TIME)).all()
