"""What becomes of a conversation when no plan is left: it goes on, or ends, as the clinic has settled."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from hep_api.foundation import clock
from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.queue import enqueue
from hep_api.messaging.jobs.ending import SWEEP
from hep_api.plans.models.plans import Plan
from tests.messaging.conftest import Scene, named
from tests.messaging.hearing import told
from tests.plans import making


def settle(scene: Scene, word: str) -> None:
    owner, path = scene.world.owner(scene.lead.clinic_id), "/v1/clinic/messaging"
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}
    assert owner.http.patch(path, json={"after_plan_end": word}, headers=tag).status_code == 200


def sweep(app: Flask, scene: Scene) -> None:
    """Run the hourly look for this clinic."""
    clinic_id = scene.lead.clinic_id
    with scene.world.transaction() as session:
        enqueue(session, SWEEP, {"clinic_id": str(clinic_id)}, now=clock.now(), clinic_id=clinic_id)
    with app.app_context():
        work.run_due_jobs()


def end(plan: making.MadePlan) -> None:
    assert plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200


def start_and_end(scene: Scene) -> making.MadePlan:
    plan = making.start(scene.lead, scene.patient, starts_on=making.in_days(-3))
    end(plan)
    return plan


def tries(scene: Scene) -> list[Any]:
    return [named(scene.send(person))[:2] for person in (scene.patient, scene.lead)]


ENDED = [(409, "conversation_ended")] * 2


def test_where_the_clinic_says_so_it_ends_with_the_last_plan_and_goes_on_with_the_next(
    app: Flask, scene: Scene
) -> None:
    settle(scene, "closed")
    scene.say(scene.patient, "No plan yet, and nothing has ended.")
    first, second = (making.start(scene.lead, scene.patient, starts_on=making.in_days(-3)) for _ in range(2))
    end(first)
    scene.say(scene.patient, "One goes on.")
    with told(app) as heard:
        end(second)
    assert heard.names_to(scene.patient) == ["conversation.resync"]
    assert heard.names_to(scene.lead) == ["conversation.changed", "conversation.resync"]
    assert scene.seen_by(scene.patient)["ended_at"] is not None
    assert tries(scene) == ENDED
    assert len(scene.read(scene.patient)["items"]) == 2
    # What staff say among themselves does not end.
    staff = scene.lead.http.put(f"/v1/patients/{scene.patient.member_id}/staff-conversation").json
    assert staff["ended_at"] is None
    making.start(scene.lead, scene.patient)
    assert scene.seen_by(scene.patient)["ended_at"] is None
    scene.say(scene.patient, "Here again.")
    changes = [each["change"] for each in scene.lead.http.get(f"/v1/inbox/{scene.id}").json["history"]]
    assert changes == ["ended", "resumed"]


def test_otherwise_it_goes_on(app: Flask, scene: Scene) -> None:
    start_and_end(scene)
    sweep(app, scene)
    scene.say(scene.patient, "Still here.")


def test_the_sweep_sees_dates_that_have_passed_and_a_policy_that_has_changed(app: Flask, scene: Scene) -> None:
    settle(scene, "closed")
    plan = making.start(scene.lead, scene.patient, starts_on=making.in_days(-3))
    later = {"discharge_reason": "goals_met", "ends_on": making.in_days(2)}
    assert plan.send("POST", "/end", later).status_code == 200
    sweep(app, scene)
    scene.say(scene.patient, "Until the day after tomorrow.")
    with scene.world.transaction() as session:
        yesterday = clock.now().date() - timedelta(days=1)
        session.execute(update(Plan).where(Plan.id == plan.id).values(ends_on=yesterday))
    sweep(app, scene)
    assert tries(scene) == ENDED
    settle(scene, "open")
    sweep(app, scene)
    scene.say(scene.patient, "Open again.")
