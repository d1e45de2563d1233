"""Change what a plan says beside its exercises: its title, the patient's own words, how many visits. Dates have doors
of their own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hep_api.foundation.facts import publish
from hep_api.plans import dating
from hep_api.plans.facts import PlanChanged
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries.plans import PlanInCare


def reword_plan(session: Session, found: PlanInCare, body: dict[str, Any], now: datetime) -> Plan:
    """Write what `body` names into the plan, whose row the caller holds locked; 409 when the plan has ended."""
    plan = found.plan
    dating.refuse_ended(plan.ends_on, found.today(now))
    for name, value in body.items():
        setattr(plan, name, value)
    plan.version += 1
    session.flush()
    publish(session, PlanChanged(plan.clinic_id, plan.patient_id, plan.id))
    return plan
