"""A sign-in that waits for its second factor: the password was right, and tokens come when a second factor is shown.

What the device holds meanwhile is good for this one sign-in: five minutes, five tries, as long as the password stays.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.actions.second_factors import questions
from hep_api.accounts.means import Means
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.models.second_factor import SignInChallenge
from hep_api.accounts.passkeys import Json
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.second_factors import Method
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem, not_signed_in
from hep_api.foundation.tenancy import Key

GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """The question for a second factor: `challenge` goes with the answer; `passkey` is for the authenticator."""

    challenge: str
    methods: list[Method]
    passkey: Json | None

    def as_problem(self) -> Problem:
        """Return the refusal that asks it."""
        detail = "The password is right; show your second factor, by POST /v1/sign-ins/second-factor."
        extra: dict[str, Any] = {
            "methods": [method.value for method in self.methods],
            "challenge": self.challenge,
            "expires_in": int(GOOD_FOR.total_seconds()),
            "passkey": self.passkey,
        }
        return Problem("second_factor_needed", 401, detail, headers={"WWW-Authenticate": "Bearer"}, extra=extra)


def ask_for_second_factor(session: Session, means: Means, sign_in: SignIn, now: datetime) -> Asked | None:
    """Return the question that a sign-in depends on, None when its account has no second factor.

    The sign-in has not begun: it says for whom, where and on which device it would.
    """
    factors = queries.factors_of(session, sign_in.account_id)
    if not factors.any:
        return None
    token = secrets.token_urlsafe(32)
    challenge = SignInChallenge(
        clinic_id=sign_in.clinic_id,
        account_id=sign_in.account_id,
        password_version=session.scalars(
            select(Account.password_version).where(Account.id == sign_in.account_id)
        ).one(),
        digest=digest_of(token),
        device_name=sign_in.device_name,
        device_digest=sign_in.device_digest,
        expires_at=now + GOOD_FOR,
    )
    session.add(challenge)
    session.flush()
    if Method.PASSKEY not in factors.methods or means.relying_party is None:
        return Asked(token, [method for method in factors.methods if method is not Method.PASSKEY], None)
    passkey = questions.ask_to_show(session, means, sign_in.account_id, challenge.id, now)
    return Asked(token, factors.methods, passkey)


def try_challenge(session: Session, token: str, now: datetime) -> SignInChallenge:
    """Count a try of a challenge and return it; from here on the transaction acts for its clinic.

    The one 401 for every challenge that is good for nothing: unknown, used, expired, worn out, older than the password.
    """
    digest = digest_of(token)
    tenancy.hold_up(session, Key.SIGN_IN_CHALLENGE, digest.hex())
    clinic_id = session.scalar(select(SignInChallenge.clinic_id).where(SignInChallenge.digest == digest))
    if clinic_id is None:
        raise _challenge_invalid()
    tenancy.act_for(session, clinic_id)
    tried: SignInChallenge | None = session.scalar(
        update(SignInChallenge)
        .where(
            SignInChallenge.clinic_id == clinic_id,
            SignInChallenge.digest == digest,
            SignInChallenge.used_at.is_(None),
            SignInChallenge.expires_at > now,
            SignInChallenge.tries < MOST_TRIES,
            exists().where(
                Account.id == SignInChallenge.account_id,
                Account.password_version == SignInChallenge.password_version,
            ),
        )
        .values(tries=SignInChallenge.tries + 1)
        .returning(SignInChallenge)
    )
    if tried is None:
        raise _challenge_invalid()
    return tried


def use_challenge(session: Session, challenge: SignInChallenge, now: datetime) -> None:
    """Use the challenge up, and hold its account's password as it is until the transaction ends.

    A password changed just now ends all sign-ins; one that starts beside it must not survive it.
    """
    account = (Account.id == challenge.account_id) & (Account.password_version == challenge.password_version)
    if session.scalar(select(Account.id).where(account).with_for_update(read=True)) is None:
        raise _challenge_invalid()
    challenge.used_at = now
    session.flush()


def digest_of(token: str) -> bytes:
    """Return what is kept of a challenge. It has 256 random bits, so a plain digest cannot be guessed back."""
    return sha256(token.encode()).digest()


def _challenge_invalid() -> Problem:
    detail = "This challenge is unknown, used, expired or worn out, or the password has changed; sign in again."
    return not_signed_in("challenge_invalid", detail)
