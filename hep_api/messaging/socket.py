"""Socket.IO doors of messaging: the same actions as over HTTP."""

from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import EVERYONE, Role, Viewer
from hep_api.foundation import clock
from hep_api.foundation.realtime.commands import SocketDoor, command
from hep_api.messaging.actions import presence, receipts, sending
from hep_api.messaging.broadcasts import ANNOUNCED
from hep_api.messaging.presence import ShownPresence
from hep_api.messaging.presence_told import ANNOUNCED as PRESENCE_TOLD
from hep_api.messaging.queries import messages
from hep_api.messaging.queries.messages import History
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.schemas.messages import CatchUpIn, HistoryOut, MessageOut, MessageToIn
from hep_api.messaging.schemas.presence import PresenceOut, PresenceToIn
from hep_api.messaging.schemas.receipts import ReceiptOut, ReceiptToIn
from hep_api.messaging.shown import ShownMessage

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)


class MessagingDoor(SocketDoor):
    """What a connected phone or desk says about its conversations."""

    announces = (*ANNOUNCED, *PRESENCE_TOLD)

    @command("message.send", who=PARTICIPANTS, takes=MessageToIn, returns=MessageOut)
    def send(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownMessage:
        """Send a message. Acknowledged means kept; without an acknowledgement send the same again."""
        return sending.send_message(session, viewer, body["conversation_id"], body, clock.now())

    @command("conversation.catch_up", who=EVERYONE, takes=CatchUpIn, returns=HistoryOut)
    def catch_up(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> History:
        """Get the messages after a number, in order; ask again from the last one while `has_more`."""
        return messages.list_messages_for(session, viewer, body["conversation_id"], {**body, "before": None})

    @command("receipt.report", who=PARTICIPANTS, takes=ReceiptToIn, returns=ReceiptOut)
    def report(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownReceipt:
        """Report how far your phone has got, and how far you have read."""
        return receipts.report_receipt(session, viewer, body["conversation_id"], body)

    @command("presence.report", who=PARTICIPANTS, takes=PresenceToIn, returns=PresenceOut, writes=False)
    def be_present(self, session: Session, viewer: Viewer, body: dict[str, Any]) -> ShownPresence:
        """Say that you are here, are typing, or have gone; kept nowhere, so say it again while it is so."""
        return presence.report_presence(session, viewer, body["conversation_id"], body)
