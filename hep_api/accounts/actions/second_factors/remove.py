"""Removing second factors. With the last one go the recovery codes, and what sign-ins have shown counts no more: where
the clinic requires one, its staff are asked to set one up at the next request.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SecondFactorForgotten
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.models.second_factor import Passkey, RecoveryCode, Totp
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.viewer import Viewer
from hep_api.foundation import tenancy
from hep_api.foundation.errors import not_found
from hep_api.foundation.facts import publish
from hep_api.foundation.tenancy import Key


def remove_totp(session: Session, viewer: Viewer, now: datetime) -> None:
    """Remove the viewer's authenticator app, and one that is being set up; without one, nothing changes."""
    removed = session.scalars(delete(Totp).where(Totp.account_id == viewer.account_id).returning(Totp.confirmed_at))
    if any(removed.all()):
        _removed(session, viewer.account_id, now)


def remove_passkey(session: Session, viewer: Viewer, passkey_id: UUID, now: datetime) -> None:
    """Remove one of the viewer's passkeys; 404 when it is not theirs."""
    own = (Passkey.account_id == viewer.account_id) & (Passkey.id == passkey_id)
    if session.scalar(delete(Passkey).where(own).returning(Passkey.id)) is None:
        raise not_found("passkey")
    _removed(session, viewer.account_id, now)


def remove_all(session: Session, account_id: UUID, now: datetime) -> bool:
    """Remove every second factor of an account; return whether there was any."""
    had = queries.factors_of(session, account_id).any
    session.execute(delete(Totp).where(Totp.account_id == account_id))
    session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    if had:
        _removed(session, account_id, now)
    return had


def _removed(session: Session, account_id: UUID, now: datetime) -> None:
    tell(session, account_id, Letter.SECOND_FACTOR_CHANGED, now)
    if not queries.factors_of(session, account_id).any:
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        _forget_shown(session, account_id)


def _forget_shown(session: Session, account_id: UUID) -> None:
    """Let the account's sign-ins have shown nothing, in whichever clinic they act."""
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    shown = (SignIn.account_id == account_id) & SignIn.second_factor_at.is_not(None)
    for clinic_id in session.scalars(select(SignIn.clinic_id).where(shown).distinct()).all():
        with tenancy.acting_for(session, clinic_id):
            forgotten = session.execute(
                update(SignIn)
                .where(SignIn.clinic_id == clinic_id, shown)
                .values(second_factor_at=None)
                .returning(SignIn.member_id, SignIn.id)
            ).all()
            for row in forgotten:
                publish(session, SecondFactorForgotten(clinic_id, row.member_id, row.id))
