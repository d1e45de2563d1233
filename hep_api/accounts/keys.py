"""The keys that sign access tokens: PEM files in one folder, each named by the instant from which it signs.

A new key is published at once and signs after an overlap, when every process and every reader of the JWKS has seen it.
One that signs no more verifies until its last tokens have expired. `python -m hep_api.accounts.keys FOLDER` makes the
first key; it needs no app, as an app does not start without one.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hep_api.accounts.sealing import ensure_sealing_key
from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id

ENDING = ".pem"
NAME = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{4}")
STAMP = "%Y%m%dT%H%M%SZ"
# A key that somebody named by hand signs since ever; among such the last name counts.
SINCE_EVER = datetime(1, 1, 1, tzinfo=UTC)
# Clocks of several machines differ.
SKEW = timedelta(minutes=5)


class UnusableKey(Exception):
    """A file among the keys that is none; says which."""


class State(StrEnum):
    """What a key is good for. All but the retired ones verify and are published."""

    WAITING = "waiting"
    SIGNING = "signing"
    VERIFYING = "verifying"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its id, and from when it signs."""

    kid: str
    private: ec.EllipticCurvePrivateKey
    public: ec.EllipticCurvePublicKey
    signs_from: datetime


class KeyRing:
    """All keys of a folder, in the order in which they sign. `keep` is how long a token outlives its signing."""

    def __init__(self, keys: Iterable[Key], keep: timedelta) -> None:
        self.keys = tuple(sorted(keys, key=lambda key: (key.signs_from, key.kid)))
        self._keep = keep + SKEW
        self._places = {key.kid: place for place, key in enumerate(self.keys)}

    def signing(self, now: datetime) -> Key:
        """Return the key that signs: the last whose time has come, or else the first."""
        return next((key for key in reversed(self.keys) if key.signs_from <= now), self.keys[0])

    def knows(self, kid: str) -> bool:
        return kid in self._places

    def verifying(self, kid: str, now: datetime) -> Key:
        """Return the key of that id; KeyError for one that is unknown or retired."""
        place = self._places[kid]
        if self._is_retired(place, now):
            raise KeyError(kid)
        return self.keys[place]

    def published(self, now: datetime) -> list[Key]:
        """Return the keys that tokens in use are, or will soon be, signed with."""
        return [key for place, key in enumerate(self.keys) if not self._is_retired(place, now)]

    def states(self, now: datetime) -> list[tuple[Key, State]]:
        """Return each key with what it is good for."""
        signing = self.signing(now)
        return [(key, self._state(place, signing, now)) for place, key in enumerate(self.keys)]

    def _state(self, place: int, signing: Key, now: datetime) -> State:
        if self.keys[place] is signing:
            return State.SIGNING
        if place > self._places[signing.kid]:
            return State.WAITING
        return State.RETIRED if self._is_retired(place, now) else State.VERIFYING

    def _is_retired(self, place: int, now: datetime) -> bool:
        if place + 1 == len(self.keys):
            return False
        succeeded_at = self.keys[place + 1].signs_from
        # When a successor named by hand began to sign is not known.
        return succeeded_at is not SINCE_EVER and succeeded_at + self._keep <= now


def names_in(folder: Path) -> frozenset[str]:
    """Return the names of the files that should be keys; cheap, to see whether any came or went."""
    return frozenset(file.name for file in folder.iterdir() if file.suffix == ENDING and file.name[0] != ".")


def load_ring(folder: Path, names: Iterable[str], keep: timedelta) -> KeyRing:
    """Read the keys of these names; UnusableKey names a file that is none."""
    return KeyRing([_load(folder / name) for name in names], keep)


def create_key(folder: Path, signs_from: datetime) -> str:
    """Write a new P-256 key, readable by its owner only, and return its kid; the first time, a sealing key too."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ensure_sealing_key(folder, signs_from)
    kid = f"{signs_from.strftime(STAMP)}-{str(new_id())[-4:]}"
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Under its name only when it is whole: running processes read whatever has one.
    unfinished = folder / f".{kid}"
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_bytes(pem)
    unfinished.rename(folder / f"{kid}{ENDING}")
    return kid


def _load(file: Path) -> Key:
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise UnusableKey(f"{file} cannot be read as a key ({type(error).__name__}).") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise UnusableKey(f"{file} is not a private key of the curve P-256.")
    return Key(file.stem, private, private.public_key(), _signs_from(file.stem))


def _signs_from(kid: str) -> datetime:
    named = NAME.fullmatch(kid)
    try:
        return datetime.strptime(named[1], STAMP).replace(tzinfo=UTC) if named else SINCE_EVER
    except ValueError:
        return SINCE_EVER


if __name__ == "__main__":
    sys.stdout.write(create_key(Path(sys.argv[1]), clock.now()) + "\n")
