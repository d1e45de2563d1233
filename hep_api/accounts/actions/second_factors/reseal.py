"""Sealing anew what is sealed under older keys, so that those can go."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts import totp
from hep_api.accounts.means import Means
from hep_api.accounts.models.second_factor import Totp


def reseal_secrets(session: Session, means: Means) -> int:
    """Seal every secret under the newest key and return how many were under an older one."""
    outdated = [
        kept for kept in session.scalars(select(Totp).with_for_update()) if means.sealer.is_outdated(kept.sealed_secret)
    ]
    for kept in outdated:
        place = kept.account_id.bytes
        secret = totp.unseal_secret(means.sealer, kept.sealed_secret, place)
        kept.sealed_secret = totp.seal_secret(means.sealer, secret, place)
    session.flush()
    return len(outdated)
