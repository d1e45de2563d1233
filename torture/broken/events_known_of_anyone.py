"""Whether an event was sent before is asked of all patients of the clinic: another's with the same id stands for it."""

from hep_api.adherence.queries import known
from torture.broken.taking import rewriting

OF_THE_PATIENT = "clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s"


def do() -> None:
    rewriting(known, "_KNOWN", OF_THE_PATIENT, "clinic_id = %(clinic_id)s")
