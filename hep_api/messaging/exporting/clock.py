"""What the clock of answers holds of a patient: how long their messages waited, and who answered them."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.responses import Response


def export_responses(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield how long the patient's messages waited for an answer."""
    answers = select(*columns_of(Response, without=("patient_id", "answered_by")))
    answers = answers.where(Response.clinic_id == clinic_id, Response.patient_id == patient_id)
    answers = answers.order_by(Response.conversation_id, Response.opened_seq)
    about = "How long messages waited for an answer."
    yield section(session, "responses", about, with_names(answers, Response.answered_by))
