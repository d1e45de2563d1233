"""Judging what somebody shows as their second factor. What was right is used up by one statement, so it is right once.

A wrong one is answered by None and never by raising: that it was tried must be committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import passkeys, recovery, totp
from hep_api.accounts.actions import guesses
from hep_api.accounts.actions.second_factors import questions
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.means import Means
from hep_api.accounts.models.second_factor import Passkey, RecoveryCode, Totp
from hep_api.accounts.second_factors import Ceremony, Evidence, Method


@dataclass(frozen=True, slots=True)
class Shower:
    """Who shows a second factor: whose it has to be, for which sign-in or challenge, and whose guesses it counts to."""

    account_id: UUID
    bound_to: UUID
    guesses_of: UUID


def show(session: Session, means: Means, shower: Shower, evidence: Evidence, now: datetime) -> Method | None:
    """Return by what the second factor was shown, None when it was wrong; 429 after too many wrong TOTP codes."""
    if evidence.totp_code is not None:
        guesses.count_guess(session, shower.guesses_of, now)
        if not _use_totp(session, means, shower.account_id, evidence.totp_code, now):
            return None
        guesses.forget_guesses(session, shower.guesses_of)
        return Method.TOTP
    if evidence.recovery_code is not None:
        return Method.RECOVERY_CODE if _use_recovery_code(session, shower, evidence.recovery_code, now) else None
    if evidence.passkey is not None:
        return Method.PASSKEY if _use_passkey(session, means, shower, evidence.passkey, now) else None
    return None


def _use_totp(session: Session, means: Means, account_id: UUID, code: str, now: datetime) -> bool:
    kept = session.scalar(select(Totp).where(Totp.account_id == account_id, Totp.confirmed_at.is_not(None)))
    if kept is None:
        return False
    secret = totp.unseal_secret(means.sealer, kept.sealed_secret, account_id.bytes)
    counter = totp.counter_of(secret, code, now)
    if counter is None:
        return False
    changes: dict[str, Any] = {"last_counter": counter}
    if means.sealer.is_outdated(kept.sealed_secret):
        changes["sealed_secret"] = totp.seal_secret(means.sealer, secret, account_id.bytes)
    newer = (Totp.id == kept.id) & (Totp.last_counter < counter)
    return session.scalar(update(Totp).where(newer).values(changes).returning(Totp.id)) is not None


def _use_recovery_code(session: Session, shower: Shower, code: str, now: datetime) -> bool:
    which = (RecoveryCode.account_id == shower.account_id) & (RecoveryCode.digest == recovery.digest_of(code))
    if session.scalar(delete(RecoveryCode).where(which).returning(RecoveryCode.account_id)) is None:
        return False
    tell(session, shower.account_id, Letter.SECOND_FACTOR_CHANGED, now)
    return True


def _use_passkey(session: Session, means: Means, shower: Shower, credential: Mapping[str, Any], now: datetime) -> bool:
    party = means.passkeys_on()
    challenge = questions.take_challenge(session, shower.account_id, shower.bound_to, Ceremony.SHOW, now)
    which = (Passkey.account_id == shower.account_id) & (Passkey.credential_id == passkeys.credential_id_of(credential))
    passkey = session.scalar(select(Passkey).where(which))
    if challenge is None or passkey is None:
        return False
    count = party.read_assertion(credential, challenge, passkey)
    return count is not None and _count_up(session, passkey, count, now)


def _count_up(session: Session, passkey: Passkey, count: int, now: datetime) -> bool:
    """Keep the new sign count. One that has not grown, on a device that counts, may come from a copy of the key."""
    grown = (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0))
    one = update(Passkey).where(Passkey.id == passkey.id)
    if session.scalar(one.where(grown).values(sign_count=count, last_used_at=now).returning(Passkey.id)) is not None:
        return True
    session.execute(one.values(copied_at=now))
    tell(session, passkey.account_id, Letter.PASSKEY_COPIED, now)
    return False
