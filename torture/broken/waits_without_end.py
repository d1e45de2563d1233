"""Whoever wants a connection or a lock waits until there is one, as long as it takes."""

from dataclasses import replace
from typing import Any

from hep_api.foundation import database
from torture.broken.taking import replacing

SECONDS = 600


def do() -> None:
    replacing(database, "create_engine", _patiently)
    replacing(database, "build_engine", _without_limits)


def _patiently(whole: Any, url: str, **options: Any) -> Any:
    return whole(url, **options | {"pool_timeout": SECONDS})


def _without_limits(whole: Any, settings: Any) -> Any:
    return whole(replace(settings, lock_timeout_ms=SECONDS * 1000, statement_timeout_ms=SECONDS * 1000))
