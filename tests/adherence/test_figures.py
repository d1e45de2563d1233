"""Figures of a patient, a plan, a prescription through the door: by hand, proven, as known earlier, and for whom."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from tests.adherence import journeys
from tests.adherence import proven as proving
from tests.adherence.conftest import NOON, PLAN_BEGAN, TODAY, YESTERDAY, Scene, at, begin, correction, event
from tests.adherence.journeys import BEGIN, NOW
from tests.counting import StatementCounter
from tests.plans import making
from tests.world import Person, World


def adherence(who: Person, path: str, /, **query: Any) -> Any:
    response = who.http.get(f"/v1/{path}/adherence", query_string=query)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def of_patient(scene: Scene, /, **query: Any) -> Any:
    return adherence(scene.lead, f"patients/{scene.patient.member_id}", **query)


def ratio(numerator: float, denominator: int) -> dict[str, Any]:
    value = round(numerator / denominator, 4) if denominator else None
    return {"value": value, "numerator": numerator, "denominator": denominator}


def test_the_usual_windows_hold_the_last_closed_days_and_today_stands_apart(scene: Scene) -> None:
    scene.upload(event(scene.daily), event(scene.daily, YESTERDAY))
    shown = of_patient(scene)
    assert [each["name"] for each in shown["windows"]] == ["trailing_7", "trailing_28"]
    week = shown["windows"][0]["total"]
    assert (week["from"], week["to"], week["closed_days"]) == ("2026-04-29", YESTERDAY, 7)
    # Seven of the daily exercise, and the quota of the week that ended on Sunday.
    assert week["completion"] == ratio(1, 10)
    assert week["active_days"] == ratio(1, 7)
    assert week["band"] == "low"
    assert (shown["last_closed_day"], shown["today"]["from"], shown["today"]["states"]["done"]) == (YESTERDAY, TODAY, 1)


def test_figures_are_told_exercise_by_exercise(scene: Scene) -> None:
    daily, quota, needed = scene.prescriptions
    scene.upload(event(daily, "2026-05-01"), event(quota, "2026-05-02"), *[event(needed, "2026-05-03") for _ in "abc"])
    (_, month) = of_patient(scene)["windows"]
    by_id = {each["prescription_id"]: each for each in month["prescriptions"]}
    assert by_id[str(daily)]["completion"] == ratio(1, 28)
    assert by_id[str(quota)]["completion"] == ratio(1, 12)
    assert by_id[str(needed)]["completion"] == ratio(0, 0)
    assert by_id[str(needed)]["as_needed"] == {"doings": 3, "per_week": 0.75, "days_over_maximum": 1}
    assert month["total"]["completion"] == ratio(2, 40)
    assert {each["exercise"] for each in by_id.values()} == {"Squat"}


def test_a_period_includes_both_ends_and_cuts_off_what_is_not_over(scene: Scene) -> None:
    query = {"from": "2026-05-04", "to": "2026-05-10"}
    (period,) = of_patient(scene, **query)["windows"]
    assert (period["name"], period["total"]["to"], period["total"]["closed_days"]) == ("period", YESTERDAY, 2)
    (future,) = of_patient(scene, **{"from": TODAY})["windows"]
    assert (future["total"]["closed_days"], future["total"]["completion"]["value"]) == (0, None)


def test_pain_skips_and_volume_are_shown(scene: Scene) -> None:
    items = [
        event(scene.daily, "2026-05-02", pain=2, effort=5),
        event(scene.daily, "2026-05-03", "skipped", pain=7, skip_reason="pain"),
        event(scene.daily, "2026-05-04", "partial", sets=1, pain=3),
        event(scene.daily, "2026-05-05", sets=6, pain=4),
    ]
    assert scene.outcomes(*items) == ["applied"] * 4
    total = of_patient(scene, **{"from": "2026-05-02"})["windows"][0]["prescriptions"][0]
    assert total["completion"] == ratio(2, 4)
    assert total["dose"] == {"value": 0.5833, "numerator": 2.3333, "denominator": 4}
    assert total["relative_dose"] == {"value": 0.8333, "numerator": 3.3333, "denominator": 4}
    assert total["states"] == {
        "done": 2,
        "partial": 1,
        "skipped": 1,
        "not_recorded": 0,
        "expected": 4,
        "extra": 0,
    }
    assert total["skip_reasons"] == [{"reason": "pain", "count": 1}]
    assert total["pain"]["medians"] == [
        {"day": f"2026-05-0{day}", "median": value} for day, value in ((2, 2), (3, 7), (4, 3), (5, 4))
    ]
    assert total["pain"]["slope"] == 0.2
    assert total["effort"] == {"medians": [{"day": "2026-05-02", "median": 5}], "slope": None}


class TestStreaks:
    def test_they_are_told_over_the_whole_course_and_cut_to_each_window(
        self, scene: Scene, noon: time_machine.Traveller
    ) -> None:
        daily, quota, _ = scene.prescriptions
        days = [(date(2026, 4, 1) + timedelta(days=n)).isoformat() for n in range(35)]
        scene.upload(*[event(daily, day) for day in days], *[event(quota, day) for day in days if day < "2026-04-30"])
        shown = of_patient(scene)
        whole = {"current": 35, "longest": 35, "since": "2026-04-01", "includes_open": False}
        assert shown["streaks"]["days"] == whole
        # Five weeks with the quota met, of which the first two days lie before; the last asks for one more.
        assert shown["streaks"]["weeks"] == {
            "current": 5,
            "longest": 5,
            "since": "2026-03-30",
            "includes_open": False,
        }
        week, month = (each["total"]["streaks"]["days"]["current"] for each in shown["windows"])
        assert (week, month) == (7, 28)
        scene.upload(event(daily), *[event(quota, day) for day in ("2026-05-04", "2026-05-05", TODAY)])
        extended = of_patient(scene)
        assert extended["streaks"]["days"] == {**whole, "current": 36, "longest": 36, "includes_open": True}
        assert extended["streaks"]["weeks"]["current"] == 6
        assert extended["windows"][0]["total"]["streaks"]["days"]["current"] == 8
        noon.move_to("2026-05-08T10:00:00+00:00")
        broken = adherence(scene.world.sign_in(scene.lead), f"prescriptions/{daily}")
        assert broken["streaks"]["days"] == {"current": 0, "longest": 36, "since": None, "includes_open": False}
        assert broken["streaks"]["weeks"]["longest"] == 0

    def test_as_known_on_they_are_those_of_the_instant(self, scene: Scene, noon: time_machine.Traveller) -> None:
        scene.upload(*[event(scene.daily, day) for day in ("2026-05-04", YESTERDAY)])
        paths = [f"patients/{scene.patient.member_id}", f"plans/{scene.plan.id}", f"prescriptions/{scene.daily}"]
        then = [adherence(scene.lead, path, by="week") for path in paths]
        noon.shift(timedelta(seconds=1))
        scene.upload(event(scene.daily, "2026-05-03"), event(scene.daily))
        for path, known in zip(paths, then, strict=True):
            assert known["streaks"]["days"]["current"] == 2
            assert adherence(scene.lead, path)["streaks"]["days"]["current"] == 4
            asked = adherence(scene.lead, path, by="week", as_known_on="2026-05-06T10:00:00Z")
            assert asked == {**known, "as_known_on": "2026-05-06T10:00:00+00:00"}


def test_a_series_holds_for_each_day_or_week_what_that_period_alone_would(scene: Scene) -> None:
    items = [event(each, f"2026-04-{day}", pain=day % 7) for each in scene.prescriptions for day in (14, 15, 19, 23)]
    scene.upload(*items, event(scene.daily, "2026-04-20", "skipped", skip_reason="unwell"))
    asked = {"from": "2026-04-15", "to": "2026-04-29"}
    assert of_patient(scene, **asked)["windows"][0]["series"] is None
    for by, first, length in (("day", "2025-05-05", 366), ("week", "2024-04-29", 106)):
        (longest,) = of_patient(scene, by=by, **{"from": first})["windows"]
        assert len(longest["series"]) == length
    for by, firsts in (("week", ["2026-04-15", "2026-04-20", "2026-04-27"]), ("day", None)):
        (window,) = of_patient(scene, by=by, **asked)["windows"]
        found = window["series"]
        if firsts:
            assert [each["from"] for each in found] == firsts
        else:
            assert [each["from"] for each in found] == [f"2026-04-{day}" for day in range(15, 30)]
        for each in found:
            (alone,) = of_patient(scene, **{"from": each["from"], "to": each["to"]})["windows"]
            assert each == alone["total"]
        assert sum(each["completion"]["numerator"] for each in found) == window["total"]["completion"]["numerator"]


def test_a_prescription_has_the_figures_that_its_plan_tells_of_it(scene: Scene) -> None:
    scene.upload(*[event(each, "2026-05-01", pain=3) for each in scene.prescriptions])
    of_plan = adherence(scene.lead, f"plans/{scene.plan.id}")["windows"]
    own = adherence(scene.patient, f"prescriptions/{scene.daily}")
    assert (own["plan_id"], own["prescription_id"]) == (str(scene.plan.id), str(scene.daily))
    assert [each["name"] for each in own["windows"]] == ["whole_plan", "trailing_7", "trailing_28"]
    for window, told in zip(own["windows"], of_plan, strict=True):
        (listed,) = (each for each in told["prescriptions"] if each["prescription_id"] == str(scene.daily))
        assert window["prescriptions"] == [listed]
        assert {**listed, **window["total"]} == listed
    (named,) = adherence(scene.patient, f"prescriptions/{scene.daily}", window="trailing_28")["windows"]
    assert named == own["windows"][2]
    assert (named["total"]["entries"], named["total"]["measurable"]) == (1, True)


def test_a_patients_figure_sums_over_all_plans_and_a_plans_over_its_own(scene: Scene) -> None:
    second = begin(scene.world, scene.lead, scene.patient, {"kind": "daily", "times_per_day": 2}, on="2026-05-01")
    scene.upload(event(second.daily, "2026-05-01"), event(second.daily, "2026-05-01"), event(scene.daily, "2026-05-01"))
    (period,) = of_patient(scene, **{"from": "2026-05-01", "to": "2026-05-01"})["windows"]
    assert period["total"]["completion"] == ratio(3, 3)
    assert period["total"]["active_days"] == ratio(1, 1)
    whole, week, _ = adherence(scene.lead, f"plans/{second.plan.id}")["windows"]
    assert (whole["name"], whole["total"]["from"], whole["total"]["closed_days"]) == ("whole_plan", "2026-05-01", 5)
    assert whole["total"]["completion"] == week["total"]["completion"] == ratio(2, 10)
    assert (week["name"], week["total"]["closed_days"]) == ("trailing_7", 7)


def test_the_whole_plan_ends_with_the_plan_and_holds_only_its_own_dates(scene: Scene) -> None:
    second = begin(scene.world, scene.lead, scene.patient, {"kind": "daily", "times_per_day": 1}, on="2026-05-01")
    scene.upload(event(second.daily, "2026-04-30", pain=1), event(second.daily, "2026-05-02", pain=2))
    body = {"ends_on": "2026-05-04", "discharge_reason": "goals_met", "reason": "Was so agreed."}
    assert second.plan.send("POST", "/end", body).status_code == 200
    whole, week, month = adherence(scene.lead, f"plans/{second.plan.id}")["windows"]
    assert week["total"]["pain"]["slope"] == 0.5
    assert (whole["total"]["to"], whole["total"]["completion"]) == ("2026-05-03", ratio(1, 3))
    assert (whole["total"]["pain"]["slope"], whole["total"]["states"]["extra"]) == (None, 0)
    # Also what was done before anything was prescribed, and what is told of it anew.
    assert week["total"]["states"]["extra"] == 1
    known = adherence(scene.lead, f"plans/{second.plan.id}", as_known_on=NOON)
    assert known["windows"] == [whole, week, month]


class TestAsKnownOn:
    def test_what_came_in_later_is_left_out_and_what_came_at_the_instant_is_known(
        self, scene: Scene, noon: time_machine.Traveller
    ) -> None:
        scene.upload(event(scene.daily, YESTERDAY))
        then = of_patient(scene)
        noon.shift(timedelta(seconds=1))
        first = event(scene.daily, "2026-05-03")
        scene.upload(first, correction(first, performed_on="2026-05-04"))
        body = {"from": "2026-05-01", "to": "2026-05-03", "reason": "Was away."}
        assert scene.plan.send("POST", "/pauses", body).status_code == 201
        made = [making.carried_item(scene.daily, dose={**making.DOSE, "sets": 9})]
        making.publish(scene.plan, *made, effective_on="2026-04-20")
        assert of_patient(scene)["windows"] != then["windows"]
        known = of_patient(scene, as_known_on="2026-05-06T10:00:00Z")
        assert known["windows"] == then["windows"]
        assert known["today"] == then["today"]

    def test_closed_is_judged_at_the_instant(self, scene: Scene) -> None:
        shown = of_patient(scene, as_known_on="2026-04-30T22:00:00Z")
        assert (shown["last_closed_day"], shown["as_known_on"]) == ("2026-04-30", "2026-04-30T22:00:00+00:00")

    def test_a_plan_is_known_with_the_end_that_it_had(self, scene: Scene, noon: time_machine.Traveller) -> None:
        path = f"plans/{scene.plan.id}"
        then = adherence(scene.lead, path)
        noon.shift(timedelta(seconds=1))
        body = {"ends_on": "2026-05-01", "discharge_reason": "plateau", "reason": "Was so agreed."}
        assert scene.plan.send("POST", "/end", body).status_code == 200
        assert adherence(scene.lead, path)["windows"] != then["windows"]
        assert adherence(scene.lead, path, as_known_on="2026-05-06T10:00:00Z")["windows"] == then["windows"]

    def test_now_is_the_same_as_what_is_stored(self, scene: Scene) -> None:
        items = [event(each, day) for each in scene.prescriptions for day in ("2026-05-01", "2026-05-04", YESTERDAY)]
        scene.upload(*items)
        stored, known = of_patient(scene), of_patient(scene, as_known_on="2026-05-06T10:00:00Z")
        assert known == {**stored, "as_known_on": "2026-05-06T10:00:00+00:00"}


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ({"to": TODAY}, "/from", "required"),
        ({"from": TODAY, "to": YESTERDAY}, "/to", "order"),
        ({"from": "yesterday"}, "/from", "date"),
        ({"from": "0001-01-01"}, "/from", "range"),
        ({"as_known_on": "2026-05-06T10:00:01Z"}, "/as_known_on", "in_future"),
        ({"days": "7"}, "/days", "unknown"),
        ({"by": "month"}, "/by", "choice"),
        ({"by": "week", "from": "2024-04-28"}, "/by", "length"),
        ({"by": "day", "from": "2025-05-04"}, "/by", "length"),
        ({"window": "trailing_7", "from": TODAY}, "/window", "together"),
        ({"window": "whole_plan"}, "/window", "whole_plan"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(scene: Scene, query: dict[str, str], field: str, rule: str) -> None:
    response = scene.lead.http.get(f"/v1/patients/{scene.patient.member_id}/adherence", query_string=query)
    assert response.status_code == 422
    assert [(each["field"], each["rule"]) for each in response.get_json()["errors"]] == [(field, rule)]


def test_figures_cost_three_statements_beside_the_sign_in_and_the_record(
    scene: Scene, statements: StatementCounter
) -> None:
    paths = [f"patients/{scene.patient.member_id}", f"plans/{scene.plan.id}", f"prescriptions/{scene.daily}"]
    for path in paths:
        for query, most in (
            ({}, 5),
            ({"from": PLAN_BEGAN, "by": "day"}, 5),
            ({"as_known_on": NOON}, 8),
        ):
            with statements() as seen:
                adherence(scene.lead, path, **query)
            assert len(seen) == most, (path, query)


def test_only_those_who_may_see_the_patient_get_figures(scene: Scene) -> None:
    clinic_id = scene.lead.clinic_id
    stranger = scene.world.practitioner(clinic_id)
    others = [stranger, scene.world.manager(clinic_id), scene.world.patient(scene.lead)]
    others.append(scene.world.practitioner(scene.world.clinic()))
    paths = [
        f"patients/{scene.patient.member_id}/{end}" for end in ("adherence", "adherence/why", "events", "today")
    ] + [
        f"{what}/{end}"
        for what in (f"plans/{scene.plan.id}", f"prescriptions/{scene.daily}")
        for end in ("adherence", "adherence/why")
    ]
    for path in paths:
        assert [scene.lead.http.get(f"/v1/{path}").status_code, scene.patient.http.get(f"/v1/{path}").status_code] == [
            200,
            200,
        ]
        assert {each.http.get(f"/v1/{path}").status_code for each in others} == {404}
        assert scene.world.anyone().get(f"/v1/{path}").status_code == 401
    unknown = uuid4()
    assert scene.lead.http.get(f"/v1/patients/{unknown}/adherence").status_code == 404
    assert scene.lead.http.get(f"/v1/plans/{unknown}/adherence").status_code == 404
    assert scene.lead.http.get(f"/v1/prescriptions/{unknown}/adherence").status_code == 404


def test_only_the_patient_and_the_care_team_report(scene: Scene) -> None:
    item = event(scene.daily)
    clinic_id = scene.lead.clinic_id
    refused = {
        scene.world.practitioner(clinic_id): 404,
        scene.world.patient(scene.lead): 404,
        scene.world.practitioner(scene.world.clinic()): 404,
        scene.world.manager(clinic_id): 403,
        scene.world.owner(clinic_id): 403,
    }
    assert {who: scene.upload(item, by=who).status_code for who in refused} == refused
    assert scene.stand()[0] == []
    assert scene.outcomes(item, by=scene.lead) == ["applied"]
    assert scene.stand()[0][0].source == "practitioner"


def test_managers_read_records_only_by_the_clinics_policy(world: World, noon: time_machine.Traveller) -> None:
    for may, status in ((True, 200), (False, 404)):
        clinic_id = world.clinic(managers_may_read_records=may)
        scene = begin(world, (lead := world.practitioner(clinic_id)), world.patient(lead), making.DAILY)
        path = f"/v1/patients/{scene.patient.member_id}/adherence"
        assert world.manager(clinic_id).http.get(path).status_code == status


@pytest.mark.parametrize("seed", range(100, 104))
def test_figures_equal_the_proven_over_random_histories(world: World, seed: int) -> None:
    with time_machine.travel(NOW, tick=False):
        random = Random(seed)
        journey = journeys.live(world, world.practitioner(world.clinic()), random)
        first = BEGIN + timedelta(days=random.randint(0, 30))
        last = min(first + timedelta(days=random.randint(0, 14)), NOW.date() - timedelta(days=1))
        counted = [
            (prescription, day, counts)
            for prescription, day, counts in (
                (*key, counts) for key, counts in journeys.proven_rows(journey, NOW.date() + timedelta(days=14)).items()
            )
        ]
        for path, begins, ends, query in (
            (f"patients/{journey.patient.member_id}", first, last, {"from": first, "to": last}),
            (f"plans/{journey.plan_id}", *_whole(journey.plan), {}),
        ):
            shown = adherence(journey.lead, path, **query)["windows"][0]["total"]
            if not query:
                counted = [each for each in counted if begins <= each[1] <= ends]
            _assert_shown(shown, proving.measures(counted, begins, ends))


def _whole(plan: dict[str, Any]) -> tuple[date, date]:
    closed = NOW.date() - timedelta(days=1)
    return plan["starts_on"], min(closed, (plan["ends_on"] or date.max) - timedelta(days=1))


def _assert_shown(shown: dict[str, Any], told: dict[str, Any]) -> None:
    for name in ("completion", "dose", "active_days", "full_days", "relative_dose", "over_performance"):
        numerator, denominator = told[name]
        value = proving.shown(Fraction(numerator) / denominator) if denominator else None
        assert shown[name]["value"] == (None if value is None else float(value)), name
        assert (shown[name]["numerator"], shown[name]["denominator"]) == (float(proving.shown(numerator)), denominator)
    assert {each["reason"]: each["count"] for each in shown["skip_reasons"]} == told["skip_reasons"]
    assert shown["as_needed"]["doings"] == told["as_needed"][0]
    for name in ("pain", "effort"):
        medians, slope = told[name]
        assert {each["day"]: each["median"] for each in shown[name]["medians"]} == {
            day.isoformat(): value for day, value in medians.items()
        }
        assert shown[name]["slope"] == (None if slope is None else float(proving.shown(slope)))


def test_an_instant_needs_its_offset_as_known_on(scene: Scene) -> None:
    path = f"/v1/patients/{scene.patient.member_id}/adherence"
    assert scene.lead.http.get(path, query_string={"as_known_on": at(TODAY)}).status_code == 200
    assert scene.lead.http.get(path, query_string={"as_known_on": "2026-05-06T08:00:00"}).status_code == 422
