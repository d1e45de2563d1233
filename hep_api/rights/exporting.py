"""What this capability itself holds of a patient: exports that were made, wishes to be erased, a hold."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.rights.models import Erasure, PatientExport, RetentionHold


def export_rights(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's exports, wishes to be erased, and the hold."""
    exports = select(*columns_of(PatientExport, without=("patient_id", "asked_by", "job_id"))).where(
        PatientExport.clinic_id == clinic_id, PatientExport.patient_id == patient_id
    )
    exports = with_names(exports.order_by(PatientExport.asked_at), PatientExport.asked_by)
    yield section(session, "exports", "Exports that were asked for.", exports)
    erasures = select(*columns_of(Erasure, without=("patient_id", "asked_by", "decided_by"))).where(
        Erasure.clinic_id == clinic_id, Erasure.patient_id == patient_id
    )
    erasures = with_names(erasures.order_by(Erasure.asked_at), Erasure.asked_by, Erasure.decided_by)
    yield section(session, "erasures", "Wishes to be erased, and how they were decided.", erasures)
    holds = select(*columns_of(RetentionHold, without=("patient_id", "set_by"))).where(
        RetentionHold.clinic_id == clinic_id, RetentionHold.patient_id == patient_id
    )
    yield section(session, "holds", "Why the record has to be kept.", with_names(holds, RetentionHold.set_by))
