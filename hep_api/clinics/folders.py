"""Where in the file store what belongs to a patient lies. Whoever keeps a file of a patient keeps it in there, so that
it is exported and erased with the patient.
"""

from uuid import UUID


def folder_of_patient(clinic_id: UUID, patient_id: UUID) -> str:
    """Return the prefix of all files of a patient."""
    return f"clinics/{clinic_id}/patients/{patient_id}"
