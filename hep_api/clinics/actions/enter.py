"""Coming in: signing in as a member of one clinic.

Passwords are proven at the door, between two transactions; what is decided here is what a proof is good for.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.devices import Device
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.passwords import Proof, credentials_wrong
from hep_api.accounts.tokens import Tokens
from hep_api.clinics.queries import entrance
from hep_api.clinics.queries.entrance import Membership, Named, NamedMember
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem


@dataclass(frozen=True, slots=True)
class Entered:
    """A sign-in that has begun: its tokens, and as whom it acts where."""

    access_token: str
    expires_in: int
    refresh_token: str
    member: NamedMember
    clinic: Named
    patient_id: UUID | None


def sign_in(
    session: Session, tokens: Tokens, proof: Proof, clinic_id: UUID | None, device: Device, now: datetime
) -> Entered:
    """Start a sign-in of a proven account as the member of one clinic.

    Errors: 409 `clinic_choice_needed` with the clinics to choose from; 403 `no_membership`; 401 when the password was
    changed since it was proven.
    """
    if not accounts.confirm_proof(session, proof):
        raise credentials_wrong()
    membership = _choose(entrance.list_memberships_of(session, proof.account_id), clinic_id)
    tenancy.act_for(session, membership.clinic.id)
    return start(session, tokens, proof.account_id, membership, device, now)


def start(
    session: Session, tokens: Tokens, account_id: UUID, membership: Membership, device: Device, now: datetime
) -> Entered:
    """Begin a sign-in of the account as that member, on a device; the transaction acts for the clinic already."""
    sign_in = SignIn(
        account_id=account_id,
        clinic_id=membership.clinic.id,
        member_id=membership.member.id,
        device_name=device.name,
        device_digest=device.digest,
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


def _choose(memberships: list[Membership], clinic_id: UUID | None) -> Membership:
    chosen = [one for one in memberships if clinic_id in (None, one.clinic.id)]
    if not chosen:
        raise Problem("no_membership", 403, "The account has no active membership there.")
    if len(chosen) > 1:
        clinics = [{"id": str(one.clinic.id), "name": one.clinic.name} for one in chosen]
        detail = "The account belongs to several clinics; name one as clinic_id."
        raise Problem("clinic_choice_needed", 409, detail, extra={"clinics": clinics})
    return chosen[0]
