"""What stands in a calendar, and the iCalendar that is made of it, read back by a parser."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest

from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.integrations.calendars.events import DAYS_AHEAD, events_of
from hep_api.integrations.calendars.icalendars import Feed, as_icalendar
from hep_api.integrations.calendars.tokens import FeedToken, digest_of, is_secret, new_secret, read_token
from hep_api.integrations.languages import Language
from hep_api.plans.occurrences import PlanTerms, due_occurrences
from hep_api.plans.queries.histories import PrescriptionHistory
from tests.integrations.handing_out import history

FEED = UUID("0196a000-0000-7000-8000-000000000001")
TWICE = Schedule(ScheduleKind.DAILY, times_per_day=2)
THRICE = Schedule(ScheduleKind.DAILY, times_per_day=3)
SECOND = Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=2, times_per_day=1)
QUOTA = Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3)
MORNING, EVENING = time(8), time(18)
CHANGED_AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
NAME = "Wall slide; hold, breathe\nאב 🦵"


def read(
    histories: list[PrescriptionHistory],
    today: date,
    *times: time,
    zone: str = "Europe/Berlin",
    day_starts_at: time = time(0),
    details: bool = False,
    language: Language = Language.ENGLISH,
) -> icalendar.Calendar:
    """Make a feed of the histories and parse it."""
    events = events_of(FEED, histories, today, times)
    made = as_icalendar(Feed(zone, day_starts_at, language, details, CHANGED_AT, 7, events))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    parsed = icalendar.Calendar.from_ical(made)
    assert parsed.errors == []
    return parsed


def events_in(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    events: list[icalendar.Event] = calendar.walk("VEVENT")
    return events


def test_a_whole_day_stands_for_all_that_is_due_on_it() -> None:
    today = date(2028, 2, 1)
    terms = PlanTerms(today, date(2028, 3, 20), ((date(2028, 2, 10), date(2028, 2, 12)),))
    histories = [history(each, terms) for each in (TWICE, SECOND, QUOTA)]
    calendar = read(histories, today)
    days = [event["dtstart"].dt for event in events_in(calendar)]
    due = {each.day for one in histories for each in due_occurrences(one.versions, terms, today, date(2028, 5, 1))}
    assert days == sorted(due)
    # A leap day, no day of the pause, none after the plan's end, and nothing for the quota.
    assert (date(2028, 2, 29) in days, date(2028, 2, 10) in days, date(2028, 3, 20) in days) == (True, False, False)
    assert [event["dtend"].dt for event in events_in(calendar)] == [day + timedelta(days=1) for day in days]
    assert {str(event["summary"]) for event in events_in(calendar)} == {"Exercises"}
    assert calendar.walk("VTIMEZONE") == []


def test_doings_of_a_day_are_spread_over_the_times_and_the_horizon_is_ninety_days() -> None:
    today = date(2026, 5, 6)
    histories = [history(each, PlanTerms(today)) for each in (TWICE, THRICE, SECOND)]
    found = events_of(FEED, histories, today, (MORNING, EVENING))
    assert [(event.at, len(event.due)) for event in found[:4]] == [
        (MORNING, 3),
        (EVENING, 2),
        (MORNING, 2),
        (EVENING, 2),
    ]
    assert (found[0].day, found[-1].day) == (today, today + timedelta(days=DAYS_AHEAD - 1))
    assert len({event.id for event in found}) == len(found) == 2 * DAYS_AHEAD
    # Tomorrow the same events have the same ids; those of another feed are others.
    tomorrow = events_of(FEED, histories, today + timedelta(days=1), (MORNING, EVENING))
    assert {event.id for event in found[2:]} < {event.id for event in tomorrow}
    assert not {event.id for event in events_of(uuid4(), histories, today, (MORNING,))} & {each.id for each in found}


@pytest.mark.parametrize(
    ("zone", "today", "changes_on", "offsets"),
    [
        ("Europe/Berlin", date(2026, 3, 27), date(2026, 3, 29), (1, 2)),
        ("Europe/Berlin", date(2026, 10, 23), date(2026, 10, 25), (2, 1)),
        ("America/New_York", date(2026, 10, 30), date(2026, 11, 1), (-4, -5)),
        ("Australia/Lord_Howe", date(2026, 10, 1), date(2026, 10, 4), (10.5, 11)),
        ("Asia/Kathmandu", date(2026, 3, 27), date(2026, 3, 29), (5.75, 5.75)),
    ],
)
def test_times_are_the_clocks_of_the_patients_zone_when_it_changes(
    zone: str, today: date, changes_on: date, offsets: tuple[float, float]
) -> None:
    calendar = read([history(TWICE, PlanTerms(today))], today, MORNING, EVENING, zone=zone)
    starts = {
        (event["dtstart"].dt.date(), event["dtstart"].dt.time()): event["dtstart"] for event in events_in(calendar)
    }
    before, after = (starts[day, MORNING] for day in (changes_on - timedelta(days=1), changes_on))
    assert [each.dt.utcoffset() for each in (before, after)] == [timedelta(hours=each) for each in offsets]
    assert before.params["TZID"] == zone
    # The rules that travel with the feed say the same as the zone does.
    (rules,) = calendar.walk("VTIMEZONE")
    ours, theirs = rules.to_tz(), ZoneInfo(zone)
    for day, at in starts:
        naive = datetime.combine(day, at)
        assert naive.replace(tzinfo=ours).utcoffset() == naive.replace(tzinfo=theirs).utcoffset(), naive


def test_a_time_before_the_patients_day_starts_is_after_midnight() -> None:
    today = date(2026, 5, 6)
    calendar = read([history(TWICE, PlanTerms(today))], today, time(1), MORNING, day_starts_at=time(3))
    starts = [event["dtstart"].dt.isoformat() for event in events_in(calendar)[:2]]
    assert starts == ["2026-05-07T01:00:00+02:00", "2026-05-06T08:00:00+02:00"]


def test_without_details_there_is_no_word_of_health_and_with_them_there_are_names_and_doses() -> None:
    today = date(2026, 5, 6)
    named = [history(TWICE, PlanTerms(today), name=NAME)]
    plain, told = (read(named, today, details=details, language=Language.GERMAN) for details in (False, True))
    assert b"Wall slide" not in plain.to_ical()
    assert b"DESCRIPTION" not in plain.to_ical()
    (first, *_) = events_in(told)
    assert str(first["summary"]) == f"Übungen: {NAME}"
    assert str(first["description"]) == f"{NAME}: 3 Sätze à 10 Wiederholungen"


def test_a_feed_has_what_calendar_programs_ask_for_and_is_the_same_each_time() -> None:
    today = date(2026, 5, 6)
    histories = [history(TWICE, PlanTerms(today))]
    calendar = read(histories, today, MORNING)
    assert (str(calendar["method"]), str(calendar["name"]), str(calendar["version"])) == ("PUBLISH", "Exercises", "2.0")
    assert calendar["refresh-interval"].dt == timedelta(hours=6)
    (first, *_) = events_in(calendar)
    assert (first["sequence"], first["dtstamp"].dt, str(first["class"])) == (7, CHANGED_AT, "PRIVATE")
    assert (first["duration"].dt, str(first["transp"])) == (timedelta(minutes=15), "TRANSPARENT")
    assert calendar.to_ical() == read(histories, today, MORNING).to_ical()
    assert read([], today).walk("VEVENT") == []


def test_a_token_says_whose_feed_it_is_and_nothing_near_it_is_one() -> None:
    token = FeedToken(uuid4(), uuid4(), new_secret())
    assert read_token(str(token)) == token
    assert is_secret(token.secret, digest_of(token.secret))
    assert not is_secret(token.secret, digest_of(new_secret()))
    for near in ("", "x", str(token)[:-1], f"{token}A", f"{token}=", "é" * 86, "*" * 86, "A" * 85 + "B"):
        assert read_token(near) is None, near
