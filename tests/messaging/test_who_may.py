"""Who may see and say what: everyone without a part gets the same 404 for what is there and for what is not."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.messaging.conftest import Scene, make_scene
from tests.world import Person, World


def attempts(person: Person, conversation_id: UUID) -> dict[str, int]:
    path = f"/v1/conversations/{conversation_id}"
    message = {"client_id": str(uuid4()), "body": "CANARY from outside"}
    return {
        "read": person.http.get(path).status_code,
        "history": person.http.get(f"{path}/messages").status_code,
        "send": person.http.post(f"{path}/messages", json=message).status_code,
        "receipt": person.http.put(f"{path}/receipt", json={"read_seq": 1}).status_code,
    }


RIGHTFUL = {"read": 200, "history": 200, "send": 201, "receipt": 200}
NOTHING = {"read": 404, "history": 404, "send": 404, "receipt": 404}
LEADER = {"read": 404, "history": 404, "send": 403, "receipt": 403}
LEADER_WHO_MAY_READ = {"read": 200, "history": 200, "send": 403, "receipt": 403}


def test_the_patient_and_the_care_team_may_and_nobody_else(scene: Scene) -> None:
    world, clinic_id = scene.world, scene.lead.clinic_id
    second = world.practitioner(clinic_id)
    world.join_care_team(scene.patient, second)
    for person in (scene.patient, scene.lead, second):
        assert attempts(person, scene.id) == RIGHTFUL
    before = scene.read(scene.lead)
    elsewhere = make_scene(world)
    strangers = [
        world.practitioner(clinic_id),
        world.patient(scene.lead),
        elsewhere.lead,
        elsewhere.patient,
    ]
    for person in strangers:
        assert attempts(person, scene.id) == NOTHING
        assert str(scene.id) not in person.http.get("/v1/conversations").get_data(as_text=True)
    for person in (world.manager(clinic_id), world.owner(clinic_id)):
        assert attempts(person, scene.id) == LEADER
    assert scene.read(scene.lead) == before


def test_what_is_not_there_looks_like_what_is_not_theirs(scene: Scene) -> None:
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    for path in ("", "/messages"):
        theirs = stranger.http.get(f"/v1/conversations/{scene.id}{path}").get_json()
        nobodys = stranger.http.get(f"/v1/conversations/{uuid4()}{path}").get_json()
        assert {**theirs, "request_id": ""} == {**nobodys, "request_id": ""}


def test_leaders_read_only_when_the_clinic_lets_them_and_never_write(world: World) -> None:
    scene = make_scene(world, world.clinic(managers_may_read_records=True))
    scene.say(scene.patient, "hello")
    for leader in (world.manager(scene.lead.clinic_id), world.owner(scene.lead.clinic_id)):
        assert attempts(leader, scene.id) == LEADER_WHO_MAY_READ
        listed = leader.http.get("/v1/conversations").get_json()["items"]
        assert [(each["id"], each["unread_count"]) for each in listed] == [(str(scene.id), 0)]
    other = make_scene(world)
    assert attempts(world.manager(scene.lead.clinic_id), other.id) == LEADER


def test_who_leaves_the_care_team_loses_the_conversation(scene: Scene) -> None:
    second = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, second)
    sent = scene.send(second, "mine", client_id=str(uuid4()))
    assert sent.status_code == 201
    scene.lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    assert attempts(second, scene.id) == NOTHING
    again = {"client_id": sent.get_json()["client_id"], "body": "mine"}
    assert second.http.post(scene.path("/messages"), json=again).status_code == 404
    assert attempts(scene.lead, scene.id) == RIGHTFUL


@pytest.mark.parametrize("token", [None, "forged"])
def test_without_a_token_nothing_is_said(scene: Scene, token: str | None) -> None:
    anyone = scene.world.anyone()
    anyone.token = token
    for method, path, body in (
        ("GET", "/v1/conversations", None),
        ("GET", scene.path(), None),
        ("GET", scene.path("/messages"), None),
        ("POST", scene.path("/messages"), {"client_id": str(uuid4()), "body": "x"}),
        ("PUT", scene.path("/receipt"), {"read_seq": 1}),
    ):
        options: dict[str, Any] = {"json": body} if body else {}
        assert anyone.send(method, path, **options).status_code == 401
