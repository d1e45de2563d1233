"""At which instants a patient is reminded, in any zone, beside a clock that is watched by the minute."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.reminding.outlook import LATEST, Whereabouts, look, look_at
from hep_api.notifications.reminding.times import Moment, ReminderTime, Stay, Wishes, moments_between, moments_of

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo",
    "America/Nuuk", "Pacific/Apia", "Pacific/Kwajalein", "America/Santiago", "Asia/Tokyo", "Africa/Casablanca",
)  # fmt: skip
MINUTE = timedelta(minutes=1)
ALWAYS = [(date(1990, 1, 1), None)]


def wishes(
    *times: str, nudge: str | None = None, day_starts_at: time = time(0), weekdays: Iterable[int] = ()
) -> Wishes:
    made = tuple(ReminderTime(time.fromisoformat(each), tuple(weekdays)) for each in times)
    return Wishes(made, time.fromisoformat(nudge) if nudge else None, day_starts_at)


def shown(moments: Iterable[Moment], zone: str) -> list[str]:
    return [f"{each.instant.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for each in moments]


@cache
def walls(zone: str, first: date, last: date) -> dict[datetime, datetime]:
    """Watch a zone's clock by the minute: of each minute that it shows the first instant at which it does.

    Of one that it skips the instant is that of as many minutes after the last one before, as if it had not been set.
    """
    there, instant = ZoneInfo(zone), datetime.combine(first, time(0), UTC) - timedelta(days=1)
    end = datetime.combine(last, time(0), UTC) + timedelta(days=2)
    seen: dict[datetime, datetime] = {}
    before = instant.astimezone(there).replace(tzinfo=None) - MINUTE
    while instant < end:
        wall = instant.astimezone(there).replace(tzinfo=None)
        if wall > before + MINUTE and wall - before < timedelta(hours=12):
            minutes = int((wall - before) / MINUTE)
            seen |= {before + n * MINUTE: instant + (n - 1) * MINUTE for n in range(1, minutes)}
        seen.setdefault(wall, instant)
        before = wall
        instant += MINUTE
    return seen


# Where clocks are set, or a date is left out, in 2026, 2027 and before: days to watch closely.
WATCHED = [
    ("Europe/Berlin", date(2026, 3, 29)), ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("Australia/Lord_Howe", date(2026, 4, 5)), ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/St_Johns", date(2026, 11, 1)), ("Africa/Cairo", date(2026, 4, 24)), ("Africa/Cairo", date(2027, 10, 29)),
    ("America/Nuuk", date(2026, 3, 28)), ("America/Santiago", date(2026, 9, 6)), ("Asia/Kathmandu", date(2028, 2, 29)),
    ("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Africa/Casablanca", date(2026, 2, 15)),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), WATCHED)
def test_each_minute_of_a_day_whose_clocks_are_set_comes_when_the_clock_shows_it(zone: str, day: date) -> None:
    watched = walls(zone, day, day)
    is_left_out = not any(wall.date() == day for wall in watched if wall.hour == 12)
    for minute in range(0, 24 * 60, 7):
        at = time(minute // 60, minute % 60)
        found = moments_of(Wishes((ReminderTime(at),), None), day, zone)
        wanted = [] if is_left_out else [watched[datetime.combine(day, at)]]
        assert [each.instant for each in found] == wanted, at


def test_a_date_that_a_zone_leaves_out_has_no_reminder_and_the_next_has_its_own() -> None:
    spoken = wishes("08:00", nudge="20:00")
    over = Stay("Pacific/Apia", datetime(2011, 12, 29, 10, tzinfo=UTC), datetime(2012, 1, 1, 9, 59, tzinfo=UTC))
    # 30 December 2011 was left out.
    assert shown(moments_between(spoken, [over]), over.zone) == [
        "12-29 08:00", "12-29 20:00", "12-31 08:00", "12-31 20:00", "01-01 08:00", "01-01 20:00"
    ]  # fmt: skip


def test_a_time_that_clocks_skip_comes_after_and_one_that_they_show_twice_comes_once() -> None:
    [skipped] = moments_of(wishes("02:30"), date(2026, 3, 29), "Europe/Berlin")
    [twice] = moments_of(wishes("02:30"), date(2026, 10, 25), "Europe/Berlin")
    assert [skipped.instant, twice.instant] == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ]  # fmt: skip
    # 02:30 and 03:30 are one moment on that date: nobody is reminded twice at once.
    assert len(moments_of(wishes("02:30", "03:30"), date(2026, 3, 29), "Europe/Berlin")) == 1


def test_the_night_belongs_to_the_day_before_for_whoever_begins_theirs_late() -> None:
    owl = wishes("08:00", "01:00", nudge="03:00", day_starts_at=time(4))
    found = moments_of(owl, date(2028, 2, 29), "Europe/Berlin")
    assert shown(found, "Europe/Berlin") == ["02-29 08:00", "03-01 01:00", "03-01 03:00"]
    assert [(each.place, each.of) for each in found[:2]] == [(1, 2), (2, 2)]
    # 29 February 2028 is a Tuesday, and so is its night.
    assert len(moments_of(wishes("01:00", day_starts_at=time(4), weekdays=[1]), date(2028, 2, 29), "Asia/Tokyo")) == 1


@pytest.mark.parametrize(
    ("times", "nudge", "comes"),
    [((), "20:00", True), (("08:00",), "20:00", True), (("19:00",), "20:00", True), (("19:01",), "20:00", False),
     (("08:00", "21:00"), "20:00", False), (("08:00",), None, False)],
)  # fmt: skip
def test_a_nudge_follows_the_days_reminders_by_an_hour_or_does_not_come(
    times: tuple[str, ...], nudge: str | None, comes: bool
) -> None:
    found = moments_of(wishes(*times, nudge=nudge), date(2026, 5, 6), "Europe/Berlin")
    assert (NoticeKind.SECOND_NUDGE in [each.kind for each in found]) is comes


def test_who_flies_is_reminded_once_for_each_time_and_date_in_the_zone_they_are_in() -> None:
    spoken = wishes("08:00", "18:00")
    took_off, landed = datetime(2026, 5, 6, 10, tzinfo=UTC), datetime(2026, 5, 9, tzinfo=UTC)
    start = datetime(2026, 5, 5, 22, tzinfo=UTC)
    west = moments_between(spoken, [Stay("Europe/Berlin", start, took_off), Stay("America/New_York", took_off, landed)])
    # 08:00 of the 6th comes in Berlin, and again in New York two hours later: once is enough.
    assert [(each.on.day, each.at.hour) for each in west] == [(6, 8), (6, 18), (7, 8), (7, 18), (8, 8), (8, 18)]
    assert shown(west[1:2], "America/New_York") == ["05-06 18:00"]
    east = moments_between(spoken, [Stay("Europe/Berlin", start, took_off), Stay("Asia/Tokyo", took_off, landed)])
    # 18:00 of the 6th was over in Tokyo already.
    assert [(each.on.day, each.at.hour) for each in east] == [(6, 8), (7, 8), (7, 18), (8, 8), (8, 18), (9, 8)]


@pytest.mark.parametrize("zone", ZONES)
def test_over_two_years_every_time_of_every_day_comes_at_the_instant_that_its_offsets_say(zone: str) -> None:
    spoken = wishes("00:15", "02:30", "23:45", nudge="20:00", day_starts_at=time(1))
    for n in range(731):
        day = date(2027, 3, 1) + timedelta(days=n)
        walls_of = [datetime.combine(day, time(2, 30)), datetime.combine(day, time(23, 45))]
        walls_of.append(datetime.combine(day + timedelta(days=1), time(0, 15)))
        wanted = sorted({instant_by_offsets(wall, zone) for wall in walls_of})
        assert [each.instant for each in moments_of(spoken, day, zone)] == wanted
    leap = [each.on for each in moments_of(wishes("08:00"), date(2028, 2, 29), zone)]
    assert leap == [date(2028, 2, 29)]


def instant_by_offsets(wall: datetime, zone: str) -> datetime:
    """Try the offsets of the days around: the first instant that shows the time, else as the clock was before."""
    there, near = ZoneInfo(zone), wall.replace(tzinfo=UTC)
    offsets = [(near + timedelta(hours=hours)).astimezone(there).utcoffset() for hours in (-36, 36)]
    tried = [near - offset for offset in offsets if offset is not None]
    shows = [each for each in tried if each.astimezone(there).replace(tzinfo=None) == wall]
    return min(shows) if shows else tried[0]


@settings(max_examples=60, deadline=None)
@given(
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=4),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 15)),
    times=st.lists(st.times().map(lambda each: each.replace(second=0, microsecond=0)), max_size=3, unique=True),
    nudge=st.none() | st.just(time(20)),
    starts=st.sampled_from([time(0), time(4)]),
    weekdays=st.frozensets(st.integers(0, 6), max_size=6),
    gaps=st.lists(st.integers(2, 60 * 14), min_size=6, max_size=24),
    moves=st.lists(st.integers(0, 23), max_size=3),
)
def test_every_moment_is_told_or_noted_in_the_zone_of_its_instant_however_often_somebody_looks(
    zones: list[str],
    first: date,
    times: list[time],
    nudge: time | None,
    starts: time,
    weekdays: frozenset[int],
    gaps: list[int],
    moves: list[int],
) -> None:
    wished = Wishes(tuple(ReminderTime(at, tuple(sorted(weekdays))) for at in sorted(times)), nudge, starts)
    start = datetime.combine(first, time(0), UTC)
    looks = [start + sum(gaps[: n + 1]) * MINUTE for n in range(len(gaps))]
    # A minute before some of the looks the patient lands somewhere else.
    flights = {looks[n] - MINUTE: zones[(place + 1) % len(zones)] for place, n in enumerate(moves) if n < len(looks)}
    there = Whereabouts(start, zones[0], start)
    seen: set[tuple[NoticeKind, date, time]] = set()
    wanted: set[tuple[NoticeKind, date, time]] = set()
    for before, now in zip([start, *looks], looks, strict=False):
        landed = flights.get(now - MINUTE, there.zone)
        wanted |= by_the_minute(wished, there.zone, before, now - MINUTE) | by_the_minute(
            wished, landed, now - MINUTE, now
        )
        there = there.moved(landed, now - MINUTE)
        found = look(wished, there, now)
        late = [each for each in found.passed if now - each.instant <= LATEST]
        assert not late or (found.due is not None and found.due.instant >= late[-1].instant)
        assert found.due is None or now - found.due.instant <= LATEST
        seen |= {(each.kind, each.on, each.at) for each in [*found.passed, *([found.due] if found.due else [])]}
        there = there.settled(now)
    assert seen == wanted


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    weekdays=st.frozensets(st.integers(0, 6), max_size=6),
    days=st.integers(1, 20),
)
def test_whoever_looks_when_they_were_told_to_tells_each_moment_at_its_very_instant(
    zone: str, first: date, at: time, weekdays: frozenset[int], days: int
) -> None:
    wished = wishes(f"{at:%H:%M}", nudge="20:00", weekdays=weekdays)
    runs = [(first, first + timedelta(days=days))]
    now = datetime.combine(first, time(0), UTC) - timedelta(days=40)
    there, told = Whereabouts(now, zone, now), []
    while (ahead := look_at(wished, there, runs, now)) is not None:
        assert ahead > now
        now = ahead
        found = look(wished, there, now)
        there = there.settled(now)
        told += [found.due] if found.due else []
    wanted = [each for n in range(days) for each in moments_of(wished, first + timedelta(days=n), zone)]
    assert [each for each in told if first <= each.on < runs[0][1]] == wanted
    assert [each.on for each in told if each.on >= runs[0][1]] == []


def by_the_minute(wished: Wishes, zone: str, after: datetime, until: datetime) -> set[tuple[NoticeKind, date, time]]:
    """Look at every minute of a stay for a time of one of its days."""
    first = after.date() - timedelta(days=3)
    days = [first + timedelta(days=n) for n in range((until.date() - first).days + 3)]
    moments = [moment for day in days for moment in moments_of(wished, day, zone)]
    minutes = {after + n * MINUTE for n in range(1, int((until - after) / MINUTE) + 1)}
    return {(each.kind, each.on, each.at) for each in moments if each.instant in minutes}
