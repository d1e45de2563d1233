"""The phone's first screen: what is due, what is done of it, and 304 when nothing changed."""

import json
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import update

from hep_api.adherence.queries.today import day_for, get_day
from hep_api.adherence.schemas.today import TodayOut, written
from hep_api.foundation import clock
from hep_api.plans.models.revisions import PlanRevision
from tests.adherence.conftest import TODAY, TOMORROW, YESTERDAY, Scene, at, begin, correction, event
from tests.counting import StatementCounter
from tests.plans import making


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


def test_each_plan_tells_its_phase_and_what_was_said_with_it(scene: Scene) -> None:
    told = {"reason": "It was so agreed.", "items": [making.carried_item(scene.daily)]}
    for day, note in ((YESTERDAY, "Stop at pain above 4."), (TODAY, "Replaced."), (TODAY, "A little pain is fine.")):
        assert scene.plan.send("POST", "/revisions", {**told, "effective_on": day, "note": note}).status_code == 201
    with scene.world.transaction() as session:
        newest = update(PlanRevision).where(PlanRevision.plan_id == scene.plan.id, PlanRevision.number == 4)
        session.execute(newest.values(phase_name="Strength"))
    second = begin(scene.world, scene.lead, scene.patient, {"kind": "daily", "times_per_day": 1}, on=TODAY)
    shown = [today(scene, on=day)["plans"] for day in (YESTERDAY, TODAY)]
    (first,) = shown[0]
    assert (first["plan_id"], first["phase_name"]) == (str(scene.plan.id), "")
    assert first["note"] == "Stop at pain above 4."
    assert shown[1][0] == {**first, "phase_name": "Strength", "note": "A little pain is fine."}
    assert [each["plan_id"] for each in shown[1]] == [str(scene.plan.id), str(second.plan.id)]


def test_a_correction_shows_as_the_entry_that_it_corrects(scene: Scene) -> None:
    first = event(scene.daily)
    newer = correction(first, revision=4, sets=2)
    scene.upload(first, newer)
    (doing,) = today(scene)["items"][0]["doings"]
    (entry,) = doing["entries"]
    assert (entry["event_id"], entry["entry_id"], entry["revision"]) == (newer["id"], first["id"], 4)
    scene.upload(correction(first, revision=5, kind="void"))
    assert today(scene)["items"][0]["doings"] == []


def test_an_entry_that_was_moved_is_done_on_its_new_day_and_on_no_other(scene: Scene) -> None:
    daily, quota, _ = scene.prescriptions
    left, came, there_and_back = event(daily, slot=1), event(daily, YESTERDAY, slot=1), event(daily, slot=2)
    scene.upload(left, came, there_and_back, event(quota), before := event(quota, YESTERDAY))
    scene.upload(
        correction(left, performed_on=YESTERDAY),
        correction(came, performed_on=TODAY),
        correction(there_and_back, performed_on=YESTERDAY),
        correction(there_and_back, revision=2),
        correction(before, performed_on="2026-05-02", performed_at=at("2026-05-02")),
    )

    first, second, _ = today(scene)["items"]
    shown = [(each["slot"], [entry["entry_id"] for entry in each["entries"]]) for each in first["doings"]]
    assert shown == [(1, [came["id"]]), (2, [there_and_back["id"]])]
    assert (second["completed"], second["completed_days_of_week"]) == (1, 1)


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
        today(scene, on=TODAY)
    assert len(seen) == 5


def test_an_answer_that_still_holds_costs_one_statement_beside_the_sign_in_and_the_record(
    scene: Scene, statements: StatementCounter
) -> None:
    path = f"/v1/patients/{scene.patient.member_id}/today"
    scene.upload(event(scene.daily))
    held = {"If-None-Match": scene.patient.http.get(path).headers["ETag"]}
    # A device of which this process knows nothing yet; those that it knows go the short way (test_at_once.py).
    phone = scene.world.sign_in(scene.patient).http
    with statements() as seen:
        assert phone.get(path, headers=held).status_code == 304
    assert len(seen) == 3


def test_the_tag_changes_with_reports_plans_language_and_date_and_with_nothing_else(
    scene: Scene, noon: time_machine.Traveller
) -> None:
    path = f"/v1/patients/{scene.patient.member_id}/today"

    def tag(language: str = "en", **query: str) -> str:
        phone = scene.world.sign_in(scene.patient).http
        answer = phone.get(path, headers={"Accept-Language": language}, query_string=query)
        assert answer.headers["Vary"] == "Accept-Language, Accept"
        assert answer.headers["Content-Language"] == language
        return answer.headers["ETag"]

    first = event(scene.daily)
    tags = [tag()]
    for change in (
        lambda: scene.upload(first),
        lambda: scene.upload(correction(first, sets=1)),
        lambda: scene.plan.send("POST", "/pauses", {"from": TOMORROW, "reason": "Away."}),
    ):
        change()
        tags += [tag()]
        assert tag() == tags[-1]
    scene.upload(first)  # once more, which changes nothing
    other = begin(scene.world, scene.lead, scene.world.patient(scene.lead), {"kind": "daily", "times_per_day": 1})
    other.upload(event(other.daily))
    assert tag() == tags[-1]
    tags += [tag("de"), tag(on=YESTERDAY), tag("de", on=YESTERDAY)]
    noon.shift(timedelta(days=1))
    tags += [tag(), tag(on=YESTERDAY)]
    assert len(set(tags)) == len(tags)


def test_the_bytes_of_a_day_are_what_the_schema_gives(scene: Scene) -> None:
    daily, quota, needed = scene.prescriptions
    scene.upload(event(daily, slot=1), event(daily, sets=1, reps=7), event(quota), event(needed, kind="skipped"))
    with scene.world.transaction() as session:
        asked = day_for(session, scene.patient.viewer, scene.patient.member_id, None, (), clock.now())
        day = get_day(session, asked)
    assert json.loads(scene.world.app.json.dumps(TodayOut().dump(day))) == today(scene) == json.loads(written(day))
    states = {doing["state"] for item in today(scene)["items"] for doing in item["doings"]}
    assert states == {"done", "partial", "skipped"}
