"""Calendars against the slow reference: random plans around changes of clocks, leap days, year ends and Samoa's lost
Friday; by the rule alone, and through the doors in twelve zones.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.plans.calendar import Line, days_of, quota_weeks_of
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import Item, RevisionContent, cut_timeline
from tests.plans import making, reference
from tests.plans.shapes import BRIDGE, PLANK, SCHEDULES, SQUAT, TEN, TWELVE
from tests.world import World

PLAN = UUID(int=9)
# Both changes of clocks in Europe, one in America and one in Australia, a leap day, a year end, Samoa's lost day.
TURNS = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 4, 5),
    date(2024, 2, 29),
    date(2027, 1, 1),
    date(2011, 12, 30),
]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Pago_Pago",
]
# A busy machine is no bug.
UNHURRIED = settings(deadline=None, max_examples=200)
# Making a failure smaller would take minutes here; the rule alone does it in a second.
AT_THE_DOOR = settings(
    deadline=None,
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

offsets = st.integers(-12, 12)
spans = st.tuples(offsets, st.one_of(st.none(), st.integers(1, 9)))


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[RevisionContent], PlanTerms, date]:
    """A plan's revisions in any order, its terms, and the day that all of it lies around."""
    turn = draw(st.sampled_from(TURNS))
    contents = st.dictionaries(
        st.sampled_from([SQUAT, BRIDGE, PLANK]),
        st.builds(Item, st.sampled_from([TEN, TWELVE]), st.sampled_from(SCHEDULES)),
    )
    drawn = draw(st.lists(st.tuples(offsets, contents), max_size=6))
    revisions = [RevisionContent(n, turn + days * reference.ONE_DAY, each) for n, (days, each) in enumerate(drawn, 1)]
    starts_on = turn + draw(offsets) * reference.ONE_DAY
    length = draw(st.one_of(st.none(), st.integers(0, 25)))
    pauses = [
        (turn + days * reference.ONE_DAY, None if long is None else turn + (days + long) * reference.ONE_DAY)
        for days, long in draw(st.lists(spans, max_size=3))
    ]
    ends_on = None if length is None else starts_on + length * reference.ONE_DAY
    return draw(st.permutations(revisions)), PlanTerms(starts_on, ends_on, tuple(pauses)), turn


@UNHURRIED
@given(plans(), offsets, st.integers(0, 30))
def test_the_rule_says_of_each_day_what_the_reference_says(
    plan: tuple[list[RevisionContent], PlanTerms, date], offset: int, length: int
) -> None:
    revisions, terms, turn = plan
    first = turn + timedelta(days=offset)
    last = first + timedelta(days=length)
    lines = [Line(PLAN, terms, version) for version in cut_timeline(revisions)]
    told = {
        day.day: {
            each.prescription_id: (
                each.version,
                each.kind.value,
                len(each.slots),
                each.rest,
                each.paused,
                each.eligible,
            )
            for each in day.items
        }
        for day in days_of(lines, first, last)
    }
    assert told == reference.calendar(revisions, terms, first, last)
    assert all(each.due is bool(each.slots) for day in days_of(lines, first, last) for each in day.items)
    weeks = {
        (each.prescription_id, each.monday): [(day.day, day.version, day.times_per_week) for day in each.eligible]
        for each in quota_weeks_of(lines, first, last)
    }
    assert weeks == reference.quota_weeks(revisions, terms, first, last)


@AT_THE_DOOR
@given(
    zone=st.sampled_from(ZONES),
    day_starts_at=st.sampled_from([time(0), time(4)]),
    turn=st.sampled_from(TURNS),
    hours=st.integers(-30, 30),
    schedules=st.lists(st.sampled_from(SCHEDULES), min_size=1, max_size=4),
    changes=st.lists(st.tuples(st.one_of(st.none(), st.integers(-2, 9)), st.sampled_from(SCHEDULES)), max_size=3),
    pause=spans,
    ends_in=st.one_of(st.none(), st.integers(0, 12)),
)
def test_the_doors_say_of_each_day_what_the_reference_says(
    world: World,
    zone: str,
    day_starts_at: time,
    turn: date,
    hours: int,
    schedules: list[Schedule],
    changes: list[tuple[int | None, Schedule]],
    pause: tuple[int, int | None],
    ends_in: int | None,
) -> None:
    """Starts three days back; then changes from tomorrow, from a date ahead, or, with a reason, from one behind."""
    now = datetime(turn.year, turn.month, turn.day, tzinfo=UTC) + timedelta(hours=hours)
    with time_machine.travel(now, tick=False):
        lead = world.practitioner(world.clinic(zone=zone))
        patient = world.patient(lead, zone=zone, day_starts_at=day_starts_at)
        today = reference.local_date(now, zone, day_starts_at)
        began = today - timedelta(days=3)
        plan = making.start(lead, patient, starts_on=began.isoformat(), reason="Taken over.")
        squat = making.exercise(lead)
        items = [making.new_item(squat, schedule=each.to_json()) for each in schedules]
        ids = making.publish(plan, *items, effective_on=began.isoformat(), reason="Taken over.")
        said = {one: Item(Dose.from_json(making.DOSE), each) for one, each in zip(ids, schedules, strict=True)}
        revisions = [RevisionContent(1, began, said)]
        for number, (days, schedule) in enumerate(changes, 2):
            said = {one: Item(Dose.from_json(making.DOSE), schedule) for one in ids[: 1 + number % 3]}
            carried = [making.carried_item(one, schedule=schedule.to_json()) for one in said]
            body: dict[str, Any] = {"items": carried, "reason": "It was so agreed."}
            if days is not None:
                body["effective_on"] = (today + timedelta(days=days)).isoformat()
            assert plan.send("POST", "/revisions", body).status_code == 201
            revisions.append(RevisionContent(number, today + timedelta(days=1 if days is None else days), said))
        pauses = _pause(plan, began, today, pause)
        ends_on = None if ends_in is None else today + timedelta(days=ends_in)
        if ends_on is not None:
            sent = {"ends_on": ends_on.isoformat(), "discharge_reason": "goals_met"}
            assert plan.send("POST", "/end", sent).status_code == 200
        first, last = today - timedelta(days=6), today + timedelta(days=20)
        query = {"from": first.isoformat(), "to": last.isoformat()}
        answers = [
            patient.http.get(f"/v1/patients/{patient.patient_id}/calendar", query_string=query).get_json(),
            patient.http.get(f"/v1/plans/{plan.id}/calendar", query_string=query).get_json(),
        ]
    terms = PlanTerms(began, ends_on, pauses)
    for answer in answers:
        assert answer["today"] == today.isoformat()
        assert _days(answer) == reference.calendar(revisions, terms, first, last)
        assert _weeks(answer) == reference.quota_weeks(revisions, terms, first, last)


def _pause(plan: Any, began: date, today: date, pause: tuple[int, int | None]) -> tuple[tuple[date, date | None], ...]:
    start = max(began, today + timedelta(days=pause[0]))
    end = None if pause[1] is None else start + timedelta(days=pause[1])
    body = {"from": start.isoformat(), "to": end and end.isoformat(), "reason": "Away."}
    assert plan.send("POST", "/pauses", body).status_code == 201
    return ((start, end),)


def _days(answer: dict[str, Any]) -> dict[date, dict[UUID, tuple[int, str, int, bool, bool, bool]]]:
    return {
        date.fromisoformat(day["day"]): {
            UUID(each["prescription_id"]): (
                each["version"],
                each["kind"],
                len(each["slots"]),
                each["rest"],
                each["paused"],
                each["eligible"],
            )
            for each in day["items"]
        }
        for day in answer["days"]
    }


def _weeks(answer: dict[str, Any]) -> dict[tuple[UUID, date], list[tuple[date, int, int]]]:
    return {
        (UUID(week["prescription_id"]), date.fromisoformat(week["monday"])): [
            (date.fromisoformat(each["day"]), each["version"], each["times_per_week"]) for each in week["eligible"]
        ]
        for week in answer["quotas"]
    }
