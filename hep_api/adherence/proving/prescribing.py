"""What the plan said on each date, walked day by day: which version of each prescription, and what it asked for."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

Row = dict[str, Any]
Versions = dict[date, dict[UUID, Row]]

ONE_DAY = timedelta(days=1)


def revision_on(plan: Row, day: date) -> Row:
    """Return the revision with the latest effective date, among equals the one published last."""
    begun = [revision for revision in plan["revisions"] if revision["effective_on"] <= day]
    found: Row = max(begun, key=lambda each: (each["effective_on"], each["number"]))
    return found


def versions_by_day(plan: Row, last: date) -> Versions:
    """Return {day: {prescription_id: {"version", "anchor", "dose", "schedule"}}} up to `last`."""
    walked: Versions = {}
    yesterday: dict[UUID, Row] = {}
    day = min((revision["effective_on"] for revision in plan["revisions"]), default=last + ONE_DAY)
    while day <= last:
        revision = revision_on(plan, day)
        today = {}
        for prescription, item in revision["items"].items():
            was = yesterday.get(prescription)
            now = {"version": _first_to_say(plan, revision, prescription), "anchor": day, **item}
            if was and was["schedule"] == item["schedule"]:
                now["anchor"] = was["anchor"]
                if was["dose"] == item["dose"]:
                    now["version"] = was["version"]
            today[prescription] = now
        walked[day] = yesterday = today
        day += ONE_DAY
    return walked


def _first_to_say(plan: Row, revision: Row, prescription: UUID) -> int:
    """Return the lowest number of a revision for the same date that says the same of the prescription."""
    same = [each for each in plan["revisions"] if each["effective_on"] == revision["effective_on"]]
    content = revision["items"][prescription]
    number: int = min(each["number"] for each in same if each["items"].get(prescription) == content)
    return number


def named_item(plan: Row, event: Row) -> Row:
    """Return dose and schedule of the version that the event names."""
    (revision,) = [each for each in plan["revisions"] if each["number"] == event["version"]]
    item: Row = revision["items"][event["prescription_id"]]
    return item


def plan_asks(plan: Row, day: date) -> bool:
    """Say whether the plan runs on the day and is not paused."""
    if day < plan["starts_on"] or (plan["ends_on"] is not None and day >= plan["ends_on"]):
        return False
    return not any(start <= day and (end is None or day < end) for start, end in plan["pauses"])


def expected(plan: Row, version: Row | None, day: date) -> int:
    """Return E of a prescription whose schedule names its days; 0 for the others."""
    if version is None or not plan_asks(plan, day):
        return 0
    schedule = version["schedule"]
    match schedule["kind"]:
        case "daily":
            due = True
        case "weekdays":
            due = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()] in schedule["weekdays"]
        case "every_n_days":
            due = (day - version["anchor"]).days % schedule["every_n_days"] == 0
        case _:
            due = False
    return schedule["times_per_day"] if due else 0


def is_eligible(plan: Row, version: Row | None, day: date) -> bool:
    """Say whether a doing on the day can fill a weekly quota."""
    return version is not None and version["schedule"]["kind"] == "weekly_quota" and plan_asks(plan, day)
