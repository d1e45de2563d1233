"""Sending a piece of the clinic's content to a patient, and the patient's opening it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.languages import language_of_patient
from hep_api.foundation.errors import conflict
from hep_api.foundation.facts import publish
from hep_api.foundation.languages import best_language
from hep_api.library.media_links import ASSETS
from hep_api.library.queries.exercises import exercises_for_plan
from hep_api.messaging import access
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.facts.content import ContentOpened
from hep_api.messaging.models.content import ContentItem
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.models.sent_content import ContentOpening, SentContent, SentContentAsset
from hep_api.messaging.queries import sent_content
from hep_api.messaging.queries.content import item_to_send
from hep_api.messaging.queries.sent_content import Sent
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import ShownMessage

CARD = "content"


def send_content(
    session: Session, viewer: Viewer, conversation_id: UUID, body: dict[str, Any], now: datetime
) -> ShownMessage:
    """Say a piece as it reads now in the conversation with its patient; once for each `client_id`, as any message.

    Errors: 404, 409 in a conversation that has ended or that the patient does not read, or when `client_id` was used
    for something else; 422 naming `/content_id` for what the clinic does not have to send.
    """
    conversation = access.conversation_to_change(session, viewer, conversation_id)
    if conversation.kind is not ConversationKind.CARE_TEAM:
        raise conflict("conversation_id", "kind", "The patient does not read this conversation.")
    if sent_content.was_sent(session, viewer, conversation_id, body["client_id"]):
        # Whatever has become of the piece since: what is found is the message that was sent.
        again = Said(body["client_id"], "", MessageKind.CONTENT, sender_id=viewer.member_id)
        message = post_message(session, viewer.clinic_id, conversation_id, again, now)
        _refuse_other(message, body)
        return message
    item = item_to_send(session, viewer, body["content_id"])
    exercise = _exercise(session, viewer, item)
    said = Said(
        client_id=body["client_id"],
        body=body["body"] or _title(session, conversation, item),
        kind=MessageKind.CONTENT,
        card={"type": CARD, "kind": item.kind.value, "content_id": str(item.id), "version": item.version},
        sender_id=viewer.member_id,
    )
    message = post_message(session, viewer.clinic_id, conversation_id, said, now)
    _keep(session, viewer.clinic_id, message, item, exercise)
    return message


def open_content(
    session: Session, viewer: Viewer, conversation_id: UUID, seq: int, opened_at: datetime | None, now: datetime
) -> Sent:
    """Note that the viewer has opened what a message carries, the first time only, and return it; 404 as for reading.

    What a phone says of the time is kept between the sending and now.
    """
    sent = sent_content.sent_content_for(session, viewer, conversation_id, seq)
    if any(each.member_id == viewer.member_id for each in sent.opened):
        return sent
    at = min(max(opened_at or now, sent.sent_at), now)
    place: dict[str, Any] = {"conversation_id": conversation_id, "seq": seq, "member_id": viewer.member_id}
    opening = place | {"opened_at": at}
    noting = insert(ContentOpening).values(clinic_id=viewer.clinic_id, **opening).on_conflict_do_nothing()
    if session.scalar(noting.returning(ContentOpening.seq)) is not None:
        publish(session, ContentOpened(viewer.clinic_id, sent.patient_id, **opening))
    # Read again in any case: another phone of theirs may have been first in the meantime.
    return sent_content.sent_content_for(session, viewer, conversation_id, seq)


def _exercise(session: Session, viewer: Viewer, item: ContentItem) -> dict[str, Any] | None:
    """Return what a prescription would keep of the exercise; 422 when it cannot be prescribed any more."""
    if item.exercise_id is None:
        return None
    return exercises_for_plan(session, viewer, [item.exercise_id], "/content_id")[item.exercise_id]


def _title(session: Session, conversation: Conversation, item: ContentItem) -> str:
    language = language_of_patient(session, conversation.clinic_id, conversation.patient_id)
    return str(item.texts[best_language(item.texts, [language], item.language)]["title"])


def _refuse_other(message: ShownMessage, body: dict[str, Any]) -> None:
    """Refuse a `client_id` that stands for another message; without words of the sender's any will do."""
    if message.withdrawn_at is not None:
        return
    same_piece = message.card is not None and message.card.get("content_id") == str(body["content_id"])
    if not same_piece or (body["body"] and message.body != body["body"] and message.edited_at is None):
        raise conflict("/client_id", "sent_before", "You have sent another message with this client_id.")


def _keep(
    session: Session, clinic_id: UUID, message: ShownMessage, item: ContentItem, exercise: dict[str, Any] | None
) -> None:
    """Keep the piece as it was sent."""
    place = {"clinic_id": clinic_id, "conversation_id": message.conversation_id, "seq": message.seq}
    kept = {"content_id": item.id, "version": item.version, "kind": item.kind, "language": item.language}
    row = {**place, **kept, "texts": item.texts, "exercise": exercise}
    session.execute(insert(SentContent).values(row))
    media = [] if exercise is None else exercise["media"]
    assets = {UUID(entry["asset_id"]) for entry in media if entry["kind"] in ASSETS}
    if assets:
        session.execute(insert(SentContentAsset), [{**place, "asset_id": asset_id} for asset_id in sorted(assets)])
