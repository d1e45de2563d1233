"""What connected clients are told of each other's presence."""

from sqlalchemy.orm import Session

from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging.facts.presence import PresenceReported
from hep_api.messaging.schemas.presence import PresenceOut

PRESENCE_CHANGED = Announcement(
    "presence.changed",
    PresenceOut,
    "A participant is here, is typing, or has gone. Show it for `seconds` and no longer, unless it is said again; it "
    "is kept nowhere and may get lost. When `asks`, report your own presence in this conversation, if you are here. "
    "Drop what names yourself: it is another of your devices.",
    is_fleeting=True,
)
ANNOUNCED = (PRESENCE_CHANGED,)


def tell_of_presence(session: Session, fact: PresenceReported) -> None:
    """Tell everyone else who takes part what one of them does; also that person's other sign-ins."""
    plan_broadcast(session, fact.rooms, PRESENCE_CHANGED, fact.presence)
