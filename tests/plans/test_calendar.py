"""What a calendar shows besides the days themselves, what it refuses, and what it costs."""

from typing import Any

import pytest

from tests.counting import StatementCounter
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene, named
from tests.plans.test_due import AS_NEEDED, MIXED, QUOTA


def ask(scene: Scene, path: str, **query: str) -> Any:
    return scene.patient.http.get(path, query_string=query)


def of_patient(scene: Scene) -> str:
    return f"/v1/patients/{scene.patient.patient_id}/calendar"


def test_a_calendar_names_what_is_due_what_rests_and_what_the_patient_chooses(scene: Scene) -> None:
    plan = scene.plan()
    ids = making.publish(plan, *[scene.item(schedule=schedule) for schedule in MIXED])
    making.publish(
        plan, making.carried_item(ids[3], schedule={**QUOTA, "times_per_week": 5}), effective_on="2026-05-14"
    )
    other = scene.plan(title="Neck", starts_on=TOMORROW)
    making.publish(other, scene.item(schedule=AS_NEEDED), effective_on=TOMORROW)
    shown = ask(scene, of_patient(scene)).get_json()
    assert (shown["from"], shown["to"], shown["today"], len(shown["days"])) == (TODAY, "2026-05-19", TODAY, 14)
    first, second = shown["days"][:2]
    assert [(each["slots"], each["due"], each["rest"]) for each in first["items"]] == [
        ([1, 2], True, False),
        ([1], True, False),
        ([1], True, False),
        ([], False, False),
        ([], False, False),
    ]
    assert [each["plan_id"] for each in second["items"]] == [str(plan.id)] * 5 + [str(other.id)]
    assert {each["exercise_name"] for each in shown["prescriptions"]} == {"Squat"}
    assert len(shown["prescriptions"]) == 6
    # From the plan's first day, a Wednesday, to Sunday; then a week with both quotas; then what is left, whole.
    quotas = [[(day["day"][-2:], day["times_per_week"]) for day in week["eligible"]] for week in shown["quotas"]]
    assert quotas == [
        [("06", 3), ("07", 3), ("08", 3), ("09", 3), ("10", 3)],
        [("11", 3), ("12", 3), ("13", 3), ("14", 5), ("15", 5), ("16", 5), ("17", 5)],
        [(str(day), 5) for day in range(18, 25)],
    ]
    of_other = ask(scene, f"/v1/plans/{other.id}/calendar", **{"from": TODAY, "to": TOMORROW}).get_json()
    assert [[each["plan_id"] for each in day["items"]] for day in of_other["days"]] == [[], [str(other.id)]]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"from": TOMORROW, "to": TODAY}, ("/to", "order")),
        ({"to": "2026-05-05"}, ("/to", "order")),
        ({"from": "2026-01-01", "to": "2027-01-02"}, ("/to", "range")),
        ({"from": "2026-02-29", "to": "2026-03-01"}, ("/from", "date")),
        ({"from": TODAY, "until": TODAY}, ("/until", "unknown")),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused_by_field(
    scene: Scene, query: dict[str, str], problem: tuple[str, str]
) -> None:
    plan = scene.plan()
    for path in (of_patient(scene), f"/v1/plans/{plan.id}/calendar"):
        answer = ask(scene, path, **query)
        assert answer.status_code == 422
        assert named(answer) == [problem]
        whole = ask(scene, path, **{"from": "2028-01-01", "to": "2028-12-31"})
        assert len(whole.get_json()["days"]) == 366


def test_a_patient_sees_a_plan_as_long_as_it_is_readable_and_staff_longer(scene: Scene, noon: Any) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": TOMORROW})
    days = {"from": TODAY, "to": TODAY}

    def items() -> list[int]:
        told = [person.http.get(of_patient(scene), query_string=days) for person in (scene.patient, scene.lead)]
        return [len(each.get_json()["days"][0]["items"]) for each in told]

    assert items() == [1, 1]
    noon.move_to("2026-08-05T10:00:00+00:00")
    patient, lead = scene.world.sign_in(scene.patient), scene.world.sign_in(scene.lead)
    later = [person.http.get(of_patient(scene), query_string=days).get_json() for person in (patient, lead)]
    assert [len(each["days"][0]["items"]) for each in later] == [0, 1]
    path = f"/v1/plans/{plan.id}/calendar"
    assert [person.http.get(path).status_code for person in (patient, lead)] == [404, 200]


def test_a_calendar_costs_three_statements_however_many_plans(scene: Scene, statements: StatementCounter) -> None:
    for _ in range(3):
        plan = scene.plan()
        making.publish(plan, *[scene.item(schedule=schedule) for schedule in MIXED])
    for path in (of_patient(scene), f"/v1/plans/{plan.id}/calendar"):
        with statements() as seen:
            assert ask(scene, path).status_code == 200
        # One recognises, three read, one is the record of it.
        assert len(seen) == 5
