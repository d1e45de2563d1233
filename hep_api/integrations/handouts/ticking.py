"""The table to tick: week by week, a row for each exercise and a cell for each day.

As many boxes as are due, so that paper and app ask for the same. What is expected is decided by plans, and for a
weekly quota by adherence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from hep_api.adherence.days import Day, expected_of_quota, monday_of, week_of_days
from hep_api.dosing.schedule import ScheduleKind
from hep_api.plans.queries.histories import PrescriptionHistory

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
DATED = {ScheduleKind.DAILY, ScheduleKind.WEEKDAYS, ScheduleKind.EVERY_N_DAYS}


class Mark(StrEnum):
    """What a day's cell tells when it has no boxes."""

    DUE = "due"
    NOT_DUE = "not_due"
    PAUSED = "paused"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Cell:
    """One exercise on one day: so many boxes."""

    day: date
    mark: Mark
    boxes: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise in one week: a cell for each day, or, where the patient chooses the days, so many boxes for all."""

    number: int
    name: str
    language: str
    cells: Sequence[Cell] = ()
    of_choice: int = 0
    as_needed: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday on; rows only for exercises that have something to do with the week."""

    monday: date
    rows: Sequence[Row]

    @property
    def days(self) -> Sequence[date]:
        return [self.monday + n * ONE_DAY for n in range(7)]


@dataclass(frozen=True, slots=True)
class Ticked:
    """An exercise to be ticked: its number and name on the sheet, and its history."""

    number: int
    name: str
    language: str
    history: PrescriptionHistory


def first_and_end(from_on: date, weeks: int) -> tuple[date, date]:
    """Return the dates that so many weeks cover, half open: from the Monday of `from_on` on."""
    monday = monday_of(from_on)
    return monday, monday + max(weeks, 1) * ONE_WEEK


def weeks_to_tick(exercises: Iterable[Ticked], from_on: date, weeks: int) -> list[Week]:
    """Return so many weeks, the first that of `from_on`; what comes before that day has no boxes."""
    listed = list(exercises)
    mondays = [monday_of(from_on) + n * ONE_WEEK for n in range(weeks)]
    return [Week(monday, [row for each in listed for row in _rows(each, monday, from_on)]) for monday in mondays]


def _rows(exercise: Ticked, monday: date, from_on: date) -> Iterator[Row]:
    """Yield the row with days, and the one of choice when a quota or as_needed is in force in the week, or both."""
    history = exercise.history
    days = week_of_days(history.versions, history.terms, monday, (), history.named)
    row = Row(exercise.number, exercise.name, exercise.language)
    kinds = {day.version.schedule.kind for day in days if day.version and _is_open(day, history, from_on)}
    if kinds & DATED:
        yield replace(row, cells=[_cell(day, history, from_on) for day in days])
    if ScheduleKind.WEEKLY_QUOTA in kinds:
        yield replace(row, of_choice=expected_of_quota([day for day in days if day.eligible]))
    if ScheduleKind.AS_NEEDED in kinds:
        yield replace(row, as_needed=True)


def _is_open(day: Day, history: PrescriptionHistory, from_on: date) -> bool:
    return day.day >= from_on and history.terms.is_running(day.day)


def _cell(day: Day, history: PrescriptionHistory, from_on: date) -> Cell:
    if day.version is None or not _is_open(day, history, from_on):
        return Cell(day.day, Mark.OUTSIDE)
    if history.terms.is_paused(day.day):
        return Cell(day.day, Mark.PAUSED)
    return Cell(day.day, Mark.DUE, day.expected) if day.expected else Cell(day.day, Mark.NOT_DUE)
