"""Coming in: signing in as a member of one clinic, and accepting an invitation.

Passwords are proven at the door, between two transactions; what is decided here is what a proof is good for.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.passwords import Credentials, Proof, credentials_wrong
from hep_api.accounts.tokens import Tokens
from hep_api.clinics import codes
from hep_api.clinics.models import Clinic, Invitation, Member, MemberStatus, Patient
from hep_api.clinics.queries import entrance
from hep_api.clinics.queries.entrance import Membership, Named, NamedMember
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem, invalid_field


@dataclass(frozen=True, slots=True)
class Entered:
    """A sign-in that has begun: its tokens, and as whom it acts where."""

    access_token: str
    expires_in: int
    refresh_token: str
    member: NamedMember
    clinic: Named
    patient_id: UUID | None


@dataclass(frozen=True, slots=True)
class Invited:
    """The person behind an open invitation, with the credentials of the account that their e-mail already has."""

    clinic_id: UUID
    invitation_id: UUID
    member_id: UUID
    email: str
    birth_date: date | None
    credentials: Credentials | None


def sign_in(
    session: Session, tokens: Tokens, proof: Proof, clinic_id: UUID | None, device_name: str, now: datetime
) -> Entered:
    """Start a sign-in of a proven account as the member of one clinic.

    Errors: 409 `clinic_choice_needed` with the clinics to choose from; 403 `no_membership`; 401 when the password was
    changed since it was proven.
    """
    if not accounts.confirm_proof(session, proof):
        raise credentials_wrong()
    membership = _choose(entrance.list_memberships_of(session, proof.account_id), clinic_id)
    tenancy.act_for(session, membership.clinic.id)
    return _enter(session, tokens, proof.account_id, membership, device_name, now)


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
            .where(Invitation.clinic_id == clinic_id, Invitation.code_digest == digest, *_still_open(now))
            .values(tries=Invitation.tries + 1)
            .returning(Invitation.clinic_id, Invitation.id, Invitation.member_id)
        ).one_or_none()
    )
    found = tried and session.execute(_invited(tried.clinic_id, tried.member_id)).one_or_none()
    if not tried or not found:
        raise invitation_invalid()
    credentials = found.account_id and Credentials(found.account_id, found.password_hash, found.password_version)
    return Invited(tried.clinic_id, tried.id, tried.member_id, found.email, found.birth_date, credentials)


def refuse_wrong_birth_date(invited: Invited, birth_date: date | None) -> None:
    """Refuse when the clinic knows the birth date and it was not given or is another."""
    if invited.birth_date is None:
        return
    if birth_date is None:
        raise invalid_field("/birth_date", "required", "Give the birth date that your clinic knows.")
    if birth_date != invited.birth_date:
        raise invalid_field("/birth_date", "birth_date", "This is not the birth date that your clinic knows.")


def accept_invitation(
    session: Session, tokens: Tokens, invited: Invited, proof: Proof | str, device_name: str, now: datetime
) -> Entered:
    """Use the invitation up, bind the member to an account, and sign in.

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
    return _enter(session, tokens, account_id, membership, device_name, now)


def invitation_invalid() -> Problem:
    """Return the one answer to unknown, used, expired, replaced and worn-out codes."""
    detail = "This code is unknown, used, expired or replaced; ask your clinic for a new one."
    return Problem("invitation_invalid", 404, detail)


def _choose(memberships: list[Membership], clinic_id: UUID | None) -> Membership:
    chosen = [one for one in memberships if clinic_id in (None, one.clinic.id)]
    if not chosen:
        raise Problem("no_membership", 403, "The account has no active membership there.")
    if len(chosen) > 1:
        clinics = [{"id": str(one.clinic.id), "name": one.clinic.name} for one in chosen]
        detail = "The account belongs to several clinics; name one as clinic_id."
        raise Problem("clinic_choice_needed", 409, detail, extra={"clinics": clinics})
    return chosen[0]


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


def _enter(
    session: Session, tokens: Tokens, account_id: UUID, membership: Membership, device_name: str, now: datetime
) -> Entered:
    sign_in = SignIn(
        account_id=account_id,
        clinic_id=membership.clinic.id,
        member_id=membership.member.id,
        device_name=device_name,
        created_at=now,
    )
    pair = accounts.start_sign_in(session, tokens, sign_in)
    return Entered(
        access_token=pair.access_token,
        expires_in=pair.expires_in,
        refresh_token=pair.refresh_token,
        member=membership.member,
        clinic=membership.clinic,
        patient_id=membership.patient_id,
    )


def _not_used(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.superseded_at.is_(None), Invitation.expires_at > now


def _still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return *_not_used(now), Invitation.tries < codes.MOST_TRIES


def _invited(clinic_id: UUID, member_id: UUID) -> Select[str, date | None, UUID, str, int]:
    return (
        select(
            Member.email,
            Patient.birth_date,
            Account.id.label("account_id"),
            Account.password_hash,
            Account.password_version,
        )
        .outerjoin(Patient, (Patient.clinic_id == Member.clinic_id) & (Patient.id == Member.id))
        .outerjoin(Account, Account.email == Member.email)
        .where(Member.clinic_id == clinic_id, Member.id == member_id, Member.status == MemberStatus.INVITED)
    )
