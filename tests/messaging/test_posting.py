"""What the product itself says in a conversation, and what each message does to the clock of answers."""

from typing import Any

import pytest
from sqlalchemy import select, update

from hep_api.accounts.viewer import Role
from hep_api.foundation import clock
from hep_api.foundation.errors import Problem
from hep_api.messaging import access
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.causes import caused_by
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import ShownMessage
from tests.messaging.conftest import Scene, make_scene, named

CARD = {"type": "pain_alert", "pain": 8}


def post(scene: Scene, said: Said, facts: list[MessageSent] | None = None) -> ShownMessage:
    with scene.world.transaction() as session:
        reactions = dict(session.info["reactions"])
        if facts is not None:
            session.info["reactions"] = {**reactions, MessageSent: (lambda _, fact: facts.append(fact),)}
        return post_message(session, scene.lead.clinic_id, scene.id, said, clock.now())


def row(scene: Scene, *names: str) -> tuple[Any, ...]:
    with scene.world.transaction() as session:
        columns = [getattr(Conversation, name) for name in names]
        return tuple(session.execute(select(*columns).where(Conversation.id == scene.id)).one())


def test_the_system_says_a_thing_once_for_each_cause(scene: Scene) -> None:
    facts: list[MessageSent] = []
    said = Said(caused_by("pain_alert", scene.id), "Pain 8 of 10.", kind=MessageKind.CARD, card=CARD)
    first, again = post(scene, said, facts), post(scene, said, facts)
    assert (first.seq, again.seq, [fact.sender_role for fact in facts]) == (1, 1, [None])
    other = make_scene(scene.world, scene.lead.clinic_id)
    assert post(other, said).seq == 1
    shown = scene.read(scene.patient)["items"]
    assert [(each["kind"], each["sender_id"], each["card"], each["change"]) for each in shown] == [
        ("card", None, CARD, 1)
    ]
    assert caused_by("a", 1) == caused_by("a", "1") != caused_by("a1")


def test_the_clock_starts_with_the_patients_first_message_and_stops_with_a_word_of_the_staff(scene: Scene) -> None:
    facts: list[MessageSent] = []
    scene.say(scene.lead, "hello")
    assert row(scene, "waiting_seq") == (None,)
    first = scene.say(scene.patient, "it hurts", "still")[0]
    with scene.world.transaction() as session:
        assert access.care_team_conversation(session, scene.lead.clinic_id, scene.patient.patient_id).id == scene.id
    post(scene, Said(caused_by("notice", scene.id), "We are closed.", kind=MessageKind.NOTICE), facts)
    since, seq = row(scene, "waiting_since", "waiting_seq")
    assert (seq, since.isoformat().replace("+00:00", "Z")) == (2, first["sent_at"].replace("+00:00", "Z"))
    sent = Said(caused_by("video", 1), "Watch this.", kind=MessageKind.CONTENT, sender_id=scene.lead.member_id)
    post(scene, sent, facts)
    assert row(scene, "waiting_since", "waiting_seq") == (None, None)
    assert [(fact.sender_role, fact.waited_seq, fact.clinic_version) for fact in facts] == [
        (None, 2, 1),
        (Role.PRACTITIONER, 2, 1),
    ]


def test_an_ended_conversation_takes_nothing_new_of_people_and_a_closed_one_opens_again(scene: Scene) -> None:
    before = scene.send(scene.patient, "before", client_id=(known := "0190a3c2-0000-7000-8000-000000000001"))
    with scene.world.transaction() as session:
        session.execute(update(Conversation).values(closed_at=clock.now()))
    post(scene, Said(caused_by(1), "Closed.", kind=MessageKind.NOTICE))
    assert row(scene, "closed_at") != (None,)
    scene.say(scene.patient, "again")
    assert row(scene, "closed_at") == (None,)
    with scene.world.transaction() as session:
        session.execute(update(Conversation).values(ended_at=clock.now()))
    for person in (scene.patient, scene.lead):
        assert scene.send(person).get_json()["code"] == "conversation_ended"
    with pytest.raises(Problem, match="conversation_ended"):
        post(scene, Said(caused_by(2), "Look.", kind=MessageKind.CONTENT, sender_id=scene.lead.member_id))
    assert scene.send(scene.patient, "before", client_id=known).get_json() == before.get_json()
    assert post(scene, Said(caused_by(3), "Call 112.", kind=MessageKind.NOTICE)).seq == 4


def test_a_reply_names_a_message_that_is_there(scene: Scene) -> None:
    scene.say(scene.patient, "how often?")
    assert scene.send(scene.lead, "twice", reply_to_seq=1).get_json()["reply_to_seq"] == 1
    for seq in (3, 4):
        refused = scene.send(scene.lead, "thrice", reply_to_seq=seq)
        assert named(refused) == (422, "invalid_input", [("/reply_to_seq", "reply_to_seq")])
    assert scene.seen_by(scene.lead)["changes"] == 2
