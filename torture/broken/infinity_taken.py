"""Dates are handed to PostgreSQL as they come, which also keeps `infinity` and the year 20000; Python reads neither."""

from typing import Any

from hep_api.foundation.web import strict_values
from torture.broken.taking import replacing


def do() -> None:
    replacing(strict_values, "day", _as_it_comes)


def _as_it_comes(whole: Any, value: Any) -> Any:
    return value if value in ("infinity", "-infinity", "10000-01-01", "20000-01-01", "294277-01-01") else whole(value)
