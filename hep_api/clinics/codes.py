"""Invitation codes: 140 random bits as 28 letters and digits in groups of four, fit to be read out and typed.

Only a digest is kept. Capitals, spaces, hyphens and letters that look like digits make no difference when typing.
"""

import hashlib
import secrets
from datetime import timedelta

# Crockford's base 32: without i, l, o and u.
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 28, 4
VALID_FOR = timedelta(days=7)
# Each try is counted, right or wrong, before it is judged; what is tried is the birth date or the account's password.
MOST_TRIES = 10

_LOOKALIKES = str.maketrans("ilo", "110", "- ")


def new_code() -> str:
    """Return a new code, such as 7k2m-x0qp-... in seven groups."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest_of(code: str) -> bytes:
    """Return what is kept of a code. It has 140 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(code.lower().translate(_LOOKALIKES).encode()).digest()
