"""Who may see a conversation: the patient and the care team theirs; what staff say among themselves, only staff."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Dialect, Row, Select, bindparam, select, true
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import connections
from hep_api.clinics.access import is_theirs, may_see_patient, note_patient
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import Problem, not_found
from hep_api.messaging.models.conversations import Conversation, ConversationKind


def visible_conversations(viewer: Viewer) -> Select[Conversation]:
    """Select the conversations that the viewer may read, joined with their patients."""
    return _with_patients().where(may_see_patient(viewer), of_kinds_for(viewer))


def own_conversations(viewer: Viewer) -> Select[Conversation]:
    """Select the conversations that are the viewer's for good: without what emergency access lets read for a while."""
    return _with_patients().where(is_theirs(viewer), of_kinds_for(viewer))


def of_kinds_for(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Conversation` for the kinds that somebody in this role may know of."""
    return true() if viewer.is_staff else Conversation.kind == ConversationKind.CARE_TEAM


def conversation_for(session: Session, viewer: Viewer, conversation_id: UUID) -> Conversation:
    """Return a conversation that the viewer may read; 404 otherwise."""
    return _found(session, viewer, visible_conversations(viewer).where(Conversation.id == conversation_id))


def conversation_to_change(session: Session, viewer: Viewer, conversation_id: UUID) -> Conversation:
    """Return a conversation that the viewer takes part in as one of the staff, its row locked; 404 otherwise."""
    if viewer.role is not Role.PRACTITIONER:
        raise no_such_conversation()
    query = own_conversations(viewer).where(Conversation.id == conversation_id)
    return _found(session, viewer, query.with_for_update(of=Conversation, key_share=True))


def conversation_to_write_in(session: Session, viewer: Viewer, conversation_id: UUID) -> Conversation:
    """Return a conversation that the viewer takes part in; 404 otherwise. Not locked."""
    return _found(session, viewer, own_conversations(viewer).where(Conversation.id == conversation_id))


def hold_patient_of(session: Session, viewer: Viewer, conversation_id: UUID) -> UUID:
    """Return whose conversation it is that the viewer takes part in as one of the staff, and let changes of that
    patient's care team wait until the commit; 404 otherwise. Comes before the conversation's own row.
    """
    if viewer.role is not Role.PRACTITIONER:
        raise no_such_conversation()
    theirs = own_conversations(viewer).where(Conversation.id == conversation_id).with_only_columns(Patient.id)
    patient_id = session.scalar(theirs.with_for_update(of=Patient, read=True))
    if patient_id is None:
        raise no_such_conversation()
    return patient_id


def care_team_conversation(session: Session, clinic_id: UUID, patient_id: UUID) -> Conversation:
    """Return a patient's conversation with the care team, for what the product itself says there; not locked."""
    return session.scalars(
        select(Conversation).where(
            Conversation.clinic_id == clinic_id,
            Conversation.patient_id == patient_id,
            Conversation.kind == ConversationKind.CARE_TEAM,
        )
    ).one()


def note_conversation(session: Session, viewer: Viewer, patient_id: UUID, kind: ConversationKind | str) -> None:
    """Note for the audit that the viewer is let through to a conversation; who loads one not by this file says so."""
    note_patient(session, viewer, patient_id)
    if kind == ConversationKind.STAFF:
        notes.among_staff(session, patient_id)


def list_conversations_of(session: Session, clinic_id: UUID, patient_id: UUID) -> Sequence[Row[UUID, ConversationKind]]:
    """Return id and kind of a patient's conversations, for what is told to those who take part."""
    query = select(Conversation.id, Conversation.kind).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    return session.execute(query.order_by(Conversation.kind)).all()


def list_staff_conversations(session: Session, clinic_id: UUID, patient_id: UUID) -> list[UUID]:
    """Return the ids of what staff say among themselves about a patient."""
    found = list_conversations_of(session, clinic_id, patient_id)
    return [conversation_id for conversation_id, kind in found if kind is ConversationKind.STAFF]


def list_rooms_of(session: Session, clinic_id: UUID, patient_id: UUID, kind: ConversationKind) -> tuple[str, ...]:
    """Return where those who take part in a patient's conversation of a kind are told something."""
    if kind is ConversationKind.STAFF:
        return connections.list_rooms_of_team(session, clinic_id, patient_id)
    return connections.list_rooms_about(session, clinic_id, patient_id)


def rooms_sql(conversation: str, second_factor_required: str = "") -> str:
    """Return the SQL of an array of the rooms in which a conversation is heard; the argument names, in the statement
    that it becomes a part of, what has the conversation's clinic_id, patient_id and kind. Where that statement knows it
    already, say whether the clinic asks for a second factor.
    """
    with_patient = f"{conversation}.kind = '{ConversationKind.CARE_TEAM.value}'"
    asked = (f"{conversation}.clinic_id", f"{conversation}.patient_id", with_patient)
    return connections.listening_rooms_sql(*asked, second_factor_required)


def no_such_conversation() -> Problem:
    return not_found("conversation")


def visible_sql(role: Role, dialect: Dialect | None = None) -> tuple[str, dict[str, Any]]:
    """Return the SQL of the one conversation :conversation_id of a viewer :clinic_id, :member_id; and its constants.
    With a dialect its values are named as that one does it.

    For the statements that are written as text because every microsecond of them counts: the rule of who may is
    printed into them from where it stands, once a process, and not repeated.
    """
    unknown: Any = bindparam
    viewer = Viewer(unknown("_"), unknown("_"), unknown("clinic_id"), unknown("member_id"), role, False)
    columns = ("clinic_id", "id", "patient_id", "last_seq", "kind")
    query = (
        visible_conversations(viewer)
        .where(Conversation.id == bindparam("conversation_id"))
        .with_only_columns(*(getattr(Conversation, name) for name in columns))
    )
    compiled = query.compile(dialect=dialect)
    # The values as Python sees them are the words themselves.
    constants = {name: str(value) for name, value in compiled.params.items() if value is not None}
    return str(compiled), constants


def _with_patients() -> Select[Conversation]:
    return select(Conversation).join(
        Patient, (Patient.clinic_id == Conversation.clinic_id) & (Patient.id == Conversation.patient_id)
    )


def _found(session: Session, viewer: Viewer, query: Select[Conversation]) -> Conversation:
    found = session.scalar(query)
    if found is None:
        raise no_such_conversation()
    note_conversation(session, viewer, found.patient_id, found.kind)
    return found
