"""Background doors of accounts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import RefreshToken, SignIn
from hep_api.foundation import tenancy

# A sign-in is shown for a while after its end, so that a person can see what it was.
ENDED_KEPT_FOR = timedelta(days=30)
# Longer than any access token lives.
YOUNGEST_LEFT_ALONE = timedelta(days=1)


def prune_sign_ins(session: Session, _: Mapping[str, Any], now: datetime) -> None:
    """Remove refresh tokens that have expired, and sign-ins that ended long ago or cannot be renewed any more.

    A used token stays until it would have expired: until then its reuse gives a thief away.
    """
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now))
    renewable = exists().where(RefreshToken.sign_in_id == SignIn.id)
    gone = SignIn.ended_at.is_(None) & (SignIn.created_at < now - YOUNGEST_LEFT_ALONE) & ~renewable
    for clinic_id in tenancy.each_clinic(session):
        ended = SignIn.ended_at < now - ENDED_KEPT_FOR
        session.execute(delete(SignIn).where(SignIn.clinic_id == clinic_id, ended | gone))
