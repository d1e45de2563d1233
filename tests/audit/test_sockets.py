"""What is said over the socket leaves the same in the record as over HTTP, with where the connection came from."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from hep_api.audit.models import AuditEntry, Outcome
from hep_api.foundation.errors import Problem
from hep_api.foundation.realtime.gateway import Gateway
from hep_api.foundation.realtime.packets import HOME, Kind, Packet
from tests.audit.reading import record_of
from tests.messaging.conftest import Scene, make_scene
from tests.world import Person, World

ADDRESS = "203.0.113.77"


class Line:
    """A connection to the switchboard of the app in this process."""

    def __init__(self, gateway: Gateway, person: Person) -> None:
        self._gateway = gateway
        self.name = str(uuid4())
        gateway.attendance.opened(self.name, ADDRESS)
        packet = Packet(Kind.CONNECT, HOME, None, json.dumps({"token": person.token}))
        self.let_in = gateway.switchboard.introduce(self.name, packet, lambda _: False)

    def ask(self, command: str, **body: Any) -> dict[str, Any]:
        packet = Packet(Kind.EVENT, HOME, 1, json.dumps([command, body]))
        return self._gateway.switchboard.answer(self.name, packet)

    def close(self) -> None:
        self._gateway.attendance.closed(self.name)


class Talk:
    """A conversation, lines to it, and what the record has gained since the last look."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.gateway: Gateway = scene.world.app.extensions["hep_realtime"]
        self.lines: list[Line] = []
        self._seen = 0
        self.gained()

    def line(self, person: Person) -> Line:
        self.lines.append(Line(self.gateway, person))
        return self.lines[-1]

    def gained(self) -> list[AuditEntry]:
        entries = record_of(self.scene.world, self.scene.lead.clinic_id)
        new, self._seen = entries[self._seen :], len(entries)
        return new


@pytest.fixture
def talk(world: World) -> Iterator[Talk]:
    made = Talk(make_scene(world))
    yield made
    for line in made.lines:
        line.close()


def test_a_sent_message_is_kept_with_its_conversation_and_without_its_words(talk: Talk) -> None:
    scene, client_id = talk.scene, str(uuid4())
    line = talk.line(scene.lead)
    assert talk.gained() == []
    assert line.ask("message.send", conversation_id=str(scene.id), client_id=client_id, body="How is it?")["ok"]
    [entry] = talk.gained()
    assert (entry.action, entry.outcome, entry.member_id) == ("message.send", Outcome.ALLOWED, scene.lead.member_id)
    assert (entry.patient_id, entry.address) == (scene.patient.patient_id, ADDRESS)
    assert entry.subject == {"conversation_id": str(scene.id), "client_id": client_id}


def test_reading_and_receipts_are_kept_and_of_patients_only_their_network(talk: Talk) -> None:
    scene = talk.scene
    line = talk.line(scene.patient)
    assert line.ask("conversation.catch_up", conversation_id=str(scene.id), after=0)["ok"]
    assert line.ask("receipt.report", conversation_id=str(scene.id), read_seq=0)["ok"]
    entries = talk.gained()
    assert [entry.action for entry in entries] == ["conversation.catch_up", "receipt.report"]
    assert {(entry.patient_id, entry.address) for entry in entries} == {(scene.patient.patient_id, "203.0.113.0/24")}


def test_a_renewed_connection_leaves_nothing(talk: Talk) -> None:
    line = talk.line(talk.scene.lead)
    assert line.ask("connection.renew", token=talk.scene.lead.token)["ok"]
    assert talk.gained() == []


def test_what_is_refused_is_kept_with_what_it_named(talk: Talk) -> None:
    scene = talk.scene
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    answer = talk.line(stranger).ask("conversation.catch_up", conversation_id=str(scene.id), after=0)
    assert answer["status"] == 404
    [entry] = talk.gained()
    assert (entry.action, entry.outcome, entry.member_id) == (
        "conversation.catch_up",
        Outcome.DENIED,
        stranger.member_id,
    )
    assert entry.subject == {"conversation_id": str(scene.id), "code": "not_found"}
    assert str(entry.request_id) == answer["request_id"]


def test_what_is_malformed_or_unknown_leaves_nothing(talk: Talk) -> None:
    line = talk.line(talk.scene.lead)
    assert line.ask("message.unsend")["status"] == 404
    assert line.ask("message.send", body="")["status"] == 422
    assert talk.gained() == []


def test_a_connection_or_command_of_an_ended_sign_in_is_kept(talk: Talk) -> None:
    lead = talk.scene.lead
    line = talk.line(lead)
    assert lead.http.delete("/v1/sign-ins/current").status_code == 204
    talk.gained()
    assert line.ask("conversation.catch_up", conversation_id=str(talk.scene.id), after=0)["status"] == 401
    assert isinstance(talk.line(lead).let_in, Problem)
    entries = talk.gained()
    assert [(entry.action, entry.outcome) for entry in entries] == [
        ("conversation.catch_up", Outcome.DENIED),
        ("connect", Outcome.DENIED),
    ]
    assert {entry.member_id for entry in entries} == {lead.member_id}
