"""What mails are made of, and how mail fares: numbers and instants, nobody's name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.actions.invitation_mails import SEND_INVITATION
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.mail.models import MailBounce, SentMail
from hep_api.foundation.settings import Settings
from hep_api.foundation.tenancy import NOBODYS
from hep_api.insights.queries import attention
from hep_api.insights.vocabulary import Urgency
from hep_api.messaging.models.conversations import Conversation
from hep_api.notifications.mailing.notices import SEND

# So many are counted; whoever has more open has more to do than to read a number.
MOST_ENTRIES = 1000
# A language that no word of is used in: entries are only counted.
ANY_LANGUAGE = "en"


class MailState(StrEnum):
    """Whether mail leaves: a server takes it, or it is only written to a folder."""

    SERVER = "server"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class DayInNumbers:
    """What waits for somebody of the staff: conversations, since when the longest, and open entries of attention."""

    waiting: int
    waiting_since: datetime | None
    entries: int
    urgent: int


@dataclass(frozen=True, slots=True)
class MailHealth:
    """How mail to a clinic's members fares."""

    state: MailState
    waiting: int
    bounced: int
    last_sent_at: datetime | None


def day_in_numbers(session: Session, clinic_id: UUID, member_id: UUID, role: Role, now: datetime) -> DayInNumbers:
    """Return what waits for a member of the staff with their patients, by the same rules as they see it in the app."""
    policy = select(Clinic.managers_may_read_records).where(Clinic.id == clinic_id)
    viewer = Viewer(NOBODYS, NOBODYS, clinic_id, member_id, role, session.scalars(policy).one())
    waiting = session.execute(
        select(func.count().label("n"), func.min(Conversation.waiting_since).label("since"))
        .join(Patient, (Patient.clinic_id == Conversation.clinic_id) & (Patient.id == Conversation.patient_id))
        .where(
            access.is_theirs(viewer),
            Conversation.waiting_since.is_not(None),
            Conversation.closed_at.is_(None),
            Conversation.ended_at.is_(None),
        )
    ).one()
    entries = attention.list_open_entries(session, viewer, MOST_ENTRIES, ANY_LANGUAGE, now)
    urgent = sum(entry.urgency is Urgency.HIGH for entry in entries)
    return DayInNumbers(waiting.n, waiting.since, len(entries), urgent)


def mail_health(session: Session, clinic_id: UUID) -> MailHealth:
    """Return how mail to the clinic's members fares; one statement."""
    settings: Settings = current_app.extensions["hep_settings"]
    found = session.execute(_fares(clinic_id)).one()
    return MailHealth(MailState.SERVER if settings.smtp_url else MailState.FOLDER, *found)


def _fares(clinic_id: UUID) -> Select[*tuple[Any, ...]]:
    waits = Job.clinic_id == clinic_id, Job.outcome.is_(None), Job.kind.in_((SEND, SEND_INVITATION))
    waiting = select(func.count()).where(*waits).scalar_subquery()
    bounced = select(func.count()).where(MailBounce.clinic_id == clinic_id).scalar_subquery()
    last = select(func.max(SentMail.sent_at)).where(SentMail.clinic_id == clinic_id).scalar_subquery()
    return select(waiting, bounced, last)
