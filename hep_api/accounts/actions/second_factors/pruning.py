"""Removing what nobody can answer any more: questions, offers that were not taken up, and counts that are over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.accounts.actions import guesses
from hep_api.accounts.models.second_factor import Guesses, PasskeyChallenge, SignInChallenge, Totp
from hep_api.accounts.totp import CONFIRMED_WITHIN


def prune(session: Session, now: datetime) -> None:
    """Remove what belongs to no clinic and is good for nothing any more."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now))
    session.execute(delete(Totp).where(Totp.confirmed_at.is_(None), Totp.created_at < now - CONFIRMED_WITHIN))
    session.execute(delete(Guesses).where(Guesses.since < now - guesses.WITHIN))


def prune_challenges(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Remove a clinic's sign-ins that waited too long for their second factor."""
    session.execute(
        delete(SignInChallenge).where(SignInChallenge.clinic_id == clinic_id, SignInChallenge.expires_at < now)
    )
