"""What connected clients are told of content: that the patient opened it. `reactions.py` says after which fact."""

from sqlalchemy.orm import Session

from hep_api.clinics.connections import list_rooms_about
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging.facts.content import ContentOpened
from hep_api.messaging.schemas.content import ContentOpenedOut

CONTENT_OPENED = Announcement(
    "content.opened", ContentOpenedOut, "Somebody opened what a message of kind `content` carries, for the first time."
)
ANNOUNCED = (CONTENT_OPENED,)


def tell_of_opening(session: Session, fact: ContentOpened) -> None:
    """Tell everyone who takes part that it was opened."""
    plan_broadcast(session, list_rooms_about(session, fact.clinic_id, fact.patient_id), CONTENT_OPENED, fact)
