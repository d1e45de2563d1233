"""Reads of reports that were issued, scoped by the viewer: whoever may see the plan. Every part is held against its
digest before it is shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.orm import Session, undefer

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.integrations.progress_reports import sealing
from hep_api.integrations.progress_reports.models import ProgressReport
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries import plans

Report = ProgressReport


def list_reports_for(
    session: Session, viewer: Viewer, plan_id: UUID, query: Mapping[str, Any]
) -> pages.Page[ProgressReport]:
    """Return a plan's reports without their content, the newest first; 404 when the viewer may not see the plan."""
    plan = plans.plan_for(session, viewer, plan_id).plan
    listed = _of_plan(plan)
    if query["audience"] is not None:
        listed = listed.where(Report.audience == query["audience"])
    key = tuple_(Report.issued_at, Report.id)
    before = pages.decode(query["cursor"], datetime, UUID)
    if before:
        listed = listed.where(key < tuple_(*before))
    rows = session.scalars(listed.order_by(Report.issued_at.desc(), Report.id.desc()).limit(query["limit"] + 1))
    return pages.cut(rows.all(), query["limit"], lambda report: [report.issued_at, report.id])


def report_for(session: Session, viewer: Viewer, plan_id: UUID, report_id: UUID, *parts: Any) -> ProgressReport:
    """Return a report with these of its parts (`ProgressReport.content`, `.page`, `.pdf`), each unaltered.

    Errors: 404 when the viewer may not see the plan or it has no such report, 500 `report_altered`.
    """
    plan = plans.plan_for(session, viewer, plan_id).plan
    query = _of_plan(plan).where(Report.id == report_id)
    report = session.scalars(query.options(*(undefer(part) for part in parts))).one_or_none()
    if report is None:
        raise not_found("report")
    if Report.content in parts:
        sealing.require_unaltered(report.content.encode(), report.content_digest, report.id, "content")
    if Report.page in parts:
        page = sealing.unsealed(report.page, report.page_digest)
        sealing.require_unaltered(page.encode(), report.page_digest, report.id, "page")
    if Report.pdf in parts and report.pdf is not None and report.pdf_digest is not None:
        sealing.require_unaltered(report.pdf, report.pdf_digest, report.id, "pdf")
    return report


def kept_pdf(session: Session, report: ProgressReport, made: bytes) -> bytes:
    """Keep a PDF that was made of the report's page, unless another was kept meanwhile; return the kept one."""
    this = (Report.clinic_id == report.clinic_id) & (Report.id == report.id)
    session.execute(
        update(Report).where(this, Report.pdf.is_(None)).values(pdf=made, pdf_digest=sealing.digest(made)),
        execution_options={"synchronize_session": False},
    )
    kept = session.execute(select(Report.pdf).where(this)).scalar_one_or_none()
    if kept is None:
        # Erased while it was made.
        raise not_found("report")
    return kept


def _of_plan(plan: Plan) -> Select[ProgressReport]:
    return select(Report).where(Report.clinic_id == plan.clinic_id, Report.plan_id == plan.id)
