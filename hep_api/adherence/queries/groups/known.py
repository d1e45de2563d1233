"""What a group's patients add up to as known at an earlier instant: counted from the raw events by the same rules.

Slow, some milliseconds a patient, for nothing of it is stored. The patients are those of today.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.adherence.counting import DayCount
from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import Event
from hep_api.adherence.groups import PatientFigure, Rating, Tally
from hep_api.adherence.measures import measure
from hep_api.adherence.queries.entries import events_of_patients
from hep_api.adherence.queries.groups.asked import Asked, cut
from hep_api.adherence.queries.groups.sums import Selection, Tallies, members_of
from hep_api.adherence.series import Bucket
from hep_api.adherence.weeks import Histories, count_weeks, weeks_of
from hep_api.adherence.windows import Window
from hep_api.foundation.greenlets import giving_way
from hep_api.plans.queries.histories import histories_of_patients

PATIENTS_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Known:
    """One patient of the group with the days that were counted, of all that the windows need."""

    patient_id: UUID
    group_id: UUID | None
    clock: int
    counts: Sequence[DayCount]


def tallies_known(
    session: Session, asked: Asked, selection: Selection
) -> tuple[list[Tallies], list[dict[date, Tallies]]]:
    """Return the tallies of the groups by window, and of each window by bucket; five statements for 200 patients."""
    windows: list[Tallies] = [{} for _ in asked.names]
    series: list[dict[date, Tallies]] = [
        {bucket: {} for bucket in asked.buckets(place)} for place, _ in enumerate(windows)
    ]
    for known in known_patients(session, asked, members_of(session, asked, selection)):
        clock = asked.clocks[known.clock - 1]
        for place, named in enumerate(clock.windows):
            figure = figure_of(known.counts, named.window)
            windows[place].setdefault(known.group_id, Tally()).add(figure)
            for bucket, completion in _completions(known.counts, named.window, asked.by):
                series[place][bucket].setdefault(known.group_id, Tally()).completions[completion] += 1
    return windows, series


def known_patients(session: Session, asked: Asked, members: Sequence[Any]) -> Iterator[Known]:
    """Yield each of the members with the days counted as known at the instant."""
    for block in _blocks(members):
        yield from _counted(session, asked, block)


def figure_of(counts: Iterable[DayCount], window: Window) -> PatientFigure:
    """Return what one patient adds to a group's figures over a window of closed days."""
    measures = measure(counts, window)
    active, due = measures.active_days.numerator, measures.active_days.denominator
    streak = measures.streaks.days
    slopes = {Rating.PAIN: measures.pain.slope, Rating.EFFORT: measures.effort.slope}
    return PatientFigure(
        done=measures.states.done,
        expected=measures.states.expected,
        reported=measures.entries > 0,
        extra=measures.states.extra,
        credited=measures.dose.numerator,
        volume=measures.relative_dose.numerator,
        days=(int(active), int(measures.full_days.numerator), due),
        skips={each.reason: each.occurrences for each in measures.skips},
        slopes={rating: slope for rating, slope in slopes.items() if slope is not None},
        streak=(streak.current, streak.longest) if due else None,
    )


def _completions(
    counts: Sequence[DayCount], window: Window, by: Bucket | None
) -> Iterator[tuple[date, tuple[int, int, bool]]]:
    """Yield (done, expected, reported) of each bucket of a series."""
    days: dict[date, list[DayCount]] = {}
    for count in counts if by else ():
        days.setdefault(count.day, []).append(count)
    for bucket, part in cut(window, by):
        of_bucket = [count for day in part for count in days.get(day, ())]
        done, expected = sum(each.done for each in of_bucket), sum(each.expected for each in of_bucket)
        yield bucket, (done, expected, any(each.entries for each in of_bucket))


def _counted(session: Session, asked: Asked, members: Sequence[Any]) -> Iterator[Known]:
    ids = [each.id for each in members]
    windows = [each.window for clock in asked.clocks for each in clock.windows]
    first = monday_of(min(min(window.first, window.trend_first) for window in windows))
    last = monday_of(max(window.last for window in windows)) + timedelta(days=6)
    histories = histories_of_patients(session, asked.clinic_id, ids, known_at=asked.known_at)
    events = events_of_patients(session, asked.clinic_id, ids, first, last, known_at=asked.known_at)
    # A clinic of thousands takes seconds of the processor, and others are served by the same one.
    for each in giving_way(members):
        # A patient's alone: under another patient an event may have the same id.
        own, reported = histories[each.id], events[each.id]
        weeks = weeks_of(own, max(first, _began(own, reported, last)), last)
        yield Known(each.id, each.group_id, each.clock, [count for _, count in count_weeks(own, weeks, reported)])


def _began(histories: Histories, events: Sequence[Event], last: date) -> date:
    """Return the day before which there is nothing to count, however long ago the period begins."""
    versions = [version.valid_from for history in histories.values() for version in history.versions]
    return min([*versions, *(event.performed_on for event in events)], default=last)


def _blocks(members: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (members[start : start + PATIENTS_AT_A_TIME] for start in range(0, len(members), PATIENTS_AT_A_TIME))
