"""What staff say among themselves about a patient: the care team's, and of which the patient finds no trace."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from hep_api.foundation.realtime.packets import HOME, Kind, Packet
from tests.contract.examples import EXAMPLES
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.hearing import told
from tests.world import Person

SECRET = "pelican"


def open_staff(person: Person, patient: Person) -> Any:
    return person.http.put(f"/v1/patients/{patient.member_id}/staff-conversation")


@pytest.fixture
def staff(scene: Scene) -> Scene:
    """The scene's other conversation, of the staff, in which something was said."""
    opened = open_staff(scene.lead, scene.patient)
    assert opened.status_code == 200, opened.json
    among = replace(scene, id=UUID(opened.json["id"]))
    among.say(scene.lead, f"Between us: {SECRET}")
    return among


def command(person: Person, app: Flask, name: str, body: dict[str, Any]) -> Any:
    """Send a command over a line of its own to the switchboard in this process."""
    gateway, line = app.extensions["hep_realtime"], f"line-{uuid4()}"
    gateway.attendance.opened(line)
    try:
        gateway.switchboard.introduce(
            line, Packet(Kind.CONNECT, HOME, None, json.dumps({"token": person.token})), lambda _: False
        )
        return gateway.switchboard.answer(line, Packet(Kind.EVENT, HOME, 1, json.dumps([name, body])))
    finally:
        gateway.attendance.closed(line)


def test_the_care_team_has_one_conversation_of_its_own_about_each_patient(scene: Scene) -> None:
    second, stranger = (scene.world.practitioner(scene.lead.clinic_id) for _ in range(2))
    scene.world.join_care_team(scene.patient, second)
    with told(scene.world.app) as heard:
        opened = open_staff(scene.lead, scene.patient).json
        assert open_staff(second, scene.patient).json["id"] == opened["id"]
        among = replace(scene, id=UUID(opened["id"]))
        said = [*among.say(scene.lead, "one"), *among.say(second, "two")]
        among.report(scene.lead, read_seq=2)
    assert (opened["kind"], opened["last_seq"]) == ("staff", 0)
    assert {UUID(each["member_id"]) for each in opened["people"]} == {scene.lead.member_id, second.member_id}
    assert heard.names_to(second) == ["conversation.resync", "message.created", "message.created", "receipt.changed"]
    assert heard.to(scene.patient) == heard.to(stranger) == []
    assert [each["seq"] for each in said] == [1, 2]
    assert among.read(second)["items"] == said
    listed = second.http.get("/v1/conversations").json["items"]
    assert {each["id"]: (each["kind"], each["unread_count"]) for each in listed} == {
        str(among.id): ("staff", 1),
        str(scene.id): ("care_team", 0),
    }


def test_who_may_open_and_read_it(scene: Scene, staff: Scene) -> None:
    world, clinic_id = scene.world, scene.lead.clinic_id
    assert open_staff(scene.patient, scene.patient).status_code == 403
    assert open_staff(world.manager(clinic_id), scene.patient).status_code == 403
    for stranger in (world.practitioner(clinic_id), make_scene(world).lead):
        assert open_staff(stranger, scene.patient).status_code == 404
        assert stranger.http.get(staff.path()).status_code == 404
    second = world.practitioner(clinic_id)
    world.join_care_team(scene.patient, second)
    assert staff.read(second)["items"][0]["body"].endswith(SECRET)
    scene.lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    assert second.http.get(staff.path("/messages")).status_code == 404

    readable = make_scene(world, world.clinic(managers_may_read_records=True))
    open_id = open_staff(readable.lead, readable.patient).json["id"]
    manager = world.manager(readable.lead.clinic_id)
    assert manager.http.get(f"/v1/conversations/{open_id}").status_code == 200
    assert replace(readable, id=UUID(open_id)).send(manager).status_code == 403


def test_no_door_and_no_command_shows_the_patient_a_trace(app: Flask, staff: Scene) -> None:
    patient, among = staff.patient, str(staff.id)
    traces = (among, SECRET, "among_staff", '"staff"', "staff_conversation")
    for (method, path), example in EXAMPLES.items():
        of_others = "{" in path.replace("{patient_id}", "").replace("{conversation_id}", "")
        if method != "get" or of_others or not {"patient", "anonymous"} & set(example.may):
            continue
        answer = patient.http.get(path.format(patient_id=patient.member_id, conversation_id=among))
        said = answer.get_data(as_text=True)
        assert not any(trace in said for trace in traces), (path, said)
        if "{conversation_id}" in path:
            nobodys = patient.http.get(path.format(patient_id=patient.member_id, conversation_id=uuid4()))
            assert answer.status_code == nobodys.status_code == 404, path
    with told(app) as heard:
        staff.say(staff.lead, "more")
        for name, more in (
            ("message.send", {"client_id": str(uuid4()), "body": "x"}),
            ("conversation.catch_up", {"after": 0}),
            ("receipt.report", {"read_seq": 1}),
        ):
            [theirs, nobodys] = [
                command(patient, app, name, {"conversation_id": each, **more}) for each in (among, str(uuid4()))
            ]
            assert {**theirs, "request_id": ""} == {**nobodys, "request_id": ""}, name
            assert theirs["status"] == 404
    assert heard.to(patient) == []


def test_what_staff_do_among_themselves_is_told_to_patients_as_ordinary_looks_at_messages(staff: Scene) -> None:
    owner, lead, patient = staff.world.owner(staff.lead.clinic_id), staff.lead, staff.patient
    path = f"/v1/patients/{patient.member_id}/accesses"
    [ordinary] = [each["id"] for each in patient.http.get("/v1/conversations").json["items"]]

    def told() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = patient.http.get(path).json["items"]
        return items

    assert [each["id"] for each in lead.http.get("/v1/inbox").json["items"]] == [str(staff.id)]
    [look] = told()
    assert (look["action"], look["member"]["id"]) == ("list_messages", str(lead.member_id))
    lead.http.get(f"/v1/conversations/{ordinary}/messages")
    staff.say(lead, "once more")
    lead.http.get(staff.path("/messages"))
    [look] = told()
    # Two, if the clock struck meanwhile.
    assert look["times"] <= 2
    for at in map(datetime.fromisoformat, (look["first_at"], look["last_at"])):
        assert (at.minute, at.second, at.microsecond) == (0, 0, 0)
    seen = {each["action"]: each["times"] for each in lead.http.get(path).json["items"]}
    talked = {"open_staff_conversation": 1, "send_message": 2, "list_messages": 1, "list_inbox": 1}
    assert {name: seen.pop(f"{name}.among_staff") for name in talked} == talked
    assert seen == {"list_messages": 1}
    entries = owner.http.get(f"/v1/audit?patient_id={patient.member_id}").json["items"]
    assert "send_message.among_staff" in {each["action"] for each in entries}


def test_pages_of_accesses_hold_each_look_once_whatever_staff_say_meanwhile(staff: Scene) -> None:
    world, patient = staff.world, staff.patient
    colleagues = [world.practitioner(staff.lead.clinic_id) for _ in range(2)]
    for colleague in colleagues:
        world.join_care_team(patient, colleague)
        staff.say(colleague, "me too")
        colleague.http.get(f"/v1/patients/{patient.member_id}/plans")
    told, query = [], {"limit": "1"}
    while True:
        page = patient.http.get(f"/v1/patients/{patient.member_id}/accesses", query_string=query).json
        told += [(each["member"]["id"], each["action"]) for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        staff.say(staff.lead, "still there?")
    looks = [(str(each.member_id), "list_messages") for each in (staff.lead, *colleagues)]
    plans = [(str(each.member_id), "list_plans") for each in colleagues]
    assert sorted(told) == sorted(looks + plans)
