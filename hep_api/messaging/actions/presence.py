"""Saying that one is here, is typing, or has gone."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.foundation.limits.gate import limits
from hep_api.messaging import presence
from hep_api.messaging.facts.presence import PresenceReported
from hep_api.messaging.presence import SECONDS, ShownPresence


def report_presence(session: Session, viewer: Viewer, conversation_id: UUID, body: dict[str, Any]) -> ShownPresence:
    """Tell those who take part what the viewer does; 404 when the conversation is not theirs, 429 when too often."""
    limits().spend(presence.REPORTS, str(viewer.sign_in_id))
    rooms = presence.rooms_of(session, viewer, conversation_id)
    state = body["state"]
    said = ShownPresence(conversation_id, viewer.member_id, state, SECONDS[state], body["asks"])
    publish(session, PresenceReported(said, viewer.sign_in_id, rooms))
    return said
