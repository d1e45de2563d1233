"""How patients stand for the rules is what every other door says of them, whatever they report, by whatever clock."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import time_machine

from hep_api.adherence.ratios import shown
from hep_api.insights.queries.standings import standings_of
from hep_api.insights.standing import Standing
from tests.adherence.conftest import SCHEDULES, Scene, begin, correction, event
from tests.insights.conftest import NOW
from tests.world import World

CLOCKS = (("Europe/Berlin", time(0)), ("America/Los_Angeles", time(4)), ("Pacific/Kiritimati", time(2)))
MON_WED_FRI = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 2}
MOMENTS = (NOW, NOW + timedelta(hours=14, minutes=45), NOW + timedelta(days=6, hours=3))


def test_standings_agree_with_the_figures_the_events_and_the_calendar(
    world: World, noon: time_machine.Traveller
) -> None:
    random = Random(20260506)
    lead = world.practitioner(world.clinic())
    patients = [world.patient(lead, zone=zone, day_starts_at=starts) for zone, starts in CLOCKS]
    scenes = [begin(world, lead, each, *SCHEDULES, MON_WED_FRI) for each in patients]
    for scene, (zone, _) in zip(scenes, CLOCKS, strict=True):
        _live(random, scene, zone)
    # One goes on holiday for a while; who has no plan at all stands there, too.
    paused = scenes[1].plan.send("POST", "/pauses", {"from": "2026-05-08", "to": "2026-05-11", "reason": "Away."})
    assert paused.status_code == 201, paused.json
    nobody = world.patient(lead)
    for moment in MOMENTS:
        noon.move_to(moment)
        by = world.sign_in(lead)
        with world.transaction() as session:
            ids = [each.patient_id for each in (*patients, nobody)]
            standings = standings_of(session, lead.clinic_id, ids, moment)
        for scene in scenes:
            _compare(scene, standings[scene.patient.patient_id], by.http)
        empty = standings[nobody.patient_id]
        assert (empty.courses, empty.last_event_on, empty.month.value, empty.telling) == ([], None, None, [])


def _compare(scene: Scene, standing: Standing, phone: Any) -> None:
    path = f"/v1/patients/{scene.patient.patient_id}"
    figures = phone.get(f"{path}/adherence").json
    assert standing.last_closed.isoformat() == figures["last_closed_day"]
    week, month = (each["total"] for each in figures["windows"])
    assert (standing.week.shown, standing.month.shown) == (week["completion"], month["completion"])
    first, today = standing.today - timedelta(days=13), standing.today
    medians = {
        each["day"]: each["median"] for each in (*month["pain"]["medians"], *figures["today"]["pain"]["medians"])
    }
    sessions = {each.day.isoformat(): shown(each.median) for each in standing.sessions if each.day <= today}
    assert sessions == {day: pain for day, pain in medians.items() if day >= first.isoformat()}

    in_force = _in_force(phone, path)
    days = [date.fromisoformat(each["performed_on"]) for each in in_force]
    assert standing.last_event_on == max((day for day in days if day <= today + timedelta(days=1)), default=None)
    telling = {
        UUID(each["entry_id"])
        for each, day in zip(in_force, days, strict=True)
        if standing.week_ago <= day <= today + timedelta(days=1)
        and ((each["pain"] or 0) >= 7 or each["skip_reason"] in ("pain", "unclear"))
    }
    told = [each for each in standing.telling if (each.pain or 0) >= 7 or each.skip_reason in ("pain", "unclear")]
    assert {each.entry_id for each in told} == telling
    assert [each.performed_on for each in told] == sorted((each.performed_on for each in told), reverse=True)

    calendar = phone.get(f"{path}/calendar", query_string={"from": today.isoformat(), "to": today.isoformat()}).json
    asks = bool(calendar["days"][0]["items"])
    assert bool(standing.present_courses) == asks, calendar
    if asks:
        # Daily is what is done most often.
        assert standing.present_courses[0].interval == Fraction(1)


def _in_force(phone: Any, path: str) -> list[Any]:
    """Return the events in force, worked out from the list of all of them."""
    newest: dict[str, Any] = {}
    cursor = None
    while True:
        page = phone.get(f"{path}/events", query_string={"limit": 200, **({"cursor": cursor} if cursor else {})}).json
        for each in page["items"]:
            held = newest.get(each["entry_id"])
            if held is None or (each["revision"], each["id"]) > (held["revision"], held["id"]):
                newest[each["entry_id"]] = each
        cursor = page["next_cursor"]
        if cursor is None:
            return [each for each in newest.values() if each["kind"] != "void"]


def _live(random: Random, scene: Scene, zone: str) -> None:
    """Report this and that of the last weeks, and correct some of it."""
    reports = [_report(random, scene, zone) for _ in range(60)]
    corrections = [
        correction(
            each,
            random.randint(1, 3),
            **random.choice([{"kind": "void"}, {"pain": random.randint(0, 10)}, {"pain": None}, _on(random, zone)]),
        )
        for each in random.sample(reports, 25)
    ]
    # Corrections may come before what they correct.
    items = [*corrections[:10], *reports, *corrections[10:]]
    assert set(scene.outcomes(*items)) == {"applied"}


def _report(random: Random, scene: Scene, zone: str) -> dict[str, Any]:
    said = {"pain": random.choice([None, *range(11)]), "zone": zone, **_on(random, zone)}
    if random.random() < 0.3:
        said |= {"kind": "skipped", "skip_reason": random.choice(["pain", "unclear", "no_time"])}
    return event(random.choice(scene.prescriptions), **said)


def _on(random: Random, zone: str) -> dict[str, Any]:
    day = random.choice([*range(1, 7), *range(3, 6)])
    on = date(2026, 5, day) if random.random() < 0.7 else date(2026, 4, random.randint(10, 30))
    at = datetime.combine(on, time(9), tzinfo=ZoneInfo(zone))
    return {"performed_on": on.isoformat(), "performed_at": min(at, NOW + timedelta(hours=20)).isoformat()}
