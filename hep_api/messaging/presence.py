"""Who is here and who is typing: said to those who take part in a conversation, kept nowhere, over by itself.

Each word holds for some seconds, so that somebody who is cut off is not seen sitting there for ever. One statement asks
whether the conversation is the viewer's and who hears of it; nothing is written, not even into the record.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.connections import sign_in_room
from hep_api.foundation.limits.rates import MINUTE, at_most
from hep_api.messaging import access


class State(StrEnum):
    """What somebody does with a conversation."""

    HERE = "here"
    TYPING = "typing"
    AWAY = "away"


# An app that goes on says so again before the time is over: every 5 seconds of typing, every 30 of having it open.
SECONDS = {State.HERE: 40, State.TYPING: 8, State.AWAY: 0}
# By sign-in. Two conversations on the screen of a desk, and somebody who types all the time, are 26 a minute.
REPORTS = at_most(60, MINUTE, "presence")


@dataclass(frozen=True, slots=True)
class ShownPresence:
    """What is told of one participant. `asks`: they have just come, and want to know who else is here."""

    conversation_id: UUID
    member_id: UUID
    state: State
    seconds: int
    asks: bool


def rooms_of(session: Session, viewer: Viewer, conversation_id: UUID) -> tuple[str, ...]:
    """Return where it is told, to the viewer's own sign-in not; 404 when the viewer does not take part."""
    statement, constants = STATEMENTS[viewer.role]
    asked = {"clinic_id": viewer.clinic_id, "member_id": viewer.member_id, "conversation_id": conversation_id}
    rooms = session.execute(statement, constants | asked).scalar_one_or_none()
    if rooms is None:
        raise access.no_such_conversation()
    own = sign_in_room(viewer.sign_in_id)
    return tuple(room for room in rooms if room != own)


def _statement(role: Role) -> tuple[TextClause, dict[str, Any]]:
    mine, constants = access.visible_sql(role)
    return text(f"SELECT {access.rooms_sql('mine')} AS rooms FROM ({mine}) AS mine"), constants  # noqa: S608 - our own


STATEMENTS = {role: _statement(role) for role in (Role.PATIENT, Role.PRACTITIONER)}
