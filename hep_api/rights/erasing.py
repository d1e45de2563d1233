"""What is removed of the rights themselves when a patient is erased: exports, holds, words, and waiting jobs."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.foundation.jobs.forgetting import forget_jobs_naming
from hep_api.rights.models import Erasure, PatientExport, RetentionHold


def erase_rights(session: Session, fact: PatientErased) -> None:
    """Remove the patient's exports and holds, what was said about wishes to be erased, and jobs that name the patient.

    The wishes stay as rows of ids and instants: they say that the clinic did what it was asked.
    """
    for model in (PatientExport, RetentionHold):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))
    session.execute(
        update(Erasure)
        .where(Erasure.clinic_id == fact.clinic_id, Erasure.patient_id == fact.patient_id)
        .values(words=None, refusal_reason=None)
    )
    forget_jobs_naming(session, fact.patient_id)
