"""Inviting by mail: from a job, in the language that the person reads, with a code of the mail's own.

The code is made when the mail is sent, and a digest is kept; neither code nor address stands in the table of jobs. The
mail goes out before its code is good, within one transaction: no row is locked while a server takes its time.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics import codes
from hep_api.clinics.invitation_words import write_invitation
from hep_api.clinics.models import Clinic, Invitation, Member, MemberStatus, Patient
from hep_api.foundation.jobs import queue
from hep_api.foundation.mail.delivering import deliver
from hep_api.foundation.mail.models import MailKind

SEND_INVITATION = "clinics.send_invitation"


def mail_invitation(session: Session, clinic_id: UUID, member_id: UUID, now: datetime) -> None:
    """Send a member their open invitation, once this transaction is committed."""
    payload = {"clinic_id": str(clinic_id), "member_id": str(member_id)}
    # Clients make ids of patients, so one alone may be another clinic's, too.
    key = f"{clinic_id} {member_id}"
    queue.enqueue(session, SEND_INVITATION, payload, now=now, clinic_id=clinic_id, dedupe_key=key)


def send_invitation(session: Session, clinic_id: UUID, member_id: UUID, link_start: str, now: datetime) -> None:
    """Send a member's invitation if one is open still: not accepted, withdrawn or expired."""
    row = session.execute(_invited(clinic_id, member_id, now)).one_or_none()
    if row is None:
        return
    code = codes.new_code()
    if deliver(session, clinic_id, member_id, _mail(row, link_start, code), MailKind.INVITATION, now):
        session.execute(
            update(Invitation)
            .where(Invitation.clinic_id == clinic_id, Invitation.id == row.id, *_is_open(now))
            .values(mailed_digest=codes.digest_of(code))
        )


def _mail(row: Row[Any], link_start: str, code: str) -> Any:
    words = {"clinic": " ".join(row.clinic.split()), "link": link_start + code, "code": code}
    is_patient = row.role is Role.PATIENT
    return write_invitation(row.email, words, row.expires_at, [row.language], for_patient=is_patient)


def _invited(clinic_id: UUID, member_id: UUID, now: datetime) -> Any:
    return (
        select(
            Invitation.id,
            Invitation.expires_at,
            Member.email,
            Member.role,
            Clinic.name.label("clinic"),
            func.coalesce(Patient.language, Clinic.language).label("language"),
        )
        .join(Member, (Member.clinic_id == Invitation.clinic_id) & (Member.id == Invitation.member_id))
        .join(Clinic, Clinic.id == Invitation.clinic_id)
        .outerjoin(Patient, (Patient.clinic_id == Member.clinic_id) & (Patient.id == Member.id))
        .where(
            Invitation.clinic_id == clinic_id,
            Invitation.member_id == member_id,
            Member.status == MemberStatus.INVITED,
            *_is_open(now),
        )
    )


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.superseded_at.is_(None), Invitation.expires_at > now
