"""Keeps what a process knows of the keys' folder fresh, so that keys are rotated without a restart.

The folder is listed now and then, and sooner when somebody shows a token of a key that is not known. Whatever is wrong
with a file that appears later, the process goes on with the keys that it has, and says so.
"""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic

import structlog

from hep_api.accounts import keys
from hep_api.accounts.keys import Key, KeyRing, UnusableKey
from hep_api.foundation.settings import SettingsError

log = structlog.get_logger(__name__)

# Listing a folder of a few files takes 10 microseconds; tokens that name keys at random may cost no more than this.
SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_BETWEEN_LOOKS_FOR_ONE = 1.0


class KeyFolder:
    """The keys of one folder, as one process knows them."""

    def __init__(self, folder: Path, keep: timedelta) -> None:
        self._folder = folder
        self._keep = keep
        self._looking = Lock()
        self._looked_at = monotonic()
        self._names: frozenset[str] = frozenset()
        self._ring = self._first_ring()

    def ring(self) -> KeyRing:
        """Return the keys, at most ten seconds old."""
        self._look_again(SECONDS_BETWEEN_LOOKS)
        return self._ring

    def verifying(self, kid: str, now: datetime) -> Key:
        """Return the key of that id, looking for it in the folder when it is not known; KeyError when there is none."""
        ring = self.ring()
        if not ring.knows(kid):
            self._look_again(SECONDS_BETWEEN_LOOKS_FOR_ONE)
        return self._ring.verifying(kid, now)

    def _first_ring(self) -> KeyRing:
        try:
            self._names = keys.names_in(self._folder)
            ring = keys.load_ring(self._folder, self._names, self._keep)
        except (UnusableKey, OSError) as error:
            raise SettingsError(f"HEP_TOKEN_KEYS_FOLDER: {error}") from None
        if not ring.keys:
            raise SettingsError(f"{self._folder} holds no signing key; `python -m hep_api.accounts.keys` makes one.")
        return ring

    def _look_again(self, seconds: float) -> None:
        if monotonic() - self._looked_at < seconds or not self._looking.acquire(blocking=False):
            return
        try:
            self._looked_at = monotonic()
            self._take_changes()
        finally:
            self._looking.release()

    def _take_changes(self) -> None:
        try:
            names = keys.names_in(self._folder)
            if names in (self._names, frozenset()):
                return
            self._ring = keys.load_ring(self._folder, names, self._keep)
            self._names = names
        except (UnusableKey, OSError) as error:
            log.error("token_keys_unusable", folder=str(self._folder), error_type=type(error).__name__)  # noqa: TRY400
