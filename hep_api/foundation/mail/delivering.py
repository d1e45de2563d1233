"""Sends a mail to a member of a clinic, from a job: what a server took is written down, by ids, and known again when it
comes back. An address that takes none, now or later, is noted, and is a failure of nobody's.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.foundation import tenancy
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.mail import mailer
from hep_api.foundation.mail.bounces import forget_bounce, note_bounce
from hep_api.foundation.mail.messages import Mail
from hep_api.foundation.mail.models import BounceWay, MailKind, SentMail
from hep_api.foundation.mail.returned import Returned
from hep_api.foundation.mail.smtp import MailRefused
from hep_api.foundation.metrics.tallies import Tally

# Servers try for five days as a rule before they give a mail back.
KEPT_FOR = timedelta(days=30)
SENT = Tally("hep_mails", "Mails to members, `taken` by a server or `refused` for good.", "kind", "outcome")

log = structlog.get_logger()


def deliver(session: Session, clinic_id: UUID, member_id: UUID, mail: Mail, kind: MailKind, now: datetime) -> bool:
    """Send the mail and return True; False when its address was refused for good, which is noted."""
    mail_id = new_id()
    try:
        mailer.send(session, replace(mail, reference=reference_of(clinic_id, mail_id)), now)
    except MailRefused as refused:
        SENT.add(kind.value, "refused")
        log.warning("mail_refused", reason="the server takes no mail for this address")
        note_bounce(session, clinic_id, member_id, BounceWay.REFUSED, refused.reason, now)
        return False
    SENT.add(kind.value, "taken")
    session.add(SentMail(clinic_id=clinic_id, id=mail_id, member_id=member_id, kind=kind, sent_at=now))
    session.flush()
    return True


def note_returned(session: Session, returned: Returned, now: datetime) -> bool:
    """Note that a mail came back, and act for its clinic; False when it was not sent by us lately."""
    tenancy.act_for(session, returned.clinic_id)
    sent = session.get(SentMail, (returned.clinic_id, returned.mail_id))
    if sent is None:
        return False
    note_bounce(session, sent.clinic_id, sent.member_id, BounceWay.RETURNED, returned.reason, now)
    return True


def forget_address(session: Session, clinic_id: UUID, member_id: UUID) -> None:
    """Start anew with a member, whose address is another now: what went to the former says nothing of it."""
    session.execute(delete(SentMail).where(SentMail.clinic_id == clinic_id, SentMail.member_id == member_id))
    forget_bounce(session, clinic_id, member_id)


def reference_of(clinic_id: UUID, mail_id: UUID) -> str:
    """Return what a Message-ID says of a mail; nobody but its reader, and who carried it, knows it."""
    return f"{clinic_id.hex}.{mail_id.hex}"


def forget_sent(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Remove what was sent so long ago that it comes back no more."""
    old = SentMail.clinic_id == clinic_id, SentMail.sent_at < now - KEPT_FOR
    session.execute(delete(SentMail).where(*old))
