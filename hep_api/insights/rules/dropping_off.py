"""Rules on patients who stop: no event for long, doing clearly less than before, not heeding reminders. Pauses and ends
silence them, and so do days for which nothing was prescribed.
"""

from datetime import date, timedelta
from fractions import Fraction

from hep_api.adherence.ratios import shown
from hep_api.insights.evidence import Json, evidence
from hep_api.insights.rules.findings import Finding
from hep_api.insights.standing import Course, Standing

LEAST_DAYS = 3
INTERVALS = 2
DROP = Fraction(20, 100)
# Silence is counted no further back; who has been silent for so long has been silent for long.
MOST_DAYS = 366


def find_silence(standing: Standing) -> Finding | None:
    """Hold after max(3, twice the prescribed interval) closed days in a row without an event; whatever paused the plan,
    or asked for nothing, begins anew.
    """
    courses = standing.present_courses
    interval = min((each.interval for each in courses if each.interval is not None), default=None)
    if interval is None:
        return None
    allowed = max(Fraction(LEAST_DAYS), INTERVALS * interval)
    days = _silent_days(standing, courses)
    if len(days) < allowed:
        return None
    found = evidence(
        from_on=days[0],
        to_on=days[-1],
        last_event_on=standing.last_event_on,
        days_without_event=len(days),
        days_allowed=shown(allowed),
    )
    return Finding(days[0], found)


def is_other_silence(found: Json, seen: Json) -> bool:
    """Tell whether an event or a pause lies between the silence that somebody has seen and this one."""
    return bool(found["last_event_on"] != seen["last_event_on"] or found["from"] > seen["to"])


def find_ignored_reminders(standing: Standing) -> Finding | None:
    """Hold while a patient is reminded less often, as nothing has come of the reminders that arrived."""
    ignored = standing.unheeded
    if ignored is None or not standing.present_courses:
        return None
    found = evidence(
        from_on=ignored.first_on,
        to_on=ignored.last_on,
        last_event_on=standing.last_event_on,
        reminded_days=ignored.days,
    )
    return Finding(ignored.first_on, found)


def is_after_another_answer(found: Json, seen: Json) -> bool:
    """Tell whether an event lies between the reminders that somebody has seen unheeded and these."""
    return bool(found["from"] > seen["to"])


def find_drop(standing: Standing) -> Finding | None:
    """Hold when completion over 7 days is 20 points or more under that over 28 days, both measurable."""
    week, month = standing.week.value, standing.month.value
    if week is None or month is None or month - week < DROP or not standing.present_courses:
        return None
    first = standing.last_closed - timedelta(days=6)
    found = evidence(
        from_on=first,
        to_on=standing.last_closed,
        completion_7_days=standing.week.shown,
        completion_28_days=standing.month.shown,
        points=shown((month - week) * 100),
    )
    return Finding(first, found)


def is_other_week(found: Json, seen: Json) -> bool:
    """Tell whether the seven days have none in common with those that somebody has seen."""
    return bool(found["from"] > seen["to"])


def _silent_days(standing: Standing, courses: list[Course]) -> list[date]:
    """Return the last closed days in a row without an event, on each of which a plan of today asked for something."""
    first = standing.last_closed - timedelta(days=MOST_DAYS - 1)
    if standing.last_event_on is not None:
        first = max(first, standing.last_event_on + timedelta(days=1))
    days = []
    for n in range((standing.last_closed - first).days + 1):
        day = standing.last_closed - timedelta(days=n)
        if all(each.is_silent_on(day) for each in courses):
            break
        days.append(day)
    return days[::-1]
