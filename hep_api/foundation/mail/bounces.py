"""To whom mail does not come through: noted, and forgotten when somebody says that it does again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce

# The second number of a status such as 5.1.1 (RFC 3463): what was wrong with the address, or with the mailbox.
OF_ADDRESS, OF_MAILBOX, OF_POLICY = "1", "2", "7"


def note_bounce(
    session: Session, clinic_id: UUID, member_id: UUID, way: BounceWay, reason: BounceReason, now: datetime
) -> None:
    """Note that a mail to a member did not arrive, and never will; the last time counts."""
    said = {"bounced_at": now, "way": way, "reason": reason}
    noting = insert(MailBounce).values(clinic_id=clinic_id, member_id=member_id, **said)
    session.execute(noting.on_conflict_do_update(index_elements=["clinic_id", "member_id"], set_=said))


def forget_bounce(session: Session, clinic_id: UUID, member_id: UUID) -> bool:
    """Let mail go to a member again; False when nothing was noted."""
    noted = MailBounce.clinic_id == clinic_id, MailBounce.member_id == member_id
    return session.scalar(delete(MailBounce).where(*noted).returning(MailBounce.member_id)) is not None


def reason_of(subject: str) -> BounceReason:
    """Return the reason that the second number of a status stands for."""
    if subject == OF_ADDRESS:
        return BounceReason.NO_SUCH_ADDRESS
    return BounceReason.MAILBOX_CLOSED if subject == OF_MAILBOX else BounceReason.OTHER
