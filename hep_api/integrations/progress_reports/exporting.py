"""What reports hold of a patient: each as it was issued. A PDF is made of the page and says nothing more."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.integrations.progress_reports.models import ProgressReport

DIGESTS = ("content_digest", "page_digest", "pdf_digest", "sent_digest")


def export_reports(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's progress reports with their pages."""
    reports = select(*columns_of(ProgressReport, without=("patient_id", "pdf", *DIGESTS))).where(
        ProgressReport.clinic_id == clinic_id, ProgressReport.patient_id == patient_id
    )
    about = "Progress reports as they were issued: content as JSON, page as HTML."
    yield section(session, "progress_reports", about, reports.order_by(ProgressReport.issued_at, ProgressReport.id))
