"""The TypeScript client against the real server: two phones of one patient, plans that change, a chat cut off."""

from pathlib import Path
from typing import Any

from hep_api.foundation.identifiers import new_id
from tests.clients.driving import Driver, driving
from tests.messaging.conftest import make_scene
from tests.messaging.live import Served
from tests.plans import making
from tests.world import Person, World


def phone_of(patient: Person, web: Served, store: Path) -> dict[str, Any]:
    return {"base_url": web.url, "token": patient.token, "patient_id": patient.member_id, "store": store}


def done(prescription: Any, **more: Any) -> dict[str, Any]:
    return {"prescription_id": str(prescription), "version": 1, "kind": "done", **more}


def known_to(driver: Driver) -> dict[str, Any]:
    synced = driver.ask("sync")
    assert (synced["ok"], synced["left"], synced["stopped"]) == (True, 0, None), synced
    state: dict[str, Any] = driver.ask("state")
    return state


def test_two_phones_and_a_practitioner_end_with_the_same(
    world: World, web: Served, client: Path, tmp_path: Path
) -> None:
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    plan = making.start(lead, patient)
    (squat,) = making.publish(plan, making.new_item(making.exercise(lead)))
    program = client / "driver" / "driver.js"
    first, second = (phone_of(patient, web, tmp_path / name) for name in ("first", "second"))
    with driving(program, **second) as tablet:
        with driving(program, **first) as phone:
            assert known_to(phone)["plans"] == [str(plan.id)]
            recorded = [phone.ask("record", event=done(squat))["id"] for _ in range(40)]
            wrong = phone.ask("record", event=done(squat, pain=11))["id"]
            phone.say("sync")
            # Killed at some moment of it: what was recorded is on the way, there, or still on the phone.
            phone.kill()
        recorded += [tablet.ask("record", event=done(squat, slot=1, pain=9))["id"]]
        assert tablet.ask("sync")["stopped"] is None
        # Strong pain: whom to call is shown at once, and by no other phone.
        (emergency,) = tablet.ask("shown")["shown"]
        assert (emergency.keys(), "emergency" in emergency["text"]) == ({"text", "line"}, True)
        pause = plan.send("POST", "/pauses", {"from": making.in_days(2), "reason": "Away."})
        assert pause.status_code == 201, pause.get_json()
        with driving(program, **first) as phone:
            state, other = known_to(phone), known_to(tablet)
            (aside,) = state["set_aside"]
            assert phone.ask("shown")["shown"] == []
            assert (aside["id"], aside["outcome"], aside["error"]["field"]) == (wrong, "rejected", "/pain")
            assert sorted(state["events"]) == sorted(other["events"]) == sorted(recorded)
            assert state["pauses"] == other["pauses"] == [pause.get_json()["id"]]
            withdrawn = {"withdrawn": True, "reason": "Stays."}
            assert plan.send("PATCH", f"/pauses/{pause.get_json()['id']}", withdrawn).status_code == 200
            assert known_to(phone)["pauses"] == []
    page = lead.http.get(f"/v1/patients/{patient.member_id}/events?limit=100").get_json()
    assert sorted(each["id"] for each in page["items"]) == sorted(recorded)


def test_a_chat_that_is_cut_off_and_killed_misses_nothing_and_says_nothing_twice(
    world: World, web: Served, client: Path, tmp_path: Path
) -> None:
    scene = make_scene(world)
    program, opening = client / "driver" / "talker.js", phone_of(scene.patient, web, tmp_path)
    talk = {"conversation_id": str(scene.id)}

    def desk(*texts: str) -> None:
        for text in texts:
            body = {"client_id": str(new_id()), "body": text}
            assert web.http("POST", scene.path("/messages"), scene.lead.token, json=body).status_code == 201

    with driving(program, **opening) as phone:
        phone.ask("listen", base_url=web.url)
        desk("1", "2")
        assert [each["body"] for each in phone.ask("messages", **talk, count=2)] == ["1", "2"]
        phone.ask("drop")
        desk("3", "4")
        assert [each["body"] for each in phone.ask("messages", **talk, count=4)] == ["1", "2", "3", "4"]
        phone.ask("write", **talk, body="5")
        phone.say("sync")
        # Killed at some moment of sending.
        phone.kill()
    with driving(program, **opening) as phone:
        phone.ask("write", **talk, body="6")
        assert phone.ask("sync")["stopped"] is None
        assert [each["body"] for each in phone.ask("messages", **talk, count=6)] == [str(one) for one in range(1, 7)]
    assert [each["body"] for each in scene.read(scene.lead)["items"]] == [str(one) for one in range(1, 7)]
    assert scene.seen_by(scene.lead)["last_seq"] == 6
