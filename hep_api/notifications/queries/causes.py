"""Whether what somebody is to be told still holds, asked anew whenever time has passed since the cause.

A fixed number of statements for each kind, however much is asked of.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.database import run
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.flags import RedFlag
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.queries.plan_news import list_plan_news
from hep_api.notifications.queries.reminders import still_due
from hep_api.notifications.queries.responsible import list_leaders, list_responsible, responsible_for
from hep_api.notifications.queries.unread import list_unread

# A member, and what they are to be told of.
Pair = tuple[UUID, UUID]
Still = Callable[[Session, UUID, Sequence[Pair], datetime], Mapping[Pair, int | None]]

ASKED = """
SELECT check_in.patient_id, check_in.id
  FROM check_in
  LEFT JOIN receipt ON receipt.clinic_id = check_in.clinic_id AND receipt.conversation_id = check_in.conversation_id
   AND receipt.member_id = check_in.patient_id
  LEFT JOIN conversation_mute AS mute ON mute.clinic_id = check_in.clinic_id
   AND mute.conversation_id = check_in.conversation_id AND mute.member_id = check_in.patient_id
   AND (mute.until IS NULL OR mute.until > %(now)s)
 WHERE check_in.clinic_id = %(clinic_id)s AND check_in.id = ANY(%(check_in_ids)s::uuid[])
   AND check_in.state = 'sent' AND check_in.expires_at > %(now)s
   AND check_in.seq > coalesce(receipt.read_seq, 0) AND mute.member_id IS NULL
"""


def still_unread(session: Session, clinic_id: UUID, pairs: Sequence[Pair], now: datetime) -> Mapping[Pair, int | None]:
    """Messages: something is there to read; up to the newest of it."""
    unread = list_unread(session, clinic_id, {conversation_id for _, conversation_id in pairs}, now)
    found = {(each.member_id, each.conversation_id): each.seq for each in unread}
    return {pair: found[pair] for pair in pairs if pair in found}


def still_new(session: Session, clinic_id: UUID, pairs: Sequence[Pair], _: datetime) -> Mapping[Pair, int | None]:
    """Plans: the patient has not acknowledged what changed."""
    news = list_plan_news(session, clinic_id, {plan_id for _, plan_id in pairs})
    found = {(each.patient_id, each.plan_id): each.last_revision for each in news}
    return {pair: found[pair] for pair in pairs if pair in found}


def still_asked(session: Session, clinic_id: UUID, pairs: Sequence[Pair], now: datetime) -> Mapping[Pair, int | None]:
    """Check-ins: neither seen nor answered nor expired, in a conversation that is not muted."""
    said = {"clinic_id": clinic_id, "check_in_ids": [check_in_id for _, check_in_id in pairs], "now": now}
    found = {(row.patient_id, row.id) for row in run(session, ASKED, said)}
    return {pair: None for pair in pairs if pair in found}


def still_waiting(session: Session, clinic_id: UUID, pairs: Sequence[Pair], _: datetime) -> Mapping[Pair, int | None]:
    """Answers: a message waits, and it is this person's to answer."""
    waiting = _waiting(session, clinic_id, {conversation_id for _, conversation_id in pairs})
    responsible = responsible_for(session, clinic_id, {(each.patient_id, each.assigned_to) for each in waiting})
    found = {
        (member_id, each.id): each.waiting_seq
        for each in waiting
        for member_id in responsible[each.patient_id, each.assigned_to]
    }
    return {pair: found[pair] for pair in pairs if pair in found}


def still_open(session: Session, clinic_id: UUID, pairs: Sequence[Pair], _: datetime) -> Mapping[Pair, int | None]:
    """Alerts: nobody has acknowledged it, and it is this person's turn."""
    flags = _open(session, clinic_id, {flag_id for _, flag_id in pairs})
    held = {(each.patient_id, each.held_by) for each in flags if each.held_by is not None}
    responsible = responsible_for(session, clinic_id, held)
    leaders = list_leaders(session, clinic_id) if any(each.held_by is None for each in flags) else []
    found: dict[Pair, int | None] = {
        (member_id, each.id): each.passes
        for each in flags
        for member_id in responsible.get((each.patient_id, each.held_by), leaders)
    }
    return {pair: found[pair] for pair in pairs if pair in found}


def waiting_conversation(session: Session, clinic_id: UUID, conversation_id: UUID) -> Conversation | None:
    """Return a conversation in which a message of the patient's waits for an answer; None otherwise."""
    return next(iter(_waiting(session, clinic_id, [conversation_id])), None)


def open_flag(session: Session, clinic_id: UUID, flag_id: UUID) -> RedFlag | None:
    """Return a flag that nobody has acknowledged; None otherwise."""
    return next(iter(_open(session, clinic_id, [flag_id])), None)


def list_alerted(session: Session, flag: RedFlag) -> Sequence[UUID]:
    """Return whom a flag calls upon now: whose turn it is and who stands in for them, or the clinic's leaders."""
    if flag.held_by is None:
        return list_leaders(session, flag.clinic_id)
    return list_responsible(session, flag.clinic_id, flag.patient_id, flag.held_by)


def _waiting(session: Session, clinic_id: UUID, conversation_ids: Collection[UUID]) -> Sequence[Conversation]:
    these = (Conversation.clinic_id == clinic_id) & Conversation.id.in_(conversation_ids)
    waits = Conversation.waiting_since.is_not(None), Conversation.closed_at.is_(None), Conversation.ended_at.is_(None)
    return session.scalars(select(Conversation).where(these, *waits)).all()


def _open(session: Session, clinic_id: UUID, flag_ids: Collection[UUID]) -> Sequence[RedFlag]:
    these = (RedFlag.clinic_id == clinic_id) & RedFlag.id.in_(flag_ids)
    return session.scalars(select(RedFlag).where(these, RedFlag.acknowledged_at.is_(None))).all()


# A kind that is not here holds whenever it is told.
STILL_TRUE: Mapping[NoticeKind, Still] = {
    NoticeKind.MESSAGE: still_unread,
    NoticeKind.PLAN_PUBLISHED: still_new,
    NoticeKind.PLAN_CHANGED: still_new,
    NoticeKind.REMINDER: still_due,
    NoticeKind.SECOND_NUDGE: still_due,
    NoticeKind.CHECK_IN: still_asked,
    NoticeKind.ANSWER_WAITING: still_waiting,
    NoticeKind.RED_FLAG: still_open,
}
