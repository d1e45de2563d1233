"""What was done: which event of each entry holds, its volume, and the doings of a day."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from uuid import UUID

from hep_api.adherence.proving.prescribing import named_item

Row = dict[str, Any]


def entries_that_hold(events: Iterable[Row]) -> list[Row]:
    """Return of every entry the event with the highest revision, then the highest id; voided entries are gone."""
    known = {event["id"]: event for event in events}
    holding: dict[UUID, Row] = {}
    for event in known.values():
        original = known.get(event["entry_id"])
        if original is not None and original["prescription_id"] != event["prescription_id"]:
            continue
        rival = holding.get(event["entry_id"])
        if rival is None or (rival["revision"], rival["id"].bytes) < (event["revision"], event["id"].bytes):
            holding[event["entry_id"]] = event
    return [event for event in holding.values() if event["kind"] != "void"]


def ratio(event: Row, dose: Row) -> Fraction:
    """Return v: sets x (reps, else seconds) x sides over the same as planned."""
    if event["kind"] == "skipped":
        return Fraction(0)
    planned = {"sets": dose["sets"], "sides": dose["sides"]}
    if dose["reps"] is not None:
        planned["reps"] = dose["reps"]
    else:
        planned["seconds"] = dose["hold_seconds"] or dose["duration_seconds"]
    value = Fraction(1)
    for component, amount in planned.items():
        if event[component] is not None:
            value *= Fraction(event[component], amount)
    return value


def doings(plan: Row, version: Row | None, entries: Iterable[Row]) -> list[Row]:
    """Return [{"v", "skip", "reason", "as_needed", "most"}] of a day: one per slot, one per entry without a slot."""
    groups: dict[tuple[str, int, bytes], list[Row]] = {}
    for entry in sorted(entries, key=lambda each: each["id"].bytes):
        key = ("slot", entry["slot"], b"") if entry["slot"] is not None else ("without", 0, entry["id"].bytes)
        groups.setdefault(key, []).append(entry)
    return [_doing(plan, version, groups[key]) for key in sorted(groups)]


def _doing(plan: Row, version: Row | None, entries: list[Row]) -> Row:
    rated = []
    for entry in entries:
        item = version or named_item(plan, entry)
        rated.append((ratio(entry, item["dose"]), entry["version"], item["schedule"]))
    v, _, schedule = max(rated, key=lambda each: (each[0], each[1]))
    skips = [entry for entry in entries if entry["kind"] == "skipped"]
    reasons = [entry["skip_reason"] for entry in skips if entry["skip_reason"] is not None]
    return {
        "v": v,
        "skip": v == 0 and bool(skips),
        "reason": reasons[-1] if reasons else None,
        "as_needed": schedule["kind"] == "as_needed",
        "most": schedule.get("max_per_day"),
    }
