"""Issuing a report: it is gathered under the locks of its plan and patient, and kept once its page is made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.identifiers import new_id
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports.content import Content, Frozen, Wishes
from hep_api.integrations.progress_reports.models import ProgressReport
from hep_api.integrations.progress_reports.queries.gathering import gather
from hep_api.plans import repeats
from hep_api.plans.queries import plans
from hep_api.plans.queries.plans import PlanInCare


def plan_to_report_on(session: Session, viewer: Viewer, plan_id: UUID) -> PlanInCare:
    """Return a plan in the viewer's care with its row and its patient's locked until the commit; 404 otherwise.

    Changes of the plan and uploads wait: they come in after the instant of whoever reads the clock now.
    """
    found = plans.plan_to_change(session, viewer, plan_id)
    session.refresh(found.patient, with_for_update={"key_share": True})
    return found


def issued_before(session: Session, found: PlanInCare, body: dict[str, Any]) -> ProgressReport | None:
    """Return the report that the same sending issued before, None for a new one; 409 for an id used otherwise."""
    if body["id"] is None:
        return None
    named = (ProgressReport.clinic_id == found.plan.clinic_id) & (ProgressReport.id == body["id"])
    report = session.scalar(select(ProgressReport).where(named))
    if report is not None and report.sent_digest != _digest(found, body):
        raise repeats.id_is_taken()
    return report


def gather_report(
    session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], language: Language, now: datetime
) -> Content:
    """Return what stands in a report on a plan, which the caller holds locked; `language` for one that names none.

    Errors: 422 for a period without a day.
    """
    # The report that is kept leaves its row in the audit; what is only gathered is shown to nobody.
    notes.leave_out_door(session)
    wishes = Wishes(**{**body, "id": body["id"] or new_id(), "language": body["language"] or language})
    return gather(session, viewer, found, wishes, now)


def keep_report(
    session: Session, viewer: Viewer, plan_id: UUID, body: dict[str, Any], content: Content, frozen: Frozen
) -> ProgressReport:
    """Keep a report, in a later transaction than the one in which it was gathered, so that nobody waits for its page.

    Of one sending that came twice meanwhile, the first that is kept is the report of both. Errors: 404 for a plan that
    is not in the viewer's care any more, 409 for an id used otherwise.
    """
    found = plans.plan_to_change(session, viewer, plan_id)
    issued = issued_before(session, found, body)
    if issued is not None:
        return issued
    report = _report(found, viewer, content, frozen, _digest(found, body))
    _add(session, report)
    seal = report.page_digest.hex()
    # In a chain that nobody can change, so that a row and its digest cannot be changed together unseen.
    named = {"plan_id": str(plan_id), "report_id": str(report.id), "sha256": seal}
    notes.note(session, "report.issued", patient_id=report.patient_id, subject=named)
    return report


def _digest(found: PlanInCare, body: dict[str, Any]) -> bytes:
    return repeats.digest_of({**body, "plan_id": found.plan.id})


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
