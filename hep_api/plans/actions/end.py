"""End a plan, with the reason of the discharge. An end that still lies ahead may be set anew."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.plans import dating
from hep_api.plans.facts import PlanEnded
from hep_api.plans.models.plans import Plan, PlanEnd
from hep_api.plans.queries.plans import PlanInCare


def end_plan(session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime) -> Plan:
    """End the plan, whose row the caller holds locked; ended today, it expects nothing from today on.

    Errors: 409 when its end has come already, 422 for a date before its start or in the past without a reason.
    """
    plan, today = found.plan, found.today(now)
    dating.refuse_ended(plan.ends_on, today)
    ends_on = dating.end_of_plan(body["ends_on"], today, plan.starts_on, body["reason"])
    from_on = ends_on if plan.ends_on is None else min(ends_on, plan.ends_on)
    plan.ends_on = ends_on
    plan.discharge_reason = body["discharge_reason"]
    plan.version += 1
    session.add(
        PlanEnd(
            clinic_id=plan.clinic_id,
            plan_id=plan.id,
            change=plan.version,
            ends_on=ends_on,
            discharge_reason=body["discharge_reason"],
            reason=body["reason"],
            summary=body["summary"],
            note=body["note"],
            recorded_at=now,
            recorded_by=viewer.member_id,
        )
    )
    session.flush()
    session.refresh(plan, ["exercises_readable_until"])
    publish(session, PlanEnded(plan.clinic_id, plan.patient_id, plan.id, from_on))
    return plan
