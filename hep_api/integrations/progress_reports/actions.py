"""Issuing a report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.clinics.models import Patient
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.identifiers import new_id
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports.content import Content, Frozen, Wishes
from hep_api.integrations.progress_reports.models import ProgressReport
from hep_api.integrations.progress_reports.queries.gathering import gather
from hep_api.plans import repeats
from hep_api.plans.queries import plans
from hep_api.plans.queries.plans import PlanInCare


@dataclass(frozen=True, slots=True)
class Press:
    """What turns content into what is kept, and the language for a report that names none."""

    freeze: Callable[[Content], Frozen]
    language: Language


def issue_report(
    session: Session, viewer: Viewer, plan_id: UUID, body: dict[str, Any], press: Press, now: datetime
) -> ProgressReport:
    """Issue a report on a plan as it is known now; sent again with the same id and content it is the same report.

    Errors: 404 for a plan not in the viewer's care, 409 for an id used otherwise, 422 for a period without a day.
    """
    found = plans.plan_to_change(session, viewer, plan_id)
    digest = repeats.digest_of({**body, "plan_id": plan_id})
    issued = _issued_before(session, found, body["id"], digest)
    if issued is not None:
        return issued
    _hold_reports_of(session, found)
    wishes = Wishes(**{**body, "id": body["id"] or new_id(), "language": body["language"] or press.language})
    content = gather(session, viewer, found, wishes, now)
    report = _report(found, viewer, content, press.freeze(content), digest)
    _add(session, report)
    seal = report.page_digest.hex()
    # In a chain that nobody can change, so that a row and its digest cannot be changed together unseen.
    named = {"plan_id": str(plan_id), "report_id": str(report.id), "sha256": seal}
    notes.note(session, "report.issued", patient_id=report.patient_id, subject=named)
    return report


def _hold_reports_of(session: Session, found: PlanInCare) -> None:
    """Let uploads wait: what is counted while the report is read stays as it is."""
    row = select(Patient.id).where(Patient.clinic_id == found.patient.clinic_id, Patient.id == found.patient.id)
    session.execute(row.with_for_update(key_share=True))


def _issued_before(session: Session, found: PlanInCare, report_id: UUID | None, digest: bytes) -> ProgressReport | None:
    """Return the report that the same sending issued before, None for a new one; 409 for an id used otherwise."""
    if report_id is None:
        return None
    named = (ProgressReport.clinic_id == found.plan.clinic_id) & (ProgressReport.id == report_id)
    report = session.scalar(select(ProgressReport).where(named))
    if report is not None and report.sent_digest != digest:
        raise repeats.id_is_taken()
    return report


def _report(found: PlanInCare, viewer: Viewer, content: Content, frozen: Frozen, digest: bytes) -> ProgressReport:
    return ProgressReport(
        clinic_id=found.plan.clinic_id,
        id=content.id,
        patient_id=found.patient.id,
        plan_id=found.plan.id,
        audience=content.audience,
        language=content.language,
        recipient=content.recipient,
        from_on=content.from_on,
        to_on=content.to_on,
        issued_at=content.as_known_on,
        issued_by=viewer.member_id,
        content=frozen.content,
        content_digest=frozen.content_digest,
        page=frozen.page,
        page_digest=frozen.page_digest,
        sent_digest=digest,
    )


def _add(session: Session, report: ProgressReport) -> None:
    session.add(report)
    try:
        session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "progress_report_pkey":
            raise repeats.id_is_taken() from None
        raise
