"""The export asks for the messages of the clinic, not for those of the patient."""

from hep_api.messaging.exporting import conversations as exporting
from torture.broken.taking import replacing


def do() -> None:
    replacing(exporting, "_of_patient", lambda _, model, clinic_id, __: model.clinic_id == clinic_id)
