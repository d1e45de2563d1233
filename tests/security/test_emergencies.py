"""Emergency access lets read one record, and nothing else; every read by it is marked, and it ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import EmergencyAccess
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES
from tests.contract.scene import Scene
from tests.world import World
from torture.matrix.asking import Route, asked_for, send

READER = "other_practitioner"
OF_THE_PATIENT = sorted(
    route
    for route, example in EXAMPLES.items()
    if any(name in route[1] for name in ("{patient_id}", "{plan_id}", "{conversation_id}", "{export_id}"))
    and not route[1].endswith("/invitation")  # about somebody else of the scene
)
# Asking for links to what one reads is reading too, though it is posted.
READS = [route for route in OF_THE_PATIENT if EXAMPLES[route].is_record]
WRITES = [route for route in OF_THE_PATIENT if route[0] != "get" and route not in READS]


@pytest.fixture(scope="module")
def scene(app: Flask) -> Scene:
    made = scenes.make(World(app))
    # Not for want of a second factor is anything refused here.
    made.world.step_up(made.people[READER])
    return made


@pytest.fixture
def access_id(scene: Scene) -> Iterator[str]:
    body = {"patient_id": str(scene.patient_id), "reason": "Found unconscious at the gym."}
    taken = scene.phones[READER].post("/v1/emergency-accesses", json=body)
    assert taken.status_code == 201
    yield taken.json["id"]
    scene.phones[READER].delete(f"/v1/emergency-accesses/{taken.json['id']}")


def statuses(scene: Scene, routes: list[Route]) -> dict[Route, int]:
    return {route: send(scene, READER, asked_for(scene, READER, route)).status_code for route in routes}


def test_there_is_something_to_read_and_to_write() -> None:
    assert len(READS) > 10
    assert len(WRITES) > 10


def test_it_lets_read_the_record_and_before_and_afterwards_nothing(scene: Scene) -> None:
    assert set(statuses(scene, READS).values()) == {404}
    body = {"patient_id": str(scene.patient_id), "reason": "Found unconscious at the gym."}
    taken = scene.phones[READER].post("/v1/emergency-accesses", json=body).json
    assert {route: status for route, status in statuses(scene, READS).items() if status not in (200, 201)} == {}
    assert scene.phones[READER].delete(f"/v1/emergency-accesses/{taken['id']}").status_code == 204
    assert set(statuses(scene, READS).values()) == {404}


def test_it_lets_write_erase_and_export_nothing(scene: Scene, access_id: str) -> None:
    refused = statuses(scene, WRITES)
    assert {route: status for route, status in refused.items() if status not in (403, 404)} == {}


def test_it_ends_by_itself(scene: Scene, access_id: str) -> None:
    assert set(statuses(scene, READS[:2]).values()) == {200}
    earlier = timedelta(hours=4)
    with scene.world.transaction() as session:
        taken = session.scalars(select(EmergencyAccess).where(EmergencyAccess.id == access_id)).one()
        taken.started_at, taken.expires_at = taken.started_at - earlier, taken.expires_at - earlier
    assert set(statuses(scene, READS[:2]).values()) == {404}


@pytest.mark.parametrize("hours", [0, 5, 100, -1])
def test_it_lasts_four_hours_at_most(scene: Scene, hours: int) -> None:
    body = {"patient_id": str(scene.patient_id), "reason": "Found unconscious.", "hours": hours}
    refused = scene.phones[READER].post("/v1/emergency-accesses", json=body)
    assert refused.json["errors"][0]["field"] == "/hours"


def test_it_needs_a_reason(scene: Scene) -> None:
    for reason in ({}, {"reason": ""}, {"reason": " \t "}):
        refused = scene.phones[READER].post(
            "/v1/emergency-accesses", json={"patient_id": str(scene.patient_id), **reason}
        )
        assert refused.status_code == 422


def test_what_was_read_by_it_is_marked(scene: Scene, access_id: str) -> None:
    statuses(scene, READS[:3])
    with scene.world.transaction() as session:
        rows = select(AuditEntry.patient_id).where(AuditEntry.emergency_access_id == access_id)
        assert session.scalars(rows).all() == [scene.patient_id] * 4


def test_nobody_of_another_clinic_and_no_patient_takes_it(scene: Scene) -> None:
    body = {"patient_id": str(scene.patient_id), "reason": "Found unconscious at the gym."}
    assert scene.phones["b_practitioner"].post("/v1/emergency-accesses", json=body).status_code == 404
    assert scene.phones["other_patient"].post("/v1/emergency-accesses", json=body).status_code == 403
