"""What people read of conversations: the list with the last message and what is unread, and one with its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, literal, select, true, tuple_, union
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.access import is_held, note_patient
from hep_api.clinics.models import CareTeamPlace, Clinic, Member, Patient
from hep_api.foundation.web.pages import Page, cut, decode
from hep_api.messaging import access
from hep_api.messaging.answering.clock import Promise, promise_of
from hep_api.messaging.answering.policies import policy_of
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.messages import Message, MessageKind
from hep_api.messaging.models.mutes import Mute
from hep_api.messaging.models.receipts import Receipt
from hep_api.messaging.queries.showing import show
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.shown import ShownMessage

Unread = aliased(Message)
FOR_PATIENTS = (MessageKind.NOTICE, MessageKind.CHECK_IN)
FOR_STAFF = (MessageKind.CARD,)


@dataclass(frozen=True, slots=True)
class ShownConversation:
    """A conversation as one viewer sees it. A leader who may read takes no part: nothing is unread to them."""

    id: UUID
    kind: ConversationKind
    patient_id: UUID
    patient_name: str
    last_seq: int
    changes: int
    last_message: ShownMessage | None
    mute: Mute | None
    unread_count: int
    delivered_seq: int
    read_seq: int
    promise: Promise | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who takes part now, or wrote here once."""

    member_id: UUID
    name: str
    role: Role
    takes_part: bool


@dataclass(frozen=True, slots=True)
class ConversationInFull(ShownConversation):
    """A conversation with everyone in it and how far each of them is."""

    people: Sequence[Person]
    receipts: Sequence[ShownReceipt]


def list_conversations_for(
    session: Session, viewer: Viewer, query: dict[str, Any], now: datetime
) -> Page[ShownConversation]:
    """Return a page of the viewer's conversations, the most recently active first.

    Three statements: the rows, and the reactions and attachments of their last messages; one more when this process
    does not know the clinic's policy yet.
    """
    rows = session.execute(
        seen_by(viewer)
        .where(_before(query["cursor"]))
        .order_by(Conversation.active_at.desc(), Conversation.id.desc())
        .limit(query["limit"] + 1)
    ).all()
    page = cut(rows, query["limit"], lambda row: (row.Conversation.active_at, row.Conversation.id))
    for row in page.items:
        # A list of both kinds is no access to what is said in one of them.
        note_patient(session, viewer, row.Conversation.patient_id)
    promises = promises_of(session, viewer, page.items, now)
    seen = as_seen(session, viewer, page.items, promises)
    return Page([ShownConversation(**each) for each in seen], page.next_cursor)


def get_conversation_for(session: Session, viewer: Viewer, conversation_id: UUID, now: datetime) -> ConversationInFull:
    """Return one conversation with its people and receipts; 404 when the viewer may not read it."""
    row = session.execute(seen_by(viewer).where(Conversation.id == conversation_id)).one_or_none()
    if row is None:
        raise access.no_such_conversation()
    access.note_conversation(session, viewer, row.Conversation.patient_id, row.Conversation.kind)
    receipts = session.scalars(
        select(Receipt)
        .where(Receipt.clinic_id == viewer.clinic_id, Receipt.conversation_id == conversation_id)
        .order_by(Receipt.member_id)
    )
    people = session.execute(_people(row.Conversation)).all()
    [promise] = promises_of(session, viewer, [row], now)
    return ConversationInFull(
        **as_seen(session, viewer, [row], [promise])[0],
        people=[Person(person.id, person.name, person.role, person.takes_part) for person in people],
        receipts=[
            ShownReceipt(row.conversation_id, row.member_id, row.delivered_seq, row.read_seq) for row in receipts
        ],
    )


def seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Select the conversations that the viewer may read, with what a list shows of each (`as_seen`)."""
    last, patient = aliased(Message, name="last"), aliased(Member, name="patient_member")
    return (
        access.visible_conversations(viewer)
        .join(patient, (patient.clinic_id == Conversation.clinic_id) & (patient.id == Conversation.patient_id))
        .outerjoin(
            last,
            (last.clinic_id == Conversation.clinic_id)
            & (last.conversation_id == Conversation.id)
            & (last.seq == Conversation.last_seq),
        )
        .outerjoin(
            Receipt,
            (Receipt.clinic_id == Conversation.clinic_id)
            & (Receipt.conversation_id == Conversation.id)
            & (Receipt.member_id == viewer.member_id),
        )
        .outerjoin(
            Mute,
            (Mute.clinic_id == Conversation.clinic_id)
            & (Mute.conversation_id == Conversation.id)
            & (Mute.member_id == viewer.member_id)
            & (Mute.until.is_(None) | (Mute.until > func.statement_timestamp())),
        )
        .add_columns(
            patient.name.label("patient_name"),
            last,
            Receipt,
            Mute,
            unread_count(viewer).label("unread_count"),
            Patient.location_id,
            select(Clinic.version).where(Clinic.id == Conversation.clinic_id).scalar_subquery().label("clinic_version"),
        )
    )


def promises_of(
    session: Session, viewer: Viewer, rows: Sequence[Row[*tuple[Any, ...]]], now: datetime
) -> list[Promise | None]:
    """Return what the clinic promises in each conversation; nothing among staff."""
    if not rows:
        return []
    policy = policy_of(session, viewer.clinic_id, rows[0].clinic_version)
    return [
        promise_of(policy, row.location_id, _waiting_since(row.Conversation), now)
        if row.Conversation.kind is ConversationKind.CARE_TEAM
        else None
        for row in rows
    ]


def _waiting_since(conversation: Conversation) -> datetime | None:
    """Return since when something waits; nobody answers in what has ended."""
    return conversation.waiting_since if conversation.ended_at is None else None


def unread_count(viewer: Viewer) -> ColumnElement[int]:
    """Select how many messages of others the viewer has not read, in a statement of `seen_by`."""
    if viewer.leads:
        return literal(0)
    return (
        select(func.count())
        .where(
            Unread.clinic_id == Conversation.clinic_id,
            Unread.conversation_id == Conversation.id,
            Unread.seq > func.coalesce(Receipt.read_seq, 0),
            Unread.withdrawn_at.is_(None),
            (Unread.sender_id != viewer.member_id) | (Unread.sender_id.is_(None) & Unread.kind.in_(_meant_for(viewer))),
        )
        .correlate(Conversation, Receipt)
        .scalar_subquery()
    )


def _meant_for(viewer: Viewer) -> Sequence[MessageKind]:
    """Return the kinds of what the system says to somebody in this role, and not to the others who may read it."""
    return FOR_PATIENTS if viewer.role is Role.PATIENT else FOR_STAFF


def _people(conversation: Conversation) -> Select[*tuple[Any, ...]]:
    """Select the patient, unless it is staff only, the present care team, and whoever wrote: their names are needed
    beside their words.
    """
    team = select(CareTeamPlace.member_id).where(
        CareTeamPlace.clinic_id == conversation.clinic_id,
        CareTeamPlace.patient_id == conversation.patient_id,
        is_held(),
    )
    wrote = select(Message.sender_id).where(
        Message.clinic_id == conversation.clinic_id, Message.conversation_id == conversation.id
    )
    # Among staff the patient has no part; what is told of people is told of those who do.
    patient = [conversation.patient_id] if conversation.kind is ConversationKind.CARE_TEAM else []
    everyone: Any = union(
        select(Member.id).where(Member.clinic_id == conversation.clinic_id, Member.id.in_(patient)), team, wrote
    )
    takes_part = Member.id.in_(patient) | Member.id.in_(team)
    return (
        select(Member.id, Member.name, Member.role, takes_part.label("takes_part"))
        .where(Member.clinic_id == conversation.clinic_id, Member.id.in_(everyone))
        .order_by(Member.name, Member.id)
    )


def as_seen(
    session: Session, viewer: Viewer, rows: Sequence[Row[*tuple[Any, ...]]], promises: Sequence[Promise | None]
) -> list[dict[str, Any]]:
    """Return the fields of ShownConversations, from rows of `seen_by` and what is promised in each."""
    shown = show(session, viewer.clinic_id, [row.last for row in rows if row.last])
    last = {message.conversation_id: message for message in shown}
    return [_one_seen(row, last.get(row.Conversation.id), promise) for row, promise in zip(rows, promises, strict=True)]


def _one_seen(row: Row[*tuple[Any, ...]], last: ShownMessage | None, promise: Promise | None) -> dict[str, Any]:
    conversation: Conversation = row.Conversation
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "patient_id": conversation.patient_id,
        "patient_name": row.patient_name,
        "last_seq": conversation.last_seq,
        "changes": conversation.changes,
        "last_message": last,
        "mute": row.Mute,
        "unread_count": row.unread_count,
        "delivered_seq": row.Receipt.delivered_seq if row.Receipt else 0,
        "read_seq": row.Receipt.read_seq if row.Receipt else 0,
        "promise": promise,
        "created_at": conversation.created_at,
        "ended_at": conversation.ended_at,
    }


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(Conversation.active_at, Conversation.id) < key if key else true()
