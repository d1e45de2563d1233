"""Where the doors ask whether it is too often: `limits().spend(rate, who)` raises 429, before anything is done."""

import hashlib

from flask import Flask, current_app
from limits import RateLimitItem, RateLimitItemPerSecond

from hep_api.foundation.errors import Problem
from hep_api.foundation.limits.counters import Counters
from hep_api.foundation.limits.rates import Rate
from hep_api.foundation.metrics.tallies import Tally
from hep_api.foundation.settings import Settings

TOO_OFTEN = Tally("hep_too_often", "Tries that came too often, by the rate that they exceeded.", "rate")


class Limits:
    """The limits of one app. Without counters nothing is ever too often."""

    def __init__(self, counters: Counters | None) -> None:
        self.counters = counters
        self._items: dict[Rate, RateLimitItem] = {}

    def spend(self, rate: Rate, *who: str) -> None:
        """Count one more for somebody; raise 429 when it is too often."""
        seconds = self.take(rate, *who)
        if seconds:
            raise too_many_requests(seconds)

    def take(self, rate: Rate, *who: str) -> int:
        """Count one more for somebody and return 0 when it is within the rate, else for how many seconds it is not."""
        if self.counters is None:
            return 0
        seconds = self.counters.take(self._item(rate, self.counters.settings), _key(who))
        if seconds:
            TOO_OFTEN.add(rate.name)
        return seconds

    def forget(self, rate: Rate, *who: str) -> None:
        """Begin to count anew for somebody."""
        if self.counters is not None:
            self.counters.forget(self._item(rate, self.counters.settings), _key(who))

    def _item(self, rate: Rate, settings: Settings) -> RateLimitItem:
        found = self._items.get(rate)
        if found is None:
            found = self._items[rate] = RateLimitItemPerSecond(rate.most(settings), rate.seconds, rate.name)
        return found


def make_limits(app: Flask, settings: Settings) -> Limits:
    """Build the app's limits from its settings."""
    return Limits(Counters(app, settings) if settings.limits_enabled else None)


def limits() -> Limits:
    """Return the current app's limits."""
    found: Limits = current_app.extensions["hep_limits"]
    return found


def too_many_requests(seconds: int) -> Problem:
    """Return the one answer to whoever does something too often."""
    detail = f"Too many requests; try again in {seconds} seconds."
    return Problem("too_many_requests", 429, detail, headers={"Retry-After": str(seconds)})


def _key(who: tuple[str, ...]) -> str:
    """Return what somebody is counted by: e-mails and addresses are not to be read in Redis."""
    return hashlib.blake2b("\0".join(who).encode(errors="surrogatepass"), digest_size=16).hexdigest()
