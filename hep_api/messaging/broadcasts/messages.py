"""What connected clients are told of conversations. `reactions.py` says after which facts."""

from sqlalchemy.orm import Session

from hep_api.clinics.connections import member_room
from hep_api.clinics.facts import CareTeamChanged
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging import access
from hep_api.messaging.facts.messages import (
    ConversationOpened,
    MessageChanged,
    MessageEdited,
    MessageSent,
    MessageWithdrawn,
    ReceiptChanged,
)
from hep_api.messaging.schemas.conversations import ConversationNamedOut
from hep_api.messaging.schemas.messages import MessageOut
from hep_api.messaging.schemas.receipts import ReceiptOut

MESSAGE_CREATED = Announcement(
    "message.created",
    MessageOut,
    "A message was written, by anyone, also by you on this or another device. When `seq` leaves a gap, catch up.",
)
MESSAGE_CHANGED = Announcement(
    "message.changed",
    MessageOut,
    "A message was edited or withdrawn, or somebody reacted to it: show this one in its place, unless yours has a "
    "higher `change`. When `change` leaves a gap, catch up.",
)
RECEIPT_CHANGED = Announcement("receipt.changed", ReceiptOut, "A participant got or read further than before.")
CONVERSATION_RESYNC = Announcement(
    "conversation.resync",
    ConversationNamedOut,
    "Who takes part has changed: read the conversation again; on 404 it is yours no more, so forget it.",
)
ANNOUNCED = (MESSAGE_CREATED, MESSAGE_CHANGED, RECEIPT_CHANGED, CONVERSATION_RESYNC)


def tell_of_message(session: Session, fact: MessageSent) -> None:
    """Tell everyone who takes part of the new message."""
    plan_broadcast(session, fact.rooms, MESSAGE_CREATED, fact.message)


def tell_of_change(session: Session, fact: MessageEdited | MessageWithdrawn | MessageChanged) -> None:
    """Tell everyone who takes part how an earlier message is shown now."""
    plan_broadcast(session, fact.rooms, MESSAGE_CHANGED, fact.message)


def tell_of_receipt(session: Session, fact: ReceiptChanged) -> None:
    """Tell everyone who takes part how far one of them is."""
    plan_broadcast(session, fact.rooms, RECEIPT_CHANGED, fact)


def tell_of_care_team(session: Session, fact: CareTeamChanged) -> None:
    """Tell those who take part now, and whoever just left, that the circle has changed."""
    left = () if fact.left_member_id is None else (member_room(fact.clinic_id, fact.left_member_id),)
    for conversation_id, kind in access.list_conversations_of(session, fact.clinic_id, fact.patient_id):
        rooms = access.list_rooms_of(session, fact.clinic_id, fact.patient_id, kind)
        plan_broadcast(session, (*rooms, *left), CONVERSATION_RESYNC, {"conversation_id": conversation_id})


def tell_of_opened(session: Session, fact: ConversationOpened) -> None:
    """Tell the staff who take part that there is a conversation among them now."""
    rooms = access.list_rooms_of(session, fact.clinic_id, fact.patient_id, fact.kind)
    plan_broadcast(session, rooms, CONVERSATION_RESYNC, {"conversation_id": fact.conversation_id})
