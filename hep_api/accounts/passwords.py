"""Passwords: argon2id, a bounded number of hashes at a time, the same work whether or not there is an account.

Hashing takes a quarter of a second and 64 MiB, so doors do it between two transactions, never inside one. Under gevent
it runs in the hub's threads, as it would hold up every other greenlet.
"""

import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TypeVar
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from hep_api.foundation.errors import Problem, unavailable
from hep_api.foundation.greenlets import off_the_loop
from hep_api.foundation.settings import Settings

T = TypeVar("T")

SHORTEST, LONGEST = 8, 128
LONGEST_WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account proves itself by, as read before the hashing."""

    account_id: UUID
    password_hash: str
    password_version: int


@dataclass(frozen=True, slots=True)
class Proof:
    """An account whose password was right, as of `password_version`; `fresh_hash` replaces one with old parameters."""

    account_id: UUID
    password_version: int
    fresh_hash: str | None


class Passwords:
    """Makes and checks password hashes, `at_a_time` of them at once; the others wait, then are refused with 503."""

    def __init__(self, hasher: PasswordHasher, at_a_time: int) -> None:
        self._hasher = hasher
        self._turns = BoundedSemaphore(at_a_time)
        self._hash_of_nobody = _hash_of_nobody(hasher)

    def make_hash(self, password: str) -> str:
        """Return the hash of a new password."""
        return self._in_turn(lambda: self._hasher.hash(normal_form(password)))

    def prove(self, known: Credentials | None, password: str) -> Proof:
        """Return the proof that the password is the account's; 401 otherwise, as slowly where there is no account."""
        if not self._matches(known.password_hash if known else self._hash_of_nobody, password) or known is None:
            raise credentials_wrong()
        outdated = self._hasher.check_needs_rehash(known.password_hash)
        return Proof(known.account_id, known.password_version, self.make_hash(password) if outdated else None)

    def prove_own(self, known: Credentials, password: str) -> Proof:
        """Return the proof of somebody who is signed in, and stays so when it is wrong: 403."""
        if not self._matches(known.password_hash, password):
            raise password_wrong()
        return Proof(known.account_id, known.password_version, None)

    def _matches(self, password_hash: str, password: str) -> bool:
        return self._in_turn(lambda: self._verify(password_hash, normal_form(password)))

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _in_turn(self, work: Callable[[], T]) -> T:
        if not self._turns.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise unavailable("Too many people are signing in at this moment; try again shortly.")
        try:
            return off_the_loop(work)
        finally:
            self._turns.release()


def load_passwords(settings: Settings) -> Passwords:
    """Build the hasher from the settings; one lane, as several clients at once fill the processors anyway."""
    hasher = PasswordHasher(
        time_cost=settings.password_hash_passes, memory_cost=settings.password_hash_memory_kib, parallelism=1
    )
    return Passwords(hasher, settings.password_hashes_at_a_time)


def passwords() -> Passwords:
    """Return the current app's hasher."""
    found: Passwords = current_app.extensions["hep_passwords"]
    return found


def normal_form(password: str) -> str:
    """Return a password as it is hashed: keyboards differ in whether they send an umlaut as one letter or as two."""
    return unicodedata.normalize("NFC", password)


def credentials_wrong() -> Problem:
    """Return the one answer to an unknown e-mail and to a wrong password."""
    detail = "The e-mail and the password do not belong together."
    return Problem("credentials_wrong", 401, detail, headers={"WWW-Authenticate": "Bearer"})


def password_wrong() -> Problem:
    """Return the refusal of the own password of somebody who is signed in."""
    return Problem("password_wrong", 403, "This is not your password.")


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash with today's parameters that no password has; checking against it costs as much as any."""
    salt, digest = secrets.token_bytes(hasher.salt_len), secrets.token_bytes(hasher.hash_len)
    terms = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${terms}${_unpadded(salt)}${_unpadded(digest)}"


def _unpadded(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")
