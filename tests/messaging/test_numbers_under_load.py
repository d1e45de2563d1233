"""Numbers when many write at once: no gap, no double, no message twice; and what a rollback leaves behind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.messaging.actions import sending
from tests.messaging.conftest import Scene
from tests.world import Person


@contextmanager
def act(app: Flask, scene: Scene) -> Iterator[Session]:
    """Open one of the product's transactions, for the scene's clinic."""
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, scene.lead.clinic_id)
        yield session


def send(app: Flask, scene: Scene, person: Person, client_id: UUID, text: str) -> int:
    body = {"client_id": client_id, "body": text, "about": None, "reply_to_seq": None}
    with act(app, scene) as session:
        return sending.send_message(session, person.viewer, scene.id, body, clock.now()).seq


def test_many_writers_leave_no_gap(app: Flask, scene: Scene) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(
            pool.map(
                lambda n: send(app, scene, (scene.patient, scene.lead)[n % 2], uuid4(), str(n)),
                range(60),
            )
        )
    assert sorted(numbers) == list(range(1, 61))
    kept = scene.read(scene.lead, "?limit=200&after=0")["items"]
    assert [message["seq"] for message in kept] == list(range(1, 61))
    assert {message["body"] for message in kept} == {str(number) for number in range(60)}


def test_the_same_message_from_many_connections_at_once_is_one(app: Flask, scene: Scene) -> None:
    for round_number in range(1, 11):
        client_id = uuid4()
        with ThreadPoolExecutor(6) as pool:
            numbers = list(pool.map(lambda _, id_=client_id: send(app, scene, scene.patient, id_, "same"), range(6)))
        assert numbers == [round_number] * 6
    assert scene.read(scene.lead)["last_seq"] == 10


def test_the_same_message_sent_while_its_first_sending_is_not_committed_yet_is_one(app: Flask, scene: Scene) -> None:
    client_id = uuid4()
    body = {"client_id": client_id, "body": "same", "about": None, "reply_to_seq": None}
    with ThreadPoolExecutor(1) as pool:
        with act(app, scene) as session:
            first = sending.send_message(session, scene.patient.viewer, scene.id, body, clock.now())
            # The second waits for the conversation's row, with a view of the table that lacks the first.
            second = pool.submit(send, app, scene, scene.patient, client_id, "same")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        assert second.result() == first.seq == 1
    assert scene.seen_by(scene.lead)["changes"] == 1
    assert scene.say(scene.lead, "next")[0]["seq"] == 2


def test_a_rolled_back_number_is_given_again(app: Flask, scene: Scene) -> None:
    told: list[str] = []
    body = {"client_id": uuid4(), "body": "never", "about": None, "reply_to_seq": None}

    def fail_before_the_commit() -> None:
        with act(app, scene) as session:
            assert sending.send_message(session, scene.patient.viewer, scene.id, body, clock.now()).seq == 1
            session.info["after_commit"].append(lambda: told.append("told"))
            raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError, match="before the commit"):
        fail_before_the_commit()
    assert told == []
    assert [message["seq"] for message in scene.say(scene.patient, "kept")] == [1]
    assert len(scene.read(scene.lead)["items"]) == 1


def test_what_is_told_is_told_after_the_commit_and_only_of_new_messages(app: Flask, scene: Scene) -> None:
    order: list[str] = []
    gateway = app.extensions["hep_realtime"]
    engine = app.extensions["hep_database"].engine
    honest = gateway.broadcast
    gateway.broadcast = lambda rooms, name, payload, **_: order.append(name)
    event.listen(engine, "commit", commit := lambda _: order.append("commit"))
    try:
        client_id = uuid4()
        send(app, scene, scene.patient, client_id, "once")
        send(app, scene, scene.patient, client_id, "once")
        scene.report(scene.lead, read_seq=1)
        scene.report(scene.lead, read_seq=1)
    finally:
        gateway.broadcast = honest
        event.remove(engine, "commit", commit)
    assert order == ["commit", "message.created", "commit", "commit", "receipt.changed", "commit"]
