"""Dates as a reader writes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_interval


class Dates:
    """Dates in a locale such as "de" or "en_GB"."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def long(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def short(self, day: date) -> str:
        return format_date(day, format="d.M." if self.locale == "de" else "d MMM", locale=self.locale)

    def between(self, first: date, last: date) -> str:
        return format_interval(first, last, skeleton="yMMMd", locale=self.locale)

    def instant(self, at: datetime, zone: str) -> str:
        return format_datetime(at, "long", tzinfo=ZoneInfo(zone), locale=self.locale)
