"""Opening hours, held against a clock that is read minute by minute, in zones of every kind."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest

from hep_api.messaging.answering.hours import OpeningHours, around_the_clock, hours_from_json

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
# Where and when clocks are set, among others by half an hour, and where a date was skipped.
ZONES = {
    "UTC": datetime(2026, 3, 1, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 3, 25, tzinfo=UTC),
    "Europe/Dublin": datetime(2026, 10, 21, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 29, tzinfo=UTC),
    "America/St_Johns": datetime(2026, 3, 5, tzinfo=UTC),
    "America/Santiago": datetime(2026, 9, 3, tzinfo=UTC),
    "Africa/Casablanca": datetime(2026, 2, 12, tzinfo=UTC),
    "Africa/Cairo": datetime(2026, 4, 21, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 2, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2026, 1, 1, tzinfo=UTC),
    "Pacific/Chatham": datetime(2026, 9, 24, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 27, tzinfo=UTC),
}
DAYS = 7


class ByTheMinute:
    """The slow reference: what the clock on the wall shows at each minute of some days."""

    def __init__(self, hours: OpeningHours, first: datetime) -> None:
        zone = ZoneInfo(hours.zone)
        self.first = first
        self.open = [self._shows(hours, first + n * MINUTE, zone) for n in range(DAYS * 24 * 60)]
        self.total = [0, *accumulate(self.open)]

    def _shows(self, hours: OpeningHours, at: datetime, zone: ZoneInfo) -> bool:
        wall = at.astimezone(zone)
        past = wall.hour * 60 + wall.minute
        day = wall.date()
        return any(begin <= past < end for begin, end in self._day(hours, day)) or any(
            begin <= past + 1440 < end for begin, end in self._day(hours, day - timedelta(days=1))
        )

    @staticmethod
    def _day(hours: OpeningHours, day: date) -> Sequence[tuple[int, int]]:
        assert hours.week is not None
        return hours.holidays.get(day, hours.week[day.weekday()])

    def minute(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        return (self.total[self.minute(until)] - self.total[self.minute(since)]) * MINUTE

    def change_after(self, place: int) -> datetime | None:
        other = (n for n in range(place, len(self.open)) if self.open[n] is not self.open[place])
        return self._at(next(other, None))

    def change_before(self, place: int) -> datetime | None:
        other = (n + 1 for n in range(place, -1, -1) if self.open[n] is not self.open[place])
        return self._at(next(other, None))

    def due(self, at: datetime, allowed: int) -> datetime | None:
        place = bisect_left(self.total, self.total[self.minute(at)] + allowed)
        return self._at(place if place < len(self.total) else None)

    def _at(self, place: int | None) -> datetime | None:
        return None if place is None else self.first + place * MINUTE


def some_hours(chance: random.Random, zone: str, first: datetime) -> OpeningHours:
    """Up to three openings on a date, some over midnight, and two holidays, of which one has hours of its own."""

    def openings() -> list[list[str]]:
        marks = sorted(chance.sample(range(0, 1440, chance.choice((1, 15, 30))), 2 * chance.randint(0, 3)))
        pairs = list(zip(marks[::2], marks[1::2], strict=True))
        if pairs and chance.random() < 0.4:
            pairs[-1] = (pairs[-1][0], chance.choice((1440, *range(0, pairs[0][0] + 1, 7))))
        return [[f"{n // 60:02}:{n % 60:02}" for n in pair] for pair in pairs if pair[0] != pair[1]]

    week = {name: openings() for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    around = first.astimezone(ZoneInfo(zone)).date()
    closed, other = (str(around + timedelta(days=n)) for n in chance.sample(range(DAYS), 2))
    return hours_from_json(zone, week, [{"on": closed, "hours": []}, {"on": other, "hours": openings()}])


@cache
def tried() -> Sequence[tuple[OpeningHours, ByTheMinute, random.Random]]:
    chance = random.Random(6)
    made = [some_hours(chance, zone, first) for zone, first in ZONES.items()]
    return [(hours, ByTheMinute(hours, ZONES[hours.zone]), chance) for hours in made]


def test_hours_are_those_that_the_clock_on_the_wall_shows_minute_by_minute() -> None:
    for hours, slow, chance in tried():
        for _ in range(40):
            place = chance.randrange(len(slow.open))
            at = slow.first + place * MINUTE
            found = hours.stretch(at)
            assert found.is_open is hours.is_open(at) is slow.open[place], (hours, at)
            for answer, expected in ((found.until, slow.change_after(place)), (found.since, slow.change_before(place))):
                # Beyond its days the slow one sees nothing.
                assert expected is None or answer == expected, (hours, at)


def test_time_open_and_what_is_due_are_counted_minute_by_minute() -> None:
    for hours, slow, chance in tried():
        for _ in range(40):
            places = sorted(chance.sample(range(len(slow.open)), 2))
            since, until = (slow.first + place * MINUTE for place in places)
            assert hours.open_time(since, until) == slow.open_time(since, until), (hours, since, until)
            allowed = chance.choice((1, 7, 60, 24 * 60))
            due = slow.due(since, allowed)
            if due is not None:
                assert hours.due(since, allowed * MINUTE) == due, (hours, since, allowed)
            last = hours.overdue_before(until, allowed * MINUTE)
            if last is not None and last >= slow.first:
                assert slow.open_time(last, until) >= timedelta(0)
                found, later = hours.due(last, allowed * MINUTE), hours.due(last + MINUTE, allowed * MINUTE)
                assert found is not None, (hours, until)
                assert found <= until, (hours, until)
                assert later is None or later > until, (hours, until)


OFFICE = {name: [["08:00", "12:00"], ["13:00", "18:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def test_a_weekend_a_holiday_and_a_night_are_closed() -> None:
    hours = hours_from_json("Europe/Berlin", OFFICE, [{"on": "2026-04-06", "hours": []}])
    friday_night, tuesday = at("2026-04-03 20:00"), at("2026-04-07 08:00")
    closed = hours.stretch(friday_night)
    assert (closed.is_open, closed.since, closed.until) == (False, at("2026-04-03 18:00"), tuesday)
    assert hours.stretch(tuesday).until == at("2026-04-07 12:00")
    assert not hours.is_open(at("2026-04-07 12:00"))
    # 24 hours within 9 a day: what comes in on Friday night is due on Thursday.
    assert hours.due(friday_night, timedelta(hours=24)) == at("2026-04-09 15:00")


def test_a_night_shift_goes_on_into_a_holiday_and_begins_on_none() -> None:
    nights = {"sun": [["22:00", "02:00"]], "mon": [["22:00", "02:00"]]}
    hours = hours_from_json("Europe/Berlin", nights, [{"on": "2026-04-06", "hours": []}])
    shift, after = hours.stretch(at("2026-04-05 23:00")), hours.stretch(at("2026-04-06 03:00"))
    assert (shift.is_open, shift.until) == (True, at("2026-04-06 02:00"))
    assert (after.is_open, after.until) == (False, at("2026-04-12 22:00"))


def test_a_day_with_a_clock_set_ahead_or_back_is_as_long_as_it_is() -> None:
    hours = hours_from_json("Europe/Berlin", {"sun": [["01:00", "04:00"]]}, [])
    spring, autumn, other = at("2026-03-29 00:00"), at("2026-10-25 00:00"), at("2026-06-07 00:00")
    day = timedelta(days=1)
    assert [hours.open_time(each, each + day) / timedelta(hours=1) for each in (spring, autumn, other)] == [2, 4, 3]


@pytest.mark.parametrize(
    ("week", "is_open"),
    [(None, True), ({}, False), ({name: [["00:00", "24:00"]] for name in (*OFFICE, "sat", "sun")}, True)],
    ids=["never said", "never open", "never closed"],
)
def test_what_never_changes_has_no_beginning_and_no_end(week: dict[str, list[list[str]]] | None, is_open: bool) -> None:
    hours = hours_from_json("Europe/Berlin", week, [])
    now = at("2026-04-03 20:00")
    found = hours.stretch(now)
    assert (found.is_open, found.since, found.until) == (is_open, None, None)
    due = now + timedelta(hours=2) if is_open else None
    assert hours.due(now, timedelta(hours=2)) == due
    assert hours.overdue_before(now, timedelta(hours=2)) == (now - timedelta(hours=2) if is_open else None)


def test_the_last_microsecond_counts() -> None:
    hours = hours_from_json("Europe/Berlin", OFFICE, [])
    late = at("2026-04-07 11:59") + timedelta(seconds=59, microseconds=999_999)
    assert hours.is_open(late)
    assert hours.open_time(late, at("2026-04-07 13:00")) == timedelta(microseconds=1)
    assert hours.due(late, timedelta(microseconds=2)) == at("2026-04-07 13:00") + timedelta(microseconds=1)
    assert around_the_clock("UTC").open_time(late, late - MINUTE) == timedelta(0)
