"""Lets some patients of the demo clinic be reminded: at times that their own days have taught, taken up as at the door.

Whoever has not taken one up finds theirs suggested.
"""

from sqlalchemy.orm import Session

from hep_api.clinics import access
from hep_api.demo.treating import InCare
from hep_api.notifications.actions.setting_reminders import accept_suggestion
from hep_api.notifications.queries.reminder_suggestions import suggestions_of

REMINDED = ("Ada Bennett", "Mabel Turner", "Imogen Clarke")


def remind(session: Session, care: InCare) -> None:
    """Let the patient take up what is suggested, where they are one of those and something is."""
    if care.patient.name not in REMINDED:
        return
    patient = access.patient_to_administer(session, care.himself, care.himself.member_id)
    for suggestion in suggestions_of(session, patient, care.now):
        accept_suggestion(session, patient, suggestion.at, care.now)
