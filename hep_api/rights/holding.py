"""Until when a record is kept: the clinic's years after the last contact, and a hold on the one patient."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from hep_api.foundation.errors import Problem


class Because(StrEnum):
    """What keeps a record."""

    YEARS = "records_kept_years"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Held:
    """The last day on which a record is kept, in the clinic's zone, and why."""

    until: date
    because: Because


def years_after(contact: datetime, years: int, zone: str) -> date:
    """Return the same date so many years later; of 29 February the first of March, so never too early."""
    day = contact.astimezone(ZoneInfo(zone)).date()
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_hold(today: date, kept_until: date | None, hold_until: date | None) -> Held | None:
    """Return what keeps the record longest; None when nothing keeps it today."""
    holds = [
        Held(until, because)
        for until, because in ((kept_until, Because.YEARS), (hold_until, Because.HOLD))
        if until is not None and until >= today
    ]
    return max(holds, key=lambda held: held.until, default=None)


def still_held(held: Held) -> Problem:
    """Return the refusal to erase what has to be kept."""
    why = {
        Because.YEARS: "the clinic keeps records for a number of years after the last contact",
        Because.HOLD: "there is a hold on it",
    }[held.because]
    return Problem(
        "record_held",
        409,
        f"The record is kept up to and including {held.until.isoformat()}: {why}.",
        extra={"held_until": held.until.isoformat(), "because": held.because.value},
    )
