"""Accepting an invitation: a code counts its tries, is used up once, and binds the member to an account.

Passwords are proven or hashed at the door, between two transactions; what is decided here is what that is good for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import choosing
from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.actions.second_factors.ask import Asked
from hep_api.accounts.devices import Device
from hep_api.accounts.models.identity import Account
from hep_api.accounts.passwords import Credentials, Proof, credentials_wrong
from hep_api.accounts.tokens import Tokens
from hep_api.accounts.viewer import Role
from hep_api.audit import notes
from hep_api.audit.models import Outcome
from hep_api.clinics import codes
from hep_api.clinics.actions import enter
from hep_api.clinics.actions.enter import Entered
from hep_api.clinics.facts import PatientEntered
from hep_api.clinics.models import Clinic, Invitation, Member, MemberStatus, Patient
from hep_api.clinics.queries import entrance
from hep_api.clinics.queries.entrance import Membership, Named, NamedMember
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.facts import publish


@dataclass(frozen=True, slots=True)
class Invited:
    """The person behind an open invitation, with the credentials of the account that their e-mail already has.

    `birth_date` is that of a patient, None for staff.
    """

    clinic_id: UUID
    invitation_id: UUID
    member_id: UUID
    email: str
    names: tuple[str, ...]
    birth_date: date | None
    credentials: Credentials | None


def try_invitation(session: Session, code: str, now: datetime) -> Invited:
    """Count a try of a code and return whom it invites; the one 404 for every code that is good for nothing.

    The count is committed before the try is judged, so that parallel guesses cannot outrun it.
    """
    digest = codes.digest_of(code)
    clinic_id = entrance.act_for_clinic_of_invitation(session, digest)
    tried = (
        clinic_id
        and session.execute(
            update(Invitation)
            .where(Invitation.clinic_id == clinic_id, entrance.has_code(digest), *_still_open(now))
            .values(tries=Invitation.tries + 1)
            .returning(Invitation.clinic_id, Invitation.id, Invitation.member_id)
        ).one_or_none()
    )
    found = tried and session.execute(_invited(tried.clinic_id, tried.member_id)).one_or_none()
    if not tried or not found:
        raise invitation_invalid()
    credentials = found.account_id and Credentials(found.account_id, found.password_hash, found.password_version)
    names = (found.name, found.clinic_name)
    return Invited(tried.clinic_id, tried.id, tried.member_id, found.email, names, found.birth_date, credentials)


def refuse_wrong_birth_date(invited: Invited, birth_date: date | None) -> None:
    """Refuse a patient who does not give the birth date that the clinic knows; staff are not asked."""
    if invited.birth_date is None:
        return
    if birth_date is None:
        raise invalid_field("/birth_date", "required", "Give the birth date that your clinic knows.")
    if birth_date != invited.birth_date:
        raise invalid_field("/birth_date", "birth_date", "This is not the birth date that your clinic knows.")


def refuse_weak_password(invited: Invited, password: str) -> None:
    """Refuse a common or own word as the password of a new account."""
    choosing.refuse_weak(password, invited.email, invited.names)


@contextmanager
def noting_refusals(invited: Invited) -> Iterator[None]:
    """Note for the record when somebody who had a code was refused in the block."""
    try:
        yield
    except Problem as problem:
        code = problem.errors[0].rule if problem.errors else problem.code
        known = {"clinic_id": invited.clinic_id, "member_id": invited.member_id}
        notes.note_apart("invitation.refused", outcome=Outcome.FAILED, subject={"code": code}, **known)
        raise


def accept_invitation(
    session: Session, tokens: Tokens, invited: Invited, proof: Proof | str, device: Device, now: datetime
) -> Entered | Asked:
    """Use the invitation up, bind the member to an account, and sign in, or ask for the account's second factor.

    `proof` is that of the account that the e-mail has, or the hash of the password for a new one. An account that came
    into being since then is not taken over: 401, as for a wrong password.
    """
    tenancy.act_for(session, invited.clinic_id)
    # The member before the invitation, in the order in which a fresh invitation locks them.
    member = select(Member.id).where(Member.clinic_id == invited.clinic_id, Member.id == invited.member_id)
    session.execute(member.with_for_update(key_share=True))
    accepted = session.scalar(
        update(Invitation)
        .where(Invitation.clinic_id == invited.clinic_id, Invitation.id == invited.invitation_id, *_not_used(now))
        .values(accepted_at=now)
        .returning(Invitation.id)
    )
    if accepted is None:
        raise invitation_invalid()
    account_id = _account(session, invited.email, proof, now)
    membership = _activate(session, invited, account_id)
    notes.note(
        session,
        "invitation.accepted",
        account_id=account_id,
        member_id=invited.member_id,
        patient_id=membership.patient_id,
    )
    if membership.patient_id is not None:
        publish(session, PatientEntered(invited.clinic_id, membership.patient_id))
    return enter.start(session, tokens, account_id, membership, device, now)


def invitation_invalid() -> Problem:
    """Return the one answer to unknown, used, expired, replaced and worn-out codes."""
    detail = "This code is unknown, used, expired or replaced; ask your clinic for a new one."
    return Problem("invitation_invalid", 404, detail)


def _account(session: Session, email: str, proof: Proof | str, now: datetime) -> UUID:
    if isinstance(proof, str):
        created = accounts.create_account(session, email, proof, now)
        if created is not None:
            return created
    elif accounts.confirm_proof(session, proof):
        return proof.account_id
    raise credentials_wrong()


def _activate(session: Session, invited: Invited, account_id: UUID) -> Membership:
    activated = session.execute(
        update(Member)
        .where(
            Member.clinic_id == invited.clinic_id,
            Member.id == invited.member_id,
            Member.email == invited.email,
            Member.status == MemberStatus.INVITED,
            Clinic.id == Member.clinic_id,
        )
        .values(status=MemberStatus.ACTIVE, account_id=account_id, version=Member.version + 1)
        .returning(Member.id, Member.role, Member.name, Clinic.id.label("clinic_id"), Clinic.name.label("clinic_name"))
    ).one_or_none()
    if activated is None:
        raise invitation_invalid()
    member = NamedMember(activated.id, activated.role, activated.name)
    return Membership(member, Named(activated.clinic_id, activated.clinic_name))


def _not_used(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.superseded_at.is_(None), Invitation.expires_at > now


def _still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return *_not_used(now), Invitation.tries < codes.MOST_TRIES


def _invited(clinic_id: UUID, member_id: UUID) -> Select[str, str, str, date | None, UUID, str, int]:
    return (
        select(
            Member.email,
            Member.name,
            Clinic.name.label("clinic_name"),
            Patient.birth_date,
            Account.id.label("account_id"),
            Account.password_hash,
            Account.password_version,
        )
        .join(Clinic, Clinic.id == Member.clinic_id)
        .outerjoin(Patient, (Patient.clinic_id == Member.clinic_id) & (Patient.id == Member.id))
        .outerjoin(Account, Account.email == Member.email)
        .where(
            Member.clinic_id == clinic_id,
            Member.id == member_id,
            Member.status == MemberStatus.INVITED,
            # Nobody becomes a patient unasked: a code without a birth date to ask for is good for nothing.
            (Member.role != Role.PATIENT) | Patient.birth_date.is_not(None),
        )
    )
