"""What is due on a day, and the bundle from which a phone works it out offline."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.errors import Problem
from hep_api.plans.occurrences import PlanTerms, expected_on
from hep_api.plans.timeline import VersionInForce
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene, due_of

TWICE = {"kind": "daily", "times_per_day": 2}
WORKDAYS = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1}
SECOND_DAY = {"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1}
QUOTA = {"kind": "weekly_quota", "times_per_week": 3}
AS_NEEDED = {"kind": "as_needed", "max_per_day": None}
MIXED = (TWICE, WORKDAYS, SECOND_DAY, QUOTA, AS_NEEDED)


def offline(scene: Scene) -> Any:
    return scene.patient.http.get(f"/v1/patients/{scene.patient.patient_id}/offline")


def test_today_tells_what_is_due_what_rests_and_what_is_free(scene: Scene) -> None:
    making.publish(scene.plan(), *[scene.item(schedule=schedule) for schedule in MIXED])
    told = [
        [(item["expected"], item["slots"], item["due"], item["rest"]) for item in scene.due(day)]
        for day in (TODAY, TOMORROW)
    ]
    due_twice, due_once = (2, [1, 2], True, False), (1, [1], True, False)
    rests: Any = (0, [], False, True)
    free: Any = (0, [], False, False)
    assert told == [[due_twice, due_once, due_once, free, free], [due_twice, rests, rests, free, free]]


def test_any_day_can_be_asked_and_today_is_the_patients(scene: Scene) -> None:
    making.publish(scene.plan(), scene.item())
    with scene.world.transaction() as session:
        assert len(due_of(session, scene.patient.viewer, scene.patient.patient_id, None)) == 1
    assert scene.due("2026-05-05") == []
    assert len(scene.due("2027-02-28")) == 1


def test_on_the_day_of_a_change_the_new_revision_holds_for_the_whole_day(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-05-01")
    (one,) = making.publish(plan, scene.item(), effective_on="2026-05-01")
    making.publish(plan, making.carried_item(one, schedule=TWICE), effective_on=TODAY)
    assert [[(item["version"], item["expected"]) for item in scene.due(day)] for day in ("2026-05-05", TODAY)] == [
        [(1, 1)],
        [(2, 2)],
    ]


def test_two_plans_at_once_are_told_together_each_under_its_own(scene: Scene) -> None:
    first, second = scene.plan(starts_on="2026-05-01"), scene.plan()
    making.publish(second, scene.item(), scene.item())
    making.publish(first, scene.item())
    second.send("POST", "/pauses", {"from": TODAY, "reason": "Away."})
    told = [(item["plan_id"], item["paused"], item["expected"]) for item in scene.due()]
    assert told == [(str(first.id), False, 1), (str(second.id), True, 0), (str(second.id), True, 0)]


def test_a_new_order_is_told_without_a_new_version(scene: Scene) -> None:
    plan = scene.plan()
    one, two = making.publish(plan, scene.item(), scene.item())
    making.publish(plan, making.carried_item(two), making.carried_item(one), effective_on=TODAY)
    assert [(item["prescription_id"], item["version"]) for item in scene.due()] == [(str(two), 1), (str(one), 1)]


def test_what_is_due_costs_two_statements_however_many_plans(scene: Scene, statements: Any) -> None:
    for _ in range(3):
        making.publish(scene.plan(), *[scene.item(schedule=schedule) for schedule in MIXED])
    with scene.world.transaction() as session, statements() as seen:
        found = due_of(session, scene.patient.viewer, scene.patient.patient_id, None)
    assert (len(found), len(seen)) == (15, 2)


def test_another_patient_and_another_practitioner_are_told_nothing_of_it(scene: Scene) -> None:
    making.publish(scene.plan(), scene.item())
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    for person in (scene.world.patient(scene.lead), stranger, scene.world.patient(stranger)):
        with scene.world.transaction() as session, pytest.raises(Problem) as refusal:
            due_of(session, person.viewer, scene.patient.patient_id, None)
        assert refusal.value.status == 404


def test_the_bundle_has_each_plan_with_every_version_and_its_pauses(scene: Scene) -> None:
    plan = scene.plan(own_why="My dog.", goals=["Stairs"])
    one, two = making.publish(plan, scene.item(), scene.item(schedule=QUOTA))
    making.publish(plan, making.carried_item(two, schedule=AS_NEEDED), effective_on="2026-05-10")
    plan.send("POST", "/pauses", {"from": TOMORROW, "to": "2026-05-09", "reason": "Away."})
    gone = plan.send("POST", "/pauses", {"from": "2026-06-01", "reason": "Away."}).get_json()["id"]
    plan.send("PATCH", f"/pauses/{gone}", {"withdrawn": True, "reason": "Stays."})
    told = offline(scene).get_json()
    assert (told["patient_id"], told["zone"], told["day_starts_at"]) == (
        str(scene.patient.patient_id),
        "Europe/Berlin",
        "00:00",
    )
    (bundled,) = told["plans"]
    assert (bundled["id"], bundled["own_why"], bundled["goals"]) == (str(plan.id), "My dog.", ["Stairs"])
    assert bundled["pauses"] == [{"from": TOMORROW, "to": "2026-05-09"}]
    versions = {
        prescription["id"]: [
            (each["version"], each["schedule"], each["valid_from"], each["valid_to"], each["anchor_on"])
            for each in prescription["versions"]
        ]
        for prescription in bundled["prescriptions"]
    }
    assert versions == {
        str(one): [(1, making.DAILY, TODAY, "2026-05-10", TODAY)],
        str(two): [(1, QUOTA, TODAY, "2026-05-10", TODAY), (2, AS_NEEDED, "2026-05-10", None, "2026-05-10")],
    }
    assert {each["exercise"]["name"] for each in bundled["prescriptions"]} == {"Squat"}


def test_a_phone_works_out_every_day_from_the_bundle_as_the_server_does(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-04-27")
    items = [scene.item(schedule=schedule) for schedule in MIXED]
    ids = making.publish(plan, *items, effective_on="2026-04-27")
    swapped = [making.carried_item(one, schedule=schedule) for one, schedule in zip(ids, MIXED[::-1], strict=True)]
    making.publish(plan, *swapped[:4], effective_on="2026-05-08")
    plan.send("POST", "/pauses", {"from": "2026-05-10", "to": "2026-05-12", "reason": "Away."})
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": "2026-05-20"})
    (bundled,) = offline(scene).get_json()["plans"]
    for day in [date(2026, 4, 25) + timedelta(days=n) for n in range(28)]:
        assert phone(bundled, day) == {
            item["prescription_id"]: item["expected"] for item in scene.due(day.isoformat()) if item["expected"]
        }


def phone(plan: dict[str, Any], day: date) -> dict[str, int]:
    """Work out what is due by prescription, from the JSON alone."""

    def on(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    pauses = tuple((date.fromisoformat(each["from"]), on(each["to"])) for each in plan["pauses"])
    terms = PlanTerms(date.fromisoformat(plan["starts_on"]), on(plan["ends_on"]), pauses)
    found = {}
    for prescription in plan["prescriptions"]:
        for told in prescription["versions"]:
            version = VersionInForce(
                UUID(prescription["id"]),
                told["version"],
                Dose.from_json(told["dose"]),
                Schedule.from_json(told["schedule"]),
                date.fromisoformat(told["valid_from"]),
                on(told["valid_to"]),
                date.fromisoformat(told["anchor_on"]),
            )
            if expected_on(version, terms, day):
                found[prescription["id"]] = expected_on(version, terms, day)
    return found


def test_the_bundle_is_not_sent_again_while_nothing_changed(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    first = offline(scene)
    path, headers = f"/v1/patients/{scene.patient.patient_id}/offline", {"If-None-Match": first.headers["ETag"]}
    same = scene.patient.http.get(path, headers=headers)
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    plan.send("POST", "/pauses", {"from": TOMORROW, "reason": "Away."})
    changed = scene.patient.http.get(path, headers=headers)
    assert (changed.status_code, changed.headers["ETag"] == first.headers["ETag"]) == (200, False)


def test_the_bundle_costs_three_statements_beside_the_sign_in_and_the_record(scene: Scene, statements: Any) -> None:
    for _ in range(3):
        making.publish(scene.plan(), scene.item(), scene.item())
    with statements() as seen:
        assert len(offline(scene).get_json()["plans"]) == 3
    assert len(seen) == 5


def test_a_patient_without_a_plan_has_an_empty_bundle_and_nothing_due(scene: Scene) -> None:
    assert offline(scene).get_json()["plans"] == []
    assert scene.due() == []
