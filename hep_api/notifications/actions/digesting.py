"""Digests: wishing one at a time of day, and sending what waits in numbers when that time has come.

Each member's next digest is one job. The row's lock lets one worker see to it, and a date that was seen to is written
down in the transaction that sends, so no date brings two however many workers there are. A job that was lost or given
up is added again by a sweep.
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.jobs import queue
from hep_api.foundation.mail.delivering import deliver
from hep_api.foundation.mail.models import MailKind
from hep_api.notifications.mailing import writing
from hep_api.notifications.mailing.digest_times import next_time
from hep_api.notifications.mailing.notices import job_for
from hep_api.notifications.mailing.readers import Reader, reader_of
from hep_api.notifications.models.mails import MailDigest
from hep_api.notifications.queries.mails import day_in_numbers
from hep_api.notifications.queries.standings import standings

SEND_DIGEST = "notifications.send_digest"
# Numbers of the morning are no news in the evening.
LATEST = timedelta(hours=6)
ONE_DAY = timedelta(days=1)
OVERLOOKED_AFTER = timedelta(hours=1)


def wish_digest(session: Session, viewer: Viewer, at: time | None, now: datetime) -> MailDigest:
    """Let the viewer have a digest each day at a time of theirs; None: none."""
    key = {"clinic_id": viewer.clinic_id, "member_id": viewer.member_id}
    session.execute(insert(MailDigest).values(key).on_conflict_do_nothing())
    digest = session.get_one(MailDigest, key, with_for_update=True)
    zone = standings(session, viewer.clinic_id, [viewer.member_id])[viewer.member_id].zone
    digest.at = at
    digest.next_at = None if at is None else next_time(at, zone, now, digest.sent_on)
    session.flush()
    _look_again(session, digest, now)
    return digest


def stop_digest(session: Session, clinic_id: UUID, member_id: UUID) -> None:
    """Let a member have no digest any more."""
    digest = session.get(MailDigest, (clinic_id, member_id), with_for_update=True)
    if digest is not None:
        digest.at = digest.next_at = None
        session.flush()


def send_digest(session: Session, clinic_id: UUID, member_id: UUID, now: datetime) -> None:
    """Send a member the numbers of the day when it is time, and nothing where there is nothing to say."""
    digest = session.get(MailDigest, (clinic_id, member_id), with_for_update=True)
    if digest is None or digest.at is None or digest.next_at is None:
        return
    if digest.next_at <= now:
        _see_to(session, digest, digest.next_at, now)
    _look_again(session, digest, now)


def wake_digests(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Add the jobs of digests that are overdue, as nobody has seen to them."""
    overlooked = select(MailDigest).where(
        MailDigest.clinic_id == clinic_id, MailDigest.next_at < now - OVERLOOKED_AFTER
    )
    for digest in session.scalars(overlooked).all():
        _look_again(session, digest, now)


def _see_to(session: Session, digest: MailDigest, due_at: datetime, now: datetime) -> None:
    reader = reader_of(session, digest.clinic_id, digest.member_id)
    assert digest.at is not None
    if reader is None or reader.has_bounced:
        # Somebody whose access has ended, or whom mail does not reach, may be back another day.
        digest.next_at = now + ONE_DAY
        return
    today = now.astimezone(ZoneInfo(reader.standing.zone)).date()
    if (digest.sent_on is None or today > digest.sent_on) and now - due_at <= LATEST:
        digest.sent_on = today
        _send(session, digest, reader, now)
    digest.next_at = next_time(digest.at, reader.standing.zone, now, digest.sent_on)
    session.flush()


def _send(session: Session, digest: MailDigest, reader: Reader, now: datetime) -> None:
    numbers = day_in_numbers(session, digest.clinic_id, digest.member_id, reader.standing.role, now)
    mail = writing.write_digest(digest.clinic_id, reader, numbers, now)
    if mail is not None:
        deliver(session, digest.clinic_id, digest.member_id, mail, MailKind.DIGEST, now)


def _look_again(session: Session, digest: MailDigest, now: datetime) -> None:
    if digest.next_at is not None:
        job = job_for(digest.clinic_id, digest.member_id, digest.next_at)
        queue.enqueue_each(session, SEND_DIGEST, [job], now=now, clinic_id=digest.clinic_id)
