"""What a strict field makes of one JSON value: the value as Python has it, or a refusal that carries its rule's name.

Nothing here knows of schemas. A form that Python happens to read and nobody promised (week dates, UUIDs with braces,
times of 24:00) is refused, so that every version of Python takes the same.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import ValidationError

from hep_api.foundation.web.rules import Broken

FIRST_YEAR, LAST_YEAR = 1900, 2199
FARTHEST_OFFSET = timedelta(hours=14)
MOST_ACCENTS = 30  # on one letter, as in Unicode's Stream-Safe Text Format

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(DAY.pattern + r"[T ]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):\d{2}", re.ASCII)

Moment = TypeVar("Moment", date, datetime)


def refusal(rule: str, words: str) -> ValidationError:
    return ValidationError([Broken(rule, words)])


def text(value: Any) -> str:
    """Return text that PostgreSQL can keep and UTF-8 can carry."""
    if not isinstance(value, str):
        raise refusal("type", "Must be text.")
    if "\x00" in value:
        raise refusal("text", "Must not contain the NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise refusal("text", "Must not contain half of a surrogate pair.") from None
    return value


def normalized(value: str) -> str:
    """Return the text in NFC; a tower of accents is refused, as sorting it takes time by the square of its height."""
    height = 0
    for letter in "" if value.isascii() else value:
        height = height + 1 if unicodedata.combining(letter) else 0
        if height > MOST_ACCENTS:
            raise refusal("text", f"Must not stack more than {MOST_ACCENTS} accents on a letter.")
    return unicodedata.normalize("NFC", value)


def identifier(value: Any) -> UUID:
    """Return the UUID in its customary text form with hyphens."""
    # Python's UUID also reads braces, prefixes and underscores.
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise refusal("uuid", "Must be a UUID with hyphens.")
    return UUID(int=int(value.replace("-", ""), 16))


def day(value: Any) -> date:
    """Return the date YYYY-MM-DD."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None:
        raise refusal("date", "Must be a date as YYYY-MM-DD.")
    return _in_our_years(found)


def instant(value: Any) -> datetime:
    """Return the instant of RFC 3339 with its offset kept."""
    upper = value.upper() if isinstance(value, str) else ""
    try:
        found = datetime.fromisoformat(upper) if INSTANT.fullmatch(upper) else None
    except ValueError:
        found = None
    if found is None:
        raise refusal("instant", "Must be a date and time with offset as in RFC 3339.")
    if abs(found.utcoffset() or timedelta(0)) > FARTHEST_OFFSET:
        raise refusal("range", "Must carry an offset that some zone on earth has, -14:00 to +14:00.")
    return _in_our_years(found)


def time_of_day(value: Any) -> time:
    """Return the time HH:MM."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise refusal("time", "Must be a time as HH:MM.")
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise refusal("time", "Must be a time as HH:MM.") from None


def _in_our_years(moment: Moment) -> Moment:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refusal("range", f"Must lie in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return moment
