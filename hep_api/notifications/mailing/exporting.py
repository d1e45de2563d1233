"""What notifications hold of mails: of a patient what stands in the next one, of a clinic who gets digests."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.notifications.models.mails import MailDigest, MailNotice


def export_mails(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield what waits to be told to the patient by mail."""
    waiting = select(*columns_of(MailNotice, without=("member_id",))).where(
        MailNotice.clinic_id == clinic_id, MailNotice.member_id == patient_id
    )
    waiting = waiting.order_by(MailNotice.noticed_at, MailNotice.kind, MailNotice.subject_id)
    yield section(session, "mail_notices", "What the next mail tells the person.", waiting)


def export_digests(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield which of the staff get a digest, and when."""
    digests = select(*columns_of(MailDigest)).where(MailDigest.clinic_id == clinic_id).order_by(MailDigest.member_id)
    yield section(session, "mail_digests", "Who of the staff gets the numbers of the day by mail, and when.", digests)
