"""A closed conversation opens by what comes in and by staff who think again; what waits in it, and that nobody is
promised an answer in one that has ended.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from tests.messaging.alerting import ALARMING, make_alerting
from tests.messaging.conftest import Scene
from tests.messaging.hearing import told
from tests.messaging.test_changing import edit, withdraw
from tests.messaging.test_ending import settle, start_and_end
from tests.messaging.test_inbox import also, ids, inbox
from tests.plans import making


def close(scene: Scene) -> None:
    assert scene.lead.http.post(scene.path("/close")).status_code == 200


def reopen(scene: Scene) -> None:
    assert scene.lead.http.post(scene.path("/reopen")).status_code == 200


def entry(scene: Scene) -> dict[str, Any]:
    answer = scene.lead.http.get(f"/v1/inbox/{scene.id}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def waits(scene: Scene) -> str | None:
    since: str | None = entry(scene)["waiting_since"]
    promised = scene.seen_by(scene.patient)["promise"]["answer_by"]
    listed = scene.id in ids(inbox(scene.lead, "?state=waiting"))
    assert (since is not None, since is not None) == (promised is not None, listed)
    return since


def done(scene: Scene) -> list[tuple[str, str | None]]:
    return [(each["change"], each["changed_by"]) for each in entry(scene)["history"]]


def test_a_flag_or_a_card_opens_a_closed_conversation_in_which_nothing_waits_by_that(app: Flask, scene: Scene) -> None:
    alerting, lead = make_alerting(scene), str(scene.lead.member_id)
    alerting.settle(card_on_pain=None)
    scene.say(scene.patient, "Thanks!")
    close(scene)
    with told(app) as heard:
        alerting.upload(pain := alerting.event(9))
    assert heard.names_to(scene.lead) == ["conversation.changed", "message.created", "flag.raised"]
    assert done(scene) == [("closed", lead), ("reopened", None)]
    assert ids(inbox(scene.lead)) == ids(inbox(scene.lead, "?flagged=true")) == [scene.id]
    assert waits(scene) is None
    alerting.acknowledge(alerting.flag())
    close(scene)
    alerting.upload(pain)
    assert entry(scene)["closed_at"] is not None, "sent again, it raises nothing"
    alerting.settle(card_on_pain=3)
    with told(app) as heard:
        alerting.upload(alerting.event(5))
    assert heard.names_to(scene.lead) == ["message.created", "conversation.changed"]
    assert done(scene)[2:] == [("closed", lead), ("reopened", None)]
    assert (ids(inbox(scene.lead, "?state=unread")), waits(scene)) == ([scene.id], None)


def test_flagged_ones_are_found_in_any_state_unless_one_is_named(scene: Scene) -> None:
    staff = scene.lead.http.put(f"/v1/patients/{scene.patient.member_id}/staff-conversation").json["id"]
    among = Scene(scene.world, scene.lead, scene.patient, staff)
    among.say(scene.lead, "Look after them.")
    close(among)
    scene.say(scene.patient, ALARMING)
    assert {str(each) for each in ids(inbox(scene.lead, "?flagged=true"))} == {str(scene.id), staff}
    assert ids(inbox(scene.lead, "?flagged=true&state=open")) == ids(inbox(scene.lead)) == [scene.id]
    assert [str(each) for each in ids(inbox(scene.lead, "?flagged=true&state=closed"))] == [staff]
    assert ids(inbox(scene.lead, "?flagged=false")) == []


def test_an_edit_of_the_patients_opens_a_closed_conversation_and_waits_from_then_on(app: Flask, scene: Scene) -> None:
    lead, patient = str(scene.lead.member_id), str(scene.patient.member_id)
    scene.say(scene.patient, "Thanks!")
    scene.say(scene.lead, "You're welcome.")
    close(scene)
    edit(scene, scene.lead, 2, "You are welcome.")
    assert done(scene) == [("closed", lead)]
    with told(app) as heard:
        edited = edit(scene, scene.patient, 1, "Thanks! But it swells.").get_json()
    assert heard.names_to(scene.lead) == ["conversation.changed", "message.changed"]
    assert heard.names_to(scene.patient) == ["message.changed"]
    assert (done(scene)[1:], waits(scene)) == ([("reopened", patient)], edited["edited_at"])
    # Edited once more it waits no shorter; closed by mistake it waits as before; answered, it waits no more.
    edit(scene, scene.patient, 1, "Thanks! But it swells a lot.")
    close(scene)
    assert waits(scene) is None
    reopen(scene)
    assert waits(scene) == edited["edited_at"]
    scene.say(scene.lead, "Since when?")
    close(scene)
    reopen(scene)
    assert waits(scene) is None
    close(scene)
    edit(scene, scene.patient, 1, "I fainted.")
    assert [each[1] for each in done(scene)[-2:]] == [lead, patient], "opened once, by the patient and not by the flag"
    assert ids(inbox(scene.lead, "?flagged=true")) == [scene.id]


def test_staff_who_reopen_take_their_closing_back_and_not_what_was_settled_before(scene: Scene) -> None:
    scene.say(scene.patient, "One.")
    scene.say(scene.lead, "Answer.")
    first = scene.say(scene.patient, "Two.", "Three.")[0]
    close(scene)
    reopen(scene)
    assert waits(scene) == first["sent_at"]
    withdraw(scene, scene.patient, 3)
    close(scene)
    later = scene.say(scene.patient, "Something else.", "And more.")
    close(scene)
    reopen(scene)
    assert waits(scene) == later[0]["sent_at"], "what was closed before needs no answer"
    withdraw(scene, scene.patient, later[0]["seq"])
    assert waits(scene) == later[1]["sent_at"]
    withdraw(scene, scene.patient, later[1]["seq"])
    assert waits(scene) is None


def test_nobody_waits_in_what_has_ended_until_it_goes_on(scene: Scene) -> None:
    settle(scene, "closed")
    [asked] = scene.say(scene.patient, "And now?")
    start_and_end(scene)
    assert scene.seen_by(scene.patient)["ended_at"] is not None
    assert waits(scene) is None
    close(scene)
    reopen(scene)
    assert waits(scene) is None
    making.start(scene.lead, scene.patient)
    assert waits(scene) == asked["sent_at"], "nobody has answered it"


def test_of_hand_overs_at_once_one_finds_the_patients(scene: Scene) -> None:
    heir, lead = scene.world.practitioner(scene.lead.clinic_id), scene.lead
    patients = {str(each.patient.member_id) for each in (scene, also(scene), also(scene))}
    path, body = f"/v1/practitioners/{lead.member_id}/hand-over", {"to_member_id": str(heir.member_id)}
    people = [lead, *(scene.world.sign_in(lead) for _ in range(7))]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: who.http.post(path, json=body), people))
    assert [each.status_code for each in answers] == [200] * 8
    outcomes = [each for answer in answers for each in answer.json["outcomes"]]
    assert {each["patient_id"] for each in outcomes} == patients
    assert [each["outcome"] for each in outcomes] == ["handed_over"] * 3
