"""Which sign-ins still stand, for whoever does something for their owners without being asked by them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_

from hep_api.accounts.models.identity import RefreshToken, SignIn

# No setting makes the life of a refresh token, or of a sign-in, shorter.
ALWAYS_RENEWABLE_FOR = timedelta(days=1)


def stands(now: datetime) -> ColumnElement[bool]:
    """Return the condition on `SignIn` that it has not ended and its tokens can still be renewed. One that lies unused
    for long, or is as old as any may get, is over without anybody having ended it.
    """
    unused = RefreshToken.used_at.is_(None) & (RefreshToken.expires_at > now)
    renewable = exists().where(RefreshToken.sign_in_id == SignIn.id, unused)
    return SignIn.ended_at.is_(None) & or_(SignIn.created_at > now - ALWAYS_RENEWABLE_FOR, renewable)
