"""The clock of answers: what is put on record, what a patient is promised, and what is told while it is closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from hep_api.messaging.answering import out_of_hours
from hep_api.messaging.models.responses import Response
from tests.messaging import hearing
from tests.messaging.conftest import Scene
from tests.messaging.test_policy import settle
from tests.world import Person

NEVER: dict[str, Any] = {}
ALWAYS = {name: [["00:00", "24:00"]] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def open_at(scene: Scene, week: dict[str, Any] | None, **more: Any) -> Person:
    """Let the clinic be open at these hours, and return who settled it."""
    manager = scene.world.manager(scene.lead.clinic_id)
    assert settle(manager, {"opening_hours": week, **more}).status_code == 200
    return manager


def notices(scene: Scene) -> list[dict[str, Any]]:
    return [each for each in scene.read(scene.patient)["items"] if each["kind"] == "notice"]


def answers(scene: Scene) -> list[Response]:
    with scene.world.transaction() as session:
        return list(session.scalars(select(Response).where(Response.conversation_id == scene.id)))


def test_an_answer_is_put_on_record_with_the_time_that_it_took_in_opening_hours(scene: Scene) -> None:
    scene.say(scene.lead, "Hello.")
    scene.say(scene.patient, "It hurts.", "A lot.")
    waited_since = datetime.now().astimezone() - timedelta(hours=30)
    with scene.world.transaction() as session:
        session.execute(
            text("UPDATE conversation SET waiting_since = :since WHERE id = :id"),
            {"since": waited_since, "id": scene.id},
        )
    scene.say(scene.lead, "Where?", "And since when?")
    [answer] = answers(scene)
    assert (answer.opened_seq, answer.answered_seq, answer.answered_by) == (2, 4, scene.lead.member_id)
    assert (answer.open_seconds // 3600, answer.promise_hours, answer.within) == (30, 24, False)

    open_at(scene, NEVER)
    scene.say(scene.patient, "Here.")
    scene.say(scene.lead, "I see.")
    _, closed = answers(scene)
    assert (closed.open_seconds, closed.within) == (0, True)


def test_a_location_answers_by_its_own_hours(scene: Scene) -> None:
    manager = open_at(scene, NEVER)
    path = f"/v1/locations/{scene.lead.clinic_id}/hours"
    assert settle(manager, {"opening_hours": ALWAYS}, path, "PUT").status_code == 200
    scene.say(scene.patient, "Anybody there?")
    assert notices(scene) == []
    promise = scene.seen_by(scene.patient)["promise"]
    assert (promise["is_open"], promise["answer_by"] is None) == (True, False)


def test_a_patient_who_writes_while_it_is_closed_is_told_so_once(scene: Scene, statements: Any) -> None:
    open_at(scene, NEVER, emergency_line="112")
    scene.say(scene.lead, "Closed, but here.")
    assert notices(scene) == []
    with statements() as first, hearing.told(scene.world.app) as heard:
        scene.say(scene.patient, "Help")
    with statements() as second:
        scene.say(scene.patient, "Please")
    scene.say(scene.lead, "Yes?")
    scene.say(scene.patient, "Thank you")
    [told] = notices(scene)
    assert (told["seq"], told["sender_id"]) == (3, None)
    assert told["card"] == {"type": "out_of_hours", "opens_at": None, "emergency_line": "112"}
    assert "112" in told["body"]
    for listener in (scene.patient, scene.lead):
        assert [(name, each["seq"], each["kind"]) for name, each in heard.to(listener)] == [
            ("message.created", 2, "text"),
            ("message.created", 3, "notice"),
        ]
    # What a process knows to be told costs a send nothing.
    assert (len(first) > 3, len(second)) == (True, 4), second
    assert scene.seen_by(scene.patient)["promise"]["is_open"] is False


def test_hours_that_are_changed_meanwhile_tell_again_only_of_another_time_of_being_closed(scene: Scene) -> None:
    open_at(scene, NEVER)
    scene.say(scene.patient, "One")
    yesterday = (datetime.now(ZoneInfo("Europe/Berlin")) - timedelta(days=1)).strftime("%a").lower()
    # Open yesterday and closed since midnight: what was told just now was told since.
    open_at(scene, {yesterday: [["00:00", "24:00"]]})
    scene.say(scene.patient, "Two")
    assert len(notices(scene)) == 1
    with scene.world.transaction() as session:
        session.execute(
            text("UPDATE closed_notice SET told_at = told_at - interval '3 days' WHERE conversation_id = :id"),
            {"id": scene.id},
        )
    out_of_hours._TOLD.clear()
    scene.say(scene.patient, "Three", "Four")
    assert len(notices(scene)) == 2
    open_at(scene, ALWAYS)
    scene.say(scene.patient, "Five")
    assert len(notices(scene)) == 2


def test_of_two_phones_at_once_one_is_told(scene: Scene) -> None:
    open_at(scene, NEVER)
    other = scene.world.sign_in(scene.patient)
    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(lambda who: scene.send(who, "Now").status_code, [scene.patient, other] * 3))
    assert sent == [201] * 6
    assert len(notices(scene)) == 1


def test_a_patient_is_promised_by_when_there_is_an_answer(scene: Scene) -> None:
    quiet = scene.seen_by(scene.patient)["promise"]
    assert quiet == {
        "response_hours": 24,
        "is_open": True,
        "opens_at": None,
        "closes_at": None,
        "answer_by": None,
        "emergency_line": None,
    }
    [asked] = scene.say(scene.patient, "When?")
    promise = scene.seen_by(scene.patient)["promise"]
    due = datetime.fromisoformat(asked["sent_at"]) + timedelta(hours=24)
    assert datetime.fromisoformat(promise["answer_by"]) == due
    listed = scene.lead.http.get("/v1/conversations").json["items"]
    assert [each["promise"] for each in listed] == [promise]
    open_at(scene, NEVER)
    assert scene.seen_by(scene.patient)["promise"]["answer_by"] is None
    staff = scene.lead.http.put(f"/v1/patients/{scene.patient.patient_id}/staff-conversation").json
    assert staff["promise"] is None
