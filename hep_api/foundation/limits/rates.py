"""The rates that every door knows. Others stand beside what they protect.

An address is shared by everybody behind it: the staff of a clinic, or all who use one mobile network. So what is
counted by address alone is generous, and nothing counted by address is refused to somebody with a token of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hep_api.foundation.settings import Settings

MINUTE, HOUR = 60, 60 * 60


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds; each rate counts by itself, under its name."""

    name: str
    most: Callable[[Settings], int]
    seconds: int = MINUTE


def at_most(most: int, seconds: int, name: str) -> Rate:
    """Return a rate that no setting changes."""
    return Rate(name, lambda _: most, seconds)


# By sign-in, over all doors.
REQUESTS = Rate("requests", lambda settings: settings.requests_per_minute)
# By address, at each door that anyone may use: what people do by hand, and what programs do by themselves.
BY_HAND = Rate("by_hand", lambda settings: settings.open_requests_per_minute)
BY_PROGRAM = Rate("by_program", lambda settings: 10 * settings.open_requests_per_minute)
# By address: requests and connections that show no token, or none of ours. One that has expired is not among them.
BAD_TOKENS = Rate("bad_tokens", lambda settings: 5 * settings.open_requests_per_minute)
# By address: new connections. After a restart all phones behind an address come back at once.
HANDSHAKES = Rate("handshakes", lambda settings: 10 * settings.open_requests_per_minute)
