"""Why the server closes a connection. A client is told twice: by the event `connection.closing`, and by the closing
frame of the WebSocket, whose reason is the same code. Its own reconnecting starts after either.
"""

from dataclasses import dataclass

from hep_api.foundation.errors import TOKEN_EXPIRED
from hep_api.foundation.realtime.commands import Announcement
from hep_api.foundation.realtime.schemas import ClosingOut

# Of RFC 6455 and IANA's list: a policy is broken, the protocol is, the service begins anew.
POLICY, PROTOCOL, UNSUPPORTED, RESTART = 1008, 1002, 1003, 1012


@dataclass(frozen=True, slots=True)
class Farewell:
    """A stable code, words for a person, and the code of the WebSocket's closing frame."""

    code: str
    detail: str
    status: int = POLICY


EXPIRED = Farewell(TOKEN_EXPIRED, "The access token has expired: connect again with a fresh one.")
ACCESS_CHANGED = Farewell(
    "access_changed", "The sign-in or what it may see has ended or changed: connect again to learn which."
)
SIGN_IN_ENDED = Farewell("sign_in_ended", "This sign-in has ended; sign in again.")
DRAINING = Farewell("closing", "This process is closing: connect again, another one takes you.", RESTART)
# To those who were never let in no event is sent, only the closing frame.
NOT_INTRODUCED = Farewell("not_introduced", "Nobody said who they are in time.")
MALFORMED = Farewell("malformed_packet", "That was no packet of Socket.IO.", PROTOCOL)
BINARY = Farewell("binary_frame", "Only text is understood here.", UNSUPPORTED)

CLOSING = Announcement(
    "connection.closing",
    ClosingOut,
    "This connection is closed now, and why. Connect again as you do after any lost connection; the code tells what "
    "to bring along.",
)
