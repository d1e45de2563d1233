"""On which dates check-ins are due, in any zone: rules without a database, beside a clock that is watched closely."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.messaging.check_ins.due import Course, Due, Patient, Rule, RuleKind, due_at, look
from hep_api.plans.occurrences import PlanTerms

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Cairo",
)
BERLIN = "Europe/Berlin"


def weekly(weekday: int, at: time = time(18), **more: Any) -> Rule:
    return Rule(RuleKind.WEEKLY, at, more.pop("since", LONG_AGO), weekday=weekday, **more)


def course(starts_on: date, ends_on: date | None = None, *pauses: tuple[date, date | None]) -> Course:
    return Course(PlanTerms(starts_on, ends_on, pauses), LONG_AGO)


def asked(rule: Rule, patient: Patient, looks: Iterator[datetime] | list[datetime]) -> list[Due]:
    """Return what is due over several looks, each of which knows how far the one before had settled."""
    found: list[Due] = []
    settled_on = None
    for now in looks:
        outlook = look(rule, patient, settled_on, now)
        found += outlook.due
        settled_on = outlook.settled_on
    return found


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    weekday=st.integers(0, 6),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    gaps=st.lists(st.integers(1, 60 * 23), min_size=30, max_size=60),
)
def test_every_week_is_asked_once_at_its_time_however_often_somebody_looks(
    zone: str, first: date, weekday: int, at: time, gaps: list[int]
) -> None:
    start = datetime.combine(first, time(0), UTC)
    looks = [start + timedelta(minutes=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    rule, patient = weekly(weekday, at, since=start), Patient(zone, [course(date(2020, 1, 1))])
    due = asked(rule, patient, looks)
    wanted = [
        day
        for day in (first + timedelta(days=n - 1) for n in range((looks[-1] - start).days + 4))
        if day.weekday() == weekday and start < due_at(day, at, zone) <= looks[-1]
    ]
    assert [each.on for each in due] == wanted
    for each in due:
        assert not each.too_late
        shown = each.at.astimezone(ZoneInfo(zone))
        # The first minute at which the wall clock has come as far: the time itself, unless the clocks skip it.
        before = (each.at - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        assert (shown.date(), shown.time() >= at, before.replace(tzinfo=None) < datetime.combine(each.on, at)) == (
            each.on,
            True,
            True,
        )


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    now=st.integers(0, 60 * 24 * 700).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    kind=st.sampled_from(RuleKind),
    starts=st.lists(st.integers(-40, 40), min_size=1, max_size=3),
    lasts=st.integers(1, 60),
    days=st.integers(0, 20),
    weekday=st.integers(0, 6),
)
def test_who_sleeps_until_the_next_look_misses_nothing(
    zone: str, now: datetime, kind: RuleKind, starts: list[int], lasts: int, days: int, weekday: int
) -> None:
    today = now.date()
    courses = [course(today + timedelta(days=each), today + timedelta(days=each + lasts)) for each in starts]
    of_week = {"weekday": weekday} if kind is RuleKind.WEEKLY else {"days": days}
    rule, patient = Rule(kind, time(18), now, **of_week), Patient(zone, courses)
    restless = asked(rule, patient, [now + timedelta(hours=7 * n) for n in range(24 * 100 // 7)])
    settled_on, found = None, []
    at: datetime | None = now
    while at is not None and at < now + timedelta(days=99):
        outlook = look(rule, patient, settled_on, at)
        assert outlook.look_at is None or outlook.look_at > at
        found += outlook.due
        settled_on, at = outlook.settled_on, outlook.look_at
    assert [each.on for each in found] == [each.on for each in restless if each.at < now + timedelta(days=99)]


MONDAY = date(2026, 6, 1)


def at_six(day: date, zone: str = BERLIN) -> datetime:
    return due_at(day, time(18), zone)


@pytest.mark.parametrize(
    ("courses", "is_asked"),
    [
        ([course(MONDAY)], True),
        ([course(MONDAY + timedelta(days=1))], False),
        ([course(MONDAY - timedelta(days=9), MONDAY)], False),
        ([course(date(2026, 1, 1), None, (MONDAY, None))], False),
        ([course(date(2026, 1, 1), None, (MONDAY - timedelta(days=3), MONDAY))], True),
        # One plan that runs is enough, whatever another one does.
        ([course(date(2026, 1, 1), None, (MONDAY, None)), course(MONDAY)], True),
        ([Course(PlanTerms(MONDAY - timedelta(days=9)), at_six(MONDAY))], False),
        ([], False),
    ],
)
def test_pauses_and_ends_silence_a_rule_and_what_was_not_known_then_asks_nothing(
    courses: list[Course], is_asked: bool
) -> None:
    outlook = look(weekly(0), Patient(BERLIN, courses), MONDAY - timedelta(days=7), at_six(MONDAY))
    assert bool(outlook.due) is is_asked


def test_so_many_days_after_each_plans_start_and_once_for_two_that_start_together() -> None:
    rule = Rule(RuleKind.AFTER_START, time(18), LONG_AGO, days=7)
    starts = [MONDAY, MONDAY, MONDAY + timedelta(days=3)]
    patient = Patient(BERLIN, [course(each) for each in starts])
    due = asked(rule, patient, [at_six(MONDAY + timedelta(days=n)) for n in range(30)])
    assert [each.on for each in due] == [MONDAY + timedelta(days=7), MONDAY + timedelta(days=10)]
    # Paused on its day, it is not asked later; another plan that runs is not the one that started.
    paused = course(MONDAY, None, (MONDAY + timedelta(days=7), MONDAY + timedelta(days=8)))
    patient = Patient(BERLIN, [paused, course(date(2026, 1, 1))])
    assert asked(rule, patient, [at_six(MONDAY + timedelta(days=n)) for n in range(30)]) == []


def test_days_that_were_missed_are_asked_about_the_day_after_the_last_of_them_once() -> None:
    rule = Rule(RuleKind.MISSED_DAYS, time(18), LONG_AGO, days=3)
    patient = Patient(BERLIN, [course(date(2026, 1, 1))], missed_on=MONDAY)
    due = asked(rule, patient, [at_six(MONDAY + timedelta(days=n)) for n in range(9)])
    assert [each.on for each in due] == [MONDAY + timedelta(days=1)]


def test_what_came_due_while_nobody_looked_is_late_for_a_day_and_then_too_late() -> None:
    patient = Patient(BERLIN, [course(date(2026, 1, 1))])
    for hours, too_late in ((24, [False]), (25, [True]), (8 * 24, [True, False])):
        found = look(weekly(0), patient, MONDAY - timedelta(days=7), at_six(MONDAY) + timedelta(hours=hours))
        assert [each.too_late for each in found.due] == too_late


def test_a_date_counts_once_for_who_flies_and_a_skipped_one_is_still_due() -> None:
    rule, plans = weekly(0), [course(date(2020, 1, 1))]
    in_auckland = look(rule, Patient("Pacific/Auckland", plans), None, at_six(MONDAY, "Pacific/Auckland"))
    assert [each.on for each in in_auckland.due][-1:] == [MONDAY]
    again = look(rule, Patient("Pacific/Honolulu", plans), in_auckland.settled_on, at_six(MONDAY, "Pacific/Honolulu"))
    assert again.due == []
    # Flying the other way, Monday evening comes before anybody looks again: asked late, and not left out.
    in_honolulu = look(rule, Patient("Pacific/Honolulu", plans), MONDAY - timedelta(days=7), at_six(MONDAY, BERLIN))
    assert in_honolulu.due == []
    landed = look(rule, Patient("Pacific/Auckland", plans), in_honolulu.settled_on, at_six(MONDAY, BERLIN))
    assert [(each.on, each.too_late) for each in landed.due] == [(MONDAY, False)]
    # Samoa had no 30 December 2011, a Friday.
    friday = date(2011, 12, 30)
    since = datetime(2011, 12, 29, tzinfo=UTC)
    samoa = look(
        weekly(4, since=since),
        Patient("Pacific/Apia", [Course(PlanTerms(date(2011, 1, 1)), LONG_AGO - timedelta(days=9999))]),
        None,
        datetime(2012, 1, 1, tzinfo=UTC),
    )
    assert [each.on for each in samoa.due] == [friday]


def test_a_weekly_rule_keeps_to_its_dates() -> None:
    rule = weekly(0, from_on=MONDAY + timedelta(days=1), until_on=MONDAY + timedelta(days=14))
    patient = Patient(BERLIN, [course(date(2026, 1, 1))])
    due = asked(rule, patient, [at_six(MONDAY + timedelta(days=n)) for n in range(40)])
    assert [each.on for each in due] == [MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    assert look(rule, patient, None, at_six(MONDAY - timedelta(days=60))).look_at == at_six(MONDAY + timedelta(days=7))
    assert look(rule, patient, MONDAY, at_six(MONDAY + timedelta(days=15))).look_at is None
