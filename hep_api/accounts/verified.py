"""What a process remembers of tokens whose signature it has verified, as a phone shows the same one all day.

Only that: a token's claims, and by which key object they were verified. Whether its time has come or gone, whether that
key still verifies, and whether the sign-in still stands is asked anew each time. A token that is none of ours leaves no
trace, so nobody fills this without signing in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import Any

from hep_api.accounts.keys import Key

# A kilobyte each.
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Verified:
    """The claims of a token, and the key that signed it."""

    key: Key
    claims: Mapping[str, Any]


class VerifiedTokens:
    """Verified tokens by their digest; when there are too many, the one that came first is forgotten."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._found: dict[bytes, Verified] = {}
        self._changing = Lock()

    def __len__(self) -> int:
        return len(self._found)

    def find(self, token: str) -> Verified | None:
        """Return what is remembered of exactly this token."""
        return self._found.get(_digest(token))

    def remember(self, token: str, key: Key, claims: Mapping[str, Any]) -> Verified:
        """Keep what was verified just now, and return it."""
        verified = Verified(key, MappingProxyType(dict(claims)))
        with self._changing:
            if len(self._found) >= self._most:
                del self._found[next(iter(self._found))]
            self._found[_digest(token)] = verified
        return verified


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
