"""Telling what is unread in a conversation, and, while the clinic's promise can be kept, that somebody waits.

Of one conversation somebody who does not read is told at most once in a window, however much is written meanwhile; who
has read begins anew.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.messaging.answering.clock import hours_for
from hep_api.messaging.answering.policies import policy_of
from hep_api.messaging.models.conversations import Conversation
from hep_api.notifications.actions import asking, keeping
from hep_api.notifications.actions.telling import tell_each
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.notices import NoticeOutcome, NoticeTold
from hep_api.notifications.notices import Notice
from hep_api.notifications.queries.causes import waiting_conversation
from hep_api.notifications.queries.responsible import list_responsible
from hep_api.notifications.queries.told import last_told
from hep_api.notifications.queries.unread import Unread, list_unread

WINDOW = timedelta(minutes=5)
# While there is time left to keep the promise: three quarters of it have passed, in opening hours.
PART_OF_PROMISE = 0.75


def tell_unread(
    session: Session, clinic_id: UUID, conversation_id: UUID, but_not_on: Collection[UUID], now: datetime
) -> None:
    """Tell who has something new to read in a conversation; who was told within the window hears at its end."""
    keeping.alone(session, clinic_id, conversation_id)
    unread = list_unread(session, clinic_id, [conversation_id], now)
    earlier = last_told(session, clinic_id, NoticeKind.MESSAGE, conversation_id, [each.member_id for each in unread])
    notices, later = [], []
    for each in unread:
        told = earlier.get(each.member_id)
        if told is not None and (told.number or 0) >= each.seq:
            continue
        if told is not None and _is_ringing(told, each, now):
            later.append(told.told_at + WINDOW)
            continue
        notices.append(Notice(each.member_id, NoticeKind.MESSAGE, conversation_id, each.seq, frozenset(but_not_on)))
    tell_each(session, clinic_id, notices, now)
    if later:
        asking.ask_message(session, clinic_id, conversation_id, min(later), now=now, here=but_not_on)
    watch_waiting(session, clinic_id, conversation_id, now)


def watch_waiting(session: Session, clinic_id: UUID, conversation_id: UUID, now: datetime) -> None:
    """Where a message waits for an answer, see to it that somebody is told in time."""
    conversation = waiting_conversation(session, clinic_id, conversation_id)
    if conversation is None or conversation.waiting_seq is None:
        return
    due = _due(session, conversation)
    if due is not None:
        asking.ask_waiting(session, clinic_id, conversation_id, conversation.waiting_seq, max(due, now), now=now)


def tell_waiting(session: Session, clinic_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> None:
    """Tell whoever is to answer that the message `seq` still waits, each once; later if the hours have changed."""
    keeping.alone(session, clinic_id, conversation_id)
    conversation = waiting_conversation(session, clinic_id, conversation_id)
    if conversation is None or conversation.waiting_seq != seq:
        return
    due = _due(session, conversation)
    if due is None or due > now:
        watch_waiting(session, clinic_id, conversation_id, now)
        return
    members = list_responsible(session, clinic_id, conversation.patient_id, conversation.assigned_to)
    earlier = last_told(session, clinic_id, NoticeKind.ANSWER_WAITING, conversation_id, members)
    notices = [
        Notice(member_id, NoticeKind.ANSWER_WAITING, conversation_id, seq)
        for member_id in members
        if member_id not in earlier or (earlier[member_id].number or 0) < seq
    ]
    tell_each(session, clinic_id, notices, now)


def _is_ringing(told: NoticeTold, unread: Unread, now: datetime) -> bool:
    """Return whether somebody has been told a moment ago of what they have not read yet; where a device was left out,
    it is not known how far.
    """
    if told.outcome is NoticeOutcome.HELD or (told.number is not None and told.number <= unread.read_seq):
        return False
    return now < told.told_at + WINDOW


def _due(session: Session, conversation: Conversation) -> datetime | None:
    """Return when whoever is to answer is told; None: the clinic does not open for so long within ten years."""
    assert conversation.waiting_since is not None, "something waits"
    policy = policy_of(session, conversation.clinic_id)
    hours = hours_for(session, policy, conversation.patient_id)
    return hours.due(conversation.waiting_since, policy.allowed * PART_OF_PROMISE)
