"""One-time codes that people read out and type: random letters and digits in groups of four.

Only a digest is kept. Capitals, spaces, hyphens and letters that look like digits make no difference when typing.
"""

import hashlib
import secrets

# Crockford's base 32: without i, l, o and u. Five bits each.
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
GROUP = 4

_LOOKALIKES = str.maketrans("ilo", "110", "- ")


def new_code(length: int) -> str:
    """Return a new code of `length` letters, such as 7k2m-x0qp-..."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(length))
    return "-".join(letters[start : start + GROUP] for start in range(0, length, GROUP))


def digest_of(code: str) -> bytes:
    """Return what is kept of a code. It is plain: a code has to have 112 random bits or more, 23 letters."""
    return hashlib.sha256(code.lower().translate(_LOOKALIKES).encode()).digest()
