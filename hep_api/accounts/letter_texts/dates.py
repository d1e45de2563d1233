"""An instant in words of each language that is written, in UTC: whoever reads a letter may be anywhere."""

from collections.abc import Mapping
from datetime import UTC, datetime

MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
DATES: Mapping[str, str] = {
    "en": "{day} {month} {year}, {clock} UTC",
    "es": "{day} de {month} de {year}, {clock} UTC",
    "de": "{day}. {month} {year}, {clock} UTC",
    "fr": "{day} {month} {year}, {clock} UTC",
}


def in_words(instant: datetime, language: str) -> str:
    """Return an instant as "22 November 2026, 08:30 UTC" in a language that is written."""
    at = instant.astimezone(UTC)
    month = MONTHS[language].split()[at.month - 1]
    return DATES[language].format(day=at.day, month=month, year=at.year, clock=f"{at:%H:%M}")
