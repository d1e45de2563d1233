"""Searching in one conversation: messages that hold all the words, whatever their case and accents.

The words are looked for here and not in the database, so that they fold the same in every locale, and nothing of a
message is kept twice. A conversation is small: one of 10,000 messages without a hit is looked through in a blink.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.library.words import folded, words_of
from hep_api.messaging import access
from hep_api.messaging.models.messages import Message
from hep_api.messaging.queries.messages import History
from hep_api.messaging.queries.showing import show

AT_A_TIME = 1000


def search_messages_for(session: Session, viewer: Viewer, conversation_id: UUID, query: dict[str, Any]) -> History:
    """Return up to `limit` messages with all words of `q`, below `before`, the newest first; 404 for who may not.

    What is withdrawn is not found; what was edited is found by what it says now.
    """
    conversation = access.conversation_for(session, viewer, conversation_id)
    of_conversation = (Message.clinic_id == viewer.clinic_id) & (Message.conversation_id == conversation_id)
    limit, before, words = query["limit"], query["before"], words_of(query["q"])
    below = true() if before is None else Message.seq < before
    bodies = select(Message.seq, Message.body).where(of_conversation, below, Message.withdrawn_at.is_(None))
    found: list[int] = []
    with session.execute(bodies.order_by(Message.seq.desc()).execution_options(yield_per=AT_A_TIME)) as rows:
        for seq, body in rows:
            if words and _holds(body, words):
                found.append(seq)
            if len(found) > limit:
                break
    messages = select(Message).where(of_conversation, Message.seq.in_(found[:limit])).order_by(Message.seq.desc())
    shown = show(session, viewer.clinic_id, session.scalars(messages).all())
    return History(conversation_id, shown, conversation.last_seq, conversation.changes, len(found) > limit)


def _holds(body: str, words: list[str]) -> bool:
    text = folded(body)
    return all(word in text for word in words)
