"""What connected clients are told of check-ins: that one was answered. `reactions.py` says after which fact."""

from sqlalchemy.orm import Session

from hep_api.clinics.connections import list_rooms_about
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging.facts.check_ins import CheckInAnswered
from hep_api.messaging.schemas.check_ins import CheckInAnsweredOut

CHECK_IN_ANSWERED = Announcement(
    "check_in.answered", CheckInAnsweredOut, "The patient answered a check-in, or corrected an answer: read it."
)
ANNOUNCED = (CHECK_IN_ANSWERED,)


def tell_of_answer(session: Session, fact: CheckInAnswered) -> None:
    """Tell everyone who takes part that it was answered."""
    plan_broadcast(session, list_rooms_about(session, fact.clinic_id, fact.patient_id), CHECK_IN_ANSWERED, fact)
