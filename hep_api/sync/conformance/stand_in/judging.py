"""What the stand-in makes of one item: as strict as the protocol asks, and no stricter."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

REQUIRED = ("id", "prescription_id", "version", "kind", "performed_at", "zone", "performed_on")
OPTIONAL: dict[str, Any] = {
    "entry_id": None,
    "revision": 0,
    "slot": None,
    "sets": None,
    "reps": None,
    "seconds": None,
    "sides": None,
    "load": None,
    "pain": None,
    "effort": None,
    "difficulty": None,
    "comment": None,
    "skip_reason": None,
    "reason": None,
    "source": None,
}
WHOLE = ("version", "revision", "slot", "sets", "reps", "seconds", "sides", "pain", "effort")
TEXTS = ("zone", "comment", "reason", "difficulty", "skip_reason")
SOURCES = ("patient", "carer", "device")
DOSE = {"sets": 3, "reps": 10}
DAYS_BACK = 60
ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z_+-]+)*")

Error = dict[str, str]


def fault_of(item: Any, now: datetime, versions: Mapping[str, int]) -> Error | None:
    """Return what is wrong with an item, None when it may stand; `versions` has the newest of each prescription."""
    if not isinstance(item, dict):
        return error("", "type")
    for name in item:
        if name not in REQUIRED and name not in OPTIONAL:
            return error(f"/{name[:64].encode('utf-8', 'replace').decode()}", "unknown")
    for name in REQUIRED:
        if item.get(name) is None:
            return error(f"/{name}", "required")
    return _of_form(item) or _of_time(item, now) or _of_target(item, versions)


def content(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says, however its JSON is spelled."""
    said: dict[str, Any] = dict(OPTIONAL) | {name: value for name, value in item.items() if value is not None}
    said |= {name: item[name] for name in REQUIRED}
    said |= {name: int(said[name]) for name in WHOLE if said[name] is not None}
    said["id"] = said["id"].lower()
    said["entry_id"] = (said["entry_id"] or said["id"]).lower()
    said["source"] = said["source"] or "patient"
    return said


def warnings_of(said: Mapping[str, Any]) -> list[Error]:
    done = (said["sets"] or DOSE["sets"]) * (said["reps"] or DOSE["reps"])
    return [error("/sets", "over_twice_planned")] if done > 2 * DOSE["sets"] * DOSE["reps"] else []


def error(field: str, rule: str) -> Error:
    return {"field": field, "rule": rule, "detail": f"It breaks the rule {rule}."}


def _of_form(item: Mapping[str, Any]) -> Error | None:
    for name in ("id", "prescription_id", "entry_id"):
        value = item.get(name)
        if value is not None and not (isinstance(value, str) and ID.fullmatch(value)):
            return error(f"/{name}", "uuid")
    for name in WHOLE:
        if not _is_whole(item.get(name), 10 if name in ("pain", "effort") else 2**31):
            return error(f"/{name}", "range")
    for name in TEXTS:
        if not _is_text(item.get(name)):
            return error(f"/{name}", "text")
    if not _is_zone(item["zone"]):
        return error("/zone", "zone")
    if item["kind"] not in ("done", "partial", "skipped", "void"):
        return error("/kind", "choice")
    if item.get("source") not in (None, *SOURCES):
        return error("/source", "source")
    return None if isinstance(item.get("load"), dict | None) else error("/load", "type")


def _of_time(item: Mapping[str, Any], now: datetime) -> Error | None:
    try:
        at = datetime.fromisoformat(item["performed_at"])
        on = datetime.fromisoformat(item["performed_on"]).date()
        if at.tzinfo is None:
            return error("/performed_at", "instant")
        if at < now - timedelta(days=DAYS_BACK):
            return error("/performed_at", "too_old")
        if at > now + timedelta(hours=26):
            return error("/performed_at", "in_future")
        return error("/performed_on", "far_from_performed_at") if abs(on - at.date()) > timedelta(days=1) else None
    except (ValueError, TypeError, OverflowError):
        return error("/performed_at", "instant")


def _of_target(item: Mapping[str, Any], versions: Mapping[str, int]) -> Error | None:
    newest = versions.get(item["prescription_id"].lower())
    if newest is None:
        return error("/prescription_id", "unknown")
    return None if 1 <= item["version"] <= newest else error("/version", "unknown")


def _is_whole(value: Any, most: int) -> bool:
    if value is None:
        return True
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= most and value == int(value)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZONE.fullmatch(name) and ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_text(value: Any) -> bool:
    if value is None:
        return True
    is_short = isinstance(value, str) and len(value) <= 2000
    return is_short and "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
