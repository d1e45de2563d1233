"""HTTP doors of progress reports: issuing one, the list, and each as JSON, as page and as PDF."""

from typing import Any
from uuid import UUID

from flask import Response, request

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.limits.rates import HOUR
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, sends, signed_in, takes
from hep_api.foundation.web.pacing import limited
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.receiving import recognised_again
from hep_api.foundation.web.schemas import page_of
from hep_api.integrations import documents
from hep_api.integrations.documents import NotInstalled
from hep_api.integrations.languages import chosen
from hep_api.integrations.laying_out import policy_of
from hep_api.integrations.progress_reports import actions
from hep_api.integrations.progress_reports.freezing import freeze
from hep_api.integrations.progress_reports.models import ProgressReport
from hep_api.integrations.progress_reports.queries import reports as queries
from hep_api.integrations.progress_reports.schemas import ReportIn, ReportInFullOut, ReportOut, ReportQuery

routes = Routes("reports", "How a plan goes, for the patient or for the referring doctor; frozen when issued.")

HTML, PDF = "text/html", "application/pdf"


@routes.post("/plans/<uuid:plan_id>/reports")
@signed_in(Role.PRACTITIONER)
@limited(60, HOUR)
@takes(ReportIn)
@returns(ReportOut, 201)
def issue_report(plan_id: UUID, body: dict[str, Any]) -> ProgressReport:
    """Issue a progress report on a plan, for the patient or for the referring doctor.

    It says what is known at this instant and never changes: what is reported, corrected or renamed later is not in it.
    Only the care team issues reports. Whoever may read the plan may read them, the patient those for a doctor too.

    Sent again with the same `id` and content it is the same report. Errors: 409 for an id used otherwise; 422 naming
    `/from` for a period without a day that is over, or longer than 53 weeks.
    """
    language = chosen(None, asked_languages())
    with transaction() as session:
        found = actions.plan_to_report_on(session, viewer(), plan_id)
        issued = actions.issued_before(session, found, body)
        if issued is not None:
            return issued
        content = actions.gather_report(session, viewer(), found, body, language, clock.now())
    # While no transaction is open: uploads and changes of the plan do not wait for the page.
    frozen = freeze(content)
    with recognised_again() as session:
        return actions.keep_report(session, viewer(), plan_id, body, content, frozen)


@routes.get("/plans/<uuid:plan_id>/reports")
@signed_in(*EVERYONE)
@asks(ReportQuery)
@returns(page_of(ReportOut))
def list_reports(plan_id: UUID, query: dict[str, Any]) -> Page[ProgressReport]:
    """List a plan's reports, the newest first, without their content."""
    with transaction() as session:
        return queries.list_reports_for(session, viewer(), plan_id, query)


@routes.get("/plans/<uuid:plan_id>/reports/<uuid:report_id>")
@signed_in(*EVERYONE)
@returns(ReportInFullOut, tag=etags.by_body)
def get_report(plan_id: UUID, report_id: UUID) -> ProgressReport:
    """Read a report with its content, as it was frozen; `content_sha256` is that of `content` as it stands here.

    Errors: 500 `report_altered` when it is not what was issued.
    """
    with transaction() as session:
        return queries.report_for(session, viewer(), plan_id, report_id, ProgressReport.content)


@routes.get("/plans/<uuid:plan_id>/reports/<uuid:report_id>.html")
@signed_in(*EVERYONE)
@sends(HTML, tagged=True)
def get_report_as_page(plan_id: UUID, report_id: UUID) -> Response:
    """Read a report as the page that was frozen, byte for byte, with its SHA-256 printed on it.

    Errors: 500 `report_altered` when it is not what was issued.
    """
    with transaction() as session:
        report = queries.report_for(session, viewer(), plan_id, report_id, ProgressReport.page)
        response = Response(report.page, mimetype=HTML)
        response.headers["Content-Security-Policy"] = policy_of(report.page)
        return etags.tagged(response, report.page_digest.hex())


@routes.get("/plans/<uuid:plan_id>/reports/<uuid:report_id>.pdf")
@signed_in(*EVERYONE)
@limited(60, HOUR)
@sends(PDF, tagged=True)
def get_report_as_pdf(plan_id: UUID, report_id: UUID) -> Response:
    """Read a report as PDF: made of the frozen page when it is first asked for, and the same bytes ever after.

    Errors: 501 with `page_url` where this server makes none; 500 `report_altered` when it is not what was issued.
    """
    with transaction() as session:
        parts = (ProgressReport.page, ProgressReport.pdf)
        report = queries.report_for(session, viewer(), plan_id, report_id, *parts)
    response = Response(report.pdf or _made(report), mimetype=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="report-{report_id}.pdf"'
    return etags.tagged(response, f"{report.page_digest.hex()}-pdf")


def _made(report: ProgressReport) -> bytes:
    """Make the PDF while no transaction is open, and keep it, unless somebody else was faster."""
    try:
        made = documents.make_pdf(report.page)
    except NotInstalled:
        raise documents.not_here(request.path.removesuffix(".pdf") + ".html") from None
    with recognised_again() as session:
        return queries.kept_pdf(session, report, made)
