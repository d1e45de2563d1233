"""Authenticator apps (TOTP, RFC 6238): six digits every thirty seconds, as every app knows them.

A code is good in its own half minute and in the ones beside it, as phones' clocks drift; that a code is good once is
decided by the counter that its row keeps.
"""

from datetime import datetime, timedelta

import pyotp

from hep_api.accounts.sealing import Sealer

# 160 bits, as long as the hash that is made with it.
SECRET_LETTERS = 32
DRIFT_STEPS = 1
# What was not confirmed by then has to be set up anew.
CONFIRMED_WITHIN = timedelta(hours=1)


def new_secret() -> str:
    """Return a new secret in base 32."""
    return pyotp.random_base32(SECRET_LETTERS)


def uri_of(secret: str, email: str, issuer: str) -> str:
    """Return what an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def counter_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the counter that a code belongs to, None when it is no code of these minutes."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=DRIFT_STEPS)
    except pyotp.OTPVerificationError:
        return None


def seal_secret(sealer: Sealer, secret: str, account_id: bytes) -> bytes:
    return sealer.seal(secret.encode(), account_id)


def unseal_secret(sealer: Sealer, sealed: bytes, account_id: bytes) -> str:
    return sealer.unseal(sealed, account_id).decode()
