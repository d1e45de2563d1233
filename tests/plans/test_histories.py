"""What counting gets to know of a patient's prescriptions, now and as it was known earlier."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
import time_machine

from hep_api.plans.occurrences import expected_on
from hep_api.plans.queries.histories import PrescriptionHistory, histories_of_patient
from tests.plans import making
from tests.plans.conftest import TODAY, Scene

TWELVE = {"sets": 3, "reps": 12}


def histories(scene: Scene, **asked: Any) -> dict[UUID, PrescriptionHistory]:
    with scene.world.transaction() as session:
        return histories_of_patient(session, scene.lead.clinic_id, scene.patient.patient_id, **asked)


def day(number: int) -> date:
    return date(2026, 5, number)


def test_a_history_has_terms_versions_and_what_each_number_named(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-05-01")
    (one,) = making.publish(plan, scene.item(), effective_on="2026-05-01")
    making.publish(plan, making.carried_item(one, dose=TWELVE), effective_on="2026-05-10")
    # The same dose from an earlier date on: number 2 is no longer in force anywhere, and still means twelve.
    making.publish(plan, making.carried_item(one, dose=TWELVE), effective_on="2026-05-05")
    plan.send("POST", "/pauses", {"from": "2026-05-12", "to": "2026-05-14", "reason": "Away."})
    plan.send("POST", "/end", {"discharge_reason": "other", "ends_on": "2026-05-20"})
    history = histories(scene)[one]
    assert (history.plan_id, history.exercise_name) == (plan.id, "Squat")
    assert (history.terms.starts_on, history.terms.ends_on) == (day(1), day(20))
    assert history.terms.pauses == ((day(12), day(14)),)
    assert [(each.version, each.valid_from, each.valid_to) for each in history.versions] == [
        (1, day(1), day(5)),
        (3, day(5), None),
    ]
    assert {number: item.dose.reps for number, item in history.named.items()} == {1: 10, 2: 12, 3: 12}


def test_only_what_was_asked_for_is_told_and_cut_all_the_same(scene: Scene) -> None:
    plan, other = scene.plan(), scene.plan()
    one, two = making.publish(plan, scene.item(), scene.item())
    (three,) = making.publish(other, scene.item())
    making.publish(plan, making.carried_item(one), effective_on="2026-05-10")
    assert histories(scene).keys() == {one, two, three}
    assert histories(scene, plan_id=other.id).keys() == {three}
    asked = histories(scene, prescription_ids=[two])
    assert asked == {two: histories(scene)[two]}
    assert [each.valid_to for each in asked[two].versions] == [day(10)]


def test_a_prescription_of_another_patient_is_not_told(scene: Scene) -> None:
    other = scene.world.patient(scene.lead)
    (foreign,) = making.publish(making.start(scene.lead, other), scene.item())
    assert histories(scene, prescription_ids=[foreign]) == {}
    assert histories(scene) == {}


@pytest.mark.parametrize(("asked", "cost"), [({}, 3), ({"known_at": datetime(2027, 1, 1, tzinfo=UTC)}, 4)])
def test_histories_cost_the_same_however_many_there_are(
    scene: Scene, statements: Any, asked: dict[str, Any], cost: int
) -> None:
    for _ in range(3):
        making.publish(scene.plan(), scene.item(), scene.item())
    with statements() as seen:
        assert len(histories(scene, **asked)) == 6
    assert len(seen) == cost


def test_what_was_recorded_later_is_not_known_yet(scene: Scene, noon: time_machine.Traveller) -> None:
    """Each hour something changes; asked as known between two changes, the later ones have not happened."""
    plan = scene.plan(starts_on="2026-05-01")
    (one,) = making.publish(plan, scene.item(), effective_on="2026-05-01")

    def at(hour: int) -> datetime:
        return datetime.combine(day(6), time(hour, 0), tzinfo=UTC)

    def change(hour: int, method: str, path: str, body: dict[str, Any]) -> Any:
        noon.move_to(at(hour))
        plan.by = scene.world.sign_in(scene.lead)
        response = plan.send(method, path, body)
        assert response.status_code < 300, response.get_json()
        return response.get_json()

    twice = {"kind": "daily", "times_per_day": 2}
    body = {"items": [making.carried_item(one, schedule=twice)], "effective_on": "2026-05-05", "reason": "Agreed."}
    change(11, "POST", "/revisions", body)
    pause = {"from": "2026-05-06", "to": "2026-05-08", "reason": "Away."}
    pause_id = change(12, "POST", "/pauses", pause)["id"]
    change(13, "PATCH", f"/pauses/{pause_id}", {"to": "2026-05-07", "reason": "Back."})
    change(14, "PATCH", f"/pauses/{pause_id}", {"withdrawn": True, "reason": "Stayed."})
    change(15, "POST", "/end", {"discharge_reason": "other", "ends_on": "2026-05-09"})
    change(16, "POST", "/end", {"discharge_reason": "other", "ends_on": "2026-05-08"})

    def expected(known_at: datetime | None) -> list[int]:
        history = histories(scene, known_at=known_at).get(one)
        days = [day(number) for number in range(4, 10)]
        if history is None:
            return []
        return [sum(expected_on(each, history.terms, date_) for each in history.versions) for date_ in days]

    assert {hour: expected(at(hour)) for hour in range(9, 17)} == {
        9: [],
        10: [1, 1, 1, 1, 1, 1],
        11: [1, 2, 2, 2, 2, 2],
        12: [1, 2, 0, 0, 2, 2],
        13: [1, 2, 0, 2, 2, 2],
        14: [1, 2, 2, 2, 2, 2],
        15: [1, 2, 2, 2, 2, 0],
        16: [1, 2, 2, 2, 0, 0],
    }
    assert expected(None) == expected(at(16))


def test_a_plan_without_revisions_has_no_history(scene: Scene) -> None:
    scene.plan(starts_on=TODAY)
    assert histories(scene) == {}
