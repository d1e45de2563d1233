"""Who may do what with a plan: every route against everybody else; the rightful succeed in the same set-up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from hep_api.clinics.models import CareTeamPlace
from hep_api.foundation import clock
from hep_api.foundation.errors import Problem
from hep_api.plans.queries.plans import plan_for, plan_to_change
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene
from tests.plans.making import MadePlan
from tests.world import Person

CANARY = "Canary knee"
PAUSE = {"from": TOMORROW, "to": "2026-05-09", "reason": "Away."}

Sent = tuple[str, str, dict[str, Any] | None]


def reads(scene: Scene, plan: MadePlan) -> list[Sent]:
    patient = f"/v1/patients/{scene.patient.member_id}"
    paths = [f"{patient}/plans", f"{patient}/offline", *(f"/v1/plans/{plan.id}{tail}" for tail in TAILS)]
    return [("GET", path, None) for path in paths]


TAILS = ("", "/revisions", "/revisions/1", "/pauses")


def writes(scene: Scene, plan: MadePlan) -> list[Sent]:
    """Every change; in this order each of them succeeds for whoever may."""
    pause_id = scene.lead.http.get(f"/v1/plans/{plan.id}/pauses").get_json()["items"][0]["id"]
    return [
        ("POST", f"/v1/patients/{scene.patient.member_id}/plans", {"title": "Another", "starts_on": TODAY}),
        ("POST", f"/v1/plans/{plan.id}/revisions", {"items": [scene.item()]}),
        ("POST", f"/v1/plans/{plan.id}/pauses", {"from": "2026-06-01", "reason": "Away."}),
        ("PATCH", f"/v1/plans/{plan.id}/pauses/{pause_id}", {"to": "2026-05-10", "reason": "Longer."}),
        ("POST", f"/v1/plans/{plan.id}/end", {"discharge_reason": "other"}),
    ]


def statuses(person: Person, plan: MadePlan, sent: list[Sent]) -> list[int]:
    """Send each with the plan's true ETag; fail on any answer that shows the canary with a refusal."""
    found = []
    for method, path, body in sent:
        etag = plan.by.http.get(f"/v1/plans/{plan.id}").headers["ETag"]
        response = person.http.send(method, path, json=body, headers={"If-Match": etag})
        assert response.status_code < 400 or CANARY not in response.get_data(as_text=True)
        found.append(response.status_code)
    return found


@pytest.fixture
def plan(scene: Scene) -> MadePlan:
    plan = scene.plan(title=CANARY)
    making.publish(plan, making.new_item(making.exercise(scene.lead, name=CANARY)))
    plan.send("POST", "/pauses", PAUSE)
    return plan


def former(scene: Scene) -> Person:
    """A practitioner who has left the care team."""
    person = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, person)
    with scene.world.transaction() as session:
        place = update(CareTeamPlace).where(CareTeamPlace.member_id == person.member_id)
        session.execute(place.values(left_at=clock.now()))
    return person


FOREIGN: dict[str, Callable[[Scene], Person]] = {
    "another patient of the practitioner": lambda scene: scene.world.patient(scene.lead),
    "another practitioner": lambda scene: scene.world.practitioner(scene.lead.clinic_id),
    "a practitioner who left the team": former,
    "a manager": lambda scene: scene.world.manager(scene.lead.clinic_id),
    "an owner": lambda scene: scene.world.owner(scene.lead.clinic_id),
    "another clinic's practitioner": lambda scene: scene.world.practitioner(scene.world.clinic()),
    "another clinic's manager": lambda scene: scene.world.manager(scene.world.clinic()),
    "another clinic's patient": lambda scene: scene.world.patient(scene.world.practitioner(scene.world.clinic())),
}


@pytest.mark.parametrize("who", FOREIGN)
def test_whoever_has_no_part_in_the_care_finds_nothing_and_changes_nothing(
    scene: Scene, plan: MadePlan, who: str
) -> None:
    person = FOREIGN[who](scene)
    before = scene.stand(plan), scene.due(TOMORROW)
    assert set(statuses(person, plan, reads(scene, plan))) == {404}
    treats = person.role.value == "practitioner"
    assert set(statuses(person, plan, writes(scene, plan))) == {404 if treats else 403}
    assert (scene.stand(plan), scene.due(TOMORROW)) == before


def test_the_patient_reads_and_may_change_nothing(scene: Scene, plan: MadePlan) -> None:
    before = scene.stand(plan)
    assert set(statuses(scene.patient, plan, reads(scene, plan))) == {200}
    assert set(statuses(scene.patient, plan, writes(scene, plan))) == {403}
    assert scene.stand(plan) == before


def test_nobody_gets_in_without_a_token(scene: Scene, plan: MadePlan) -> None:
    anyone = scene.world.anyone()
    for method, path, body in reads(scene, plan) + writes(scene, plan):
        assert anyone.send(method, path, json=body).status_code == 401


def test_everyone_on_the_care_team_reads_and_changes(scene: Scene, plan: MadePlan) -> None:
    colleague = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, colleague)
    assert set(statuses(colleague, plan, reads(scene, plan))) == {200}
    sent = [each for each in writes(scene, plan) if "revisions" not in each[1]]
    assert statuses(colleague, plan, sent) == [201, 201, 200, 200]
    published = making.start(colleague, scene.patient)
    assert making.publish(published, making.new_item(making.exercise(colleague)))


def test_a_manager_reads_records_where_the_clinic_allows_it_and_still_does_not_treat(scene: Scene) -> None:
    lead = scene.world.practitioner(scene.world.clinic(managers_may_read_records=True))
    there = Scene(scene.world, lead, scene.world.patient(lead), making.exercise(lead))
    plan = there.plan(title=CANARY)
    making.publish(plan, there.item())
    plan.send("POST", "/pauses", PAUSE)
    manager = scene.world.manager(lead.clinic_id)
    assert set(statuses(manager, plan, reads(there, plan))) == {200}
    assert set(statuses(manager, plan, writes(there, plan))) == {403}
    viewer = replace(manager.viewer, managers_may_read_records=True)
    with scene.world.transaction() as session:
        assert plan_for(session, viewer, plan.id).plan.title == CANARY
        with pytest.raises(Problem) as refusal:
            plan_to_change(session, viewer, plan.id)
    assert refusal.value.status == 404
