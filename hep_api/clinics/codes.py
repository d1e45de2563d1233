"""Invitation codes: 140 random bits as 28 letters and digits in groups of four, fit to be read out and typed."""

from datetime import timedelta

from hep_api.foundation import codes

LENGTH = 28
VALID_FOR = timedelta(days=7)
# Each try is counted, right or wrong, before it is judged; what is tried is the birth date or the account's password.
MOST_TRIES = 10


def new_code() -> str:
    """Return a new code, such as 7k2m-x0qp-... in seven groups."""
    return codes.new_code(LENGTH)


def digest_of(code: str) -> bytes:
    """Return what is kept of a code, however it was typed."""
    return codes.digest_of(code)
