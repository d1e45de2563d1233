"""What staff do about a conversation: say whose it is, close it, take it up again. Said twice, it is done once.

Who writes in a closed conversation opens it again by that; so do a patient's edit, a card and a red flag. What was done
is kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.access import on_care_team
from hep_api.clinics.facts import CareTeamChanged, MemberDisabled
from hep_api.clinics.models import Member, MemberStatus
from hep_api.foundation import clock
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.messaging import access
from hep_api.messaging.actions import opening, posting, waiting
from hep_api.messaging.facts.handling import ConversationHandled
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.flags import RedFlag
from hep_api.messaging.models.handling import Handling, HandlingChange
from hep_api.messaging.saying import Said, opens

# A loaded NoteIn: {client_id, body}.
Note = Mapping[str, Any] | None


def assign_conversation(
    session: Session, viewer: Viewer, conversation_id: UUID, member_id: UUID | None, note: Note, now: datetime
) -> None:
    """Say whose a conversation is, None for whoever leads; a note about it goes into the staff's own conversation.

    Errors: 404; 422 naming `/member_id` for anybody but a practitioner of the care team who comes in.
    """
    patient_id = access.hold_patient_of(session, viewer, conversation_id)
    leave_note(session, viewer, patient_id, note, now)
    conversation = access.conversation_to_change(session, viewer, conversation_id)
    if member_id is not None and not _treats(session, conversation, member_id):
        raise invalid_field("/member_id", "care_team", "Name a practitioner of the patient's care team.")
    if conversation.assigned_to != member_id:
        give_to(session, conversation, member_id, viewer.member_id, now)


def close_conversation(session: Session, viewer: Viewer, conversation_id: UUID, now: datetime) -> None:
    """Say that a conversation needs no answer, until somebody writes in it again; closed already, it stays as it is.

    Errors: 404; 409 while a red flag of the patient is open.
    """
    conversation = access.conversation_to_change(session, viewer, conversation_id)
    if conversation.closed_at is not None:
        return
    if _has_open_flag(session, conversation):
        raise conflict("conversation_id", "open_flag", "Somebody has to acknowledge the patient's red flag first.")
    fact = _fact(conversation, HandlingChange.CLOSED, viewer.member_id)
    conversation.closed_at, conversation.waiting_since, conversation.waiting_seq = now, None, None
    _keep(session, fact, now)


def reopen_conversation(session: Session, viewer: Viewer, conversation_id: UUID, now: datetime) -> None:
    """Take up a closed conversation again, with what waited in it; one that is open stays as it is. 404."""
    conversation = access.conversation_to_change(session, viewer, conversation_id)
    if conversation.closed_at is not None and conversation.ended_at is None:
        waiting.let_first_wait(session, conversation)
    open_again(session, conversation, viewer.member_id, now)


def open_again(session: Session, conversation: Conversation, changed_by: UUID | None, now: datetime) -> None:
    """Open a conversation, locked by the caller, if it is closed; nothing waits in it by that."""
    if conversation.closed_at is None:
        return
    conversation.closed_at = None
    _keep(session, _fact(conversation, HandlingChange.REOPENED, changed_by), now)


def leave_note(session: Session, viewer: Viewer, patient_id: UUID, note: Note, now: datetime) -> None:
    """Say something among the staff of a patient, whose row is held and whom the viewer treats; None says nothing."""
    if note is not None:
        among_staff = opening.staff_conversation(session, viewer.clinic_id, patient_id, now)
        said = Said(note["client_id"], note["body"], sender_id=viewer.member_id)
        posting.post_message(session, viewer.clinic_id, among_staff, said, now)


def give_to(
    session: Session, conversation: Conversation, member_id: UUID | None, changed_by: UUID | None, now: datetime
) -> None:
    """Make a conversation, locked by the caller, somebody's."""
    conversation.assigned_to = member_id
    _keep(session, _fact(conversation, HandlingChange.ASSIGNED, changed_by), now)


def end(session: Session, conversation: Conversation, change: HandlingChange, now: datetime) -> None:
    """End a conversation, locked by the caller, or let it go on, with what nobody had answered unless it was closed."""
    fact = _fact(conversation, change, None)
    if change is HandlingChange.ENDED:
        conversation.ended_at, conversation.waiting_since, conversation.waiting_seq = now, None, None
    else:
        conversation.ended_at = None
        if conversation.closed_at is None:
            waiting.let_first_wait(session, conversation)
    _keep(session, fact, now)


def note_opened(session: Session, fact: MessageSent) -> None:
    """React to a message that has opened a closed conversation; nearly always there is nothing."""
    if not fact.was_closed or not opens(fact.sender_role, fact.message.kind):
        return
    opened = ConversationHandled(
        clinic_id=fact.clinic_id,
        patient_id=fact.patient_id,
        conversation_id=fact.message.conversation_id,
        conversation_kind=fact.conversation_kind,
        change=HandlingChange.REOPENED,
        changed_by=fact.message.sender_id,
        assigned_to=None,
        waited_since=None,
        waited_seq=None,
    )
    _keep(session, opened, fact.message.sent_at)


def hand_back_of_left(session: Session, fact: CareTeamChanged) -> None:
    """React to somebody's leaving a care team: what was theirs is whoever's who leads."""
    if fact.left_member_id is not None:
        theirs = (Conversation.patient_id == fact.patient_id) & (Conversation.assigned_to == fact.left_member_id)
        _hand_back(session, fact.clinic_id, theirs)


def hand_back_of_disabled(session: Session, fact: MemberDisabled) -> None:
    """React to somebody's access having ended."""
    _hand_back(session, fact.clinic_id, Conversation.assigned_to == fact.member_id)


def _hand_back(session: Session, clinic_id: UUID, theirs: ColumnElement[bool]) -> None:
    query = select(Conversation).where(Conversation.clinic_id == clinic_id, theirs).order_by(Conversation.id)
    for conversation in session.scalars(query.with_for_update(key_share=True)).all():
        give_to(session, conversation, None, None, clock.now())


def _has_open_flag(session: Session, conversation: Conversation) -> bool:
    """Return whether the patient's red flag is open; what staff say among themselves it does not keep open."""
    if conversation.kind is ConversationKind.STAFF:
        return False
    flag = exists().where(
        RedFlag.clinic_id == conversation.clinic_id,
        RedFlag.patient_id == conversation.patient_id,
        RedFlag.acknowledged_at.is_(None),
    )
    return bool(session.scalar(select(flag)))


def _treats(session: Session, conversation: Conversation, member_id: UUID) -> bool:
    active = Member.status == MemberStatus.ACTIVE
    on_team = on_care_team(conversation.clinic_id, conversation.patient_id, member_id)
    member = select(Member.id).where(Member.clinic_id == conversation.clinic_id, Member.id == member_id)
    return session.scalar(member.where(active, on_team)) is not None


def _fact(conversation: Conversation, change: HandlingChange, changed_by: UUID | None) -> ConversationHandled:
    return ConversationHandled(
        clinic_id=conversation.clinic_id,
        patient_id=conversation.patient_id,
        conversation_id=conversation.id,
        conversation_kind=conversation.kind,
        change=change,
        changed_by=changed_by,
        assigned_to=conversation.assigned_to,
        waited_since=conversation.waiting_since,
        waited_seq=conversation.waiting_seq,
    )


def _keep(session: Session, fact: ConversationHandled, now: datetime) -> None:
    is_assigned = fact.change is HandlingChange.ASSIGNED
    session.add(
        Handling(
            clinic_id=fact.clinic_id,
            conversation_id=fact.conversation_id,
            change=fact.change,
            changed_at=now,
            changed_by=fact.changed_by,
            assigned_to=fact.assigned_to if is_assigned else None,
        )
    )
    session.flush()
    publish(session, fact)
