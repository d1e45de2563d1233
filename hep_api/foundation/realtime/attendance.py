"""Who is connected to this process: visitors who have not said who they are, and callers who were let in.

It remembers and it counts time; whom to believe is the switchboard's business.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from hep_api.foundation.realtime import farewells
from hep_api.foundation.realtime.farewells import Farewell
from hep_api.foundation.realtime.limits import Limits

Claims = Mapping[str, Any]
EVICTIONS_REMEMBERED_SECONDS = 60.0


@dataclass(slots=True)
class Visitor:
    """A connection that is not let in yet: until when it may stand there, and how often it has tried."""

    until: float
    introductions: int = 0


@dataclass(slots=True)
class Caller:
    """A connection that was let in: the claims it showed, and the names it can be reached or hung up by."""

    claims: Claims
    names: Sequence[str]
    expires_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.believe(self.claims)

    def believe(self, claims: Claims) -> None:
        """Take newer claims of the same sign-in."""
        self.claims = claims
        self.expires_at = datetime.fromtimestamp(claims["exp"], UTC)


class Attendance:
    """Connections by their `line`. `hang_up` closes one and says why; closing comes back as `closed`."""

    def __init__(self, limits: Limits, hang_up: Callable[[str, Farewell], None]) -> None:
        self._limits = limits
        self._hang_up = hang_up
        self._visitors: dict[str, Visitor] = {}
        self._callers: dict[str, Caller] = {}
        self._evicted_at: dict[str, float] = {}
        self._addresses: dict[str, str | None] = {}

    def opened(self, line: str, address: str | None = None) -> None:
        self._addresses[line] = address
        self._visit(line)

    def _visit(self, line: str) -> None:
        self._visitors[line] = Visitor(monotonic() + self._limits.seconds_to_introduce_oneself)

    def closed(self, line: str) -> None:
        self._visitors.pop(line, None)
        self._callers.pop(line, None)
        self._addresses.pop(line, None)

    def address_of(self, line: str) -> str | None:
        """Return the network address that a connection came from."""
        return self._addresses.get(line)

    def left(self, line: str) -> None:
        """A caller left the namespace and kept the connection: a visitor again."""
        self._callers.pop(line, None)
        self._visit(line)

    def admit(self, line: str, caller: Caller, arrived_at: float) -> bool:
        """Let the caller in, unless one of its names was evicted while it was being looked up."""
        if any(self._evicted_at.get(name, 0.0) >= arrived_at for name in caller.names):
            return False
        self._visitors.pop(line, None)
        self._callers[line] = caller
        return True

    def caller(self, line: str) -> Caller | None:
        return self._callers.get(line)

    def count_introduction(self, line: str) -> int:
        """Return the how-manieth introduction this is."""
        visitor = self._visitors.setdefault(line, Visitor(monotonic() + self._limits.seconds_to_introduce_oneself))
        visitor.introductions += 1
        return visitor.introductions

    def give_time_to_renew(self, line: str) -> None:
        self._visitors[line].until = monotonic() + self._limits.seconds_to_renew

    def everyone(self) -> list[tuple[str, Caller]]:
        return list(self._callers.items())

    def evict(self, names: Collection[str]) -> None:
        """Hang up every caller known by one of `names`, and refuse those that are just arriving."""
        for name in names:
            self._evicted_at[name] = monotonic()
        known = [line for line, caller in self.everyone() if not set(caller.names).isdisjoint(names)]
        self._hang_up_all(known, farewells.ACCESS_CHANGED)

    def show_out(self, now: datetime) -> None:
        """Hang up visitors who stood there too long and callers whose claims have expired."""
        instant = monotonic()
        late = [line for line, visitor in self._visitors.items() if visitor.until <= instant]
        self._hang_up_all(late, farewells.NOT_INTRODUCED)
        expired = [line for line, caller in self.everyone() if caller.expires_at <= now]
        self._hang_up_all(expired, farewells.EXPIRED)
        forget_before = instant - EVICTIONS_REMEMBERED_SECONDS
        for name in [name for name, when in self._evicted_at.items() if when < forget_before]:
            del self._evicted_at[name]

    def hang_up_holders(self, sign_ins: Collection[Any]) -> None:
        """Hang up every caller whose sign-in is one of `sign_ins`."""
        theirs = [line for line, caller in self.everyone() if caller.claims["sid"] in sign_ins]
        self._hang_up_all(theirs, farewells.SIGN_IN_ENDED)

    def _hang_up_all(self, lines: Iterable[str], farewell: Farewell) -> None:
        for line in lines:
            self._hang_up(line, farewell)
