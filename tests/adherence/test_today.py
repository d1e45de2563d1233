"""The phone's first screen: what is due, what is done of it, and 304 when nothing changed."""

from typing import Any

from tests.adherence.conftest import TODAY, TOMORROW, YESTERDAY, Scene, begin, correction, event
from tests.counting import StatementCounter


def today(scene: Scene, **query: Any) -> Any:
    response = scene.patient.http.get(f"/v1/patients/{scene.patient.member_id}/today", query_string=query)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def test_what_is_due_stands_beside_what_is_done(scene: Scene) -> None:
    daily, quota, needed = scene.prescriptions
    second = event(daily, slot=2, sets=1, reps=10, kind="partial")
    scene.upload(event(daily, slot=1), second, event(daily, slot=1, sets=1), event(quota, YESTERDAY), event(quota))
    shown = today(scene)
    assert (shown["day"], shown["today"]) == (TODAY, TODAY)
    by_id = {each["prescription_id"]: each for each in shown["items"]}
    assert [each["prescription_id"] for each in shown["items"]] == [str(each) for each in (daily, quota, needed)]
    first = by_id[str(daily)]
    assert (first["expected"], first["due"], first["completed"], first["completed_days_of_week"]) == (1, True, 1, None)
    assert [(each["slot"], each["state"], each["volume_ratio"]) for each in first["doings"]] == [
        (1, "done", 1),
        (2, "partial", 0.3333),
    ]
    assert [len(each["entries"]) for each in first["doings"]] == [2, 1]
    assert first["doings"][1]["entries"][0]["event_id"] == second["id"]
    assert first["exercise"]["name"] == "Squat"
    assert (by_id[str(quota)]["completed"], by_id[str(quota)]["completed_days_of_week"]) == (1, 2)
    assert by_id[str(needed)]["doings"] == []


def test_a_correction_shows_as_the_entry_that_it_corrects(scene: Scene) -> None:
    first = event(scene.daily)
    newer = correction(first, revision=4, sets=2)
    scene.upload(first, newer)
    (doing,) = today(scene)["items"][0]["doings"]
    (entry,) = doing["entries"]
    assert (entry["event_id"], entry["entry_id"], entry["revision"]) == (newer["id"], first["id"], 4)
    scene.upload(correction(first, revision=5, kind="void"))
    assert today(scene)["items"][0]["doings"] == []


def test_any_day_can_be_asked(scene: Scene) -> None:
    scene.upload(event(scene.daily, YESTERDAY))
    assert today(scene, on=YESTERDAY)["items"][0]["completed"] == 1
    assert today(scene, on=TOMORROW)["items"][0]["completed"] == 0
    assert today(scene, on="2026-03-01")["items"] == []


def test_what_was_reported_for_something_not_in_force_is_shown_as_well(scene: Scene) -> None:
    second = begin(scene.world, scene.lead, scene.patient, {"kind": "daily", "times_per_day": 1}, on="2026-05-01")
    body = {"ends_on": TODAY, "discharge_reason": "goals_met"}
    assert second.plan.send("POST", "/end", body).status_code == 200
    sent = event(second.daily)
    scene.upload(sent)
    shown = today(scene)
    assert str(second.daily) not in {each["prescription_id"] for each in shown["items"]}
    assert [each["event_id"] for each in shown["others"]] == [sent["id"]]


def test_an_answer_that_still_holds_is_304(scene: Scene) -> None:
    path = f"/v1/patients/{scene.patient.member_id}/today"
    first = scene.patient.http.get(path)
    again = scene.patient.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    scene.upload(event(scene.daily))
    after = scene.patient.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200


def test_today_costs_three_statements_beside_the_sign_in_and_the_record(
    scene: Scene, statements: StatementCounter
) -> None:
    scene.upload(*[event(each) for each in scene.prescriptions * 3])
    with statements() as seen:
        today(scene)
    assert len(seen) == 5
