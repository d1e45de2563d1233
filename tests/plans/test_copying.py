"""Copying what a plan prescribes: to another patient, to the same one, into a template."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from tests.library.templates import a_phase, an_item
from tests.plans import courses, making
from tests.plans.conftest import TODAY, Scene, named
from tests.plans.courses import MORE
from tests.plans.making import MadePlan
from tests.world import Person

SAID = "Said by the patient"
SENT = ("exercise_id", "dose", "schedule", "progression")


def a_plan(scene: Scene) -> tuple[MadePlan, UUID, UUID]:
    """A plan with one revision past, one in force since 1 May and one from 15 May on; it has words of the patient."""
    squat, bridge = courses.squat_of(scene.lead), courses.bridge_of(scene.lead)
    plan = scene.plan(starts_on="2026-04-20", goals=[SAID], own_why=SAID, title="Knee")
    making.publish(plan, scene.item(), effective_on="2026-04-20", note=SAID)
    (one,) = making.publish(plan, making.new_item(squat), effective_on="2026-05-01", note=SAID)
    items = [making.carried_item(one, dose=MORE), making.new_item(bridge)]
    making.publish(plan, *items, effective_on="2026-05-15", note=SAID)
    return plan, squat, bridge


def copy(plan: MadePlan, patient: Person, **content: Any) -> TestResponse:
    body = {"patient_id": str(patient.member_id), "starts_on": "today", **content}
    return plan.by.http.post(f"/v1/plans/{plan.id}/copy", json=body)


def archive(scene: Scene, exercise_id: UUID) -> None:
    etag = {"If-Match": scene.lead.http.get(f"/v1/exercises/{exercise_id}").headers["ETag"]}
    assert scene.lead.http.post(f"/v1/exercises/{exercise_id}/archive", headers=etag).status_code == 200


def test_a_copy_has_what_is_in_force_and_ahead_and_nothing_that_was_said(scene: Scene) -> None:
    plan, *_ = a_plan(scene)
    other = scene.world.patient(scene.lead)
    made = copy(plan, other, starts_on="2026-06-01")
    assert made.status_code == 201, made.get_json()
    assert SAID not in made.get_data(as_text=True)
    copied = made.get_json()
    assert (copied["plan"]["title"], copied["plan"]["patient_id"]) == ("Knee", str(other.member_id))
    told = [(each["effective_on"], [item["dose"]["reps"] for item in each["items"]]) for each in copied["revisions"]]
    assert told == [("2026-06-01", [10]), ("2026-06-15", [12, 10])]
    assert (
        copied["revisions"][0]["items"][0]["prescription_id"] == copied["revisions"][1]["items"][0]["prescription_id"]
    )
    assert copied["revisions"][0]["copied_from"] == str(plan.id)
    seen = other.http.get(f"/v1/plans/{copied['plan']['id']}/revisions/1")
    assert (seen.status_code, seen.get_json()["copied_from"]) == (200, None)
    assert str(plan.id) not in seen.get_data(as_text=True)


def test_a_new_episode_of_the_same_patient_may_be_copied_as_a_draft(scene: Scene) -> None:
    plan, *_ = a_plan(scene)
    body = {"plan_id": str(uuid4()), "publish": False, "title": "Knee again"}
    made, again = (copy(plan, scene.patient, **body) for _ in range(2))
    assert (made.status_code, made.get_json()) == (201, again.get_json())
    draft = made.get_json()["draft"]
    assert (draft["copied_from"], [phase["from_day"] for phase in draft["phases"]]) == (str(plan.id), [0, 14])
    copied = MadePlan(scene.lead, UUID(body["plan_id"]), "", {})
    published = courses.publish(copied, made.headers["ETag"], effective_on="today")
    assert [each["copied_from"] for each in published.get_json()["revisions"]] == [str(plan.id)] * 2
    assert copy(plan, scene.patient, **{**body, "title": "Other"}).status_code == 409


def test_a_copy_reads_as_the_library_reads_now(scene: Scene) -> None:
    plan, squat, _ = a_plan(scene)
    read = scene.lead.http.get(f"/v1/exercises/{squat}")
    change = {"name": "Deep squat"}
    edited = scene.lead.http.patch(f"/v1/exercises/{squat}", json=change, headers={"If-Match": read.headers["ETag"]})
    assert edited.status_code == 200, edited.get_json()
    copied = copy(plan, scene.world.patient(scene.lead)).get_json()
    assert copied["revisions"][0]["items"][0]["exercise"]["name"] == "Deep squat"
    assert [item["exercise"]["name"] for item in scene.due()] == ["Squat"]


def test_what_is_archived_is_named_or_left_out(scene: Scene) -> None:
    plan, squat, bridge = a_plan(scene)
    archive(scene, bridge)
    other = scene.world.patient(scene.lead)
    refused = copy(plan, other)
    assert (refused.status_code, named(refused)) == (422, [("/phases/1/items/1/exercise_id", "archived")])
    assert "Bridge" in refused.get_json()["errors"][0]["detail"]
    without = copy(plan, other, without_missing=True)
    assert [len(each["items"]) for each in without.get_json()["revisions"]] == [1, 1]
    archive(scene, squat)
    nothing = copy(plan, other, without_missing=True)
    assert (nothing.status_code, named(nothing)) == (409, [("plan_id", "empty")])


def test_who_copies_cares_for_both_patients(scene: Scene) -> None:
    plan, *_ = a_plan(scene)
    colleague = scene.world.practitioner(scene.lead.clinic_id)
    theirs = scene.world.patient(colleague)
    assert copy(plan, theirs).status_code == 404
    body = {"patient_id": str(theirs.member_id), "starts_on": "today"}
    assert colleague.http.post(f"/v1/plans/{plan.id}/copy", json=body).status_code == 404
    assert scene.patient.http.post(f"/v1/plans/{plan.id}/copy", json=body).status_code == 403
    scene.world.join_care_team(theirs, scene.lead)
    assert copy(plan, theirs).status_code == 201


def test_a_plan_without_anything_in_force_or_ahead_is_not_copied(scene: Scene) -> None:
    plan = scene.plan()
    refused = copy(plan, scene.patient)
    assert (refused.status_code, named(refused)) == (409, [("plan_id", "empty")])
    making.publish(plan, scene.item(), effective_on="2026-05-10")
    assert copy(plan, scene.patient).get_json()["revisions"][0]["effective_on"] == TODAY


def test_a_template_is_made_from_a_plan_without_what_was_said(scene: Scene) -> None:
    plan, squat, bridge = a_plan(scene)
    path = f"/v1/plans/{plan.id}/template"
    body: dict[str, Any] = {"id": str(uuid4()), "title": "Our knee", "body_region": "knee", "goals": ["Climb stairs."]}
    made, again = (scene.lead.http.post(path, json=body) for _ in range(2))
    assert made.status_code == 201, made.get_json()
    assert made.get_json() == again.get_json()
    assert SAID not in made.get_data(as_text=True)
    template = made.get_json()
    assert (template["goals"], template["version"], template["scope"]) == (["Climb stairs."], 1, "clinic")
    told = [
        (phase["name"], phase["from_day"], [item["exercise_id"] for item in phase["items"]])
        for phase in template["phases"]
    ]
    assert told == [("Phase 1", 0, [str(squat)]), ("Phase 2", 14, [str(squat), str(bridge)])]
    noted = scene.lead.http.post(path, json={"title": "With notes", "with_notes": True}).get_json()
    assert [phase["note"] for phase in noted["phases"]] == [SAID, SAID]
    applied = courses.apply(scene, template["id"], scene.world.patient(scene.lead), starts_on="2026-07-01")
    assert [each["effective_on"] for each in applied.get_json()["revisions"]] == ["2026-07-01", "2026-07-15"]


def test_a_template_from_a_plan_takes_no_drafts_and_nothing_archived(scene: Scene) -> None:
    mine, gone = making.exercise(scene.lead, scope="draft"), courses.bridge_of(scene.lead)
    plan = scene.plan()
    making.publish(plan, making.new_item(courses.squat_of(scene.lead)), making.new_item(mine), making.new_item(gone))
    archive(scene, gone)
    refused = scene.lead.http.post(f"/v1/plans/{plan.id}/template", json={"title": "Ours"})
    errors = [("/phases/0/items/1/exercise_id", "draft"), ("/phases/0/items/2/exercise_id", "archived")]
    assert (refused.status_code, named(refused)) == (422, errors)
    assert scene.lead.http.get("/v1/templates?scope=clinic").get_json()["items"] == []
    outsider = scene.world.practitioner(scene.lead.clinic_id)
    assert outsider.http.post(f"/v1/plans/{plan.id}/template", json={"title": "Ours"}).status_code == 404


def test_phases_keep_their_names_through_plan_and_template(scene: Scene) -> None:
    squat = courses.squat_of(scene.lead)
    phases = [a_phase(0, an_item(squat), name="Weeks 0-2"), a_phase(14, an_item(squat), name="Weeks 2-6")]
    made = courses.apply(scene, courses.template(scene.lead, *phases)).get_json()
    again = scene.lead.http.post(f"/v1/plans/{made['plan']['id']}/template", json={"title": "Again"}).get_json()
    assert [(phase["name"], phase["from_day"]) for phase in again["phases"]] == [("Weeks 0-2", 0), ("Weeks 2-6", 14)]


EVERY_OTHER = {"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1}
FORTNIGHT = [(date(2026, 5, 6) + timedelta(days=n)).isoformat() for n in range(14)]
# What the later phase carries on of (daily, every other day), by its place in the first one.
LATER = [(1,), (1, 0)]


def twice_prescribed(scene: Scene, *later: int) -> MadePlan:
    """A plan with a squat prescribed twice, one daily and one every other day; from the third day on only `later`."""
    squat, plan = courses.squat_of(scene.lead), scene.plan()
    said = ({"dose": MORE}, {"schedule": EVERY_OTHER})
    first = making.publish(plan, *(making.new_item(squat, **each) for each in said))
    carried = [making.carried_item(first[place], **said[place]) for place in later]
    making.publish(plan, *carried, effective_on="2026-05-09")
    return plan


def due_of(patient: Person, by: Scene) -> list[Any]:
    """What is due day by day, and each prescription's versions with their anchors."""
    own = replace(by, patient=patient)
    days = [
        sorted((item["dose"]["reps"], item["version"], len(item["slots"])) for item in own.due(day))
        for day in FORTNIGHT
    ]
    plan = patient.http.get(f"/v1/patients/{patient.patient_id}/offline").get_json()["plans"][0]
    told = [
        [(each["valid_from"], each["valid_to"], each["anchor_on"], each["dose"]["reps"]) for each in held["versions"]]
        for held in plan["prescriptions"]
    ]
    return [days, sorted(told, key=str)]


@pytest.mark.parametrize("later", LATER)
def test_of_an_exercise_prescribed_twice_each_goes_on_as_itself(scene: Scene, later: tuple[int, ...]) -> None:
    plan = twice_prescribed(scene, *later)
    meant = due_of(scene.patient, scene)
    others = [scene.world.patient(scene.lead) for _ in range(4)]
    copied = copy(plan, others[0])
    path = f"/v1/plans/{plan.id}/template"
    template = scene.lead.http.post(path, json={"title": "Ours"}).get_json()
    again = scene.lead.http.post(f"/v1/templates/{template['id']}/copy", json={}).get_json()
    courses.apply(scene, again["id"], others[1])
    drafts = [copy(plan, each, plan_id=str(uuid4()), publish=False) for each in others[2:]]
    assert "course" not in copied.get_data(as_text=True) + str(template) + str(drafts[0].get_json())
    left, adjusted = (MadePlan(scene.lead, UUID(each.get_json()["plan"]["id"]), "", {}) for each in drafts)
    courses.publish(left, drafts[0].headers["ETag"], effective_on="today")
    # Whoever adjusts a draft sends the whole of it, without what they were not told.
    shown = scene.lead.http.get(f"/v1/plans/{adjusted.id}/draft")
    phases = [
        {**phase, "note": "Slowly.", "items": [{name: item[name] for name in SENT} for item in phase["items"]]}
        for phase in shown.get_json()["phases"]
    ]
    saved = courses.save(adjusted, shown.headers["ETag"], *phases)
    courses.publish(adjusted, saved.headers["ETag"], effective_on="today")
    assert [due_of(each, scene) for each in others] == [meant] * 4
