"""Conversations live: two processes behind one queue, one process on its own, two kinds of clients."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from hep_api.foundation.database import Base
from hep_api.foundation.settings import Settings
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from tests.messaging import live
from tests.messaging.conftest import Scene
from tests.messaging.live import JavaScriptClient, PythonClient, Served
from tests.realtime.test_several_processes import Queue
from tests.world import Person

Connect = Callable[..., PythonClient]


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    # A Unix socket's path is short.
    with TemporaryDirectory(dir="/tmp") as folder:
        started = Queue(Path(folder))
        started.start()
        yield started
        started.kill()


@pytest.fixture(scope="module")
def webs(
    queue: Queue, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, Served, Served]]:
    """Two processes behind a queue, and one on its own."""
    folder = tmp_path_factory.mktemp("webs")
    with ExitStack() as running:
        found = [running.enter_context(live.served(settings, folder, url)) for url in (queue.url, queue.url, "")]
        for web in found:
            live.await_ready(web)
        yield found[0], found[1], found[2]
        for web in found:
            assert "Traceback" not in web.log, web.log
            assert "hurts" not in web.log


@pytest.fixture(params=["two processes", "one process"])
def pair(request: pytest.FixtureRequest, webs: tuple[Served, Served, Served]) -> tuple[Served, Served]:
    """The process of the patient and the process of the practitioner."""
    return webs[:2] if request.param == "two processes" else (webs[2], webs[2])


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect a person to a process."""
    with ExitStack() as open_clients:

        def connect(web: Served, person: Person, kind: Any = PythonClient) -> Any:
            client = kind(web.url, person.token)
            open_clients.callback(client.close)
            return client

        yield connect


def message(scene: Scene, body: str = "my knee hurts", **content: Any) -> dict[str, Any]:
    return {"conversation_id": str(scene.id), "client_id": str(uuid4()), "body": body, **content}


def test_what_one_says_all_others_hear_once(scene: Scene, pair: tuple[Served, Served], connect: Connect) -> None:
    phone = connect(pair[0], scene.patient, JavaScriptClient)
    phone.hears("connect")
    desk = connect(pair[1], scene.lead)
    tablet = connect(pair[0], scene.world.sign_in(scene.lead))
    stranger = connect(pair[1], scene.world.practitioner(scene.lead.clinic_id))
    said = [phone.asks("message.send", message(scene, "my knee hurts"))]
    said += [desk.asks("message.send", message(scene, "where?"))]
    path = f"/v1/conversations/{scene.id}/messages"
    answer = pair[0].http("POST", path, scene.patient.token, json={"client_id": str(uuid4()), "body": "over HTTP"})
    said += [answer.json()]
    for client in (phone, desk, tablet):
        assert [client.hears("message.created") for _ in said] == said
        assert client.hears_nothing_of("message.created", 0.1)
    assert stranger.hears_nothing_of("message.created", 0.1)
    assert scene.read(scene.lead)["items"] == said
    assert [each["seq"] for each in said] == [1, 2, 3]


def test_a_phone_that_was_cut_off_catches_up_in_order_and_once(
    scene: Scene, pair: tuple[Served, Served], connect: Connect
) -> None:
    phone = connect(pair[0], scene.patient, JavaScriptClient)
    phone.hears("connect")
    desk = connect(pair[1], scene.lead)
    first = desk.asks("message.send", message(scene, "one"))
    assert phone.hears("message.created") == first
    phone.order("drop")
    missed = [desk.asks("message.send", message(scene, text)) for text in ("two", "three", "four")]
    phone.hears("connect")
    caught = phone.asks("conversation.catch_up", {"conversation_id": str(scene.id), "after": first["seq"], "limit": 2})
    rest = phone.asks("conversation.catch_up", {"conversation_id": str(scene.id), "after": caught["items"][-1]["seq"]})
    assert (caught["has_more"], rest["has_more"], rest["last_seq"]) == (True, False, 4)
    assert caught["items"] + rest["items"] == missed
    after = desk.asks("message.send", message(scene, "five"))
    while (heard := phone.hears("message.created"))["seq"] < after["seq"]:
        assert heard in missed
    assert heard == after


def test_sending_again_over_either_door_gives_the_same_message(
    scene: Scene, webs: tuple[Served, Served, Served], connect: Connect
) -> None:
    phone, desk = connect(webs[0], scene.patient), connect(webs[1], scene.lead)
    once = message(scene, "once")
    first = phone.asks("message.send", once)
    again = {name: value for name, value in once.items() if name != "conversation_id"}
    path = f"/v1/conversations/{scene.id}/messages"
    assert phone.asks("message.send", once) == first
    assert webs[1].http("POST", path, scene.patient.token, json=again).json() == first
    assert desk.hears("message.created") == first
    assert desk.hears_nothing_of("message.created", 0.2)
    refused = phone.call("message.send", {**once, "body": "other"})
    assert (refused["status"], refused["code"], refused["errors"][0]["field"]) == (409, "conflict", "/client_id")


def test_receipts_are_told_when_they_grow(scene: Scene, webs: tuple[Served, Served, Served], connect: Connect) -> None:
    phone, desk = connect(webs[0], scene.patient), connect(webs[1], scene.lead)
    seq = phone.asks("message.send", message(scene))["seq"]
    receipt = desk.asks("receipt.report", {"conversation_id": str(scene.id), "read_seq": seq})
    assert phone.hears("receipt.changed") == receipt
    assert receipt["member_id"] == str(scene.lead.member_id)
    desk.asks("receipt.report", {"conversation_id": str(scene.id), "read_seq": 0})
    assert phone.hears_nothing_of("receipt.changed", 0.2)


def test_bad_input_and_foreign_conversations_are_refused_as_over_http(
    scene: Scene, webs: tuple[Served, Served, Served], connect: Connect
) -> None:
    stranger = connect(webs[0], scene.world.practitioner(scene.lead.clinic_id))
    phone = connect(webs[0], scene.patient)
    for commands, who, expected in (
        ({"message.send": message(scene)}, stranger, (404, "not_found")),
        ({"conversation.catch_up": {"conversation_id": str(scene.id), "after": 0}}, stranger, (404, "not_found")),
        ({"receipt.report": {"conversation_id": str(scene.id)}}, stranger, (404, "not_found")),
        ({"message.send": {**message(scene), "conversation_id": str(uuid4())}}, phone, (404, "not_found")),
        ({"message.send": message(scene, "")}, phone, (422, "invalid_input")),
        ({"message.send": {"body": "x"}}, phone, (422, "invalid_input")),
        ({"conversation.catch_up": {"conversation_id": str(scene.id)}}, phone, (422, "invalid_input")),
        ({"message.send": message(scene, about={"kind": "event", "id": str(uuid4())})}, phone, (422, "invalid_input")),
    ):
        for name, body in commands.items():
            refused = who.call(name, body)
            assert (refused["status"], refused["code"]) == expected, refused
    manager = connect(webs[0], scene.world.manager(scene.lead.clinic_id))
    assert manager.call("message.send", message(scene))["code"] == "role_may_not"
    assert scene.read(scene.patient)["last_seq"] == 0
    assert phone.asks("message.send", message(scene))["seq"] == 1


def test_whoever_leaves_the_care_team_hears_no_more_and_whoever_joins_hears_all(
    scene: Scene, pair: tuple[Served, Served], connect: Connect
) -> None:
    second = scene.world.practitioner(scene.lead.clinic_id)
    phone, leaver = connect(pair[0], scene.patient), connect(pair[1], second)
    team = f"/v1/patients/{scene.patient.member_id}/care-team"
    joined = pair[0].http("POST", team, scene.lead.token, json={"member_id": str(second.member_id)})
    assert joined.status_code < 300, joined.text
    assert leaver.hears("conversation.resync") == {"conversation_id": str(scene.id)}
    first = phone.asks("message.send", message(scene, "one"))
    assert leaver.hears("message.created") == first
    left = pair[0].http("DELETE", f"{team}/{second.member_id}", scene.lead.token)
    assert left.status_code < 300, left.text
    assert leaver.hears("conversation.resync") == {"conversation_id": str(scene.id)}
    phone.asks("message.send", message(scene, "two"))
    assert leaver.hears_nothing_of("message.created")
    assert leaver.is_connected
    assert leaver.call("conversation.catch_up", {"conversation_id": str(scene.id), "after": 0})["status"] == 404
    assert leaver.call("message.send", message(scene))["status"] == 404


def test_signing_out_closes_that_sign_in_everywhere_at_once_and_no_other(
    scene: Scene, pair: tuple[Served, Served], connect: Connect
) -> None:
    tablet = scene.world.sign_in(scene.lead)
    desk, other = connect(pair[1], scene.lead), connect(pair[1], tablet)
    phone = connect(pair[0], scene.patient)
    began = time.monotonic()
    assert pair[0].http("DELETE", "/v1/sign-ins/current", scene.lead.token).status_code < 300
    desk.hears("disconnect")
    assert time.monotonic() - began < 2
    assert desk.hears("connect_error")["message"] == "sign_in_ended"
    sent = phone.asks("message.send", message(scene))
    assert other.hears("message.created") == sent
    assert not desk.is_connected


def test_a_disabled_member_is_cut_off_at_once(scene: Scene, pair: tuple[Served, Served], connect: Connect) -> None:
    second = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, second)
    owner = scene.world.owner(scene.lead.clinic_id)
    desk, phone = connect(pair[1], second), connect(pair[0], scene.patient)
    path, changes = f"/v1/members/{second.member_id}", {"disabled": True}
    member = pair[0].http("GET", path, owner.token)
    disabled = pair[0].http("PATCH", path, owner.token, json=changes, headers={"If-Match": member.headers["ETag"]})
    assert disabled.status_code == 200, disabled.text
    desk.hears("disconnect")
    assert desk.hears("connect_error")["message"] == "sign_in_ended"
    phone.asks("message.send", message(scene))
    assert desk.hears_nothing_of("message.created")


def test_an_expired_token_is_renewed_on_the_same_transport(
    app: Flask, scene: Scene, webs: tuple[Served, Served, Served], connect: Connect
) -> None:
    person = scene.patient
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = app.extensions["hep_tokens"].issue(person.account_id, person.sign_in_id, yesterday)
    phone = JavaScriptClient(webs[2].url, expired)
    try:
        refused = phone.hears("connect_error")
        assert (refused["message"], refused["data"]["status"]) == ("token_expired", 401)
        phone.order("connectWith", token=person.token)
        phone.hears("connect")
        assert phone.asks("message.send", message(scene))["seq"] == 1
    finally:
        phone.close()


def test_who_is_here_and_who_types_is_told_to_those_who_take_part_and_kept_nowhere(
    scene: Scene, pair: tuple[Served, Served], connect: Connect
) -> None:
    phone, desk = connect(pair[0], scene.patient), connect(pair[1], scene.lead)
    tablet = connect(pair[1], scene.world.sign_in(scene.lead))
    manager, stranger = scene.world.manager(scene.lead.clinic_id), scene.world.practitioner(scene.lead.clinic_id)
    others = [connect(pair[1], manager), connect(pair[1], stranger)]
    kept = rows_of_all_tables(scene)
    said = {"conversation_id": str(scene.id), "state": "here", "asks": True}
    here = phone.asks("presence.report", said)
    assert here == {**said, "member_id": str(scene.patient.member_id), "seconds": 40}
    typing = desk.asks("presence.report", {"conversation_id": str(scene.id), "state": "typing"})
    assert (typing["member_id"], typing["seconds"], typing["asks"]) == (str(scene.lead.member_id), 8, False)
    # Who reported is not told by an echo, nor asked by it to report again; their other devices are told.
    assert tablet.hears("presence.changed") == here
    assert tablet.hears("presence.changed") == typing
    assert desk.hears("presence.changed") == here
    assert phone.hears("presence.changed") == typing
    assert rows_of_all_tables(scene) == kept
    refused = [client.call("presence.report", said)["code"] for client in others]
    assert refused == ["role_may_not", "not_found"]
    assert phone.call("presence.report", {**said, "state": "asleep"})["errors"][0]["rule"] == "choice"
    for client in (phone, desk, *others):
        assert client.hears_nothing_of("presence.changed", 0.1)
    with scene.world.transaction() as session:
        session.execute(
            update(Conversation).where(Conversation.id == scene.id).values(kind=ConversationKind.STAFF.value)
        )
    # What staff say among themselves has nothing for the patient in it, not even this.
    assert desk.call("presence.report", said)["ok"]
    assert phone.call("presence.report", said)["code"] == "not_found"
    assert tablet.hears("presence.changed")["state"] == "here"
    assert phone.hears_nothing_of("presence.changed", 0.1)


def rows_of_all_tables(scene: Scene) -> dict[str, int]:
    """Count the rows of every table, the record of accesses among them."""
    with scene.world.transaction() as session:
        tables = Base.metadata.sorted_tables
        return {each.name: session.scalar(select(func.count()).select_from(each)) or 0 for each in tables}


def test_an_ended_sign_in_hears_nothing_although_the_queue_is_down(
    scene: Scene, webs: tuple[Served, Served, Served], queue: Queue, connect: Connect
) -> None:
    desk, phone = connect(webs[1], scene.lead), connect(webs[1], scene.patient)
    phone.asks("message.send", message(scene, "one"))
    assert desk.hears("message.created")["body"] == "one"
    queue.kill()
    try:
        # Its process cannot be told, and its socket stays in its rooms; but who is to be told is asked of the database.
        assert webs[0].http("DELETE", "/v1/sign-ins/current", scene.lead.token).status_code < 300
        phone.asks("message.send", message(scene, "two"))
        assert [phone.hears("message.created")["body"] for _ in range(2)] == ["one", "two"]
        assert desk.hears_nothing_of("message.created")
    finally:
        queue.start()


def await_listener(scene: Scene) -> None:
    """Wait until the process without a queue listens: with its first connection it begins to."""
    listening = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %realtime%'")
    for _ in range(200):
        with scene.world.transaction() as session:
            if session.scalar(listening):
                return
        time.sleep(0.05)
    raise AssertionError("Nobody listens.")


def test_without_a_queue_what_a_worker_tells_is_heard_through_the_database(
    scene: Scene, webs: tuple[Served, Served, Served], connect: Connect
) -> None:
    phone = connect(webs[2], scene.patient)
    await_listener(scene)
    worker = scene.world.app.extensions["hep_realtime"]
    worker.speak_from_afar()
    try:
        said = [scene.send(scene.lead, body) for body in ("Well done.", "\N{SNOWMAN}" * 4000)]
    finally:
        worker._speaks_from_afar = False
    assert phone.hears("message.created") == said[0].json
    # Too long for a notification, and all the same nothing is missed.
    phone.hears("resync")
    caught_up = phone.asks("conversation.catch_up", {"conversation_id": str(scene.id), "after": said[0].json["seq"]})
    assert caught_up["items"] == [said[1].json]
