"""The inbox: the conversations of one's patients, whoever waits longest for an answer first.

Then come those with something unread, then the others, each of the two the most recently active first. A cursor holds
its place in that order: what stays as it is comes on exactly one page; what changes meanwhile may come again further
on, and what moves before the cursor is announced over the socket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.access import is_theirs, note_patient
from hep_api.clinics.models import CareTeamPlace, Member, Patient
from hep_api.foundation.web.pages import Big, Page, cut, decode
from hep_api.messaging import access
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.flags import RedFlag
from hep_api.messaging.models.handling import Handling, HandlingChange
from hep_api.messaging.models.messages import Message
from hep_api.messaging.queries import conversations
from hep_api.messaging.queries.conversations import ShownConversation

Lead, Assigned, By = aliased(CareTeamPlace), aliased(Member), aliased(Member)
MICROSECONDS = 1_000_000


class InboxState(StrEnum):
    """Which conversations are asked for; waiting and unread ones are open."""

    OPEN = "open"
    WAITING = "waiting"
    UNREAD = "unread"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class InboxRow(ShownConversation):
    """A conversation as staff deal with it. Whose it is: who it was assigned to, else whoever leads."""

    location_id: UUID
    waiting_since: datetime | None
    assigned_to: UUID | None
    assigned_name: str | None
    lead_id: UUID | None
    closed_at: datetime | None
    open_flag_id: UUID | None


@dataclass(frozen=True, slots=True)
class Handled:
    """One thing that was done about a conversation."""

    change: HandlingChange
    changed_at: datetime
    changed_by: UUID | None
    changed_by_name: str | None
    assigned_to: UUID | None


@dataclass(frozen=True, slots=True)
class InboxRowInFull(InboxRow):
    """A conversation as staff deal with it, with all that was done about it, the oldest first."""

    history: Sequence[Handled]


def list_inbox_for(session: Session, viewer: Viewer, query: dict[str, Any], now: datetime) -> Page[InboxRow]:
    """Return a page of the viewer's inbox, however long it is in three statements: the rows, and the reactions and
    attachments of their last messages; one more when this process does not know the clinic's policy yet.
    """
    order = _order(viewer)
    after = decode(query["cursor"], int, Big, UUID)
    # Without what emergency access lets look into for a while: that is nobody's work.
    own = is_theirs(viewer), Conversation.last_seq > 0
    wanted = _rows(viewer).add_columns(*order).where(*own, *_matches(viewer, query))
    if after:
        wanted = wanted.where(tuple_(*order, Conversation.id) > tuple_(*after))
    rows = session.execute(wanted.order_by(*order, Conversation.id).limit(query["limit"] + 1)).all()
    page = cut(rows, query["limit"], lambda row: (row.turn, row.place, row.Conversation.id))
    _note(session, viewer, [row.Conversation for row in page.items])
    promises = conversations.promises_of(session, viewer, page.items, now)
    seen = conversations.as_seen(session, viewer, page.items, promises)
    shown = [InboxRow(**each, **_handled(row)) for each, row in zip(seen, page.items, strict=True)]
    return Page(shown, page.next_cursor)


def get_inbox_row_for(session: Session, viewer: Viewer, conversation_id: UUID, now: datetime) -> InboxRowInFull:
    """Return one conversation with its history; 404 when the viewer may not read it."""
    row = session.execute(_rows(viewer).where(Conversation.id == conversation_id)).one_or_none()
    if row is None:
        raise access.no_such_conversation()
    access.note_conversation(session, viewer, row.Conversation.patient_id, row.Conversation.kind)
    promises = conversations.promises_of(session, viewer, [row], now)
    [seen] = conversations.as_seen(session, viewer, [row], promises)
    return InboxRowInFull(**seen, **_handled(row), history=_history(session, viewer.clinic_id, conversation_id))


def _note(session: Session, viewer: Viewer, shown: Sequence[Conversation]) -> None:
    """Note whose conversations are shown; of whom it is the staff's own alone, as done among staff: that something was
    said in it is not to be told by an inbox in which the patient would not be otherwise.
    """
    told = {each.patient_id for each in shown if each.kind is not ConversationKind.STAFF}
    for patient_id in told:
        note_patient(session, viewer, patient_id)
    for patient_id in {each.patient_id for each in shown} - told:
        access.note_conversation(session, viewer, patient_id, ConversationKind.STAFF)


def _rows(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    lead = (Lead.clinic_id == Patient.clinic_id) & (Lead.patient_id == Patient.id) & Lead.left_at.is_(None)
    return (
        conversations.seen_by(viewer)
        .outerjoin(Lead, lead & Lead.is_lead)
        .outerjoin(Assigned, (Assigned.clinic_id == Conversation.clinic_id) & (Assigned.id == Conversation.assigned_to))
        .add_columns(
            Lead.member_id.label("lead_id"),
            Assigned.name.label("assigned_name"),
            open_flag().label("open_flag_id"),
        )
    )


def _handled(row: Any) -> dict[str, Any]:
    conversation: Conversation = row.Conversation
    return {
        "location_id": row.location_id,
        "waiting_since": conversation.waiting_since,
        "assigned_to": conversation.assigned_to,
        "assigned_name": row.assigned_name,
        "lead_id": row.lead_id,
        "closed_at": conversation.closed_at,
        "open_flag_id": row.open_flag_id,
    }


def _order(viewer: Viewer) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return what the inbox goes by: whose turn it is, and within it who comes first, both from small to great."""
    waits = Conversation.waiting_since.is_not(None)
    turn = case((waits, 0), (conversations.unread_count(viewer) > 0, 1), else_=2)
    since = func.extract("epoch", Conversation.waiting_since) * MICROSECONDS
    idle = func.extract("epoch", Conversation.active_at) * -MICROSECONDS
    return turn.label("turn"), case((waits, since), else_=idle).cast(BigInteger).label("place")


def _matches(viewer: Viewer, query: dict[str, Any]) -> list[ColumnElement[bool]]:
    wanted = _in_state(viewer, _state_of(query))
    if query["practitioner_id"] is not None:
        wanted.append(func.coalesce(Conversation.assigned_to, Lead.member_id) == query["practitioner_id"])
    if query["location_id"] is not None:
        wanted.append(Patient.location_id == query["location_id"])
    if query["patient_id"] is not None:
        wanted.append(Conversation.patient_id == query["patient_id"])
    if query["kind"] is not None:
        wanted.append(Conversation.kind == query["kind"])
    if query["flagged"] is not None:
        flagged = open_flag().is_not(None)
        wanted.append(flagged if query["flagged"] else ~flagged)
    if query["about_kind"] is not None:
        wanted.append(_says_something_about(query))
    return wanted


def _state_of(query: dict[str, Any]) -> InboxState | None:
    """Return which state is asked for. Whoever looks for red flags and names none looks everywhere."""
    if query["state"] is None and not query["flagged"]:
        return InboxState.OPEN
    state: InboxState | None = query["state"]
    return state


def _in_state(viewer: Viewer, state: InboxState | None) -> list[ColumnElement[bool]]:
    is_open = Conversation.closed_at.is_(None)
    if state is None:
        return []
    if state is InboxState.CLOSED:
        return [~is_open]
    if state is InboxState.WAITING:
        return [is_open, Conversation.ended_at.is_(None), Conversation.waiting_since.is_not(None)]
    if state is InboxState.UNREAD:
        return [is_open, conversations.unread_count(viewer) > 0]
    return [is_open]


def _says_something_about(query: dict[str, Any]) -> ColumnElement[bool]:
    said = exists().where(
        Message.clinic_id == Conversation.clinic_id,
        Message.conversation_id == Conversation.id,
        Message.about_kind == query["about_kind"],
        Message.withdrawn_at.is_(None),
    )
    return said if query["about_id"] is None else said.where(Message.about_id == query["about_id"])


def open_flag() -> ColumnElement[UUID]:
    """Select the id of the open red flag of a conversation's patient; there is one at most."""
    return (
        select(RedFlag.id)
        .where(
            RedFlag.clinic_id == Conversation.clinic_id,
            RedFlag.patient_id == Conversation.patient_id,
            RedFlag.acknowledged_at.is_(None),
        )
        .correlate(Conversation)
        .scalar_subquery()
    )


def _history(session: Session, clinic_id: UUID, conversation_id: UUID) -> list[Handled]:
    rows = session.execute(
        select(Handling.change, Handling.changed_at, Handling.changed_by, By.name, Handling.assigned_to)
        .outerjoin(By, (By.clinic_id == Handling.clinic_id) & (By.id == Handling.changed_by))
        .where(Handling.clinic_id == clinic_id, Handling.conversation_id == conversation_id)
        .order_by(Handling.changed_at, Handling.id)
    )
    return [Handled(*row) for row in rows]
