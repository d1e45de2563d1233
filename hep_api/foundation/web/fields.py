"""Strict input fields: no NUL, no lone surrogates, no 7.9 taken for 7, no "yes" taken for true, no endless text.

Each refusal carries the name of its rule (`rules.Broken`); the bounds also reach openapi.yaml.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError, fields, validate

from hep_api.foundation.web.rules import Broken

FIRST_YEAR, LAST_YEAR = 1900, 2199
FARTHEST_OFFSET = timedelta(hours=14)
MOST_ACCENTS = 30  # on one letter, as in Unicode's Stream-Safe Text Format
LONGEST_DECOMPOSED = 4  # characters that NFC may make one of

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(DAY.pattern + r"[T ]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):\d{2}", re.ASCII)

Moment = TypeVar("Moment", date, datetime)


def _refuse(rule: str, words: str) -> ValidationError:
    return ValidationError([Broken(rule, words)])


def _besides(given: Any, own: Any) -> list[Any]:
    """Return the validators that a field was given, behind the bounds of its own."""
    if given is None:
        return [own]
    return [own, *(given if isinstance(given, list | tuple) else [given])]


def _readable(value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse("type", "Must be text.")
    if "\x00" in value:
        raise _refuse("text", "Must not contain the NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refuse("text", "Must not contain half of a surrogate pair.") from None
    return value


def _sparing(text: str) -> str:
    """Refuse a tower of accents: sorting them, which normalizing does, takes time by the square of their number."""
    run = 0
    for letter in "" if text.isascii() else text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > MOST_ACCENTS:
            raise _refuse("text", f"Must not stack more than {MOST_ACCENTS} accents on a letter.")
    return text


class Text(fields.String):
    """Text of `least` to `most` characters, normalized to NFC; one-line text refuses control characters."""

    def __init__(self, *, most: int, least: int = 1, lines: bool = False, **kwargs: Any) -> None:
        words = f"Must be {least} to {most} characters long."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Length(min=least or None, max=most, error=Broken("length", words))
        )
        super().__init__(**kwargs)
        self.lines = lines
        self.least = least
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and len(value) > LONGEST_DECOMPOSED * self.most:
            # Judged before a megabyte is looked through letter by letter.
            raise _refuse("length", f"Must be {self.least} to {self.most} characters long.")
        text = unicodedata.normalize("NFC", _sparing(_readable(value)))
        allowed = "\n\t\r" if self.lines else ""
        if any(unicodedata.category(letter) == "Cc" and letter not in allowed for letter in text):
            raise _refuse("text", "Must not contain control characters.")
        if self.least and not text.strip():
            raise _refuse("length", "Must not be blank.")
        return text


class Secret(fields.String):
    """A password or token: text taken exactly as typed, never normalized."""

    def __init__(self, *, most: int, least: int = 1, **kwargs: Any) -> None:
        words = f"Must be {least} to {most} characters long."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Length(min=least, max=most, error=Broken("length", words))
        )
        super().__init__(load_only=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return _readable(value)


class Email(fields.Email):
    """An e-mail address, lower-cased; 254 characters at most."""

    default_error_messages = {"invalid": Broken("email", "Must be an e-mail address.")}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = _readable(value).strip().lower()
        if not 3 <= len(text) <= 254:
            raise _refuse("length", "Must be 3 to 254 characters long.")
        return text


class Whole(fields.Integer):
    """A whole number between `least` and `most`: takes 7 and 7.0, refuses 7.9, "7" and true."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        words = f"Must be a whole number from {least} to {most}."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Range(min=least, max=most, error=Broken("range", words))
        )
        super().__init__(**kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refuse("type", "Must be a whole number.")
        if isinstance(value, float) and not value.is_integer():
            raise _refuse("type", "Must be a whole number, without a fraction.")
        return int(value)


class WholeInQuery(Whole):
    """A whole number in a query string, where everything is text."""

    def _validated(self, value: Any) -> int:
        digits = value.removeprefix("-") if isinstance(value, str) else ""
        if len(digits) <= 18 and digits.isascii() and digits.isdigit():
            return int(value)
        raise _refuse("type", "Must be a whole number.")


class Decimal(fields.Float):
    """A number between `least` and `most`, finite."""

    def __init__(self, *, least: float, most: float, **kwargs: Any) -> None:
        words = f"Must be a number from {least:g} to {most:g}."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Range(min=least, max=most, error=Broken("range", words))
        )
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refuse("type", "Must be a number.")
        if not self.least <= value <= self.most:
            # Before it becomes a float: a long integer would not fit, and NaN lies in no range.
            raise _refuse("range", f"Must be a number from {self.least:g} to {self.most:g}.")
        return float(value)


class Flag(fields.Boolean):
    """true or false, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise _refuse("type", "Must be true or false.")
        return value


class FlagInQuery(fields.Boolean):
    """true or false in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise _refuse("type", "Must be true or false.")
        return bool(value == "true")


class Id(fields.UUID):
    """A UUID in its customary text form with hyphens."""

    def _validated(self, value: Any) -> UUID:
        if isinstance(value, UUID):
            return value
        if not isinstance(value, str) or len(value) != 36:
            raise _refuse("uuid", "Must be a UUID with hyphens.")
        try:
            found = UUID(value)
        except ValueError:
            raise _refuse("uuid", "Must be a UUID with hyphens.") from None
        if str(found) != value.lower():
            # Python's UUID also reads braces, prefixes and underscores.
            raise _refuse("uuid", "Must be a UUID with hyphens.")
        return found


class Day(fields.Date):
    """A calendar date YYYY-MM-DD of the years 1900 to 2199."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise _refuse("date", "Must be a date as YYYY-MM-DD.")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise _refuse("date", "Must be a date as YYYY-MM-DD.") from None
        return _in_our_years(day)


class Instant(fields.DateTime):
    """An instant as RFC 3339 with an offset, such as 2026-11-22T08:30:00+01:00; the offset is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not INSTANT.fullmatch(value.upper()):
            raise _refuse("instant", "Must be a date and time with offset as in RFC 3339.")
        try:
            instant = datetime.fromisoformat(value.upper())
        except ValueError:
            raise _refuse("instant", "Must be a date and time with offset as in RFC 3339.") from None
        if abs(instant.utcoffset() or timedelta(0)) > FARTHEST_OFFSET:
            raise _refuse("range", "Must carry an offset that some zone on earth has, -14:00 to +14:00.")
        return _in_our_years(instant)


class TimeOfDay(fields.Time):
    """A time of day HH:MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        if isinstance(value, str) and TIME.fullmatch(value):
            try:
                return time.fromisoformat(value)
            except ValueError:
                pass
        raise _refuse("time", "Must be a time as HH:MM.")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%H:%M")


class Zone(fields.String):
    """A name of the IANA time zone database, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = _readable(value)
        if text not in known_zones():
            raise _refuse("zone", "Must be an IANA time zone such as Europe/Berlin.")
        return text


class Choice(fields.String):
    """One of an enum's values, loaded as the enum's member, dumped as its value; the values reach openapi.yaml."""

    def __init__(self, choices: type[Enum], **kwargs: Any) -> None:
        names = [member.value for member in choices]
        metadata = {"enum": names, **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return self.choices(value)
        except (ValueError, TypeError):
            allowed = ", ".join(str(member.value) for member in self.choices)
            raise _refuse("choice", f"Must be one of: {allowed}.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.value if isinstance(value, Enum) else value


class Several(fields.List[Any]):
    """A list of `least` to `most` entries."""

    def __init__(self, inner: fields.Field[Any], *, most: int, least: int = 0, **kwargs: Any) -> None:
        words = f"Must have {least} to {most} entries."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Length(min=least, max=most, error=Broken("length", words))
        )
        super().__init__(inner, **kwargs)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise _refuse("type", "Must be a list.")
        if len(value) > self.most:
            # Judged before the entries, so that a million of them cost nothing.
            raise _refuse("length", f"Must have at most {self.most} entries.")
        return super()._deserialize(value, attr, data, **kwargs)


def known_zones() -> frozenset[str]:
    """Return the zones that a person can live in; the system's own pseudo zones are not."""
    global _ZONES
    if not _ZONES:
        _ZONES = frozenset(name for name in available_timezones() if name not in ("localtime", "Factory"))
    return _ZONES


def zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def one_of(values: Sequence[str]) -> validate.OneOf:
    return validate.OneOf(values, error=Broken("choice", "Must be one of: {choices}."))


def _in_our_years(moment: Moment) -> Moment:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _refuse("range", f"Must lie in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


_ZONES: frozenset[str] = frozenset()
