"""Ending mails by the link in one of them: of the kinds that stood in it, for whoever it was written to."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.audit import notes
from hep_api.foundation import tenancy
from hep_api.notifications.actions import digesting, preferring
from hep_api.notifications.mailing.endings import Ending
from hep_api.notifications.models.mails import MailNotice


def unsubscribe(session: Session, ending: Ending) -> None:
    """Send no more mails of these kinds, from now on; done again, nothing changes."""
    clinic_id, member_id = ending.clinic_id, ending.member_id
    tenancy.act_for(session, clinic_id)
    for kind in ending.kinds:
        preferring.stop_mail(session, clinic_id, member_id, kind)
    theirs = MailNotice.clinic_id == clinic_id, MailNotice.member_id == member_id
    session.execute(delete(MailNotice).where(*theirs, MailNotice.kind.in_(ending.kinds)))
    if ending.digest:
        digesting.stop_digest(session, clinic_id, member_id)
    kinds = [kind.value for kind in ending.kinds] + (["digest"] if ending.digest else [])
    notes.note(session, "mail.ended", clinic_id=clinic_id, member_id=member_id, subject={"kinds": kinds})
