"""A patient acknowledges a revision: safe to send again, and late, as phones are offline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Clinic
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.foundation.facts import publish
from hep_api.plans.facts import RevisionAcknowledged
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision
from hep_api.plans.queries import plans

# As for events: a phone's clock may be off, and its zone may be another.
HOURS_AHEAD = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    plan_id: UUID
    number: int
    acknowledged_at: datetime
    received_at: datetime


def acknowledge_revision(
    session: Session, viewer: Viewer, plan_id: UUID, number: int, body: dict[str, Any], now: datetime
) -> Acknowledged:
    """Record that the patient has seen a revision; the first word on it stays, whatever is sent later.

    Errors: 404 for a number that the plan does not have; 422 for an instant that is too long ago, ahead of the clock,
    or before the revision was published.
    """
    plan = plans.plan_for(session, viewer, plan_id).plan
    revision = session.scalar(
        select(PlanRevision).where(
            PlanRevision.clinic_id == plan.clinic_id, PlanRevision.plan_id == plan.id, PlanRevision.number == number
        )
    )
    if revision is None:
        raise not_found("revision")
    known = _known(session, revision)
    if known is None:
        at = body["acknowledged_at"] or now
        _refuse_wrong_clocks(session, revision, at, now)
        _add(session, viewer, plan, revision, at, now)
        known = _known(session, revision)
        assert known is not None, "what was just added is there"
    return Acknowledged(plan.id, revision.number, known.acknowledged_at, known.received_at)


def _known(session: Session, revision: PlanRevision) -> RevisionAcknowledgement | None:
    return session.scalar(
        select(RevisionAcknowledgement).where(
            RevisionAcknowledgement.clinic_id == revision.clinic_id,
            RevisionAcknowledgement.revision_id == revision.id,
        )
    )


def _refuse_wrong_clocks(session: Session, revision: PlanRevision, at: datetime, now: datetime) -> None:
    field = "/acknowledged_at"
    days = session.scalar(select(Clinic.events_accepted_days_back).where(Clinic.id == revision.clinic_id)) or 0
    if at < now - timedelta(days=days):
        raise invalid_field(field, "too_old", f"Acknowledgements are taken up to {days} days back.")
    if at > now + HOURS_AHEAD:
        raise invalid_field(field, "in_future", "Must be at most 26 hours ahead of the server's clock.")
    if at < revision.published_at - HOURS_AHEAD:
        raise invalid_field(field, "before_publication", "Must not be before the revision was published.")


def _add(session: Session, viewer: Viewer, plan: Plan, revision: PlanRevision, at: datetime, now: datetime) -> None:
    """Add it, unless another phone of the patient's was quicker."""
    adding = insert(RevisionAcknowledgement).values(
        clinic_id=plan.clinic_id,
        revision_id=revision.id,
        plan_id=plan.id,
        acknowledged_at=at,
        received_at=now,
        acknowledged_by=viewer.member_id,
    )
    session.execute(adding.on_conflict_do_nothing(index_elements=["clinic_id", "revision_id"]))
    publish(session, RevisionAcknowledged(plan.clinic_id, plan.patient_id, plan.id, revision.number, revision.id))
