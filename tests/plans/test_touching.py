"""Each change that a phone shows gives the patient's plans a new state; nothing else does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.plans.actions.touching import touch_for
from hep_api.plans.facts import PlanChanged
from hep_api.plans.models.states import PlanState
from tests.library.templates import a_phase, an_item
from tests.plans import courses, making
from tests.plans.conftest import TODAY, TOMORROW, Scene
from tests.world import Person


def state(scene: Scene, patient: Person) -> UUID | None:
    with scene.world.transaction() as session:
        return session.scalar(select(PlanState.state).where(PlanState.patient_id == patient.patient_id))


def test_every_change_of_a_plan_gives_a_new_state_to_its_patient_alone(scene: Scene) -> None:
    other = scene.world.patient(scene.lead)
    making.start(scene.lead, other)
    others, seen = state(scene, other), [state(scene, scene.patient)]
    plan = scene.plan()
    seen.append(state(scene, scene.patient))
    making.publish(plan, scene.item())
    seen.append(state(scene, scene.patient))
    pause = plan.send("POST", "/pauses", {"from": TOMORROW, "reason": "Away."}).get_json()["id"]
    seen.append(state(scene, scene.patient))
    plan.send("PATCH", f"/pauses/{pause}", {"withdrawn": True, "reason": "Stays."})
    seen.append(state(scene, scene.patient))
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": TOMORROW})
    seen.append(state(scene, scene.patient))
    assert (seen[0], len(set(seen))) == (None, 6)
    refused = plan.send("POST", "/pauses", {"from": "2020-01-01", "to": TODAY, "reason": "Before it began."})
    assert (refused.status_code, state(scene, scene.patient)) == (422, seen[-1])
    with scene.world.transaction() as session:
        touch_for(session, PlanChanged(scene.lead.clinic_id, scene.patient.patient_id, plan.id))
    assert state(scene, scene.patient) != seen[-1]
    assert others is not None
    assert state(scene, other) == others


def test_whatever_is_written_of_plans_a_phone_that_asks_next_is_not_told_304(scene: Scene) -> None:
    plan, squat = scene.plan(), courses.squat_of(scene.lead)
    lead, patient = scene.lead.http, scene.patient.http
    (first,) = making.publish(plan, making.new_item(squat))
    template = courses.template(scene.lead, a_phase(0, an_item(squat)))
    path, sent = f"/v1/plans/{plan.id}", {"starts_on": "today"}
    plans = f"/v1/patients/{scene.patient.patient_id}/plans"
    made: dict[str, Any] = {}

    def draft() -> TestResponse:
        saved = courses.save(plan, None, a_phase(0, making.carried_item(first, dose=courses.MORE), name=""))
        assert ask().status_code == 304, "a draft shows on no phone"
        published = courses.publish(plan, saved.headers["ETag"])
        plan.etag = published.headers["ETag"]
        return published

    def goal() -> TestResponse:
        measured = {"text": "Bend", "measure": "Knee bend", "target_value": 120}
        answer = lead.post(f"{path}/goals", json=measured)
        made["goal"] = f"{path}/goals/{answer.get_json()['id']}"
        made["tag"] = f'"{answer.get_json()["id"]}-{{}}"'
        return answer

    def tagged(number: int) -> dict[str, str]:
        return {"If-Match": made["tag"].format(number)}

    def pause() -> TestResponse:
        answer = plan.send("POST", "/pauses", {"from": TOMORROW, "reason": "Away."})
        made["pause"] = answer.get_json()["id"]
        return answer

    def own_why() -> TestResponse:
        answer = patient.put(f"{path}/own-why", json={"own_why": "My dog."}, headers={"If-Match": plan.etag})
        plan.etag = answer.headers["ETag"]
        return answer

    def ask() -> TestResponse:
        tag = {"If-None-Match": made["held"]} if "held" in made else {}
        return patient.get(f"/v1/patients/{scene.patient.patient_id}/offline", headers=tag)

    copied = {**sent, "patient_id": str(scene.patient.member_id)}
    several = {**sent, "patients": [{"patient_id": str(scene.patient.member_id), "plan_id": str(uuid4())}]}
    withdrawn = {"withdrawn": True, "reason": "Stays."}
    writes: dict[str, Callable[[], TestResponse]] = {
        "start": lambda: lead.post(plans, json={"title": "Hip", "starts_on": TODAY}),
        "publish": lambda: plan.send("POST", "/revisions", {"items": [making.carried_item(first)]}),
        "publish the draft": draft,
        "copy": lambda: lead.post(f"{path}/copy", json=copied),
        "copy as a draft": lambda: lead.post(f"{path}/copy", json={**copied, "publish": False}),
        "apply": lambda: courses.apply(scene, template),
        "apply to several": lambda: lead.post(f"/v1/templates/{template}/apply-to-several", json=several),
        "add a goal": goal,
        "change a goal": lambda: lead.patch(made["goal"], json={"target_value": 110}, headers=tagged(1)),
        "record a value": lambda: patient.post(f"{made['goal']}/values", json={"value": 90}),
        "settle a goal": lambda: lead.put(f"{made['goal']}/outcome", json={"state": "reached"}, headers=tagged(2)),
        "open it again": lambda: lead.put(f"{made['goal']}/outcome", json={"state": "open"}, headers=tagged(3)),
        "own why": own_why,
        "reword": lambda: plan.send("PATCH", "", {"values_and_preferences": "Outside."}),
        "acknowledge": lambda: patient.put(f"{path}/revisions/1/acknowledgement", json={}),
        "pause": pause,
        "withdraw a pause": lambda: plan.send("PATCH", f"/pauses/{made['pause']}", withdrawn),
        "end": lambda: plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": TOMORROW}),
    }
    made["held"] = ask().headers["ETag"]
    for name, write in writes.items():
        assert ask().status_code == 304, name
        written = write()
        assert written.status_code < 300, (name, written.get_json())
        after = ask()
        assert (after.status_code, after.headers["ETag"] == made["held"]) == (200, False), name
        made["held"] = after.headers["ETag"]
