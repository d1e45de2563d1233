"""Rules on what patients say of their exercises: pain, and reasons to skip that somebody should hear of."""

from collections import Counter
from itertools import pairwise

from hep_api.adherence.entries import SkipReason
from hep_api.adherence.ratios import shown
from hep_api.insights.evidence import Json, evidence, newest
from hep_api.insights.rules.findings import Finding
from hep_api.insights.standing import Standing

HIGH_PAIN = 7
SESSIONS = 3
TELLING_REASONS = (SkipReason.PAIN, SkipReason.UNCLEAR)


def find_high_pain(standing: Standing) -> Finding | None:
    """Hold while an entry of the last 7 dates, today among them, tells of pain of 7 or more."""
    rated = [(each, each.pain) for each in standing.telling if each.pain is not None and each.pain >= HIGH_PAIN]
    if not rated:
        return None
    first = min(each.performed_on for each, _ in rated)
    found = evidence(
        from_on=standing.week_ago,
        to_on=standing.today,
        event_ids=newest(each.entry_id for each, _ in rated),
        highest_pain=max(pain for _, pain in rated),
    )
    return Finding(first, found)


def find_rising_pain(standing: Standing) -> Finding | None:
    """Hold when the pain of each of the last three sessions within 14 dates is over that of the one before.

    A session is a date with a rating, its pain the median of the date's.
    """
    last = standing.sessions[-SESSIONS:]
    rises = all(earlier.median < later.median for earlier, later in pairwise(last))
    if len(last) < SESSIONS or not rises:
        return None
    found = evidence(
        from_on=last[0].day,
        to_on=last[-1].day,
        sessions=[{"on": each.day.isoformat(), "pain": shown(each.median)} for each in last],
    )
    return Finding(last[0].day, found)


def has_later_session(found: Json, seen: Json) -> bool:
    """Tell whether the pain went on to rise after the sessions that somebody has seen."""
    return bool(found["to"] > seen["to"])


def find_skip_reasons(standing: Standing) -> Finding | None:
    """Hold while an exercise was skipped in the last 7 dates, today among them, for pain or because it is unclear."""
    skipped = [each for each in standing.telling if each.skip_reason in TELLING_REASONS]
    if not skipped:
        return None
    times = Counter(each.skip_reason for each in skipped)
    found = evidence(
        from_on=standing.week_ago,
        to_on=standing.today,
        event_ids=newest(each.entry_id for each in skipped),
        skips=[{"reason": reason.value, "times": times[reason]} for reason in TELLING_REASONS if times[reason]],
    )
    return Finding(min(each.performed_on for each in skipped), found)
