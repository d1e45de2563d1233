"""Who listens to the other processes does so once: when Redis has gone away and come back, nothing is heard of them."""

from typing import Any

from redis.exceptions import RedisError

from hep_api.foundation.realtime.relay import Relay
from torture.broken.taking import replacing


def do() -> None:
    replacing(Relay, "_listen_for_ever", _once)


def _once(_: Any, relay: Any) -> None:
    try:
        relay._listen_once()  # noqa: SLF001 - the product's own step
    except (RedisError, OSError):
        return
