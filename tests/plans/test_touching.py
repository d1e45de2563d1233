"""Each change that a phone shows gives the patient's plans a new state; nothing else does."""

from uuid import UUID

from sqlalchemy import select

from hep_api.plans.actions.touching import touch
from hep_api.plans.models.states import PlanState
from tests.plans import making
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
        touch(session, scene.lead.clinic_id, scene.patient.patient_id)
    assert state(scene, scene.patient) != seen[-1]
    assert others is not None
    assert state(scene, other) == others
