"""Sending over HTTP: numbers, repeats for ever, bad input, and what a message may be about."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.messaging.conftest import Scene, make_scene, named
from tests.plans import making
from tests.world import Person, World


def test_messages_are_numbered_from_one_whoever_writes(scene: Scene) -> None:
    said = [*scene.say(scene.patient, "My knee hurts.", "A lot."), *scene.say(scene.lead, "Where?")]
    assert [message["seq"] for message in said] == [1, 2, 3]
    assert scene.read(scene.lead)["items"] == said == scene.read(scene.patient)["items"]
    assert [UUID(message["sender_id"]) for message in said] == [scene.patient.member_id] * 2 + [scene.lead.member_id]


def test_sending_again_gives_the_same_message_and_never_a_second_one(scene: Scene) -> None:
    client_id = str(uuid4())
    first = scene.send(scene.patient, "once", client_id=client_id)
    scene.say(scene.lead, "between")
    again = scene.send(scene.patient, "once", client_id=client_id)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert [message["seq"] for message in scene.say(scene.patient, "next")] == [3]
    assert [message["body"] for message in scene.read(scene.patient)["items"]] == ["once", "between", "next"]


def test_the_same_client_id_of_another_person_or_conversation_is_another_message(scene: Scene) -> None:
    client_id = str(uuid4())
    other = make_scene(scene.world, scene.lead.clinic_id)
    said = [
        scene.send(scene.patient, "mine", client_id=client_id),
        scene.send(scene.lead, "yours", client_id=client_id),
        other.send(other.patient, "theirs", client_id=client_id),
    ]
    assert [answer.get_json()["seq"] for answer in said] == [1, 2, 1]


@pytest.mark.parametrize(
    "other",
    [{"body": "other words"}, {"about": {"kind": "prescription"}}],
    ids=["words", "about"],
)
def test_a_client_id_used_for_other_content_is_a_conflict_and_changes_nothing(
    scene: Scene, other: dict[str, Any]
) -> None:
    client_id = str(uuid4())
    if "about" in other:
        other["about"]["id"] = str(prescribe(scene.lead, scene.patient))
    assert scene.send(scene.patient, "words", client_id=client_id).status_code == 201
    refused = scene.send(scene.patient, **{"client_id": client_id, "text": "words", **other})
    assert named(refused) == (409, "conflict", [("/client_id", "sent_before")])
    assert scene.read(scene.patient)["last_seq"] == 1
    assert scene.say(scene.patient, "next")[0]["seq"] == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"body": ""}, ("/body", "length")),
        ({"body": "   "}, ("/body", "length")),
        ({"body": "x" * 4001}, ("/body", "length")),
        ({"body": "a\u0000b"}, ("/body", "text")),
        ({"body": 7}, ("/body", "type")),
        ({"client_id": "no"}, ("/client_id", "uuid")),
        ({"client_id": None}, ("/client_id", "null")),
        ({"about": {"kind": "prescription"}}, ("/about/id", "required")),
        ({"about": {"kind": "mood", "id": str(uuid4())}}, ("/about/kind", "choice")),
        ({"reply_to_seq": 1}, ("/reply_to_seq", "reply_to_seq")),
        ({"reply_to_seq": 0}, ("/reply_to_seq", "range")),
        ({"about": "knee"}, ("/about", "type")),
        ({"seq": 7}, ("/seq", "unknown")),
        ({"sender_id": str(uuid4())}, ("/sender_id", "unknown")),
    ],
)
def test_bad_input_is_named_and_takes_no_number(scene: Scene, change: dict[str, Any], error: tuple[str, str]) -> None:
    assert named(scene.send(scene.patient, **change)) == (422, "invalid_input", [error])
    assert scene.say(scene.patient, "x" * 4000)[0]["seq"] == 1


def test_lines_and_any_script_come_back_as_they_were(scene: Scene) -> None:
    text = "Zeile eins\nמִקְרָא 🦵🏽\t膝"
    scene.say(scene.patient, text)
    assert scene.read(scene.lead)["items"][0]["body"] == text


def test_a_message_may_be_about_a_prescription_of_the_patient(scene: Scene) -> None:
    about = {"kind": "prescription", "id": str(prescribe(scene.lead, scene.patient))}
    assert scene.send(scene.patient, "hurts", about=about).get_json()["about"] == about
    assert scene.send(scene.lead, "stop it then", about=about).get_json()["about"] == about
    assert [message["about"] for message in scene.read(scene.lead)["items"]] == [about, about]


def test_a_message_may_be_about_an_event_of_the_patient(scene: Scene) -> None:
    event_id = do(scene, prescribe(scene.lead, scene.patient))
    about = {"kind": "event", "id": event_id}
    assert scene.send(scene.patient, "that one hurt", about=about).get_json()["about"] == about
    other = make_scene(scene.world, scene.lead.clinic_id)
    refused = other.send(other.patient, "not mine", about=about)
    assert named(refused) == NOT_THEIRS
    assert refused.get_json()["errors"][0]["detail"] == "Must be the id of an event of this patient."


NOT_THEIRS = (422, "invalid_input", [("/about/id", "about")])


def test_what_is_not_the_patients_is_refused_wherever_it_is(scene: Scene) -> None:
    neighbour = scene.world.patient(scene.lead)
    elsewhere = make_scene(scene.world)
    foreign = [
        prescribe(scene.lead, neighbour),
        prescribe(elsewhere.lead, elsewhere.patient),
        uuid4(),
    ]
    for prescription_id in foreign:
        for kind in ("prescription", "event"):
            about = {"kind": kind, "id": str(prescription_id)}
            assert named(scene.send(scene.patient, "about", about=about)) == NOT_THEIRS
    assert scene.read(scene.patient)["last_seq"] == 0


def test_a_new_patient_has_one_conversation_however_often_it_is_opened(world: World) -> None:
    from hep_api.clinics.facts import PatientInvited
    from hep_api.messaging.actions.opening import open_care_team_conversation

    scene = make_scene(world)
    with world.transaction() as session:
        open_care_team_conversation(session, PatientInvited(scene.lead.clinic_id, scene.patient.member_id))
    assert len(scene.patient.http.get("/v1/conversations").get_json()["items"]) == 1


def test_a_send_costs_four_statements(scene: Scene, statements: Any) -> None:
    with statements() as seen:
        scene.say(scene.patient, "quick")
    # One recognises the sender; one does it; one lets phones ring; one is the record of it.
    assert len(seen) == 4, seen


def prescribe(lead: Person, patient: Person) -> UUID:
    plan = making.start(lead, patient)
    return making.publish(plan, making.new_item(making.exercise(lead)), effective_on=making.in_days(0))[0]


def do(scene: Scene, prescription_id: UUID) -> str:
    event_id = str(uuid4())
    event = {
        "id": event_id,
        "prescription_id": str(prescription_id),
        "version": 1,
        "kind": "done",
        "performed_at": f"{making.in_days(0)}T00:30:00+02:00",
        "zone": "Europe/Berlin",
        "performed_on": making.in_days(0),
        "sets": 3,
        "reps": 10,
    }
    answer = scene.patient.http.post(f"/v1/patients/{scene.patient.patient_id}/events", json={"events": [event]})
    assert answer.get_json()["outcomes"][0]["outcome"] == "applied", answer.get_json()
    return event_id
