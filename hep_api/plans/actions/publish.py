"""Publish a revision: the whole of the plan's exercises from a date on, or several that follow each other as phases.
What was published is never edited.
"""

from collections.abc import Sequence
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
from hep_api.library.actions import uses
from hep_api.plans import dating, repeats
from hep_api.plans.actions import prescribe, recut
from hep_api.plans.facts import RevisionPublished
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision
from hep_api.plans.phases import Phase, Sending
from hep_api.plans.queries import revisions
from hep_api.plans.queries.plans import PlanInCare
from hep_api.plans.queries.revisions import ShownRevision


def published_before(session: Session, plan: Plan, body: dict[str, Any]) -> ShownRevision | None:
    """Return the revision that the same sending made before, None for a new one; 409 for an id used otherwise.

    Asked before If-Match: whoever repeats a sending whose answer was lost still holds the older ETag.
    """
    published = phases_published_before(session, plan, body["id"], repeats.digest_of(body))
    return published[0] if published else None


def phases_published_before(
    session: Session, plan: Plan, revision_id: UUID | None, digest: bytes
) -> list[ShownRevision]:
    """Return all revisions that the same sending published, in their order; the first has the sending's id."""
    if revision_id is None:
        return []
    query = select(PlanRevision).where(PlanRevision.clinic_id == plan.clinic_id)
    first = session.scalar(query.where(PlanRevision.id == revision_id))
    if first is None:
        return []
    if first.plan_id != plan.id or first.sent_digest != digest:
        raise repeats.id_is_taken()
    return published_by_sending(session, plan, digest)


def published_by_sending(session: Session, plan: Plan, digest: bytes) -> list[ShownRevision]:
    """Return what a sending with this digest, in which its id is, published of the plan."""
    query = select(PlanRevision).where(PlanRevision.clinic_id == plan.clinic_id, PlanRevision.plan_id == plan.id)
    rows = session.scalars(query.where(PlanRevision.sent_digest == digest).order_by(PlanRevision.number))
    return [revisions.shown(session, plan, revision) for revision in rows.all()]


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
    sending = Sending(body["id"], repeats.digest_of(body), body["reason"])
    return publish_phases(session, viewer, found, [Phase(effective_on, body["items"], body["note"])], sending, now)[0]


def publish_phases(
    session: Session, viewer: Viewer, found: PlanInCare, phases: Sequence[Phase], sending: Sending, now: datetime
) -> list[ShownRevision]:
    """Publish one revision for each phase, their dates rising and judged already, in a plan that has not ended.

    Costs the same number of statements however many items, and two more for each further phase.
    """
    plan = found.plan
    plan.version += 1
    written = [_revision(viewer, plan, phase, sending, place, now) for place, phase in enumerate(phases)]
    _add(session, written)
    prescribe.add_items(session, viewer, plan, list(zip(written, phases, strict=True)))
    chosen = [item["exercise_id"] for phase in phases for item in phase.items if item["exercise_id"]]
    uses.note_uses(session, viewer, chosen, now)
    recut.rewrite_timeline(session, plan)
    from_on = phases[0].effective_on
    ids = tuple(revision.id for revision in written)
    publish(session, RevisionPublished(plan.clinic_id, plan.patient_id, plan.id, from_on, plan.last_revision, ids))
    return [revisions.shown(session, plan, revision) for revision in written]


def _revision(viewer: Viewer, plan: Plan, phase: Phase, sending: Sending, place: int, now: datetime) -> PlanRevision:
    plan.last_revision += 1
    return PlanRevision(
        clinic_id=plan.clinic_id,
        id=sending.id if place == 0 and sending.id else new_id(),
        plan_id=plan.id,
        number=plan.last_revision,
        effective_on=phase.effective_on,
        reason=sending.reason,
        note=phase.note,
        published_at=now,
        published_by=viewer.member_id,
        sent_digest=sending.digest,
        phase=place + 1,
        phase_name=phase.name,
        template_id=sending.origin.template_id,
        template_version=sending.origin.template_version,
        copied_from_plan_id=sending.origin.copied_from_plan_id,
    )


def _add(session: Session, written: Sequence[PlanRevision]) -> None:
    session.add_all(written)
    try:
        session.flush()
    except IntegrityError as error:
        # The plan's lock keeps two sendings of one plan apart; this is the same id in another plan at the same moment.
        if violated_constraint(error) == "plan_revision_pkey":
            raise repeats.id_is_taken() from None
        raise
