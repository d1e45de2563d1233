"""Flask-Limiter, asked by our doors: its storages, its strategy and its way of going on without Redis.

Before each request it would look up by itself what applies; that costs 75 microseconds, and it is before anyone knows
who asks. Our doors know, and ask at the right moment, for 5.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import structlog
from flask import Flask, request
from flask_limiter import Limiter
from limits import RateLimitItem
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from hep_api.foundation import clock
from hep_api.foundation.limits.memory import Memory
from hep_api.foundation.settings import Settings

T = TypeVar("T")

log = structlog.get_logger(__name__)

# A Redis that hangs holds up one request for so long, and then one each time it is looked for again.
REDIS_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0


class Counters(Limiter):
    """The counts of one app. `in_memory_fallback_enabled`: while Redis is away, each process counts for itself."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.settings = settings
        self._looking = Lock()
        self._pause = 1.0
        self._look_again_at = 0.0
        super().__init__(
            lambda: request.remote_addr or "",
            app=app,
            storage_uri=_storage_uri(settings.redis_url),
            storage_options=_storage_options(settings),
            strategy="fixed-window",
            in_memory_fallback_enabled=True,
        )
        self._fallback_limiter = FixedWindowRateLimiter(Memory())

    def take(self, item: RateLimitItem, key: str) -> int:
        """Count one more and return 0 when it is within the rate, else for how many seconds there is none."""
        return self._with_storage(lambda: self._take(item, key))

    def forget(self, item: RateLimitItem, key: str) -> None:
        """Begin to count anew."""
        self._with_storage(lambda: self.limiter.clear(item, key))

    @property
    def is_alone(self) -> bool:
        """Tell whether Redis is away."""
        return self._storage_dead

    def _with_storage(self, ask: Callable[[], T]) -> T:
        """Ask the storage; when it is away, the process's own memory."""
        if self._storage_dead:
            self._look_for_storage()
        try:
            return ask()
        except StorageError:
            self._go_on_alone()
            return ask()

    def _take(self, item: RateLimitItem, key: str) -> int:
        counting = self.limiter
        if counting.hit(item, key):
            return 0
        return max(1, int(counting.get_window_stats(item, key).reset_time - clock.now().timestamp()) + 1)

    def _go_on_alone(self) -> None:
        log.warning("limits_storage_away")
        self._storage_dead = True
        self._pause = 1.0
        self._look_again_at = monotonic() + self._pause

    def _look_for_storage(self) -> None:
        if monotonic() < self._look_again_at or not self._looking.acquire(blocking=False):
            return
        try:
            if self.storage.check():
                log.info("limits_storage_back")
                self._storage_dead = False
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
            self._look_again_at = monotonic() + self._pause
        finally:
            self._looking.release()

    def _check_request_limit(self, *_: Any, **__: Any) -> None:
        """Look nothing up before a request: the door asks."""


def _storage_uri(redis_url: str) -> str:
    if not redis_url:
        return "bounded-memory://"
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url


def _storage_options(settings: Settings) -> dict[str, Any]:
    if not settings.redis_url:
        return {"wrap_exceptions": True}
    return {
        "wrap_exceptions": True,
        "key_prefix": f"{settings.token_issuer}:limits",
        "socket_connect_timeout": REDIS_SECONDS,
        "socket_timeout": REDIS_SECONDS,
        # Trying again is ours: the library would wait for seconds.
        "retry": Retry(NoBackoff(), 0),
    }
