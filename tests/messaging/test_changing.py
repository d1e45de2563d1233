"""What becomes of a message after it was sent: edits, withdrawals, reactions, and who is told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from hep_api.foundation import clock
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message, MessageReaction, MessageVersion
from hep_api.messaging.models.mutes import Mute
from tests.messaging.conftest import Scene, make_scene, named
from tests.messaging.hearing import told
from tests.world import Person


def edit(scene: Scene, person: Person, seq: int, text: str, client_id: str | None = None) -> TestResponse:
    body = {"client_id": client_id or str(uuid4()), "body": text}
    return person.http.patch(scene.path(f"/messages/{seq}"), json=body)


def withdraw(scene: Scene, person: Person, seq: int) -> TestResponse:
    return person.http.post(scene.path(f"/messages/{seq}/withdraw"), json={})


def react(scene: Scene, person: Person, seq: int, sign: str) -> TestResponse:
    return person.http.put(scene.path(f"/messages/{seq}/reactions/{sign}"))


def unreact(scene: Scene, person: Person, seq: int, sign: str) -> TestResponse:
    return person.http.delete(scene.path(f"/messages/{seq}/reactions/{sign}"))


def versions(scene: Scene, person: Person, seq: int) -> list[tuple[int, str]]:
    answer = person.http.get(scene.path(f"/messages/{seq}/versions"))
    assert answer.status_code == 200, answer.get_json()
    return [(each["version"], each["body"]) for each in answer.get_json()["items"]]


def age(scene: Scene, seq: int, by: timedelta) -> None:
    with scene.world.transaction() as session:
        this = (Message.conversation_id == scene.id) & (Message.seq == seq)
        session.execute(update(Message).where(this).values(sent_at=clock.now() - by))


def test_an_edit_shows_new_words_and_keeps_the_old_ones(app: Flask, scene: Scene) -> None:
    sent = scene.say(scene.patient, "my left knee", "and hip")[0]
    assert versions(scene, scene.lead, 1) == [(1, "my left knee")]
    with told(app) as heard:
        first = edit(scene, scene.patient, 1, "my right knee").get_json()
        second = edit(scene, scene.patient, 1, "both knees").get_json()
    assert (first["body"], first["change"], first["seq"], first["sent_at"]) == ("my right knee", 3, 1, sent["sent_at"])
    assert second["change"] == 4
    assert second["edited_at"] >= first["edited_at"] > sent["sent_at"]
    assert heard.to(scene.lead) == [("message.changed", first), ("message.changed", second)] == heard.to(scene.patient)
    for person in (scene.lead, scene.patient):
        assert versions(scene, person, 1) == [(1, "my left knee"), (2, "my right knee"), (3, "both knees")]
        assert [each["body"] for each in scene.read(person)["items"]] == ["both knees", "and hip"]
    assert scene.seen_by(scene.lead)["changes"] == 4


def test_an_edit_sent_again_is_one_edit_also_when_another_came_between(scene: Scene) -> None:
    sent = scene.say(scene.patient, "first")[0]
    one, other = str(uuid4()), str(uuid4())
    edit(scene, scene.patient, 1, "one", one)
    latest = edit(scene, scene.patient, 1, "other", other).get_json()
    age(scene, 1, timedelta(days=3))
    for again in (edit(scene, scene.patient, 1, "one", one), edit(scene, scene.patient, 1, "other", other)):
        assert (again.status_code, again.get_json()["body"], again.get_json()["change"]) == (200, "other", 3)
    refused = edit(scene, scene.patient, 1, "new words", one)
    assert named(refused) == (409, "conflict", [("/client_id", "sent_before")])
    # The first sending, tried once more, is still the same message; other words under its id are not.
    again = scene.send(scene.patient, "first", client_id=sent["client_id"])
    assert (again.status_code, again.get_json()["body"], again.get_json()["change"]) == (201, "other", latest["change"])
    assert scene.send(scene.patient, "other", client_id=sent["client_id"]).status_code == 409
    assert edit(scene, scene.patient, 1, "first", sent["client_id"]).status_code == 200
    assert len(versions(scene, scene.lead, 1)) == 3


def test_only_the_sender_edits_or_withdraws_and_an_edit_only_for_a_quarter_of_an_hour(scene: Scene) -> None:
    scene.say(scene.patient, "words")
    other = make_scene(scene.world, scene.lead.clinic_id)
    assert edit(scene, scene.lead, 1, "theirs").get_json()["code"] == "not_your_message"
    assert withdraw(scene, scene.lead, 1).get_json()["code"] == "not_your_message"
    for stranger in (other.patient, other.lead, scene.world.practitioner(scene.lead.clinic_id)):
        tried = (
            edit(scene, stranger, 1, "no"), withdraw(scene, stranger, 1), react(scene, stranger, 1, "heart"),
            unreact(scene, stranger, 1, "heart"), stranger.http.get(scene.path("/messages/1/versions")),
            stranger.http.put(scene.path("/mute"), json={}),
        )  # fmt: skip
        assert [answer.status_code for answer in tried] == [404] * 6
    assert [edit(scene, scene.patient, seq, "no").status_code for seq in (0, 2, 2**31 - 1)] == [404] * 3
    assert named(edit(scene, scene.patient, 1, " ")) == (422, "invalid_input", [("/body", "length")])
    age(scene, 1, timedelta(minutes=14, seconds=50))
    assert edit(scene, scene.patient, 1, "just in time").status_code == 200
    age(scene, 1, timedelta(minutes=15, seconds=1))
    assert edit(scene, scene.patient, 1, "late").get_json()["code"] == "too_late_to_edit"
    assert withdraw(scene, scene.patient, 1).status_code == 200


def test_what_is_withdrawn_leaves_its_place_and_no_words_behind_any_door(app: Flask, scene: Scene) -> None:
    scene.say(scene.patient, "a secret word", "another")
    edit(scene, scene.patient, 1, "a secret word, edited")
    react(scene, scene.lead, 1, "heart")
    assert scene.seen_by(scene.lead)["unread_count"] == 2
    with told(app) as heard:
        gone = withdraw(scene, scene.patient, 1).get_json()
        again = withdraw(scene, scene.patient, 1).get_json()
    assert again == gone
    assert heard.to(scene.lead) == [("message.changed", gone)]
    shown = ("body", "card", "about", "reactions", "reply_to_seq", "seq", "change")
    assert [gone[name] for name in shown] == ["", None, None, [], None, 1, 5]
    assert gone["withdrawn_at"]
    assert gone["sender_id"] == str(scene.patient.member_id)
    for person in (scene.lead, scene.patient):
        assert scene.read(person)["items"][0] == gone
        assert versions(scene, person, 1) == []
        assert scene.read(person, "?changed_after=4")["items"] == [gone]
    assert scene.seen_by(scene.lead)["unread_count"] == 1
    assert edit(scene, scene.patient, 1, "back").get_json()["code"] == "message_withdrawn"
    assert react(scene, scene.lead, 1, "sad").get_json()["code"] == "message_withdrawn"
    with scene.world.transaction() as session:
        kept = session.scalars(select(Message.body).where(Message.conversation_id == scene.id, Message.seq == 1)).one()
    assert kept == "a secret word, edited"


def test_a_withdrawn_message_waits_for_no_answer(scene: Scene) -> None:
    scene.say(scene.patient, "one", "two", "three")

    def waits() -> Any:
        with scene.world.transaction() as session:
            return session.scalars(select(Conversation.waiting_seq).where(Conversation.id == scene.id)).one()

    seen = [waits()]
    for seq in (2, 1, 3):
        withdraw(scene, scene.patient, seq)
        seen.append(waits())
    assert seen == [1, 1, 3, None]


def test_reactions_are_one_for_each_person_and_sign(app: Flask, scene: Scene) -> None:
    scene.say(scene.patient, "done it")
    with told(app) as heard:
        assert react(scene, scene.lead, 1, "heart").get_json()["change"] == 2
        assert react(scene, scene.lead, 1, "heart").get_json()["change"] == 2
        react(scene, scene.patient, 1, "heart")
        shown = react(scene, scene.lead, 1, "thumbs_up").get_json()["reactions"]
        lead, patient = str(scene.lead.member_id), str(scene.patient.member_id)
        assert shown == [{"sign": "thumbs_up", "member_ids": [lead]}, {"sign": "heart", "member_ids": [lead, patient]}]
        assert unreact(scene, scene.lead, 1, "heart").get_json()["reactions"][1]["member_ids"] == [patient]
        assert unreact(scene, scene.lead, 1, "heart").get_json()["change"] == 5
    assert heard.names_to(scene.patient) == ["message.changed"] * 4
    for path in ("/v1/conversations", "/v1/conversations?limit=1"):
        last = scene.lead.http.get(path).get_json()["items"][0]["last_message"]
        assert [each["sign"] for each in last["reactions"]] == ["thumbs_up", "heart"]
    for word in ("skull", "HEART", "%00", "heart%20"):
        assert react(scene, scene.lead, 1, word).status_code == unreact(scene, scene.lead, 1, word).status_code == 404
    assert react(scene, scene.lead, 2, "heart").status_code == 404


def test_who_may_only_read_changes_nothing(scene: Scene) -> None:
    scene.say(scene.patient, "words")
    with scene.world.transaction() as session:
        session.execute(update(Conversation).values(ended_at=clock.now()))
    manager = scene.world.manager(scene.lead.clinic_id)
    assert edit(scene, manager, 1, "no").status_code == 403
    assert react(scene, manager, 1, "heart").status_code == 403
    assert edit(scene, scene.patient, 1, "late").get_json()["code"] == "conversation_ended"
    assert react(scene, scene.lead, 1, "heart").get_json()["code"] == "conversation_ended"
    assert withdraw(scene, scene.patient, 1).status_code == 200


def test_a_muted_conversation_is_muted_for_oneself(scene: Scene) -> None:
    for person in (scene.lead, scene.patient):
        assert scene.seen_by(person)["mute"] is None
    until = "2030-01-01T00:00:00+00:00"
    assert scene.lead.http.put(scene.path("/mute"), json={}).get_json()["mute"] == {"until": None}
    muted = scene.lead.http.put(scene.path("/mute"), json={"until": until}).get_json()["mute"]
    assert muted["until"].startswith("2030-01-01T00:00:00")
    assert scene.seen_by(scene.patient)["mute"] is None
    for _ in range(2):
        assert scene.lead.http.delete(scene.path("/mute")).get_json()["mute"] is None


def test_a_mute_begins_before_it_ends_and_is_shown_no_longer_than_it_lasts(scene: Scene) -> None:
    for until in ("2020-01-01T00:00:00Z", clock.now().isoformat()):
        refused = scene.lead.http.put(scene.path("/mute"), json={"until": until})
        assert named(refused) == (422, "invalid_input", [("/until", "past")])
    assert scene.seen_by(scene.lead)["mute"] is None
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert scene.lead.http.put(scene.path("/mute"), json={"until": later}).get_json()["mute"]
    with scene.world.transaction() as session:
        session.execute(
            update(Mute).where(Mute.conversation_id == scene.id).values(until=clock.now() - timedelta(seconds=1))
        )
    assert scene.seen_by(scene.lead)["mute"] is None
    scene.say(scene.patient, "are you there?")
    for path in ("/v1/conversations", "/v1/inbox"):
        assert [each["mute"] for each in scene.lead.http.get(path).get_json()["items"]] == [None]


@pytest.mark.parametrize("query", ["?after=1&changed_after=1", "?before=3&changed_after=1", "?changed_after=-1"])
def test_a_direction_is_one(scene: Scene, query: str) -> None:
    assert scene.patient.http.get(scene.path("/messages") + query).status_code == 422
    with scene.world.transaction() as session:
        for model in (MessageVersion, MessageReaction):
            assert session.scalars(select(func.count()).select_from(model).where(model.seq < 0)).one() == 0


def test_history_costs_the_same_whatever_hangs_on_it(scene: Scene, statements: Any) -> None:
    scene.say(scene.patient, *"abcdef")
    costs = []
    for seq in (1, 2, 3):
        with statements() as seen:
            scene.read(scene.lead)
        costs.append(len(seen))
        react(scene, scene.lead, seq, "heart")
    assert costs[0] == costs[1] == costs[2]
