"""Adding second factors. With the first one come recovery codes, and the sign-in it was added on has shown it.

Whoever has one shows it before adding another, and whoever has none has just signed in: a stolen token adds nothing. It
is asked when a set-up begins and again when it ends, as somebody else may have begun one before there was a factor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts import recovery, totp
from hep_api.accounts.actions import guesses
from hep_api.accounts.actions.second_factors import questions
from hep_api.accounts.actions.second_factors.step_up import note_shown
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.means import Means
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.models.second_factor import Passkey, RecoveryCode, Totp
from hep_api.accounts.passkeys import MOST_PASSKEYS, TRANSPORTS, Json
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.queries.credentials import email_of_account
from hep_api.accounts.second_factors import FRESH_FOR, Ceremony
from hep_api.accounts.step_up import is_fresh, require_step_up
from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation import qr
from hep_api.foundation.errors import Problem, conflict
from hep_api.foundation.identifiers import new_id


@dataclass(frozen=True, slots=True)
class OfferedTotp:
    """What an authenticator app takes: by QR code, by link, or typed."""

    secret: str
    uri: str
    qr_svg: str


@dataclass(frozen=True, slots=True)
class Added:
    """A second factor that counts from now on; `recovery_codes` are there with the first one, and shown this once."""

    recovery_codes: Sequence[str] | None
    passkey: Passkey | None = None


def refuse_unproven(session: Session, viewer: Viewer, now: datetime) -> None:
    """Refuse to add a second factor for somebody who has not shown the one they have, or signed in a while ago."""
    if is_fresh(viewer, now):
        return
    if queries.factors_of(session, viewer.account_id).any:
        require_step_up(session, viewer, now)
    own = (SignIn.clinic_id == viewer.clinic_id) & (SignIn.id == viewer.sign_in_id)
    if now - session.scalars(select(SignIn.created_at).where(own)).one() > FRESH_FOR:
        detail = "You signed in a while ago; sign in again, and add a second factor within ten minutes."
        raise Problem("fresh_sign_in_needed", 403, detail)


def begin_totp(session: Session, means: Means, viewer: Viewer, now: datetime) -> OfferedTotp:
    """Offer a new secret; it takes the place of one that was not confirmed, and counts when it is."""
    secret = totp.new_secret()
    uri = totp.uri_of(secret, email_of_account(session, viewer.account_id), means.issuer)
    sealed = totp.seal_secret(means.sealer, secret, viewer.account_id.bytes)
    fresh = {"sealed_secret": sealed, "created_at": now}
    adding = insert(Totp).values(id=new_id(), account_id=viewer.account_id, **fresh)
    pending = {"index_elements": ["account_id"], "index_where": Totp.confirmed_at.is_(None)}
    session.execute(adding.on_conflict_do_update(**pending, set_=fresh))  # type: ignore[arg-type]
    return OfferedTotp(secret, uri, qr.svg_of(uri))


def confirm_totp(session: Session, means: Means, viewer: Viewer, code: str, now: datetime) -> Added | None:
    """Make the offered secret the account's, in place of an older one; None when the code is wrong, to be committed.

    Errors: 403 when there is another factor by now, which was not shown; 409 when nothing was offered within the hour;
    429 after too many wrong codes.
    """
    _hold_account(session, viewer)
    _refuse_unshown(session, viewer, now)
    offered = session.scalar(
        select(Totp).where(
            Totp.account_id == viewer.account_id,
            Totp.confirmed_at.is_(None),
            Totp.created_at > now - totp.CONFIRMED_WITHIN,
        )
    )
    if offered is None:
        raise conflict("", "not_offered", "No authenticator app is being set up; begin anew.")
    guesses.count_guess(session, viewer.sign_in_id, now)
    secret = totp.unseal_secret(means.sealer, offered.sealed_secret, viewer.account_id.bytes)
    counter = totp.counter_of(secret, code, now)
    if counter is None:
        notes.leave_out_door(session)
        return None
    guesses.forget_guesses(session, viewer.sign_in_id)
    older = (Totp.account_id == viewer.account_id) & Totp.confirmed_at.is_not(None)
    session.execute(delete(Totp).where(older))
    session.execute(update(Totp).where(Totp.id == offered.id).values(confirmed_at=now, last_counter=counter))
    return _added(session, viewer, None, now)


def begin_passkey(session: Session, means: Means, viewer: Viewer, now: datetime) -> Json:
    """Return what an authenticator needs to make a passkey; 409 when the account has as many as it may."""
    if queries.factors_of(session, viewer.account_id).passkeys >= MOST_PASSKEYS:
        raise conflict("", "too_many", f"An account has at most {MOST_PASSKEYS} passkeys; remove one first.")
    return questions.ask_to_register(session, means, viewer.account_id, viewer.sign_in_id, now)


def register_passkey(
    session: Session, means: Means, viewer: Viewer, credential: Mapping[str, Any], name: str, now: datetime
) -> Added | None:
    """Keep the public key of a new passkey; None when the answer is not right, to be committed.

    Errors: 403 when there is another factor by now, which was not shown; 409 when the passkey is known already.
    """
    party = means.passkeys_on()
    _hold_account(session, viewer)
    _refuse_unshown(session, viewer, now)
    asked = questions.take_challenge(session, viewer.account_id, viewer.sign_in_id, Ceremony.REGISTER, now)
    verified = asked and party.read_creation(credential, asked)
    if not verified:
        notes.leave_out_door(session)
        return None
    values = {
        "id": new_id(),
        "account_id": viewer.account_id,
        "credential_id": verified.credential_id,
        "public_key": verified.credential_public_key,
        "sign_count": verified.sign_count,
        "transports": sorted(TRANSPORTS.intersection(credential["response"].get("transports") or ())),
        "name": name,
        "created_at": now,
    }
    adding = insert(Passkey).values(values).on_conflict_do_nothing(index_elements=["credential_id"])
    kept = session.scalar(adding.returning(Passkey))
    if kept is None:
        raise conflict("/credential", "taken", "This passkey is known already.")
    return _added(session, viewer, kept, now)


def renew_recovery_codes(session: Session, viewer: Viewer, now: datetime) -> Sequence[str]:
    """Make new recovery codes; the older ones are good no more. 409 without a second factor that they stand in for."""
    _hold_account(session, viewer)
    if not queries.factors_of(session, viewer.account_id).any:
        raise conflict("", "no_second_factor", "Recovery codes come with a second factor; set one up first.")
    tell(session, viewer.account_id, Letter.SECOND_FACTOR_CHANGED, now)
    return _new_recovery_codes(session, viewer, now)


def _added(session: Session, viewer: Viewer, passkey: Passkey | None, now: datetime) -> Added:
    note_shown(session, viewer, now)
    tell(session, viewer.account_id, Letter.SECOND_FACTOR_CHANGED, now)
    has_codes = queries.factors_of(session, viewer.account_id).recovery_codes > 0
    return Added(None if has_codes else _new_recovery_codes(session, viewer, now), passkey)


def _new_recovery_codes(session: Session, viewer: Viewer, now: datetime) -> Sequence[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == viewer.account_id))
    made = recovery.new_codes()
    session.add_all(
        RecoveryCode(account_id=viewer.account_id, digest=recovery.digest_of(code), created_at=now) for code in made
    )
    session.flush()
    return made


def _refuse_unshown(session: Session, viewer: Viewer, now: datetime) -> None:
    if queries.factors_of(session, viewer.account_id).any:
        require_step_up(session, viewer, now)


def _hold_account(session: Session, viewer: Viewer) -> None:
    """Let changes of one account's second factors wait for each other."""
    session.execute(select(Account.id).where(Account.id == viewer.account_id).with_for_update(key_share=True))
