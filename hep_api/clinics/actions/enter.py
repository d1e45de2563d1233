"""Coming in: signing in as a member of one clinic.

Passwords are proven at the door, between two transactions; what is decided here is what a proof is good for. An account
with a second factor is asked for it first, whichever way it comes in.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts import letters
from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.actions.second_factors import ask
from hep_api.accounts.actions.second_factors.ask import Asked
from hep_api.accounts.actions.second_factors.show import Shower, show
from hep_api.accounts.devices import Device
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.means import means
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.passwords import Proof, credentials_wrong
from hep_api.accounts.second_factors import Evidence
from hep_api.accounts.tokens import Tokens
from hep_api.accounts.viewer import STAFF
from hep_api.audit import notes
from hep_api.audit.models import Outcome
from hep_api.clinics.models import Clinic
from hep_api.clinics.queries import entrance
from hep_api.clinics.queries.entrance import Membership, Named, NamedMember
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem


@dataclass(frozen=True, slots=True)
class Entered:
    """A sign-in that has begun: its tokens, and as whom it acts where.

    `second_factor_setup_needed`: the clinic requires a second factor, and until one is set up no other door opens.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    member: NamedMember
    clinic: Named
    patient_id: UUID | None
    second_factor_setup_needed: bool


def sign_in(
    session: Session, tokens: Tokens, proof: Proof, clinic_id: UUID | None, device: Device, now: datetime
) -> Entered | Asked:
    """Start a sign-in of a proven account as the member of one clinic, or ask for the account's second factor.

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
) -> Entered | Asked:
    """Begin a sign-in of the account as that member, on a device, unless a second factor has to be shown before.

    The transaction acts for the clinic already, and has to be committed either way.
    """
    sign_in = SignIn(
        account_id=account_id,
        clinic_id=membership.clinic.id,
        member_id=membership.member.id,
        device_name=device.name,
        device_digest=device.digest,
        created_at=now,
    )
    asked = ask.ask_for_second_factor(session, means(), sign_in, now)
    return asked or _begin(session, tokens, sign_in, membership)


def finish(session: Session, tokens: Tokens, token: str, evidence: Evidence, now: datetime) -> Entered | None:
    """Begin the sign-in that a challenge stands for; None when the second factor was wrong, which must be committed.

    Errors: 401 `challenge_invalid`; 403 `no_membership` when it has ended since; 429 after too many wrong TOTP codes.
    """
    challenge = ask.try_challenge(session, token, now)
    shower = Shower(challenge.account_id, bound_to=challenge.id, guesses_of=challenge.account_id)
    if show(session, means(), shower, evidence, now) is None:
        failed(session, challenge.account_id, "second_factor_wrong")
        if challenge.tries == ask.MOST_TRIES:
            letters.tell(session, challenge.account_id, Letter.SECOND_FACTOR_REFUSED, now)
        return None
    ask.use_challenge(session, challenge, now)
    membership = _choose(entrance.list_memberships_of(session, challenge.account_id), challenge.clinic_id)
    sign_in = SignIn(
        account_id=challenge.account_id,
        clinic_id=challenge.clinic_id,
        member_id=membership.member.id,
        device_name=challenge.device_name,
        device_digest=challenge.device_digest,
        created_at=now,
        second_factor_at=now,
    )
    return _begin(session, tokens, sign_in, membership)


def let_in(outcome: Entered | Asked) -> Entered:
    """Return the sign-in that has begun; 401 `second_factor_needed`, after the commit, where one is asked for."""
    if isinstance(outcome, Asked):
        raise outcome.as_problem()
    return outcome


def failed(session: Session, account_id: UUID | None, code: str) -> None:
    """Note that signing in failed: in the record of each clinic of the account, else in the installation's own.

    Where there is no account the same is asked, so that it takes as long.
    """
    failure = partial(
        notes.note, session, "sign_in.failed", outcome=Outcome.FAILED, account_id=account_id, subject={"code": code}
    )
    memberships = entrance.list_memberships_of(session, account_id or tenancy.NOBODYS)
    for each in memberships:
        failure(clinic_id=each.clinic.id, member_id=each.member.id, role=each.member.role.value)
    if not memberships:
        failure(clinic_id=tenancy.NOBODYS)


def _begin(session: Session, tokens: Tokens, sign_in: SignIn, membership: Membership) -> Entered:
    pair = accounts.start_sign_in(session, tokens, sign_in)
    member, clinic = membership.member, membership.clinic
    notes.note(
        session,
        "sign_in.begun",
        account_id=sign_in.account_id,
        member_id=member.id,
        role=member.role.value,
        sign_in_id=sign_in.id,
    )
    is_required = session.scalars(select(Clinic.second_factor_required).where(Clinic.id == clinic.id)).one()
    return Entered(
        access_token=pair.access_token,
        expires_in=pair.expires_in,
        refresh_token=pair.refresh_token,
        member=member,
        clinic=clinic,
        patient_id=membership.patient_id,
        second_factor_setup_needed=is_required and member.role in STAFF and sign_in.second_factor_at is None,
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
