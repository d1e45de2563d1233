"""The table to tick asks for exactly what the app asks for."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.adherence.days import monday_of
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday
from hep_api.integrations.handouts.ticking import Mark, Ticked, weeks_to_tick
from hep_api.plans.occurrences import PlanTerms, due_occurrences
from tests.dosing.test_words import SCHEDULES
from tests.integrations.handing_out import FROM, history

QUOTA = Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3)
DAYS = st.integers(-20, 60).map(lambda n: FROM + timedelta(days=n))


@settings(max_examples=150, deadline=None)
@given(SCHEDULES, DAYS, DAYS, DAYS, st.none() | DAYS, st.integers(0, 6))
def test_there_is_one_box_for_each_due_occurrence(
    schedule: Schedule, starts_on: date, one: date, other: date, ends_on: date | None, weeks: int
) -> None:
    terms = PlanTerms(starts_on, ends_on, ((min(one, other), max(one, other)),))
    prescribed = history(schedule, terms)
    table = weeks_to_tick([Ticked(1, "Squat", "en", prescribed)], FROM, weeks)
    assert len(table) == weeks
    ticked = {(cell.day, cell.boxes) for week in table for row in week.rows for cell in row.cells if cell.boxes}
    end = monday_of(FROM) + timedelta(weeks=weeks)
    due = [each.day for each in due_occurrences(prescribed.versions, terms, FROM, max(end, FROM))]
    assert ticked == {(day, due.count(day)) for day in due}


def test_days_of_rest_pauses_and_what_lies_outside_have_no_boxes() -> None:
    schedule = Schedule(ScheduleKind.WEEKDAYS, times_per_day=2, weekdays=frozenset({Weekday.WED, Weekday.FRI}))
    terms = PlanTerms(date(2026, 5, 4), date(2026, 5, 16), ((date(2026, 5, 14), date(2026, 5, 15)),))
    weeks = weeks_to_tick([Ticked(1, "Squat", "en", history(schedule, terms))], FROM, 3)
    marks = ["".join(cell.mark.value[0] for cell in row.cells) for week in weeks for row in week.rows]
    # Wednesday to Sunday; then a pause on Thursday, and no plan any more from Saturday on; then nothing at all.
    assert marks == ["oodndnn", "nndpdoo"]
    assert [cell.boxes for cell in weeks[0].rows[0].cells] == [0, 0, 2, 0, 2, 0, 0]
    assert {cell.mark for cell in weeks[1].rows[0].cells[5:]} == {Mark.OUTSIDE}


def test_a_weekly_quota_has_as_many_boxes_as_the_week_expects() -> None:
    terms = PlanTerms(date(2026, 5, 4), None, ((date(2026, 5, 13), date(2026, 5, 18)),))
    needed = Schedule(ScheduleKind.AS_NEEDED, max_per_day=2)
    ticked = [Ticked(n, "Squat", "en", history(each, terms)) for n, each in enumerate((QUOTA, needed), start=1)]
    weeks = weeks_to_tick(ticked, FROM, 3)
    assert [[(row.of_choice, row.as_needed) for row in week.rows] for week in weeks] == [
        [(3, False), (0, True)],
        [(1, False), (0, True)],
        [(3, False), (0, True)],
    ]
