"""Which windows a question about adherence means: the usual ones, or a period of its own; as known now or earlier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hep_api.adherence.windows import Window, between, trailing
from hep_api.foundation.errors import invalid_field

USUAL_DAYS = (7, 28)


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window by the name that the answer shows: `trailing_7`, `trailing_28`, `period` or `whole_plan`."""

    name: str
    window: Window


def windows_asked(query: Mapping[str, Any], last_closed: date) -> list[NamedWindow]:
    """Return the period that a query names, else the trailing 7 and 28 closed days."""
    from_on, to_on = query["from_on"], query["to_on"]
    if from_on is None:
        return [NamedWindow(f"trailing_{days}", trailing(days, last_closed)) for days in USUAL_DAYS]
    return [NamedWindow("period", between(from_on, to_on or last_closed, last_closed))]


def instant_asked(query: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the instant as of which is asked, None for now; refuse one that is still to come."""
    known_at: datetime | None = query["as_known_on"]
    if known_at is not None and known_at > now:
        raise invalid_field("/as_known_on", "in_future", "Nothing is known yet of what is still to come.")
    return known_at
