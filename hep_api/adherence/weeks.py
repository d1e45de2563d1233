"""The unit of counting: one prescription's week from Monday on, and the counting of many such weeks at once."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from hep_api.adherence.counting import DayCount, count_week
from hep_api.adherence.days import Day, monday_of, week_of_days
from hep_api.adherence.entries import Event, entries_in_force
from hep_api.plans.queries.histories import PrescriptionHistory

ONE_WEEK, SIX_DAYS = timedelta(days=7), timedelta(days=6)

Histories = Mapping[UUID, PrescriptionHistory]
Counted = tuple[PrescriptionHistory, DayCount]


class Week(NamedTuple):
    prescription_id: UUID
    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + SIX_DAYS


def weeks_of(prescription_ids: Iterable[UUID], first: date, last: date) -> list[Week]:
    """Return the weeks of the prescriptions that hold a day from `first` to `last`, both included."""
    mondays = []
    monday = monday_of(first)
    while monday <= last:
        mondays.append(monday)
        monday += ONE_WEEK
    return [Week(each, monday) for each in prescription_ids for monday in mondays]


def count_weeks(histories: Histories, weeks: Iterable[Week], events: Iterable[Event]) -> list[Counted]:
    """Return the counts of the weeks that are worth a row, with the prescription each belongs to."""
    entries = _by_week(events)
    counted = []
    for week in weeks:
        history = histories[week.prescription_id]
        of_week = entries.get((week.prescription_id, week.monday), ())
        counts = count_week(history.versions, history.terms, week.monday, of_week, history.named)
        counted += [(history, count) for count in counts if not count.is_empty]
    return counted


def days_of_weeks(histories: Histories, weeks: Iterable[Week], events: Iterable[Event]) -> dict[Week, list[Day]]:
    """Return what holds and what was reported on the days of each week."""
    entries = _by_week(events)
    days = {}
    for week in weeks:
        history = histories[week.prescription_id]
        of_week = entries.get((week.prescription_id, week.monday), ())
        days[week] = week_of_days(history.versions, history.terms, week.monday, of_week, history.named)
    return days


def _by_week(events: Iterable[Event]) -> dict[tuple[UUID, date], list[Event]]:
    entries: dict[tuple[UUID, date], list[Event]] = {}
    for entry in entries_in_force(events):
        entries.setdefault((entry.prescription_id, monday_of(entry.performed_on)), []).append(entry)
    return entries
