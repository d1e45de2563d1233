"""Apply a template to a patient, or to several at once: each gets a plan of their own from their own first day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.audit.models import Outcome as AuditOutcome
from hep_api.clinics import access
from hep_api.clinics.models import Patient
from hep_api.foundation.database import part_of
from hep_api.foundation.errors import Problem, conflict
from hep_api.foundation.occasions import present
from hep_api.library.queries import templates
from hep_api.plans import repeats
from hep_api.plans.actions import laying_out
from hep_api.plans.actions.laying_out import LaidOut
from hep_api.plans.course import course_of
from hep_api.plans.phases import Origin

NOT_THEIRS = 404


class Applied(StrEnum):
    """What became of one patient in a batch."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PatientOutcome:
    """The answer for one patient of a batch; `error` only of what was rejected, `starts_on` only of what was not."""

    patient_id: UUID
    plan_id: UUID
    outcome: Applied
    starts_on: Any = None
    error: Problem | None = None


def apply_template(
    session: Session, viewer: Viewer, template_id: UUID, patient: Patient, body: Mapping[str, Any], now: datetime
) -> LaidOut:
    """Make a plan for a patient, whom the caller holds locked, from a template as it reads now; sent again with the
    same plan_id it is the same plan.

    Errors: 404 for a template not theirs; 409 for an archived template, or an id used otherwise; 422 for a
    start in the past without a reason, and naming each phase and item whose exercise may not be prescribed any more.
    """
    template = templates.template_row(session, viewer, template_id)
    return _apply(session, viewer, template, patient, body, now)


def hold_patients(session: Session, viewer: Viewer, body: Mapping[str, Any]) -> None:
    """Lock those of a batch's patients whom the viewer cares for.

    By their ids, so that two batches at once wait for each other's patients in the same order.
    """
    asked = [each["patient_id"] for each in body["patients"]]
    query = select(Patient.id).where(access.is_theirs(viewer), Patient.id.in_(asked)).order_by(Patient.id)
    session.execute(query.with_for_update(key_share=True, of=Patient))


def apply_to_several(
    session: Session, viewer: Viewer, template_id: UUID, body: Mapping[str, Any], now: datetime
) -> list[PatientOutcome]:
    """Apply a template to each of the patients, whom the caller holds locked, in a part of the transaction of its own;
    404 for the template.

    What is refused for one patient leaves nothing and holds up no other.
    """
    template = templates.template_row(session, viewer, template_id)
    shared = {name: body[name] for name in ("starts_on", "title", "reason", "publish")}
    asked: Sequence[Mapping[str, Any]] = body["patients"]
    return [_outcome(session, viewer, template, {**shared, **each}, now) for each in asked]


def _outcome(session: Session, viewer: Viewer, template: Any, body: Mapping[str, Any], now: datetime) -> PatientOutcome:
    whom = (body["patient_id"], body["plan_id"])
    try:
        with notes.unless_refused(session), part_of(session):
            patient = access.patient_to_care_for(session, viewer, body["patient_id"])
            made = _apply(session, viewer, template, patient, body, now)
    except Problem as refusal:
        if refusal.status == NOT_THEIRS:
            _note_denied(session, body["patient_id"], refusal)
        return PatientOutcome(*whom, Applied.REJECTED, error=refusal)
    return PatientOutcome(*whom, Applied.DUPLICATE if made.repeated else Applied.APPLIED, made.plan.starts_on)


def _apply(
    session: Session, viewer: Viewer, template: Any, patient: Patient, body: Mapping[str, Any], now: datetime
) -> LaidOut:
    digest = repeats.digest_of({**body, "template_id": template.id})
    repeated = laying_out.laid_out_before(session, patient, body, digest)
    if repeated is not None:
        return repeated
    if template.archived_at is not None:
        raise conflict("template_id", "archived", "This template is archived; restore it, or choose another.")
    about = {**body, "title": body["title"] or template.content["title"], "goals": template.content["goals"]}
    origin = Origin(template.id, template.written_version)
    sending = laying_out.sending_of(body, digest, origin)
    return laying_out.lay_out(session, viewer, patient, about, course_of(template.content), sending, now)


def _note_denied(session: Session, patient_id: UUID, refusal: Problem) -> None:
    """Keep that somebody tried a patient who is not theirs, as a request about that patient alone would be kept."""
    occasion = present()
    action = occasion.action if occasion is not None else "apply_template_to_several"
    subject = {"patient_id": str(patient_id), "code": refusal.code}
    notes.note(session, action, outcome=AuditOutcome.DENIED, subject=subject)
