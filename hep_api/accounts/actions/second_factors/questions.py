"""What authenticators are asked to sign: made for one purpose, kept for five minutes, taken once."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.means import Means
from hep_api.accounts.models.second_factor import PasskeyChallenge
from hep_api.accounts.passkeys import CHALLENGE_BYTES, Json
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.queries.credentials import email_of_account
from hep_api.accounts.second_factors import Ceremony

GOOD_FOR = timedelta(minutes=5)


def ask_to_register(session: Session, means: Means, account_id: UUID, bound_to: UUID, now: datetime) -> Json:
    """Return what an authenticator needs to make a passkey for the account; 409 where there are no passkeys."""
    party = means.passkeys_on()
    challenge = _new_challenge(session, account_id, bound_to, Ceremony.REGISTER, now)
    email = email_of_account(session, account_id)
    return party.creation_options(account_id, email, challenge, queries.list_passkeys(session, account_id))


def ask_to_show(session: Session, means: Means, account_id: UUID, bound_to: UUID, now: datetime) -> Json:
    """Return what an authenticator needs to show one of the account's passkeys; 409 where there are no passkeys."""
    party = means.passkeys_on()
    challenge = _new_challenge(session, account_id, bound_to, Ceremony.SHOW, now)
    return party.request_options(challenge, queries.list_passkeys(session, account_id))


def take_challenge(
    session: Session, account_id: UUID, bound_to: UUID, ceremony: Ceremony, now: datetime
) -> bytes | None:
    """Remove and return what was asked, None when nothing was, or too long ago: an answer is judged once."""
    return session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.bound_to == bound_to,
            PasskeyChallenge.ceremony == ceremony,
            PasskeyChallenge.account_id == account_id,
            PasskeyChallenge.expires_at > now,
        )
        .returning(PasskeyChallenge.challenge)
    )


def _new_challenge(session: Session, account_id: UUID, bound_to: UUID, ceremony: Ceremony, now: datetime) -> bytes:
    """Return a new challenge; it takes the place of an older one."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    fresh = {"challenge": challenge, "expires_at": now + GOOD_FOR}
    adding = insert(PasskeyChallenge).values(bound_to=bound_to, ceremony=ceremony, account_id=account_id, **fresh)
    session.execute(adding.on_conflict_do_update(index_elements=["bound_to", "ceremony"], set_=fresh))
    return challenge
