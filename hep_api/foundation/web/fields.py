"""Strict input fields: no NUL, no lone surrogates, no 7.9 taken for 7, no "yes" taken for true, no endless text.

Each refusal carries the name of its rule (`rules.Broken`); the bounds also reach openapi.yaml.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import fields, validate

from hep_api.foundation.web import strict_values
from hep_api.foundation.web.rules import Broken

LONGEST_DECOMPOSED = 4  # characters that NFC may make one of


def _besides(given: Any, own: Any) -> list[Any]:
    """Return the validators that a field was given, behind the bounds of its own."""
    if given is None:
        return [own]
    return [own, *(given if isinstance(given, list | tuple) else [given])]


# All of Unicode's category Cc; where text has several lines, all but tabs and ends of lines.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


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
            raise strict_values.refusal("length", f"Must be {self.least} to {self.most} characters long.")
        text = strict_values.normalized(strict_values.text(value))
        if (CONTROLS_BUT_LINES if self.lines else CONTROLS).search(text):
            raise strict_values.refusal("text", "Must not contain control characters.")
        if self.least and not text.strip():
            raise strict_values.refusal("length", "Must not be blank.")
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
        return strict_values.text(value)


class Email(fields.Email):
    """An e-mail address, lower-cased; 254 characters at most."""

    default_error_messages = {"invalid": Broken("email", "Must be an e-mail address.")}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = strict_values.text(value).strip().lower()
        if not 3 <= len(text) <= 254:
            raise strict_values.refusal("length", "Must be 3 to 254 characters long.")
        return text


class Whole(fields.Integer):
    """A whole number between `least` and `most`: takes 7 and 7.0, refuses 7.9, "7" and true."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        words = f"Must be a whole number from {least} to {most}."
        kwargs["validate"] = _besides(
            kwargs.get("validate"), validate.Range(min=least, max=most, error=Broken("range", words))
        )
        super().__init__(**kwargs)
        self.most = most

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise strict_values.refusal("type", "Must be a whole number.")
        if isinstance(value, float) and not value.is_integer():
            raise strict_values.refusal("type", "Must be a whole number, without a fraction.")
        return int(value)


class WholeInQuery(Whole):
    """A whole number in a query string, where everything is text."""

    def _validated(self, value: Any) -> int:
        digits = value.removeprefix("-") if isinstance(value, str) else ""
        if len(digits) <= 18 and digits.isascii() and digits.isdigit():
            return int(value)
        raise strict_values.refusal("type", "Must be a whole number.")


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
            raise strict_values.refusal("type", "Must be a number.")
        if not self.least <= value <= self.most:
            # Before it becomes a float: a long integer would not fit, and NaN lies in no range.
            raise strict_values.refusal("range", f"Must be a number from {self.least:g} to {self.most:g}.")
        return float(value)


class Flag(fields.Boolean):
    """true or false, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise strict_values.refusal("type", "Must be true or false.")
        return value


class FlagInQuery(fields.Boolean):
    """true or false in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise strict_values.refusal("type", "Must be true or false.")
        return bool(value == "true")


class Id(fields.UUID):
    """A UUID in its customary text form with hyphens."""

    def _validated(self, value: Any) -> UUID:
        return value if isinstance(value, UUID) else strict_values.identifier(value)


class Day(fields.Date):
    """A calendar date YYYY-MM-DD of the years 1900 to 2199."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        return strict_values.day(value)


class Instant(fields.DateTime):
    """An instant as RFC 3339 with an offset, such as 2026-11-22T08:30:00+01:00; the offset is kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        return strict_values.instant(value)


class TimeOfDay(fields.Time):
    """A time of day HH:MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        return strict_values.time_of_day(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%H:%M")


class Zone(fields.String):
    """A name of the IANA time zone database, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = strict_values.text(value)
        if text not in known_zones():
            raise strict_values.refusal("zone", "Must be an IANA time zone such as Europe/Berlin.")
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
            raise strict_values.refusal("choice", f"Must be one of: {allowed}.") from None

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
            raise strict_values.refusal("type", "Must be a list.")
        if len(value) > self.most:
            # Judged before the entries, so that a million of them cost nothing.
            raise strict_values.refusal("length", f"Must have at most {self.most} entries.")
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


_ZONES: frozenset[str] = frozenset()
