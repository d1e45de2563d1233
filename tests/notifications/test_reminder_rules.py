"""Whether there is anything to remind of, how often whoever ignores it is reminded, and which times are learnt."""

from datetime import date, datetime, time, timedelta

import pytest

from hep_api.notifications.reminding.due import Asked, DayStanding, Quota, is_worth_a_nudge, is_worth_a_reminder
from hep_api.notifications.reminding.ignoring import Step, ignoring, may_remind
from hep_api.notifications.reminding.learning import habits_of, replaced_by, sittings_of, worth_suggesting

MONDAY = date(2026, 5, 4)


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("day", "first", "second", "nudge"),
    [
        (DayStanding(), False, False, False),
        (DayStanding([Asked(1, 0)]), True, True, True),
        (DayStanding([Asked(1, 1)], recorded=True), False, False, False),
        # Twice a day, by the first and by the second of two reminders.
        (DayStanding([Asked(2, 0)]), True, True, True),
        (DayStanding([Asked(2, 1)], recorded=True), False, True, False),
        (DayStanding([Asked(2, 2)], recorded=True), False, False, False),
        (DayStanding([Asked(3, 1)], recorded=True), True, True, False),
        (DayStanding([Asked(3, 2)], recorded=True), False, True, False),
        (DayStanding([Asked(1, 1), Asked(1, 0)], recorded=True), True, True, False),
        # Something else was recorded: who exercises is not nudged, but reminded of what is due.
        (DayStanding([Asked(1, 0)], recorded=True), True, True, False),
        (DayStanding(quotas=[Quota(3, 7, False)]), True, True, False),
        (DayStanding(quotas=[Quota(3, 3, False)]), True, True, True),
        (DayStanding(quotas=[Quota(3, 7, True)], recorded=True), False, False, False),
        (DayStanding(quotas=[Quota(0, 4, False)]), False, False, False),
    ],
)
def test_only_what_is_due_and_not_recorded_is_reminded_of(
    day: DayStanding, first: bool, second: bool, nudge: bool
) -> None:
    found = (is_worth_a_reminder(day, 1, 2), is_worth_a_reminder(day, 2, 2), is_worth_a_nudge(day))
    assert found == (first, second, nudge)


def test_whoever_ignores_reminders_gets_them_every_second_day_then_weekly_and_anew_with_the_next_event() -> None:
    sent: list[date] = []
    for n in range(40):
        if may_remind(ignoring(sent, None, after(n)), sent, after(n)):
            sent.append(after(n))
    assert [(day - MONDAY).days for day in sent] == [0, 1, 2, 4, 6, 8, 15, 22, 29, 36]
    assert ignoring(sent, None, after(37)).step is Step.WEEKLY
    # An event on day 36: what lies before is forgotten, and day 37 is like any other.
    heeded = ignoring(sent, after(36), after(37))
    assert (heeded.on, heeded.step, may_remind(heeded, sent, after(37))) == ((), Step.NORMAL, True)
    # Today's reminder may still be heeded, and its second time of the day comes, too.
    today = ignoring([after(0), after(1), after(2)], None, after(2))
    assert (len(today.on), may_remind(today, [after(2)], after(2))) == (2, True)


def habit(hour: int, minute: int, days: range) -> list[tuple[date, datetime]]:
    """Exercise for half an hour, beginning up to ten minutes around a time."""
    begins = [datetime.combine(after(n), time(hour, minute)) + timedelta(minutes=n * 7 % 21 - 10) for n in days]
    return [(at.date(), at + timedelta(minutes=more)) for at in begins for more in (0, 15, 30)]


def test_times_are_learnt_from_the_days_on_which_somebody_really_exercises() -> None:
    doings = [*habit(7, 40, range(0, 20, 2)), *habit(18, 5, range(1, 28, 3)), *habit(13, 0, range(3, 5))]
    learnt = habits_of(sittings_of(doings))
    assert [(each.at, len(each.sittings)) for each in learnt] == [(time(7, 30), 10), (time(18), 9)]
    assert learnt == habits_of(sittings_of(reversed(doings)))
    # 08:00 is near enough; 12:00 nothing bears out, so the evening takes its place.
    present = [time(8), time(12)]
    [evening] = worth_suggesting(learnt, present, [])
    assert (evening.at, replaced_by(evening, present, learnt)) == (time(18), time(12))
    assert replaced_by(evening, [time(8)], learnt) is None
    assert worth_suggesting(learnt, present, [time(18, 30)]) == []


def test_few_days_or_days_without_a_time_of_their_own_teach_nothing_and_midnight_parts_no_habit() -> None:
    assert habits_of(sittings_of(habit(7, 40, range(6)))) == []
    assert habits_of([]) == []
    anytime = [(after(n), datetime.combine(after(n), time(n * 5 % 24))) for n in range(28)]
    assert habits_of(sittings_of(anytime)) == []
    late = [(after(n), datetime.combine(after(n), time(23, 50) if n % 2 else time(0, 10))) for n in range(12)]
    [around_midnight] = habits_of(sittings_of(late))
    assert (around_midnight.at, len(around_midnight.sittings)) == (time(23, 45), 12)
