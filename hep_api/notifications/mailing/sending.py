"""Sends what was collected for a member in one mail, from a job; what is not so any more is left out.

The rows go in the transaction that sends them: whatever comes meanwhile has rows and a job of its own, and a server
that is away leaves all as it was, for the next try.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hep_api.foundation.jobs import queue
from hep_api.foundation.mail import delivering
from hep_api.foundation.mail.models import MailKind, SentMail
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.mailing import writing
from hep_api.notifications.mailing.notices import AT_ONCE, SEND, job_for
from hep_api.notifications.mailing.readers import Reader, reader_of
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.models.preferences import Channel
from hep_api.notifications.queries.causes import STILL_TRUE

AT_MOST_ONE_IN = timedelta(hours=1)
# While the server was away for so long it has become no news.
NEWS_FOR = timedelta(days=1)
BY_MAIL = (Channel.MAIL, Channel.BOTH)


def send_notices(session: Session, clinic_id: UUID, member_id: UUID, now: datetime) -> None:
    """Send a member what waits for them; later, when the last such mail is not an hour old."""
    theirs = (MailNotice.clinic_id == clinic_id) & (MailNotice.member_id == member_id)
    kinds = session.scalars(select(MailNotice.kind).where(theirs).with_for_update()).all()
    next_at = _next_at(session, clinic_id, member_id)
    if not writing.kinds_at_once(kinds) and next_at is not None and next_at > now:
        queue.enqueue_each(session, SEND, [job_for(clinic_id, member_id, next_at)], now=now, clinic_id=clinic_id)
        return
    waiting = session.execute(
        delete(MailNotice).where(theirs).returning(MailNotice.kind, MailNotice.subject_id, MailNotice.noticed_at)
    ).all()
    reader = reader_of(session, clinic_id, member_id) if waiting else None
    if reader is None:
        return
    fresh = [(row.kind, row.subject_id) for row in waiting if row.noticed_at > now - NEWS_FOR]
    true = _still_true(session, clinic_id, reader, fresh, now)
    if true:
        mail = writing.write_notices(clinic_id, reader, true)
        delivering.deliver(session, clinic_id, member_id, mail, MailKind.NOTICES, now)


def _next_at(session: Session, clinic_id: UUID, member_id: UUID) -> datetime | None:
    """Return when the next mail may go; None: none has gone lately."""
    last: datetime | None = session.scalar(
        select(func.max(SentMail.sent_at)).where(
            SentMail.clinic_id == clinic_id, SentMail.member_id == member_id, SentMail.kind == MailKind.NOTICES
        )
    )
    return None if last is None else last + AT_MOST_ONE_IN


def _still_true(
    session: Session, clinic_id: UUID, reader: Reader, waiting: Sequence[tuple[NoticeKind, UUID]], now: datetime
) -> list[NoticeKind]:
    """Return the kinds of which anything still holds, and that this member still wants by mail."""
    standing = reader.standing
    subjects: dict[NoticeKind, list[UUID]] = {}
    for kind, subject_id in waiting:
        # An address that mail came back from may be good again, and somebody may be in danger.
        if kind in AT_ONCE or (standing.settled.channel(kind) in BY_MAIL and not reader.has_bounced):
            subjects.setdefault(kind, []).append(subject_id)
    return [
        kind
        for kind, of_kind in subjects.items()
        if kind not in STILL_TRUE
        or STILL_TRUE[kind](session, clinic_id, [(standing.member_id, each) for each in of_kind], now)
    ]
