"""The loader of patients asks for the clinic only, not for the care team."""

from hep_api.clinics import access
from hep_api.clinics.models import Patient
from torture.broken.taking import replacing


def do() -> None:
    replacing(access, "may_see_patient", lambda _, viewer: Patient.clinic_id == viewer.clinic_id)
