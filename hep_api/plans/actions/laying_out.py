"""Lay a course out as a new plan for a patient: published at once, or as a draft to be adjusted first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.plans import dating, phases
from hep_api.plans.actions import drafts, prescribe, publish, start
from hep_api.plans.course import Course
from hep_api.plans.models.drafts import PlanDraft
from hep_api.plans.models.plans import Plan
from hep_api.plans.phases import Origin, Sending
from hep_api.plans.queries import plans
from hep_api.plans.queries.drafts import draft_of
from hep_api.plans.queries.revisions import ShownRevision


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A plan that was made from a course, with what was published of it at once, or its draft.

    `repeated`: the same sending had made it before. Its draft may have been published or discarded since.
    """

    plan: Plan
    revisions: Sequence[ShownRevision]
    draft: PlanDraft | None
    repeated: bool = False


def laid_out_before(session: Session, patient: Patient, body: Mapping[str, Any], digest: bytes) -> LaidOut | None:
    """Return what the same sending made before, None for a new one; 409 for a plan's id that was used otherwise."""
    plan = start.started_before(session, patient, body["plan_id"], digest)
    if plan is None:
        return None
    published = publish.published_by_sending(session, plan, digest)
    return LaidOut(plan, published, draft_of(session, plan), repeated=True)


def lay_out(
    session: Session,
    viewer: Viewer,
    patient: Patient,
    body: Mapping[str, Any],
    course: Course,
    sending: Sending,
    now: datetime,
) -> LaidOut:
    """Start a plan with the course; `body` has plan_id, title, goals, starts_on, reason, publish.

    Errors: 422 for a start in the past without a reason, and naming the phase and item that may not be prescribed.
    """
    today = clock.local_date(now, patient.zone, patient.day_starts_at)
    starts_on = dating.date_meant(body["starts_on"], today)
    about = {
        "id": body["plan_id"],
        "title": body["title"],
        "goals": body["goals"],
        "own_why": "",
        "visits_prescribed": None,
        "starts_on": starts_on,
        "reason": body["reason"],
    }
    plan = start.open_plan(session, viewer, patient, about, sending.digest, now)
    if not body["publish"]:
        prescribe.refuse_items(session, viewer, plan, course)
        return LaidOut(plan, [], drafts.write_draft(session, viewer, plan, course, sending.origin, now))
    found = plans.plan_to_change(session, viewer, plan.id)
    dated = phases.dated(course, starts_on, today, plan)
    return LaidOut(plan, publish.publish_phases(session, viewer, found, dated, sending, now), None)


def sending_of(body: Mapping[str, Any], digest: bytes, origin: Origin) -> Sending:
    """Return what a sending says of the revisions it publishes; the plan's id is what it is known again by."""
    return Sending(None, digest, body["reason"], origin)
