"""Publishing revisions: from when they govern, what stays the same, what is told."""

import re
from datetime import time
from typing import Any
from uuid import uuid4

import time_machine
from sqlalchemy import update

from hep_api.library.models.exercises import Exercise
from hep_api.plans.models.revisions import PrescriptionVersion
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.making import DAILY, DOSE, MadePlan

MORE = {**DOSE, "reps": 12}
PLAN_TABLES = re.compile(r"\b(plan|plan_revision|revision_item|prescription|prescription_version|exercise)\b")


def timeline(scene: Scene, plan: MadePlan) -> list[tuple[str, int, str, str | None]]:
    """(prescription, version, valid_from, valid_to) of the plan by prescription and date, as the phone has it."""
    bundle = scene.patient.http.get(f"/v1/patients/{scene.patient.member_id}/offline").get_json()
    found = next(each for each in bundle["plans"] if each["id"] == str(plan.id))
    return [
        (prescription["id"], version["version"], version["valid_from"], version["valid_to"])
        for prescription in found["prescriptions"]
        for version in prescription["versions"]
    ]


def test_a_revision_takes_effect_on_the_next_local_day(scene: Scene) -> None:
    plan = scene.plan(starts_on=TODAY)
    response = plan.send("POST", "/revisions", {"items": [scene.item()]})
    assert response.status_code == 201
    assert response.get_json()["effective_on"] == TOMORROW
    assert scene.due(TODAY) == []
    assert len(scene.due(TOMORROW)) == 1


def test_the_next_local_day_is_the_patients(scene: Scene, noon: time_machine.Traveller) -> None:
    noon.move_to("2026-05-06T23:30:00+00:00")
    lead = scene.world.sign_in(scene.lead)
    owl = scene.world.patient(lead, day_starts_at=time(4))
    early = scene.world.patient(lead, zone="Pacific/Kiritimati")
    plans = [making.start(lead, patient, starts_on="2026-05-07") for patient in (owl, early)]
    answers = [plan.send("POST", "/revisions", {"items": [scene.item()]}).get_json() for plan in plans]
    # In Berlin it is 01:30 on the 7th, which the owl still counts to the 6th; on Kiritimati 13:30 on the 7th.
    assert [answer["effective_on"] for answer in answers] == ["2026-05-07", "2026-05-08"]


def test_before_the_plans_start_a_revision_waits_for_it(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-06-01")
    first = plan.send("POST", "/revisions", {"items": [scene.item()]})
    second = plan.send("POST", "/revisions", {"items": [scene.item()]})
    assert [each.get_json()["effective_on"] for each in (first, second)] == ["2026-06-01", "2026-06-01"]


def test_a_revision_may_take_effect_today_or_later_without_a_reason(scene: Scene) -> None:
    plan = scene.plan()
    for effective_on in (TODAY, "2026-07-01"):
        response = plan.send("POST", "/revisions", {"items": [scene.item()], "effective_on": effective_on})
        assert (response.status_code, response.get_json()["effective_on"]) == (201, effective_on)


def test_a_revision_takes_effect_on_the_patients_today_or_tomorrow_when_it_says_so(scene: Scene) -> None:
    plan = scene.plan()
    for word, day in (("today", TODAY), ("tomorrow", TOMORROW)):
        response = plan.send("POST", "/revisions", {"items": [scene.item()], "effective_on": word})
        assert (response.status_code, response.get_json()["effective_on"]) == (201, day)
    later = scene.plan(starts_on="2026-06-01")
    refused = later.send("POST", "/revisions", {"items": [scene.item()], "effective_on": "tomorrow"})
    assert (refused.status_code, named(refused)) == (422, [("/effective_on", "before_start")])
    assert named(plan.send("POST", "/revisions", {"items": [scene.item()], "effective_on": "soon"})) == [
        ("/effective_on", "date")
    ]


def test_a_list_of_revisions_says_which_is_past_now_ahead_or_replaced(
    scene: Scene, noon: time_machine.Traveller
) -> None:
    plan = scene.plan(starts_on="2026-05-01")
    for day in ("2026-05-01", YESTERDAY, "2026-05-20", "2026-05-20"):
        making.publish(plan, scene.item(), effective_on=day)

    def standing() -> list[str]:
        listed = scene.world.sign_in(scene.patient).http.get(f"/v1/plans/{plan.id}/revisions").get_json()["items"]
        return [revision["in_force"] for revision in listed]

    assert standing() == ["ahead", "replaced", "now", "past"]
    noon.move_to("2026-05-20T10:00:00+00:00")
    assert standing() == ["now", "replaced", "past", "past"]


def test_a_revision_tells_its_items_in_their_order_with_what_the_patient_reads(scene: Scene) -> None:
    bridge = making.exercise(scene.lead, name="Bridge", position="supine", equipment=["mat"])
    as_needed = {"kind": "as_needed", "max_per_day": 4}
    items = [making.new_item(bridge, schedule=as_needed), scene.item(dose={"sets": 2, "hold_seconds": 30})]
    plan = scene.plan()
    body = {"items": items, "note": "Take it easy.", "effective_on": TODAY}
    told = plan.send("POST", "/revisions", body).get_json()
    assert (told["number"], told["note"], told["reason"], told["published_by"]) == (
        1,
        "Take it easy.",
        None,
        str(scene.lead.member_id),
    )
    first, second = told["items"]
    assert (first["exercise"]["name"], first["exercise"]["position"], first["exercise"]["equipment"]) == (
        "Bridge",
        "supine",
        ["mat"],
    )
    assert first["schedule"] == as_needed
    assert second["exercise"]["exercise_id"] == str(scene.squat)
    assert second["dose"] == {
        "sets": 2,
        "reps": None,
        "hold_seconds": 30,
        "duration_seconds": None,
        "sides": 1,
        "rest_seconds": None,
        "load": None,
        "note": "",
    }
    assert scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/1").get_json() == told


def test_a_load_is_kept_as_it_was_given(scene: Scene) -> None:
    loads = [{"unit": "kg", "value": 2.5}, {"unit": "band", "colour": "red"}]
    items = [scene.item(dose={**DOSE, "load": load}) for load in loads]
    making.publish(scene.plan(), *items)
    assert [item["dose"]["load"] for item in scene.due()] == [
        {"unit": "kg", "value": 2.5, "colour": None},
        {"unit": "band", "value": None, "colour": "red"},
    ]


def test_an_edited_exercise_does_not_change_a_published_plan(scene: Scene) -> None:
    plan = scene.plan()
    (squat,) = making.publish(plan, scene.item())
    with scene.world.transaction() as session:
        session.execute(update(Exercise).where(Exercise.id == scene.squat).values(name="Edited"))
    making.publish(plan, making.carried_item(squat, dose=MORE))
    assert [item["exercise"]["name"] for item in scene.due()] == ["Squat"]


def test_what_stays_as_it_is_keeps_its_version(scene: Scene) -> None:
    plan = scene.plan()
    one, two = making.publish(plan, scene.item(), scene.item())
    making.publish(plan, making.carried_item(one), making.carried_item(two, dose=MORE), effective_on="2026-05-10")
    assert timeline(scene, plan) == [
        (str(one), 1, TODAY, None),
        (str(two), 1, TODAY, "2026-05-10"),
        (str(two), 2, "2026-05-10", None),
    ]


def test_what_is_left_out_ends_and_comes_back_as_a_new_version(scene: Scene) -> None:
    plan = scene.plan()
    one, two = making.publish(plan, scene.item(), scene.item())
    making.publish(plan, making.carried_item(one), effective_on="2026-05-10")
    making.publish(plan, making.carried_item(one), making.carried_item(two), effective_on="2026-05-20")
    assert timeline(scene, plan) == [
        (str(one), 1, TODAY, None),
        (str(two), 1, TODAY, "2026-05-10"),
        (str(two), 3, "2026-05-20", None),
    ]


def test_of_two_revisions_with_one_date_the_last_published_holds(scene: Scene) -> None:
    plan = scene.plan()
    (one,) = making.publish(plan, scene.item())
    making.publish(plan, making.carried_item(one, dose=MORE), effective_on="2026-05-10")
    making.publish(plan, making.carried_item(one), effective_on="2026-05-10")
    assert timeline(scene, plan) == [(str(one), 1, TODAY, None)]


def test_a_back_dated_revision_needs_a_reason_is_recorded_and_recuts(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-04-01")
    (one,) = making.publish(plan, scene.item(), effective_on="2026-04-01")
    body = {"items": [making.carried_item(one, dose=MORE)], "effective_on": YESTERDAY}
    refused = plan.send("POST", "/revisions", body)
    assert (refused.status_code, named(refused)) == (422, [("/reason", "back_dated")])
    assert timeline(scene, plan) == [(str(one), 1, "2026-04-01", None)]
    accepted = plan.send("POST", "/revisions", {**body, "reason": "It was agreed on the phone."})
    assert accepted.status_code == 201
    assert accepted.get_json()["reason"] == "It was agreed on the phone."
    assert timeline(scene, plan) == [(str(one), 1, "2026-04-01", YESTERDAY), (str(one), 2, YESTERDAY, None)]


def test_a_revision_answers_the_etag_for_the_next_change(scene: Scene) -> None:
    plan = scene.plan()
    response = plan.send("POST", "/revisions", {"items": [scene.item()]})
    read = scene.lead.http.get(f"/v1/plans/{plan.id}")
    assert read.headers["ETag"].startswith(response.headers["ETag"].rstrip('"'))
    assert (read.get_json()["version"], read.get_json()["last_revision"]) == (2, 1)
    for tag in (response.headers["ETag"], None):
        plan.etag = tag or scene.lead.http.get(f"/v1/plans/{plan.id}").headers["ETag"]
        assert plan.send("POST", "/revisions", {"items": [scene.item()]}).status_code == 201


def test_the_same_revision_sent_twice_is_one_also_with_the_old_etag(scene: Scene) -> None:
    plan = scene.plan()
    old = plan.etag
    body = {"id": str(uuid4()), "items": [scene.item()]}
    first = plan.send("POST", "/revisions", body)
    again = plan.send("POST", "/revisions", body, **{"If-Match": old})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert scene.stand(plan)[0]["last_revision"] == 1


def test_a_revision_id_used_with_other_content_or_in_another_plan_is_refused(scene: Scene) -> None:
    plan, other = scene.plan(), scene.plan()
    body = {"id": str(uuid4()), "items": [scene.item()]}
    plan.send("POST", "/revisions", body)
    before = scene.stand(plan), scene.stand(other)
    for changed, content in ((plan, {**body, "note": "More."}), (other, body)):
        response = changed.send("POST", "/revisions", content)
        assert (response.status_code, named(response)) == (409, [("/id", "used")])
    assert (scene.stand(plan), scene.stand(other)) == before


def test_revisions_are_listed_by_pages_the_newest_first(scene: Scene) -> None:
    plan = scene.plan()
    (one,) = making.publish(plan, scene.item())
    for reps in (11, 12):
        making.publish(plan, making.carried_item(one, dose={**DOSE, "reps": reps}))
    path = f"/v1/plans/{plan.id}/revisions?limit=2"
    first = scene.patient.http.get(path).get_json()
    second = scene.patient.http.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert [revision["number"] for revision in first["items"] + second["items"]] == [3, 2, 1]
    assert "items" not in first["items"][0]


def test_reads_of_revisions_cost_the_same_however_many_there_are(scene: Scene, statements: Any) -> None:
    plan = scene.plan()
    making.publish(plan, *[scene.item() for _ in range(5)])
    with statements() as listing:
        scene.patient.http.get(f"/v1/plans/{plan.id}/revisions")
    with statements() as reading:
        scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/1")
    assert (len(listing), len(reading)) == (4, 5)


def test_publishing_costs_the_same_however_many_items(scene: Scene, statements: Any) -> None:
    costs = []
    for count in (1, 50):
        plan = scene.plan()
        body = {"items": [scene.item() for _ in range(count)], "effective_on": TODAY}
        with statements() as seen:
            plan.send("POST", "/revisions", body)
        costs.append(len([each for each in seen if PLAN_TABLES.search(each)]))
    assert costs[0] == costs[1]


def test_a_plan_takes_a_hundred_prescriptions(scene: Scene) -> None:
    plan = scene.plan()
    assert len(making.publish(plan, *[scene.item(schedule=DAILY) for _ in range(100)])) == 100


def test_the_stored_timeline_is_that_of_the_rules(scene: Scene) -> None:
    plan = scene.plan()
    (one,) = making.publish(plan, scene.item(schedule={"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1}))
    second_day = {"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1}
    making.publish(plan, making.carried_item(one, dose=MORE, schedule=second_day), effective_on="2026-05-11")
    with scene.world.transaction() as session:
        rows = session.query(PrescriptionVersion).filter_by(plan_id=plan.id).order_by("version").all()
    assert [(row.version, str(row.anchor_on), row.position) for row in rows] == [(1, TODAY, 0), (2, TODAY, 0)]


def test_a_revision_number_that_no_plan_can_have_is_not_there(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    assert scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/1").status_code == 200
    for number in (0, 2, 2**31 - 1, 2**31, 10**30):
        assert scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/{number}").status_code == 404
