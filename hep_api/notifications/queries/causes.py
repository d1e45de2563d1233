"""Whether what somebody is to be told still holds, asked anew whenever time has passed since the cause.

One statement a kind, but for alerts and answers, whose recipients are looked up one by one.
"""

from collections.abc import Callable, Mapping, Sequence
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
from hep_api.notifications.queries.responsible import list_leaders, list_responsible
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
    found: dict[Pair, int | None] = {}
    for conversation_id in {conversation_id for _, conversation_id in pairs}:
        waiting = waiting_conversation(session, clinic_id, conversation_id)
        if waiting is not None:
            for member_id in list_responsible(session, clinic_id, waiting.patient_id, waiting.assigned_to):
                found[member_id, conversation_id] = waiting.waiting_seq
    return {pair: found[pair] for pair in pairs if pair in found}


def still_open(session: Session, clinic_id: UUID, pairs: Sequence[Pair], _: datetime) -> Mapping[Pair, int | None]:
    """Alerts: nobody has acknowledged it, and it is this person's turn."""
    found: dict[Pair, int | None] = {}
    for flag_id in {flag_id for _, flag_id in pairs}:
        flag = open_flag(session, clinic_id, flag_id)
        if flag is not None:
            found |= {(member_id, flag_id): flag.passes for member_id in list_alerted(session, flag)}
    return {pair: found[pair] for pair in pairs if pair in found}


def waiting_conversation(session: Session, clinic_id: UUID, conversation_id: UUID) -> Conversation | None:
    """Return a conversation in which a message of the patient's waits for an answer; None otherwise."""
    this = (Conversation.clinic_id == clinic_id) & (Conversation.id == conversation_id)
    waits = Conversation.waiting_since.is_not(None), Conversation.closed_at.is_(None), Conversation.ended_at.is_(None)
    return session.scalar(select(Conversation).where(this, *waits))


def open_flag(session: Session, clinic_id: UUID, flag_id: UUID) -> RedFlag | None:
    """Return a flag that nobody has acknowledged; None otherwise."""
    this = (RedFlag.clinic_id == clinic_id) & (RedFlag.id == flag_id)
    return session.scalar(select(RedFlag).where(this, RedFlag.acknowledged_at.is_(None)))


def list_alerted(session: Session, flag: RedFlag) -> Sequence[UUID]:
    """Return whom a flag calls upon now: whose turn it is and who stands in for them, or the clinic's leaders."""
    if flag.held_by is None:
        return list_leaders(session, flag.clinic_id)
    return list_responsible(session, flag.clinic_id, flag.patient_id, flag.held_by)


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
