"""Why a number is what it is: the listed occurrences add up to it, page by page."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from statistics import median
from typing import Any

import pytest
import time_machine

from hep_api.adherence.days import monday_of
from tests.adherence import journeys
from tests.adherence.conftest import NOON, TODAY, YESTERDAY, Scene, event
from tests.adherence.journeys import BEGIN, NOW
from tests.counting import StatementCounter
from tests.world import Person, World


def pages(who: Person, path: str, /, **query: Any) -> list[Any]:
    """Return the days of all pages."""
    found, cursor = [], None
    while True:
        asked = {**query, **({"cursor": cursor} if cursor else {})}
        answer = who.http.get(f"/v1/{path}/adherence/why", query_string=asked)
        assert answer.status_code == 200, answer.get_json()
        found += answer.get_json()["items"]
        cursor = answer.get_json()["next_cursor"]
        if cursor is None:
            return found


def why(scene: Scene, **query: Any) -> list[Any]:
    return pages(scene.lead, f"patients/{scene.patient.member_id}", **query)


def test_each_occurrence_says_what_became_of_it(scene: Scene, noon: time_machine.Traveller) -> None:
    done, late = event(scene.daily, "2026-05-04"), event(scene.daily, "2026-05-05", sets=1, reps=10, kind="partial")
    skipped, extra = event(scene.daily, "2026-05-03", "skipped", skip_reason="forgot"), event(scene.daily, "2026-05-04")
    scene.upload(done, skipped, extra)
    noon.move_to("2026-05-08T10:00:00+00:00")
    scene.patient = scene.world.sign_in(scene.patient)
    scene.lead = scene.world.sign_in(scene.lead)
    scene.upload(late)
    query = {"from": "2026-05-03", "to": "2026-05-06", "prescription_id": str(scene.daily)}
    days = why(scene, **query)
    assert [each["day"] for each in days] == ["2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06"]
    said = [
        (each["state"], each["expected"], each["extra"], each["late"]) for day in days for each in day["occurrences"]
    ]
    assert said == [
        ("skipped", True, False, True),
        ("done", True, False, True),
        ("done", False, True, True),
        ("partial", True, False, True),
        ("not_recorded", True, False, False),
    ]
    first, *rest = days[1]["occurrences"]
    assert {first["event_ids"][0], rest[0]["event_ids"][0]} == {done["id"], extra["id"]}
    assert days[0]["occurrences"][0]["skip_reason"] == "forgot"
    assert (days[2]["occurrences"][0]["credit"], days[2]["credited"], days[2]["version"]) == (0.3333, 0.3333, 1)
    assert days[3]["occurrences"][0]["event_ids"] == []


def test_a_quota_is_listed_on_the_day_that_it_is_booked_on(scene: Scene) -> None:
    quota = scene.prescriptions[1]
    scene.upload(event(quota, "2026-04-28"), event(quota, "2026-04-30"), event(quota, "2026-04-30"))
    days = why(scene, **{"from": "2026-04-27", "to": "2026-05-03", "prescription_id": str(quota)})
    booked = days[-1]
    assert (booked["day"], booked["expected"], booked["done"], booked["not_recorded"]) == ("2026-05-03", 3, 2, 1)
    assert [each["performed_on"] for each in booked["occurrences"]] == ["2026-04-30", "2026-04-28", None]
    assert [len(each["event_ids"]) for each in booked["occurrences"]] == [2, 1, 0]
    # Where the week is not over, its doings stand alone and only their volume counts.
    part = why(scene, **{"from": "2026-04-27", "to": "2026-04-30", "prescription_id": str(quota)})
    listed = [each for day in part for each in day["occurrences"]]
    assert [(each["expected"], each["extra"], each["volume_ratio"]) for each in listed] == [
        (False, False, 1),
        (False, False, 2),
    ]


def test_pages_are_cut_between_days_and_lose_none(scene: Scene) -> None:
    scene.upload(*[event(each, YESTERDAY) for each in scene.prescriptions])
    whole = why(scene, limit=200)
    assert why(scene, limit=3) == whole
    assert len({(each["day"], each["prescription_id"]) for each in whole}) == len(whole)
    instant = "2026-05-06T10:00:00Z"
    assert why(scene, limit=4, as_known_on=instant) == whole
    path = f"/v1/patients/{scene.patient.member_id}/adherence/why"
    assert scene.lead.http.get(path, query_string={"cursor": "abc"}).status_code == 422


def test_a_page_costs_the_same_number_of_statements_whatever_is_on_it(
    scene: Scene, statements: StatementCounter
) -> None:
    scene.upload(*[event(each, YESTERDAY) for each in scene.prescriptions * 5])
    for path in (f"patients/{scene.patient.member_id}", f"plans/{scene.plan.id}", f"prescriptions/{scene.daily}"):
        for query, cost in (({}, 8), ({"as_known_on": NOON}, 13)):
            for limit in (1, 100):
                with statements() as seen:
                    answer = scene.lead.http.get(f"/v1/{path}/adherence/why", query_string={**query, "limit": limit})
                    assert answer.status_code == 200
                assert len(seen) == cost, (path, query, limit)


@pytest.mark.parametrize("seed", range(200, 204))
def test_all_pages_add_up_to_the_figures_over_random_histories(world: World, seed: int) -> None:
    with time_machine.travel(NOW, tick=False):
        random = Random(seed)
        journey = journeys.live(world, world.practitioner(world.clinic()), random)
        first = BEGIN + timedelta(days=random.randint(0, 25))
        query = {"from": first, "to": first + timedelta(days=random.randint(0, 14))}
        plan = f"plans/{journey.plan_id}"
        of_one = f"prescriptions/{min(journey.plan['revisions'][0]['items'])}"
        for path, asked in (
            (f"patients/{journey.patient.member_id}", query),
            (plan, {}),
            (of_one, {"window": "trailing_28"}),
        ):
            figures = journey.lead.http.get(f"/v1/{path}/adherence", query_string=asked).get_json()
            days = pages(journey.lead, path, limit=17, **asked)
            _assert_adds_up(days, figures["windows"][0]["total"])
        weeks = journey.lead.http.get(f"/v1/{plan}/adherence", query_string={"by": "week"}).get_json()["windows"]
        for week in weeks[0]["series"][2:4]:
            _assert_adds_up(pages(journey.lead, plan, **{"from": week["from"], "to": week["to"]}), week)


def _assert_adds_up(days: list[Any], total: Any) -> None:
    listed = [each for day in days for each in day["occurrences"]]
    expected = [each for each in listed if each["expected"]]
    states = Counter(each["state"] for each in expected)
    assert {name: states[name] for name in ("done", "partial", "skipped", "not_recorded")} == {
        name: total["states"][name] for name in ("done", "partial", "skipped", "not_recorded")
    }
    assert len(expected) == total["states"]["expected"] == sum(day["expected"] for day in days)
    assert sum(each["extra"] for each in listed) == total["states"]["extra"]
    doings = [each for each in listed if each["as_needed"] and each["state"] in ("done", "partial")]
    assert total["as_needed"]["doings"] == len(doings)
    assert total["as_needed"]["days_over_maximum"] == sum(day["over_maximum"] for day in days)
    assert sum(each["extra"] for each in days) == total["states"]["extra"]
    due = {each["day"] for each in days if each["due"]}
    active = {each["day"] for each in days if each["active"]}
    short = {each["day"] for each in days if each["due"] and not each["full"]}
    assert total["active_days"]["denominator"] == total["full_days"]["denominator"] == len(due)
    assert (total["active_days"]["numerator"], total["full_days"]["numerator"]) == (len(active), len(due - short))
    _assert_run([day in active for day in sorted(due)], total["streaks"]["days"])
    missed = {_monday(each["day"]) for each in days if each["quota_met"] is False}
    booked = {_monday(each["day"]) for each in days if each["quota_met"] is not None}
    _assert_run([monday not in missed for monday in sorted(booked)], total["streaks"]["weeks"])
    for rating in ("pain", "effort"):
        by_day: dict[str, list[int]] = {}
        for each in days:
            by_day.setdefault(each["day"], []).extend(each[rating])
        medians = {day: median(values) for day, values in by_day.items() if values}
        assert medians == {each["day"]: each["median"] for each in total[rating]["medians"]}
    # Shown with four decimals each, so their sum is as near as that.
    for field, measure in (("credit", "dose"), ("volume_ratio", "relative_dose")):
        near = len(listed) * Fraction(1, 20_000) + Fraction(1, 20_000)
        assert abs(sum(each[field] for each in listed) - total[measure]["numerator"]) <= near


def _assert_run(kept: list[bool], told: Any) -> None:
    """Runs of what is listed; what is not over is not, and counts as one more."""
    runs = [len(run) for run in "".join("x" if each else " " for each in kept).split(" ")]
    open_one = int(told["includes_open"])
    assert (told["current"], told["longest"]) == (runs[-1] + open_one, max(*runs, runs[-1] + open_one))


def _monday(day: str) -> date:
    return monday_of(date.fromisoformat(day))


def test_todays_occurrences_are_not_listed(scene: Scene) -> None:
    scene.upload(event(scene.daily))
    assert TODAY not in {each["day"] for each in why(scene)}
