"""Messages with everything that is shown of them: one statement for each kind of what hangs on them, however many."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hep_api.messaging.attachments.binding import attachments_of
from hep_api.messaging.models.messages import Message, MessageReaction, Sign
from hep_api.messaging.shown import Reaction, ShownMessage, shown

Place = tuple[UUID, int]
SIGNS = list(Sign)


def show(session: Session, clinic_id: UUID, messages: Sequence[Message]) -> list[ShownMessage]:
    """Return messages as people see them, in the same order. Who may read them was asked before."""
    standing = [(each.conversation_id, each.seq) for each in messages if each.withdrawn_at is None]
    reactions = _reactions(session, clinic_id, standing) if standing else {}
    attachments = attachments_of(session, clinic_id, standing) if standing else {}
    places = [(each.conversation_id, each.seq) for each in messages]
    return [
        shown(each, reactions.get(place, ()), attachments.get(place, ()))
        for each, place in zip(messages, places, strict=True)
    ]


def show_one(session: Session, message: Message) -> ShownMessage:
    """Return one message as people see it."""
    return show(session, message.clinic_id, [message])[0]


def _reactions(session: Session, clinic_id: UUID, places: Sequence[Place]) -> dict[Place, Sequence[Reaction]]:
    query = (
        select(MessageReaction)
        .where(
            MessageReaction.clinic_id == clinic_id,
            tuple_(MessageReaction.conversation_id, MessageReaction.seq).in_(places),
        )
        .order_by(MessageReaction.reacted_at, MessageReaction.member_id)
    )
    found: dict[Place, dict[Sign, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for each in session.scalars(query):
        found[each.conversation_id, each.seq][each.sign].append(each.member_id)
    return {
        place: [Reaction(sign, signs[sign]) for sign in sorted(signs, key=SIGNS.index)]
        for place, signs in found.items()
    }
