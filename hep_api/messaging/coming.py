"""A message that is about to be written by one statement, as far as it is known before it has a number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hep_api.messaging.answering.policies import Policy


@dataclass(frozen=True, slots=True)
class MessageComing:
    """A patient's words for the care team, in a conversation that is open and goes on, or they are not written so.

    `policy` is what the process knows of the clinic's settings; if they have changed, they are not written so either.
    """

    clinic_id: UUID
    patient_id: UUID
    conversation_id: UUID
    body: str
    sent_at: datetime
    policy: Policy
