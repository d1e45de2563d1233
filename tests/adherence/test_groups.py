"""Figures of practitioners, locations and the clinic: means over patients, hidden where they would point at one."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from hep_api.clinics.models import Clinic
from tests.adherence.conftest import NOON, YESTERDAY, Scene, at, begin, event
from tests.counting import StatementCounter
from tests.plans.making import DAILY
from tests.world import Person, World

LAST_WEEK = [f"2026-05-0{day}" for day in range(1, 6)]
PERIOD = {"from": LAST_WEEK[0], "to": LAST_WEEK[-1]}


def figures(who: Person, path: str, **query: str) -> Any:
    response = who.http.get(f"/v1/{path}", query_string=query)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def clinic_of(world: World, done: list[int], *, lead: Person, **kwargs: Any) -> list[Scene]:
    """Patients of a practitioner with one exercise a day, who did it on so many of the last five days."""
    scenes = []
    for days in done:
        scene = begin(world, lead, world.patient(lead, **kwargs), DAILY, on="2026-05-01")
        if days:
            scene.upload(*[event(scene.daily, day) for day in LAST_WEEK[:days]])
        scenes.append(scene)
    return scenes


@pytest.fixture
def lead(world: World, noon: time_machine.Traveller) -> Person:
    return world.practitioner(world.clinic())


def test_the_mean_is_over_patients_with_median_bands_and_coverage(world: World, lead: Person) -> None:
    clinic_of(world, [5, 4, 3, 2, 0], lead=lead)
    (period,) = figures(lead, "clinic/adherence", **PERIOD)["windows"]
    assert period == {
        "name": "period",
        "hidden": False,
        "patients": 5,
        "measurable": 5,
        "excluded": 0,
        "mean": 0.56,
        "median": 0.6,
        "bands": {"on_track": 2, "watch": 1, "low": 2},
        "coverage": {"value": 0.8, "numerator": 4, "denominator": 5},
        **{
            name: {"n": 5, "mean": 0.56, "median": 0.6}
            for name in ("dose", "active_days", "full_days", "relative_dose")
        },
        "over_performance": {"n": 5, "mean": 0, "median": 0},
        "skip_reasons": [],
        "streaks": {"days": {"n": 5, "current": {"mean": 1, "median": 0}, "longest": {"mean": 2.8, "median": 3}}},
        **{name: {"n": 0, "mean_slope": None, "rising": 0} for name in ("pain", "effort")},
        "series": None,
    }


def test_who_has_under_three_expected_is_excluded_and_still_of_the_group(world: World, lead: Person) -> None:
    clinic_of(world, [5, 5, 5], lead=lead)
    world.patient(lead)
    late = begin(world, lead, world.patient(lead), DAILY, on="2026-05-04")
    late.upload(event(late.daily, "2026-05-04"))
    (period,) = figures(lead, "clinic/adherence", **PERIOD)["windows"]
    assert [period[name] for name in ("patients", "measurable", "excluded", "mean")] == [5, 3, 2, 1]
    assert period["coverage"] == {"value": 1, "numerator": 4, "denominator": 4}


def test_the_usual_windows_go_by_each_patients_own_clock(world: World, lead: Person) -> None:
    # At noon in Berlin it is midnight past on Kiritimati, and on Pago Pago still the day before.
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        (scene,) = clinic_of(world, [0], lead=lead, zone=zone, day_starts_at=time(1))
        instant = {"performed_at": at("2026-05-06", "06:00"), "zone": zone}
        scene.upload(*[event(scene.daily, day, **instant) for day in (YESTERDAY, "2026-05-06")])
    (week, month) = figures(lead, f"practitioners/{lead.member_id}/adherence")["windows"]
    assert (week["name"], month["name"]) == ("trailing_7", "trailing_28")
    # Five closed days with one done on the one, four with none on the other.
    assert week["mean"] == round((1 / 5 + 0 / 4) / 2, 4)


def test_a_streak_is_made_of_closed_days_so_that_nobody_sees_what_is_done_today(
    world: World, noon: time_machine.Traveller
) -> None:
    noon.move_to("2026-05-11T10:00:00+00:00")
    lead = world.practitioner(world.clinic())
    done = (["05-08", "05-09", "05-10", "05-11"], ["05-07", "05-08", "05-09", "05-10"], ["05-04", "05-05", "05-11"])
    for days in (*done, [], []):
        scene = begin(world, lead, world.patient(lead), DAILY, on="2026-05-04")
        if days:
            scene.upload(*[event(scene.daily, f"2026-{day}") for day in days])
    begin(world, lead, world.patient(lead), {"kind": "weekly_quota", "times_per_week": 3}, on="2026-05-04")
    stored = figures(lead, "clinic/adherence")["windows"]
    known = figures(lead, "clinic/adherence", as_known_on="2026-05-11T10:00:00+00:00")["windows"]
    ended = figures(lead, "clinic/adherence", **{"from": "2026-05-04", "to": "2026-05-09"})["windows"]
    # 3, 4, 0 (and 2 before), 0 and 0 up to Sunday; who has only a quota has no day to keep.
    reaching = {"n": 5, "current": {"mean": 1.4, "median": 0}, "longest": {"mean": 1.8, "median": 2}}
    assert [each["streaks"]["days"] for each in (*stored, *known)] == [reaching] * 4
    assert {each["mean"] for each in stored} == {each["mean"] for each in known}
    # 2, 3, 0, 0 and 0 up to Saturday.
    until = {"n": 5, "current": {"mean": 1, "median": 0}, "longest": {"mean": 1.4, "median": 2}}
    assert [each["streaks"]["days"] for each in ended] == [until]


def test_leaders_see_figures_by_practitioner_and_location(world: World, lead: Person) -> None:
    other, idle = world.practitioner(lead.clinic_id), world.practitioner(lead.clinic_id)
    branch = world.location(lead.clinic_id, "Branch")
    clinic_of(world, [5] * 5, lead=lead)
    clinic_of(world, [0] * 5, lead=other, location_id=branch)
    for leader in (world.manager(lead.clinic_id), world.owner(lead.clinic_id)):
        by_practitioner = figures(leader, "clinic/adherence/practitioners", **PERIOD)["items"]
        assert {each["id"]: each["windows"][0]["mean"] for each in by_practitioner} == {
            str(lead.member_id): 1,
            str(other.member_id): 0,
        }
        by_location = figures(leader, "clinic/adherence/locations", **PERIOD)["items"]
        assert {each["name"]: each["windows"][0]["mean"] for each in by_location} == {"Main": 1, "Branch": 0}
        assert figures(leader, f"locations/{branch}/adherence", **PERIOD)["windows"][0]["mean"] == 0
        assert figures(leader, f"practitioners/{lead.member_id}/adherence", **PERIOD)["windows"][0]["mean"] == 1
        assert figures(leader, f"practitioners/{idle.member_id}/adherence", **PERIOD)["windows"][0]["hidden"]
        assert figures(leader, "clinic/adherence", **PERIOD)["windows"][0]["mean"] == 0.5


def test_practitioners_see_their_own_and_the_clinics_only(world: World, lead: Person) -> None:
    other = world.practitioner(lead.clinic_id)
    clinic_of(world, [5, 0], lead=lead)
    assert figures(lead, f"practitioners/{lead.member_id}/adherence", **PERIOD)["windows"][0]["mean"] == 0.5
    refused = {
        f"practitioners/{other.member_id}/adherence": 404,
        "clinic/adherence/practitioners": 403,
        "clinic/adherence/locations": 403,
        f"locations/{lead.clinic_id}/adherence": 403,
    }
    assert {path: lead.http.get(f"/v1/{path}").status_code for path in refused} == refused


def test_patients_see_no_group(world: World, lead: Person) -> None:
    patient = world.patient(lead)
    paths = ["clinic/adherence", "clinic/adherence/practitioners", f"practitioners/{lead.member_id}/adherence"]
    assert {patient.http.get(f"/v1/{path}").status_code for path in paths} == {403}


def test_another_clinics_practitioners_and_locations_do_not_exist(world: World, lead: Person) -> None:
    manager = world.manager(world.clinic())
    for path in (f"practitioners/{lead.member_id}", f"locations/{lead.clinic_id}", f"locations/{uuid4()}"):
        assert manager.http.get(f"/v1/{path}/adherence").status_code == 404


class TestSmallGroups:
    def test_under_five_patients_a_group_is_hidden_from_who_could_not_see_each(
        self, world: World, lead: Person
    ) -> None:
        clinic_of(world, [5] * 4, lead=lead)
        manager = world.manager(lead.clinic_id)
        paths = [
            "clinic/adherence",
            f"practitioners/{lead.member_id}/adherence",
            f"locations/{lead.clinic_id}/adherence",
        ]
        shown = [figures(manager, path, **PERIOD)["windows"][0] for path in paths]
        shown += [
            figures(manager, f"clinic/adherence/{by}", **PERIOD)["items"][0]["windows"][0]
            for by in ("practitioners", "locations")
        ]
        shown += [
            figures(manager, "clinic/adherence", by="day", **PERIOD)["windows"][0],
            figures(manager, "clinic/adherence", as_known_on=NOON, by="week", **PERIOD)["windows"][0],
        ]
        nobody = {"hidden": True, "patients": None, "unseen": None, "items": [], "next_cursor": None}
        for path in paths:
            why = figures(manager, f"{path}/why", **PERIOD)
            assert {name: why[name] for name in nobody} == nobody
        for each in shown:
            assert each["hidden"]
            assert {value for name, value in each.items() if name not in ("name", "hidden")} == {None}
        world.patient(lead)
        (period,) = figures(manager, "clinic/adherence", by="day", **PERIOD)["windows"]
        assert (period["hidden"], len(period["series"])) == (False, 5)
        why = figures(manager, f"{paths[1]}/why", **PERIOD)
        assert [why[name] for name in ("hidden", "patients", "unseen", "items")] == [False, 5, 5, []]

    def test_leaders_who_may_read_records_see_small_groups(self, world: World, lead: Person) -> None:
        clinic_of(world, [5, 0], lead=lead)
        with world.transaction() as session:
            session.get_one(Clinic, lead.clinic_id).managers_may_read_records = True
        manager = world.manager(lead.clinic_id)
        assert figures(manager, "clinic/adherence", **PERIOD)["windows"][0]["mean"] == 0.5
        by_completion = {
            each["completion"]["value"]: (each["band"], each["excluded"])
            for each in figures(manager, f"locations/{lead.clinic_id}/adherence/why", **PERIOD)["items"]
        }
        assert by_completion == {1: ("on_track", None), 0: ("low", None)}
        by = figures(manager, "clinic/adherence/practitioners", **PERIOD)["items"]
        assert by[0]["windows"][0]["mean"] == 0.5

    def test_practitioners_see_the_clinics_when_all_its_few_patients_are_theirs(
        self, world: World, lead: Person
    ) -> None:
        clinic_of(world, [5, 0], lead=lead)
        assert figures(lead, "clinic/adherence", **PERIOD)["windows"][0]["mean"] == 0.5
        other = world.practitioner(lead.clinic_id)
        assert figures(other, "clinic/adherence", **PERIOD)["windows"][0]["hidden"]
        world.patient(other)
        assert figures(lead, "clinic/adherence", **PERIOD)["windows"][0]["hidden"]


def test_a_clinic_without_patients_has_nothing_to_show(world: World, lead: Person) -> None:
    shown = figures(lead, "clinic/adherence")
    assert [(each["patients"], each["mean"]) for each in shown["windows"]] == [(0, None), (0, None)]
    assert figures(world.owner(lead.clinic_id), "clinic/adherence/practitioners") == {"items": []}


def test_thresholds_are_the_clinics(world: World, lead: Person) -> None:
    clinic_of(world, [3] * 5, lead=lead)
    with world.transaction() as session:
        session.get_one(Clinic, lead.clinic_id).on_track_from = 0.6
    assert figures(lead, "clinic/adherence", **PERIOD)["windows"][0]["bands"]["on_track"] == 5


def test_a_group_costs_the_same_number_of_statements_however_many_patients(
    world: World, lead: Person, statements: StatementCounter
) -> None:
    manager, costs = world.manager(lead.clinic_id), []
    asked: list[tuple[Person, str, dict[str, str]]] = [
        (manager, "clinic/adherence/practitioners", {}),
        (manager, "clinic/adherence/locations", {"by": "day"}),
        (manager, "clinic/adherence", {"by": "week", **PERIOD}),
        (manager, "clinic/adherence", {"as_known_on": NOON, "by": "day"}),
        (lead, f"practitioners/{lead.member_id}/adherence", {}),
        (lead, f"practitioners/{lead.member_id}/adherence/why", {}),
        (lead, "clinic/adherence/why", {"as_known_on": NOON}),
    ]
    for _ in range(2):
        clinic_of(world, [1] * 3, lead=lead)
        for who, path, query in asked:
            with statements() as seen:
                figures(who, path, **query)
            costs.append(len(seen))
    # Recognise; the clocks; sums and slopes; names. A series is one more for each window; a why also counts and audits.
    assert costs == [5, 7, 5, 8, 5, 7, 11] * 2
