"""Which windows a question about adherence means: the usual ones, or a period of its own; as known now or earlier; as
a whole or as a series.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hep_api.adherence.series import BUCKETS, Bucket
from hep_api.adherence.windows import Window, between, trailing, whole_plan
from hep_api.foundation.errors import invalid_field

USUAL_DAYS = (7, 28)
# A leap year of days; two years of weeks, of which the first and the last may be cut.
MOST_BUCKETS = {Bucket.DAY: 366, Bucket.WEEK: 106}


class WindowName(enum.StrEnum):
    """The windows that have a name; a plan's own dates stand first, as what its figures are first asked for."""

    WHOLE_PLAN = "whole_plan"
    TRAILING_7 = "trailing_7"
    TRAILING_28 = "trailing_28"


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window by the name that the answer shows: `trailing_7`, `trailing_28`, `period` or `whole_plan`."""

    name: str
    window: Window


def windows_asked(
    query: Mapping[str, Any], last_closed: date, plan: tuple[date, date | None] | None = None
) -> list[NamedWindow]:
    """Return the period that a query names, else the trailing 7 and 28 closed days, before them a plan's own dates.

    `plan` is its start and end. A query may ask for one of them by its name.
    """
    from_on, to_on = query["from_on"], query["to_on"]
    if from_on is not None:
        return [NamedWindow("period", between(from_on, to_on or last_closed, last_closed))]
    usual = [NamedWindow(f"trailing_{days}", trailing(days, last_closed)) for days in USUAL_DAYS]
    if plan is not None:
        usual.insert(0, NamedWindow(WindowName.WHOLE_PLAN, whole_plan(*plan, last_closed)))
    named = query.get("window")
    found = [each for each in usual if named in (None, each.name)]
    if not found:
        raise invalid_field("/window", "whole_plan", "Only a plan or a prescription has a whole plan.")
    return found


def instant_asked(query: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the instant as of which is asked, None for now; refuse one that is still to come."""
    known_at: datetime | None = query["as_known_on"]
    if known_at is not None and known_at > now:
        raise invalid_field("/as_known_on", "in_future", "Nothing is known yet of what is still to come.")
    return known_at


def refuse_long_series(by: Bucket | None, window: Window) -> None:
    """Refuse a series of more than 366 days or 106 weeks; it would be too long to look at and to make."""
    if by is not None and sum(1 for _ in BUCKETS[by](window)) > MOST_BUCKETS[by]:
        said = f"A series has at most {MOST_BUCKETS[by]} {by}s; ask for a shorter period, or for one window by name."
        raise invalid_field("/by", "length", said)
