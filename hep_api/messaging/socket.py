"""Socket.IO doors of messaging: the same actions as over HTTP."""

from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import EVERYONE, Role, Viewer
from hep_api.foundation import clock
from hep_api.foundation.realtime.commands import SocketDoor, command
from hep_api.messaging import sending_at_once
from hep_api.messaging.actions import editing, presence, reacting, receipts, sending, withdrawing
from hep_api.messaging.broadcasts import check_ins as check_ins_told
from hep_api.messaging.broadcasts import content as content_told
from hep_api.messaging.broadcasts.flags import ANNOUNCED as FLAGS_TOLD
from hep_api.messaging.broadcasts.handling import ANNOUNCED as HANDLING_TOLD
from hep_api.messaging.broadcasts.messages import ANNOUNCED
from hep_api.messaging.broadcasts.presence import ANNOUNCED as PRESENCE_TOLD
from hep_api.messaging.presence import ShownPresence
from hep_api.messaging.queries import messages
from hep_api.messaging.queries.messages import History
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.schemas.messages import (
    CatchUpIn,
    EditOfOneIn,
    HistoryOut,
    MessageOut,
    MessageToIn,
    OneMessageIn,
    ReactionToOneIn,
)
from hep_api.messaging.schemas.presence import PresenceOut, PresenceToIn
from hep_api.messaging.schemas.receipts import ReceiptOut, ReceiptToIn
from hep_api.messaging.shown import ShownMessage

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)


def _send_at_once(viewer: Viewer, body: dict[str, Any]) -> dict[str, Any] | None:
    return sending_at_once.send_message_at_once(viewer, body["conversation_id"], body, clock.now())


class MessagingDoor(SocketDoor):
    """What a connected phone or desk says about its conversations."""

    announces = (
        *ANNOUNCED,
        *FLAGS_TOLD,
        *HANDLING_TOLD,
        *PRESENCE_TOLD,
        *content_told.ANNOUNCED,
        *check_ins_told.ANNOUNCED,
    )

    @command("message.send", who=PARTICIPANTS, takes=MessageToIn, returns=MessageOut, at_once=_send_at_once)
    def send(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Send a message. Acknowledged means kept; without an acknowledgement send the same again."""
        return sending.send_message(session, viewer, body["conversation_id"], body, clock.now())

    @command("message.edit", who=PARTICIPANTS, takes=EditOfOneIn, returns=MessageOut)
    def edit(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Give your message other words, within 15 minutes of sending it."""
        return editing.edit_message(session, viewer, body["conversation_id"], body["seq"], body, clock.now())

    @command("message.withdraw", who=PARTICIPANTS, takes=OneMessageIn, returns=MessageOut)
    def withdraw(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Take your message back, at any time and for good."""
        return withdrawing.withdraw_message(session, viewer, body["conversation_id"], body["seq"], clock.now())

    @command("message.react", who=PARTICIPANTS, takes=ReactionToOneIn, returns=MessageOut)
    def react(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Put a sign of yours on a message; put again, nothing changes."""
        named = (body["conversation_id"], body["seq"], body["sign"])
        return reacting.react_to_message(session, viewer, *named, clock.now())

    @command("message.unreact", who=PARTICIPANTS, takes=ReactionToOneIn, returns=MessageOut)
    def unreact(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Take a sign of yours off a message; one that is not there changes nothing."""
        return reacting.take_back_reaction(session, viewer, body["conversation_id"], body["seq"], body["sign"])

    @command("conversation.catch_up", who=EVERYONE, takes=CatchUpIn, returns=HistoryOut)
    def catch_up(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> History:
        """Get the messages after a number, or what changed after one, in order; ask again while `has_more`."""
        return messages.list_messages_for(session, viewer, body["conversation_id"], {**body, "before": None})

    @command("receipt.report", who=PARTICIPANTS, takes=ReceiptToIn, returns=ReceiptOut)
    def report(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownReceipt:
        """Report how far your phone has got, and how far you have read."""
        return receipts.report_receipt(session, viewer, body["conversation_id"], body)

    @command("presence.report", who=PARTICIPANTS, takes=PresenceToIn, returns=PresenceOut, writes=False)
    def be_present(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownPresence:
        """Say that you are here, are typing, or have gone; kept nowhere, so say it again while it is so."""
        return presence.report_presence(session, viewer, body["conversation_id"], body)
