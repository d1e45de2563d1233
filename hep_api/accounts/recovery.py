"""Recovery codes: ten, shown once, each good once, for whoever has lost their other second factors."""

from hep_api.foundation import codes

HOW_MANY = 10
# 120 random bits: a plain digest cannot be guessed back, and guessing needs no bound.
LENGTH = 24


def new_codes() -> list[str]:
    """Return new recovery codes."""
    return [codes.new_code(LENGTH) for _ in range(HOW_MANY)]


def digest_of(code: str) -> bytes:
    """Return what is kept of a code, however it was typed."""
    return codes.digest_of(code)
