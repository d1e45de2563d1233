"""What a group's patients add up to over windows, read from their weeks: a few rows a patient, whatever the history.

Summed by patient in the database and told in columns, so that thousands of patients are one row; what figures they make
is left to `groups`. Exact: fractions are told over one denominator.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import compress
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.groups import Measure, Rating, Tally, is_measurable
from hep_api.adherence.queries.groups import statements
from hep_api.adherence.queries.groups.asked import Asked, cut
from hep_api.adherence.streaks import days_in_a_row
from hep_api.adherence.weeks import ONE_WEEK
from hep_api.adherence.windows import Window
from hep_api.foundation.database import run


class GroupBy(StrEnum):
    """What tells the groups apart, as SQL: nothing, who leads the patient now, where the patient belongs now."""

    NOTHING = "cast(NULL AS uuid)"
    LEAD = "t.member_id"
    LOCATION = "p.location_id"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the clinic's patients, and by what they are grouped."""

    by: GroupBy = GroupBy.NOTHING
    lead_id: UUID | None = None
    location_id: UUID | None = None
    patient_ids: tuple[UUID, ...] | None = None

    @property
    def is_whole_clinic(self) -> bool:
        return self.lead_id is None and self.location_id is None and self.patient_ids is None


Tallies = dict[UUID | None, Tally]


def members_of(session: Session, asked: Asked, selection: Selection) -> Sequence[Any]:
    """Return (id, clock, group_id) of the patients, the clock's place among those asked counted from 1."""
    return _run(session, statements.IDS, asked, selection, []).all()


def tallies_of_windows(session: Session, asked: Asked, selection: Selection) -> list[Tallies]:
    """Return for each asked window the tallies of its groups, in two statements however many patients there are."""
    windows = [
        (place, clock, each.window) for clock, by in enumerate(asked.clocks, 1) for place, each in enumerate(by.windows)
    ]
    tallies: list[Tallies] = [{} for _ in asked.names]
    for row in _run(session, statements.WINDOWS, asked, selection, windows):
        if row.place < 0:
            for of_window in tallies:
                of_window.setdefault(row.group_id, Tally()).patients = row.patients
            continue
        tally = tallies[row.place].setdefault(row.group_id, Tally())
        if row.expected is None:
            tally.skips[None if row.reason is None else SkipReason(row.reason)] = row.patients
        else:
            _count_in(tally, row)
    _add_slopes(session, asked, selection, tallies)
    return tallies


def tallies_of_buckets(session: Session, asked: Asked, selection: Selection, place: int) -> dict[date, Tallies]:
    """Return the tallies of completion alone, for each bucket of the window at `place`, in one statement.

    No bucket goes beyond a week, so a patient has one row in it.
    """
    buckets = asked.buckets(place)
    places = {bucket: place for place, bucket in enumerate(buckets)}
    windows = [
        (places[bucket], clock, window)
        for clock, by in enumerate(asked.clocks, 1)
        for bucket, window in cut(by.windows[place].window, asked.by)
    ]
    found: dict[date, Tallies] = {bucket: {} for bucket in buckets}
    for row in _run(session, statements.BUCKETS, asked, selection, windows):
        tally = found[buckets[row.place]].setdefault(row.group_id, Tally())
        tally.completions[row.done, row.expected, row.reported] += row.patients
    return found


def completions_of(session: Session, asked: Asked, selection: Selection) -> dict[UUID, tuple[int, int, bool]]:
    """Return (done, expected, reported) of each patient over the last of the asked windows, of those with anything."""
    windows = [(0, clock, by.windows[-1].window) for clock, by in enumerate(asked.clocks, 1)]
    rows = _run(session, statements.PATIENTS, asked, selection, windows)
    return {row.patient_id: (row.done, row.expected, row.reported) for row in rows}


def _count_in(tally: Tally, row: Any) -> None:
    """Count in the patients of a group, each a place in every one of the row's lists."""
    tally.completions.update(zip(row.done, row.expected, map(bool, row.reported), strict=True))
    measurable = [is_measurable(each) for each in row.expected]
    for measure, numerators, denominators, under in (
        (Measure.DOSE, _whole(row.credited), row.expected, int(row.credited_denominator)),
        (Measure.RELATIVE_DOSE, _whole(row.volume), row.expected, int(row.volume_denominator)),
        (Measure.OVER_PERFORMANCE, row.extra, row.expected, 1),
        (Measure.ACTIVE_DAYS, row.active, row.due, 1),
        (Measure.FULL_DAYS, row.whole, row.due, 1),
    ):
        counted = Counter(compress(zip(numerators, denominators, strict=True), measurable))
        ratios = {(up, down * under): times for (up, down), times in counted.items() if down}
        tally.ratios[measure].update(ratios)
    tally.streaks.update(map(_streak, compress(row.streaks, row.due)))


def _streak(weeks: Iterable[int]) -> tuple[int, int]:
    """Return the current and the longest streak of a patient's weeks, told in any order."""
    return days_in_a_row(week & statements.STREAK_BITS for week in sorted(weeks))


def _whole(told: str) -> Iterable[int]:
    """Return the whole numbers of an array told as text."""
    return map(int, told.strip("{}").split(","))


def _add_slopes(session: Session, asked: Asked, selection: Selection, tallies: Iterable[Tallies]) -> None:
    """Add how pain and effort went over the 14 dates that end with the windows, which all end on the same day."""
    windows = [
        (0, clock, Window(by.windows[0].window.trend_first, by.windows[0].window.last))
        for clock, by in enumerate(asked.clocks, 1)
        if by.windows[0].window.days
    ]
    for row in _run(session, statements.SLOPES, asked, selection, windows):
        for rating, rises, runs in (
            (Rating.PAIN, row.pain_rises, row.pain_runs),
            (Rating.EFFORT, row.effort_rises, row.effort_runs),
        ):
            slopes = Counter(zip(rises or (), runs or (), strict=True))
            for of_window in tallies:
                of_window[row.group_id].slopes[rating].update(slopes)


def _run(
    session: Session,
    statement: str,
    asked: Asked,
    selection: Selection,
    windows: Iterable[tuple[int, int, Window]],
) -> CursorResult[Any]:
    """Run a statement over (place, clock, window), each cut into the weeks that it touches."""
    parts = [(place, clock, *part) for place, clock, window in windows for part in _parts(window)]
    places, clocks, mondays, skipped, upto, days = zip(*parts, strict=True) if parts else ((),) * 6
    return run(
        session,
        _of(statement, selection),
        {
            "clinic_id": asked.clinic_id,
            "lead_id": selection.lead_id,
            "location_id": selection.location_id,
            "patients": None if selection.patient_ids is None else list(selection.patient_ids),
            "zones": [clock.zone for clock in asked.clocks],
            "starts": [clock.day_starts_at for clock in asked.clocks],
            "places": list(places),
            "clocks": list(clocks),
            "mondays": sorted(set(mondays)),
            "since": min(mondays, default=None),
            "asked_mondays": list(mondays),
            "skipped": list(skipped),
            "upto": list(upto),
            "days": list(days),
        },
        planned_anew=True,
    )


def _of(statement: str, selection: Selection) -> str:
    """Return a statement over the weeks of the selected patients."""
    weeks = statements.WEEKS_OF_CLINIC if selection.is_whole_clinic else statements.WEEKS_OF_SOME
    by_lead = selection.by is GroupBy.LEAD or selection.lead_id is not None
    of = (
        (statements.OF_LEAD, selection.lead_id),
        (statements.OF_LOCATION, selection.location_id),
        (statements.OF_PATIENTS, selection.patient_ids),
    )
    for name, text in (
        ("{weeks}", weeks.replace("{with}", "")),
        ("{weeks with skips}", weeks.replace("{with}", statements.WITH_SKIPS)),
        ("{weeks with ratings}", weeks.replace("{with}", statements.WITH_RATINGS)),
        ("{group}", selection.by.value),
        ("{leads}", statements.LEADS if by_lead else ""),
        ("{of}", " ".join(condition for condition, wanted in of if wanted is not None)),
    ):
        statement = statement.replace(name, text)
    return statement


def _parts(window: Window) -> Iterable[tuple[date, int, int, int]]:
    """Yield (Monday, days of the week before the window, days up to its end, the days between as bits)."""
    monday = monday_of(window.first)
    while monday <= window.last:
        skipped = max(0, (window.first - monday) // timedelta(days=1))
        upto = min(7, (window.last - monday) // timedelta(days=1) + 1)
        yield monday, skipped, upto, (1 << upto) - (1 << skipped)
        monday += ONE_WEEK
