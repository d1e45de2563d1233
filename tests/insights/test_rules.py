"""The rules, each by itself, on standings made by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from hep_api.adherence.entries import Event, EventKind, SkipReason
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.trends import Median
from hep_api.clinics.models import MemberStatus
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.languages import WRITTEN
from hep_api.insights.evidence import MOST_EVENTS, NOTHING
from hep_api.insights.rules import dropping_off, hurting, keeping_in_touch
from hep_api.insights.rules.table import RANKS, ROWS, RULES
from hep_api.insights.schemas.attention import AttentionEvidenceOut
from hep_api.insights.standing import Course, Standing, Stretch, Waiting, interval_of
from hep_api.insights.vocabulary import NextAction, Rule
from hep_api.insights.words.languages import PHRASEBOOKS, chosen
from tests.insights.conftest import NOW, on

DAILY = {"kind": "daily", "times_per_day": 1}
MON_WED_FRI = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1}
NONE = Ratio(Fraction(0), 0)
TALK = UUID(int=7)
LONG = date(2026, 1, 1)


def course(*schedules: dict[str, Any], since: date = LONG, until: date | None = None, pauses: Any = ()) -> Course:
    return Course(
        [Stretch(since, until)], [Stretch(*each) for each in pauses], [Schedule.from_json(s) for s in schedules]
    )


def again(*schedules: dict[str, Any], until: date, since: date) -> Course:
    """A plan that asked for something, for nothing from `until` on, and asks again from `since` on."""
    return replace(course(*schedules), asks=[Stretch(LONG, until), Stretch(since, None)])


def standing(**known: Any) -> Standing:
    """A patient on 6 May of whom nothing is to be told but what is said."""
    said = {
        "patient_id": UUID(int=1),
        "status": MemberStatus.ACTIVE,
        "today": on(6),
        "last_closed": on(5),
        "zone": "Europe/Berlin",
        "response_hours": 24,
        "courses": [course(DAILY)],
        "last_event_on": on(5),
        "week": NONE,
        "month": NONE,
        "sessions": [],
        "telling": [],
        "unanswered": None,
        "unread": None,
        "invited_at": None,
        "alert": None,
        "unheeded": None,
        "now": NOW,
    }
    return Standing(**{**said, **known})


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        (DAILY, Fraction(1)),
        (MON_WED_FRI, Fraction(7, 3)),
        ({"kind": "every_n_days", "every_n_days": 5, "times_per_day": 2}, Fraction(5)),
        ({"kind": "weekly_quota", "times_per_week": 2}, Fraction(7, 2)),
        ({"kind": "as_needed", "max_per_day": 3}, None),
    ],
)
def test_the_prescribed_interval_is_the_mean_days_between_two_doings(schedule: Any, days: Fraction | None) -> None:
    assert interval_of(Schedule.from_json(schedule)) == days


@pytest.mark.parametrize(
    ("courses", "last_event_on", "days"),
    [
        ([course(DAILY)], on(3), None),
        ([course(DAILY)], on(2), 3),
        ([course(DAILY)], on(6), None),
        ([course(DAILY)], on(7), None),
        # Twice 7/3 days are four days and two thirds: the fifth makes it.
        ([course(MON_WED_FRI)], on(1), None),
        ([course(MON_WED_FRI)], date(2026, 4, 30), 5),
        # What is done most often decides.
        ([course(MON_WED_FRI, DAILY)], on(2), 3),
        ([course(MON_WED_FRI), course(DAILY)], on(2), 3),
        ([course({"kind": "as_needed"})], None, None),
        ([], None, None),
        # Without any event it counts from the first day on which anything was prescribed.
        ([course(DAILY, since=on(3))], None, 3),
        ([course(DAILY, since=on(4))], None, None),
        # A pause silences, and the days after it begin anew.
        ([course(DAILY, pauses=[(on(6), None)])], on(1), None),
        ([course(DAILY, pauses=[(on(1), on(4))])], LONG, None),
        ([course(DAILY, pauses=[(on(1), on(3))])], LONG, 3),
        # So does a while for which nothing was prescribed, and what is done as needed is asked of nobody.
        ([again(DAILY, until=date(2026, 4, 20), since=on(4))], LONG, None),
        ([again(DAILY, until=date(2026, 4, 20), since=on(3))], LONG, 3),
        ([again(DAILY, until=date(2026, 4, 20), since=on(6))], LONG, None),
        ([again(DAILY, until=on(2), since=on(5)), replace(course({"kind": "as_needed"}), asks=[])], LONG, None),
        # Another plan that goes on is not paused by it.
        ([course(DAILY, pauses=[(on(1), on(4))]), course(DAILY)], on(2), 3),
        ([course(DAILY, since=date(2020, 1, 1))], None, 366),
    ],
)
def test_silence_holds_after_three_days_or_twice_the_interval(
    courses: Any, last_event_on: date | None, days: int | None
) -> None:
    found = dropping_off.find_silence(standing(courses=courses, last_event_on=last_event_on))
    assert (found and found.evidence["days_without_event"]) == days
    if found is not None:
        assert (found.evidence["from"], found.evidence["to"]) == (found.since_on.isoformat(), "2026-05-05")


@pytest.mark.parametrize(
    ("week", "month", "points"),
    [
        ((3, 5), (8, 10), 20),
        ((60001, 100000), (8, 10), None),
        ((0, 7), (1, 2), 50),
        ((0, 0), (8, 10), None),
        ((3, 7), (0, 0), None),
        ((9, 10), (5, 10), None),
    ],
)
def test_a_drop_holds_from_twenty_points_on_exactly(week: Any, month: Any, points: int | None) -> None:
    ratios = {"week": Ratio(Fraction(week[0]), week[1]), "month": Ratio(Fraction(month[0]), month[1])}
    found = dropping_off.find_drop(standing(**ratios))
    assert (found and found.evidence["points"]) == points
    paused = [course(DAILY, pauses=[(on(6), on(8))])]
    for silenced in ([], paused):
        assert dropping_off.find_drop(standing(**ratios, courses=silenced)) is None


@pytest.mark.parametrize(
    ("pains", "holds"),
    [((1, 2, 3), True), ((5, 1, 2, 3), True), ((1, 2), False), ((1, 2, 2), False), ((3, 4, 1), False), ((), False)],
)
def test_pain_rises_when_each_of_the_last_three_sessions_hurt_more(pains: Any, holds: bool) -> None:
    sessions = [Median(on(1) + timedelta(days=n), Fraction(pain)) for n, pain in enumerate(pains)]
    found = hurting.find_rising_pain(standing(sessions=sessions))
    assert (found is not None) == holds
    if found is not None:
        assert [each["pain"] for each in found.evidence["sessions"]] == [1, 2, 3]


def entry(day: int, pain: int | None = None, reason: SkipReason | None = None) -> Event:
    kind = EventKind.SKIPPED if reason else EventKind.DONE
    made = new_id()
    return Event(
        id=made,
        entry_id=made,
        revision=0,
        prescription_id=TALK,
        version=1,
        kind=kind,
        performed_on=on(day),
        pain=pain,
        skip_reason=reason,
    )


def test_high_pain_and_telling_reasons_name_their_entries() -> None:
    told = [entry(6, 9), entry(5, 7, SkipReason.PAIN), entry(4, None, SkipReason.UNCLEAR), entry(3, 7)]
    high = hurting.find_high_pain(standing(telling=told))
    skipped = hurting.find_skip_reasons(standing(telling=told))
    assert high is not None
    assert skipped is not None
    assert (high.since_on, high.evidence["highest_pain"], high.evidence["from"]) == (on(3), 9, "2026-04-30")
    assert high.evidence["event_ids"] == [str(told[n].entry_id) for n in (0, 1, 3)]
    assert skipped.evidence["skips"] == [{"reason": "pain", "times": 1}, {"reason": "unclear", "times": 1}]
    many = hurting.find_high_pain(standing(telling=[entry(6, 8) for _ in range(MOST_EVENTS + 9)]))
    assert many is not None
    assert len(many.evidence["event_ids"]) == MOST_EVENTS
    assert hurting.find_high_pain(standing(telling=[told[2]])) is None
    assert hurting.find_skip_reasons(standing(telling=[told[0]])) is None


def test_only_messages_that_have_waited_too_long_hold() -> None:
    since = NOW - timedelta(hours=30)
    waiting = Waiting(TALK, 2, 4, 4, since)
    for find, name, hours in (
        (keeping_in_touch.find_unanswered, "unanswered", 24),
        (keeping_in_touch.find_unread, "unread", 72),
    ):
        found = find(standing(**{name: waiting}))
        assert found is not None
        assert (found.since_on, found.evidence["last_seq"], found.evidence["hours_allowed"]) == (on(5), 4, hours)
        assert find(standing(**{name: replace(waiting, last_seq=None)})) is None
        assert find(standing()) is None


@pytest.mark.parametrize(
    ("hours", "status", "holds"), [(72, "invited", True), (71, "invited", False), (90, "active", False)]
)
def test_an_invitation_holds_after_72_hours_while_nobody_came_in(hours: int, status: str, holds: bool) -> None:
    about = standing(status=MemberStatus(status), invited_at=NOW - timedelta(hours=hours))
    assert (keeping_in_touch.find_not_activated(about) is not None) == holds


def other(**changes: Any) -> dict[str, Any]:
    return {**NOTHING, **changes}


@pytest.mark.parametrize(
    ("rule", "seen", "found", "is_new"),
    [
        (Rule.HIGH_PAIN, {"event_ids": ["a", "b"]}, {"event_ids": ["b"]}, False),
        (Rule.HIGH_PAIN, {"event_ids": ["a"]}, {"event_ids": ["c", "a"]}, True),
        (Rule.SKIP_REASONS, {"event_ids": ["a"]}, {"event_ids": ["c"]}, True),
        (Rule.RISING_PAIN, {"to": "2026-05-05"}, {"to": "2026-05-05"}, False),
        (Rule.RISING_PAIN, {"to": "2026-05-05"}, {"to": "2026-05-06"}, True),
        (Rule.UNANSWERED_MESSAGE, {"last_seq": 4}, {"last_seq": 4}, False),
        (Rule.UNREAD_MESSAGE, {"last_seq": 4}, {"last_seq": 5}, True),
        (
            Rule.NO_EVENTS,
            {"last_event_on": None, "to": "2026-05-05"},
            {"last_event_on": None, "from": "2026-05-01"},
            False,
        ),
        (
            Rule.NO_EVENTS,
            {"last_event_on": None, "to": "2026-05-05"},
            {"last_event_on": None, "from": "2026-05-09"},
            True,
        ),
        (
            Rule.NO_EVENTS,
            {"last_event_on": "2026-05-01", "to": "2026-05-05"},
            {"last_event_on": "2026-05-02", "from": "2026-05-03"},
            True,
        ),
        (Rule.COMPLETION_DROP, {"to": "2026-05-05"}, {"from": "2026-05-05"}, False),
        (Rule.COMPLETION_DROP, {"to": "2026-05-05"}, {"from": "2026-05-06"}, True),
        (Rule.NOT_ACTIVATED, {"waiting_since": "a"}, {"waiting_since": "a"}, False),
        (Rule.NOT_ACTIVATED, {"waiting_since": "a"}, {"waiting_since": "b"}, True),
    ],
)
def test_evidence_is_new_when_it_has_what_nobody_has_seen(rule: Rule, seen: Any, found: Any, is_new: bool) -> None:
    assert ROWS[rule].is_new(other(**found), other(**seen)) is is_new


def test_every_rule_is_in_the_table_and_every_language_has_words_for_it() -> None:
    assert [row.rule for row in RULES] == list(Rule) == [Rule(name) for name in sorted(RANKS, key=RANKS.__getitem__)]
    assert {row.next_action for row in RULES} == set(NextAction)
    assert tuple(PHRASEBOOKS) == WRITTEN
    for book in PHRASEBOOKS.values():
        assert set(book.titles) == set(Rule)
        assert set(book.actions) == set(NextAction)
        assert all(words.strip() for words in (*book.titles.values(), *book.actions.values()))
    assert [chosen(asked) for asked in (("de-AT",), ("it", "fr"), ())] == ["de", "fr", "en"]


def test_evidence_is_stored_in_the_shape_of_its_schema() -> None:
    assert set(NOTHING) == {each.data_key or name for name, each in AttentionEvidenceOut().fields.items()}
    assert isinstance(datetime.fromisoformat(NOW.isoformat()), datetime)
