"""Sending a message by one statement: a patient's plain words, of which nothing follows but that they are told.

It does the same as `sending.send_message`, or nothing, and that one is asked; a test holds both to the same rows, jobs,
record, answer and telling.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.foreseeing import foresee
from hep_api.foundation.jobs.queue import Planned
from hep_api.foundation.realtime.broadcasts import tell_now
from hep_api.messaging import numbering
from hep_api.messaging.actions.sending import SENT
from hep_api.messaging.answering.policies import kept_policy
from hep_api.messaging.broadcasts.messages import MESSAGE_CREATED
from hep_api.messaging.coming import MessageComing
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.numbering_at_once import number_at_once
from hep_api.messaging.saying import Said
from hep_api.messaging.schemas.messages import written


def send_message_at_once(
    viewer: Viewer, conversation_id: UUID, body: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """Send what a remembered viewer says, and return it as JSON of `MessageOut`; None when nothing was sent."""
    if viewer.role is not Role.PATIENT or body["about"] is not None or body["attachment_ids"]:
        return None
    policy = kept_policy(viewer.clinic_id)
    if policy is None:
        return None
    coming = MessageComing(viewer.clinic_id, viewer.member_id, conversation_id, body["body"], now, policy)
    planned = _foreseen(coming)
    if planned is None:
        return None
    said = Said(body["client_id"], body["body"], reply_to_seq=body["reply_to_seq"], sender_id=viewer.member_id)
    numbered = number_at_once(viewer, conversation_id, said, policy.version, planned, now)
    if numbered is None:
        return None
    seq, change, rooms = numbered
    sent = written(numbering.as_new(conversation_id, seq, said, now, change))
    SENT.add("new")
    tell_now(rooms, MESSAGE_CREATED, sent)
    return sent


def _foreseen(coming: MessageComing) -> Planned | None:
    """Return the one job that goes with a message; None when more follows from it, or less."""
    jobs = foresee(MessageSent, coming)
    return jobs[0] if jobs is not None and len(jobs) == 1 else None
