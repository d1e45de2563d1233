"""Saved replies as staff see them: the clinic's and their own."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Location, Member, Patient
from hep_api.foundation.errors import not_found, role_may_not
from hep_api.foundation.web.pages import Page, cut, decode
from hep_api.messaging.answering import policies
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.saved_replies import SavedReply
from hep_api.messaging.placeholders import Placeholder


class Scope(StrEnum):
    """Whose a saved reply is."""

    CLINIC = "clinic"
    OWN = "own"


def list_saved_replies_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[SavedReply]:
    """Return a page of the clinic's saved replies and the viewer's own, by title."""
    wanted = _seen_by(viewer).where(_in_scope(query["scope"]), _after(query["cursor"]))
    rows = session.scalars(wanted.order_by(SavedReply.title, SavedReply.id).limit(query["limit"] + 1)).all()
    return cut(rows, query["limit"], lambda reply: (reply.title, reply.id))


def saved_reply_for(session: Session, viewer: Viewer, reply_id: UUID) -> SavedReply:
    """Return a saved reply that the viewer may use; 404 otherwise."""
    return _one(session, _seen_by(viewer).where(SavedReply.id == reply_id))


def saved_reply_to_change(session: Session, viewer: Viewer, reply_id: UUID) -> SavedReply:
    """Return a saved reply, its row locked, that is the viewer's to change: one's own, or as a leader the clinic's.

    Errors: 404 when it is not there for the viewer; 403 for practitioners and the clinic's.
    """
    reply = _one(session, _seen_by(viewer).where(SavedReply.id == reply_id).with_for_update(key_share=True))
    if reply.owner_id is None and not viewer.leads:
        raise role_may_not()
    return reply


def count_saved_replies(session: Session, clinic_id: UUID, owner_id: UUID | None) -> int:
    """Return how many saved replies somebody, or for None the clinic, has."""
    theirs = (SavedReply.clinic_id == clinic_id) & SavedReply.owner_id.is_not_distinct_from(owner_id)
    return session.scalars(select(func.count()).select_from(SavedReply).where(theirs)).one()


def values_for(session: Session, viewer: Viewer, conversation: Conversation) -> dict[Placeholder, str | None]:
    """Return what placeholders stand for in a conversation that the viewer has been let through to."""
    person, oneself = aliased(Member), aliased(Member)
    row = session.execute(
        select(person.name, oneself.name, Location.name)
        .select_from(Patient)
        .join(person, (person.clinic_id == Patient.clinic_id) & (person.id == Patient.id))
        .join(oneself, (oneself.clinic_id == Patient.clinic_id) & (oneself.id == viewer.member_id))
        .join(Location, (Location.clinic_id == Patient.clinic_id) & (Location.id == Patient.location_id))
        .where(Patient.clinic_id == conversation.clinic_id, Patient.id == conversation.patient_id)
    ).one()
    policy = policies.policy_of(session, conversation.clinic_id)
    return {
        Placeholder.PATIENT_NAME: row[0],
        Placeholder.PRACTITIONER_NAME: row[1],
        Placeholder.LOCATION_NAME: row[2],
        Placeholder.CLINIC_NAME: policy.name,
        Placeholder.EMERGENCY_LINE: policy.emergency_line,
    }


def _seen_by(viewer: Viewer) -> Select[SavedReply]:
    theirs = SavedReply.owner_id.is_(None) | (SavedReply.owner_id == viewer.member_id)
    return select(SavedReply).where(SavedReply.clinic_id == viewer.clinic_id, theirs)


def _in_scope(scope: Scope | None) -> ColumnElement[bool]:
    if scope is None:
        return true()
    return SavedReply.owner_id.is_(None) if scope is Scope.CLINIC else SavedReply.owner_id.is_not(None)


def _one(session: Session, query: Select[SavedReply]) -> SavedReply:
    reply = session.scalar(query)
    if reply is None:
        raise not_found("saved reply")
    return reply


def _after(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, str, UUID)
    return tuple_(SavedReply.title, SavedReply.id) > key if key else true()
