"""Editing a message, for a quarter of an hour; what it said before stays readable for those who may read it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Clinic
from hep_api.foundation.errors import Problem, conflict
from hep_api.foundation.facts import publish
from hep_api.messaging import access, changing
from hep_api.messaging.actions import handling
from hep_api.messaging.changing import Held
from hep_api.messaging.facts.messages import MessageEdited
from hep_api.messaging.models.messages import Message, MessageKind, MessageVersion
from hep_api.messaging.queries.showing import show_one
from hep_api.messaging.queries.versions import versions_of
from hep_api.messaging.shown import ShownMessage

EDITABLE_FOR = timedelta(minutes=15)
MOST_VERSIONS = 50


def edit_message(
    session: Session, viewer: Viewer, conversation_id: UUID, seq: int, body: dict[str, Any], now: datetime
) -> ShownMessage:
    """Give the viewer's message other words; the same edit (`client_id`) sent again changes nothing.

    Errors: 404; 403 `not_your_message`; 409 `too_late_to_edit` a quarter of an hour after it was sent, `not_editable`
    for what is not mere words, `message_withdrawn`, `conversation_ended`, `too_many_edits`, and when `client_id` was
    used for other words.
    """
    held = changing.hold_own(session, viewer, conversation_id, seq)
    versions = {each.client_id: each.body for each in versions_of(session, held.message)}
    if _is_known(held.message, versions, body):
        return show_one(session, held.message)
    _refuse(held, len(versions), now)
    _keep_versions(session, held.message, len(versions), body, now)
    held.message.body = body["body"]
    held.message.edited_at = now
    held.renumber()
    session.flush()
    if viewer.role is Role.PATIENT:
        _open(session, held, now)
    message = show_one(session, held.message)
    publish(session, _edited(session, viewer, held, message))
    return message


def _is_known(message: Message, versions: dict[UUID, str], body: dict[str, Any]) -> bool:
    """Return whether this edit was made before; 409 when its id belongs to other words."""
    said = {message.client_id: message.body} | versions
    before = said.get(body["client_id"])
    if before is not None and before != body["body"]:
        raise conflict("/client_id", "sent_before", "You have sent other words with this client_id.")
    return before is not None


def _refuse(held: Held, versions: int, now: datetime) -> None:
    changing.refuse_withdrawn(held)
    changing.refuse_ended(held)
    if held.message.kind is not MessageKind.TEXT:
        raise Problem("not_editable", 409, "Only what you wrote yourself can be edited.")
    if now - held.message.sent_at > EDITABLE_FOR:
        raise Problem("too_late_to_edit", 409, "A message can be edited for 15 minutes; send another one.")
    if versions >= MOST_VERSIONS:
        raise Problem("too_many_edits", 409, "The message was edited too often; send another one.")


def _keep_versions(session: Session, message: Message, versions: int, body: dict[str, Any], now: datetime) -> None:
    of_message = {"clinic_id": message.clinic_id, "conversation_id": message.conversation_id, "seq": message.seq}
    if versions == 0:
        first = {"client_id": message.client_id, "body": message.body, "written_at": message.sent_at}
        session.add(MessageVersion(**of_message, version=1, **first))
    written = {"client_id": body["client_id"], "body": body["body"], "written_at": now}
    session.add(MessageVersion(**of_message, version=max(versions, 1) + 1, **written))


def _open(session: Session, held: Held, now: datetime) -> None:
    """Let a patient's new words in a closed conversation be seen and answered, as a new message would be."""
    talk = held.conversation
    if talk.closed_at is not None:
        talk.waiting_since, talk.waiting_seq = now, held.message.seq
        handling.open_again(session, talk, held.message.sender_id, now)


def _edited(session: Session, viewer: Viewer, held: Held, message: ShownMessage) -> MessageEdited:
    talk = held.conversation
    return MessageEdited(
        clinic_id=viewer.clinic_id,
        patient_id=talk.patient_id,
        message=message,
        rooms=access.list_rooms_of(session, viewer.clinic_id, talk.patient_id, talk.kind),
        conversation_kind=talk.kind,
        sender_role=viewer.role,
        clinic_version=session.scalars(select(Clinic.version).where(Clinic.id == viewer.clinic_id)).one(),
    )
