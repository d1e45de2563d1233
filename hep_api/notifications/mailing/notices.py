"""Telling by mail: what a person is to hear of is collected, and goes out in one mail.

A mail waits a little for what else happens, and no two go to one person within an hour; a red flag waits for nothing
and takes along what has been collected. The table of jobs holds ids only: who reads the mail, and whether it is still
so, is asked when it is sent (`sending.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation.jobs import queue
from hep_api.foundation.jobs.queue import Keyed
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.notices import Notice

SEND = "notifications.send_mail_notices"
COLLECTED_FOR = timedelta(minutes=10)
AT_ONCE = frozenset({NoticeKind.RED_FLAG})


def mail_notices(session: Session, clinic_id: UUID, notices: Sequence[Notice], now: datetime) -> None:
    """Tell members by mail; two statements, however many there are."""
    if not notices:
        return
    rows = {(each.member_id, each.kind, each.subject_id) for each in notices}
    collected = [
        {"clinic_id": clinic_id, "member_id": member_id, "kind": kind, "subject_id": subject_id, "noticed_at": now}
        for member_id, kind, subject_id in sorted(rows)
    ]
    adding = insert(MailNotice).values(collected)
    # Of the same thing anew: it is as young as its last news.
    adding = adding.on_conflict_do_update(
        index_elements=["clinic_id", "member_id", "kind", "subject_id"], set_={"noticed_at": now}
    )
    session.execute(adding)
    jobs = [job_for(clinic_id, member_id, at) for member_id, at in _when(notices, now).items()]
    queue.enqueue_each(session, SEND, jobs, now=now, clinic_id=clinic_id)


def mail_notice(
    session: Session, clinic_id: UUID, kind: NoticeKind, member_ids: Iterable[UUID], subject_id: UUID, now: datetime
) -> None:
    """Tell members of one thing by mail."""
    mail_notices(session, clinic_id, [Notice(member_id, kind, subject_id) for member_id in member_ids], now)


def job_for(clinic_id: UUID, member_id: UUID, run_at: datetime) -> Keyed:
    """Return the one job that waits to write to a member."""
    payload = {"clinic_id": str(clinic_id), "member_id": str(member_id)}
    # Clients make ids of patients, so one alone may be another clinic's, too.
    return Keyed(f"{clinic_id} {member_id}", payload, run_at)


def _when(notices: Sequence[Notice], now: datetime) -> Mapping[UUID, datetime]:
    when: dict[UUID, datetime] = {}
    for each in notices:
        at = now if each.kind in AT_ONCE else now + COLLECTED_FOR
        when[each.member_id] = min(at, when.get(each.member_id, at))
    return when
