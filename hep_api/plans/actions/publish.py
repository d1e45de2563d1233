"""Publish a revision: the whole of the plan's exercises from a date on. What was published is never edited."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.plans import dating, repeats
from hep_api.plans.actions import prescribe, recut
from hep_api.plans.facts import RevisionPublished
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision
from hep_api.plans.queries import revisions
from hep_api.plans.queries.plans import PlanInCare
from hep_api.plans.queries.revisions import ShownRevision


def published_before(session: Session, plan: Plan, body: dict[str, Any]) -> ShownRevision | None:
    """Return the revision that the same sending made before, None for a new one; 409 for an id used otherwise.

    Asked before If-Match: whoever repeats a sending whose answer was lost still holds the older ETag.
    """
    if body["id"] is None:
        return None
    revision = _with_id(session, plan.clinic_id, body["id"])
    if revision is None:
        return None
    if revision.plan_id != plan.id or revision.sent_digest != repeats.digest_of(body):
        raise repeats.id_is_taken()
    return revisions.shown(session, plan, revision)


def publish_revision(
    session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime
) -> ShownRevision:
    """Publish a revision of the plan, whose row the caller holds locked, and cut the plan's timeline anew.

    Errors: 409 when the plan has ended, 422 for a date outside the plan, a back-dated one without a reason, an
    exercise that the viewer does not see, or a prescription of another plan.
    """
    plan, today = found.plan, found.today(now)
    dating.refuse_ended(plan.ends_on, today)
    effective_on = dating.first_day_of_revision(
        body["effective_on"], today, plan.starts_on, plan.ends_on, body["reason"]
    )
    plan.last_revision += 1
    plan.version += 1
    revision = PlanRevision(
        clinic_id=plan.clinic_id,
        id=body["id"] or new_id(),
        plan_id=plan.id,
        number=plan.last_revision,
        effective_on=effective_on,
        reason=body["reason"],
        note=body["note"],
        published_at=now,
        published_by=viewer.member_id,
        sent_digest=repeats.digest_of(body),
    )
    _add(session, revision)
    prescribe.add_items(session, viewer, revision, body["items"])
    recut.rewrite_timeline(session, plan)
    publish(session, RevisionPublished(plan.clinic_id, plan.patient_id, plan.id, effective_on, revision.number))
    return revisions.shown(session, plan, revision)


def _with_id(session: Session, clinic_id: UUID, revision_id: UUID) -> PlanRevision | None:
    return session.scalar(
        select(PlanRevision).where(PlanRevision.clinic_id == clinic_id, PlanRevision.id == revision_id)
    )


def _add(session: Session, revision: PlanRevision) -> None:
    session.add(revision)
    try:
        session.flush()
    except IntegrityError as error:
        # The plan's lock keeps two sendings of one plan apart; this is the same id in another plan at the same moment.
        if violated_constraint(error) == "plan_revision_pkey":
            raise repeats.id_is_taken() from None
        raise
