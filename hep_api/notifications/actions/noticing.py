"""Noticing who has a conversation open, so that their phone does not ring for what they see."""

from sqlalchemy.orm import Session

from hep_api.foundation.realtime.broadcasts import plan_whisper
from hep_api.messaging.facts.presence import PresenceReported
from hep_api.notifications.here import TOPIC


def note_presence(session: Session, fact: PresenceReported) -> None:
    """React to somebody's being here, or having gone: every web process is to know of the device."""
    said = fact.presence
    plan_whisper(session, TOPIC, [str(said.conversation_id), str(fact.sign_in_id), said.seconds])
