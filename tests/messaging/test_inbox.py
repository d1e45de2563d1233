"""The inbox: who waits longest comes first, whose a conversation is, closing and reopening, and handing all over."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from hep_api.messaging.models.conversations import Conversation
from tests.counting import StatementCounter
from tests.messaging.conftest import Scene, make_scene, named
from tests.messaging.hearing import told
from tests.plans import making
from tests.world import Person, World


def inbox(person: Person, query: str = "") -> list[dict[str, Any]]:
    answer = person.http.get(f"/v1/inbox{query}")
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def ids(entries: list[dict[str, Any]]) -> list[UUID]:
    return [UUID(each["id"]) for each in entries]


def also(scene: Scene, **options: Any) -> Scene:
    """Give the lead one more patient."""
    patient = scene.world.patient(scene.lead, **options)
    [listed] = patient.http.get("/v1/conversations").json["items"]
    return Scene(scene.world, scene.lead, patient, UUID(listed["id"]))


def assign(by: Person, scene: Scene, to: Person | None, **more: Any) -> Any:
    body = {"member_id": None if to is None else str(to.member_id), **more}
    return by.http.put(scene.path("/assignee"), json=body)


def staff_of(scene: Scene, who: Person) -> list[str]:
    opened = who.http.put(f"/v1/patients/{scene.patient.member_id}/staff-conversation").json["id"]
    items = who.http.get(f"/v1/conversations/{opened}/messages").json["items"]
    return [each["body"] for each in items]


def test_who_waits_longest_comes_first_then_the_unread_then_the_others(
    scene: Scene, statements: StatementCounter
) -> None:
    lead, second = scene.lead, scene.world.practitioner(scene.lead.clinic_id)
    waits_long, unread, read, waits, silent = scene, *(also(scene) for _ in range(4))
    for each in (unread, read):
        scene.world.join_care_team(each.patient, second)
    waits_long.say(waits_long.patient, "first")
    waits.say(waits.patient, "second")
    waits_long.say(waits_long.patient, "still")
    read.say(second, "hello")
    unread.say(second, "hello")
    read.report(lead, read_seq=1)
    assert ids(inbox(lead)) == [waits_long.id, waits.id, unread.id, read.id]
    assert silent.id not in ids(inbox(lead))
    assert ids(inbox(lead, "?state=waiting")) == [waits_long.id, waits.id]
    assert ids(inbox(lead, "?state=unread")) == [waits_long.id, waits.id, unread.id]
    [first, *_] = inbox(lead)
    assert first["waiting_since"] == waits_long.read(lead)["items"][0]["sent_at"]
    assert (first["unread_count"], first["lead_id"]) == (2, str(lead.member_id))
    # An answer takes it out of those who wait; on pages each that stays comes once.
    waits_long.say(lead, "answer")
    seen, cursor = [], ""
    while cursor is not None:
        page = lead.http.get(f"/v1/inbox?limit=1{cursor}").json
        seen += ids(page["items"])
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == [waits.id, waits_long.id, unread.id, read.id]
    with statements() as few:
        inbox(lead, "?limit=1")
    with statements() as many:
        inbox(lead, "?limit=50")
    # One recognises the viewer, then rows, reactions, attachments; one records. What the policy says is known by now.
    assert len(few) == len(many) == 5
    csv = lead.http.get("/v1/inbox", headers={"Accept": "text/csv"})
    assert csv.get_data(as_text=True).count("\n") == 5


def test_filters(scene: Scene) -> None:
    world, lead = scene.world, scene.lead
    elsewhere = also(scene, location_id=world.location(lead.clinic_id, "Harbour"))
    other_lead = make_scene(world, lead.clinic_id)
    world.join_care_team(other_lead.patient, lead)
    (prescription,) = making.publish(making.start(lead, scene.patient), making.new_item(making.exercise(lead)))
    about = {"kind": "prescription", "id": str(prescription)}
    scene.send(scene.patient, "about it", about=about)
    for each in (elsewhere, other_lead):
        each.say(each.patient, "hello")
    assert ids(inbox(lead, f"?location_id={elsewhere.patient.clinic_id}")) == [scene.id, other_lead.id]
    assert ids(inbox(lead, f"?practitioner_id={lead.member_id}")) == [scene.id, elsewhere.id]
    assert ids(inbox(lead, f"?practitioner_id={other_lead.lead.member_id}")) == [other_lead.id]
    assert ids(inbox(lead, f"?patient_id={elsewhere.patient.member_id}")) == [elsewhere.id]
    assert ids(inbox(lead, "?about_kind=prescription")) == [scene.id]
    assert ids(inbox(lead, f"?about_kind=prescription&about_id={prescription}")) == [scene.id]
    assert ids(inbox(lead, f"?about_kind=prescription&about_id={uuid4()}")) == []
    assert ids(inbox(lead, "?kind=staff")) == []
    assert named(lead.http.get(f"/v1/inbox?about_id={prescription}"))[2] == [("/about_id", "one_of")]
    assert assign(lead, scene, None).status_code == 200
    assert assign(lead, other_lead, lead).status_code == 200
    assert ids(inbox(lead, f"?practitioner_id={lead.member_id}")) == [scene.id, elsewhere.id, other_lead.id]


def test_who_sees_an_inbox(world: World) -> None:
    scene = make_scene(world, world.clinic(managers_may_read_records=True))
    closed = make_scene(world)
    for each in (scene, closed):
        each.say(each.patient, "hello")
        assert ids(inbox(each.lead)) == [each.id]
        assert each.patient.http.get("/v1/inbox").status_code == 403
    assert ids(inbox(world.manager(scene.lead.clinic_id))) == [scene.id]
    assert inbox(world.manager(closed.lead.clinic_id)) == []
    stranger = world.practitioner(scene.lead.clinic_id)
    assert inbox(stranger) == []
    # What emergency access lets look into for a while is shown, and is nobody's work.
    one = f"/v1/inbox/{scene.id}"
    assert stranger.http.get(one).status_code == 404
    body = {"patient_id": str(scene.patient.member_id), "reason": "Found unconscious."}
    assert stranger.http.post("/v1/emergency-accesses", json=body).status_code == 201
    assert stranger.http.get(scene.path()).status_code == 200
    assert inbox(stranger) == []
    assert inbox(stranger, f"?patient_id={scene.patient.member_id}") == []
    assert stranger.http.get(one).json["history"] == []
    assert stranger.http.get(f"/v1/inbox/{uuid4()}").status_code == 404


def test_assigning_says_whose_it_is_leaves_a_note_and_ends_with_the_place(app: Flask, scene: Scene) -> None:
    lead, second = scene.lead, scene.world.practitioner(scene.lead.clinic_id)
    assert named(assign(lead, scene, second))[2] == [("/member_id", "care_team")]
    scene.world.join_care_team(scene.patient, second)
    note = {"client_id": str(uuid4()), "body": "Yours, I am on leave."}
    with told(app) as heard:
        given = assign(lead, scene, second, note=note)
        assert given.status_code == 200, given.json
        assert assign(lead, scene, second, note=note).json == given.json
    assert (given.json["assigned_to"], len(given.json["history"])) == (str(second.member_id), 1)
    assert heard.names_to(second) == ["conversation.resync", "message.created", "conversation.changed"]
    assert heard.to(scene.patient) == []
    assert staff_of(scene, second) == ["Yours, I am on leave."]
    assert assign(scene.patient, scene, second).status_code == 403
    assert assign(make_scene(scene.world).lead, scene, None).status_code == 404
    lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    entry = lead.http.get(f"/v1/inbox/{scene.id}").json
    assert entry["assigned_to"] is None
    assert [(each["change"], each["changed_by"], each["assigned_to"]) for each in entry["history"]] == [
        ("assigned", str(lead.member_id), str(second.member_id)),
        ("assigned", None, None),
    ]


def test_a_closed_one_leaves_the_inbox_until_somebody_writes(app: Flask, scene: Scene) -> None:
    lead = scene.lead
    scene.say(scene.patient, "Thanks!")
    with told(app) as heard:
        closed = lead.http.post(scene.path("/close")).json
        assert lead.http.post(scene.path("/close")).json == closed
    assert heard.names_to(lead) == ["conversation.changed"]
    assert heard.to(scene.patient) == []
    assert (closed["waiting_since"], len(closed["history"])) == (None, 1)
    assert closed["closed_at"] is not None
    assert "closed_at" not in scene.seen_by(scene.patient)
    assert inbox(lead) == inbox(lead, "?state=waiting") == []
    assert ids(inbox(lead, "?state=closed")) == [scene.id]
    with told(app) as heard:
        [again] = scene.say(scene.patient, "One more thing.")
        scene.say(scene.patient, "And another.")
    assert heard.names_to(lead) == ["message.created", "conversation.changed", "message.created"]
    assert set(heard.names_to(scene.patient)) == {"message.created"}
    [entry] = inbox(lead)
    assert (entry["closed_at"], entry["waiting_since"]) == (None, again["sent_at"])
    lead.http.post(scene.path("/close"))
    reopened = lead.http.post(scene.path("/reopen")).json
    assert lead.http.post(scene.path("/reopen")).json == reopened
    assert [(each["change"], each["changed_by"]) for each in reopened["history"]] == [
        ("closed", str(lead.member_id)),
        ("reopened", str(scene.patient.member_id)),
        ("closed", str(lead.member_id)),
        ("reopened", str(lead.member_id)),
    ]
    for other, status in ((scene.patient, 403), (make_scene(scene.world).lead, 404)):
        for verb in ("close", "reopen"):
            assert other.http.post(scene.path(f"/{verb}")).status_code == status


@pytest.mark.parametrize("by", ["oneself", "a leader"])
def test_all_of_a_practitioners_patients_are_handed_over(scene: Scene, by: str) -> None:
    world, lead = scene.world, scene.lead
    heir, owner = world.practitioner(lead.clinic_id), world.owner(lead.clinic_id)
    second = also(scene)
    helped = make_scene(world, lead.clinic_id)  # whom another one leads
    world.join_care_team(helped.patient, lead)
    scene.say(scene.patient, "hello")
    assign(lead, scene, lead)
    path = f"/v1/practitioners/{lead.member_id}/hand-over"
    note = {"client_id": str(uuid4()), "body": "All yours."}
    body: dict[str, Any] = {"to_member_id": str(heir.member_id)}
    who = lead if by == "oneself" else owner
    if who is owner:
        assert named(owner.http.post(path, json={**body, "note": note}))[2] == [("/note", "care_team")]
    else:
        body["note"] = note
    assert heir.http.post(path, json=body).status_code == 404
    for nobody in (scene.patient.member_id, uuid4(), make_scene(world).lead.member_id):
        assert owner.http.post(f"/v1/practitioners/{nobody}/hand-over", json=body).status_code == 404
    assert named(who.http.post(path, json={"to_member_id": str(owner.member_id)}))[0] == 422
    done = who.http.post(path, json=body)
    assert done.status_code == 200, done.json
    patients = sorted([scene.patient.member_id, second.patient.member_id, helped.patient.member_id])
    assert [(UUID(each["patient_id"]), each["outcome"]) for each in done.json["outcomes"]] == [
        (each, "handed_over") for each in patients
    ]
    for each, leads in ((scene, True), (second, True), (helped, False)):
        team = heir.http.get(f"/v1/patients/{each.patient.member_id}/care-team").json["members"]
        assert {m["member_id"]: m["is_lead"] for m in team}[str(heir.member_id)] is leads
        assert lead.http.get(f"/v1/patients/{each.patient.member_id}").status_code == 404
    assert heir.http.get(f"/v1/inbox/{scene.id}").json["assigned_to"] == str(heir.member_id)
    assert staff_of(scene, heir) == (["All yours."] if who is lead else [])
    assert who.http.post(path, json=body).json == {"outcomes": [], "has_more": False}


def test_one_may_hand_over_some_and_stay(scene: Scene) -> None:
    heir, second = scene.world.practitioner(scene.lead.clinic_id), also(scene)
    path = f"/v1/practitioners/{scene.lead.member_id}/hand-over"
    body = {"to_member_id": str(heir.member_id), "patient_ids": [str(second.patient.member_id)], "leave": False}
    assert len(scene.lead.http.post(path, json=body).json["outcomes"]) == 1
    assert scene.lead.http.post(path, json=body).json["outcomes"] == []
    assert heir.http.get(f"/v1/patients/{scene.patient.member_id}").status_code == 404
    team = scene.lead.http.get(f"/v1/patients/{second.patient.member_id}/care-team").json["members"]
    assert [(each["member_id"], each["is_lead"]) for each in team] == [
        (str(heir.member_id), True),
        (str(scene.lead.member_id), False),
    ]


def test_the_order_holds_by_the_microsecond(scene: Scene, world: World) -> None:
    """Two that began to wait in one instant are told apart, and stay in order over pages."""
    scenes = [scene, *(also(scene) for _ in range(3))]
    for each in scenes:
        each.say(each.patient, "hello")
    with world.transaction() as session:
        since = session.get_one(Conversation, (scene.lead.clinic_id, scene.id)).waiting_since
        assert since is not None
        for number, each in enumerate(scenes):
            at = since + timedelta(microseconds=number // 2)
            of = Conversation.id == each.id
            session.execute(update(Conversation).where(of).values(waiting_since=at))
    first = scene.lead.http.get("/v1/inbox?limit=2").json
    rest = scene.lead.http.get(f"/v1/inbox?limit=2&cursor={first['next_cursor']}").json
    assert set(ids(first["items"])) == {scenes[0].id, scenes[1].id}
    assert set(ids(rest["items"])) == {scenes[2].id, scenes[3].id}


def test_a_red_flag_is_filtered_by_and_keeps_a_conversation_open(scene: Scene) -> None:
    lead, other = scene.lead, also(scene)
    for each in (scene, other):
        each.say(each.patient, "I have chest pain." if each is scene else "Hello.")
    [flag] = lead.http.get("/v1/flags").json["items"]
    assert [each["open_flag_id"] for each in inbox(lead, "?flagged=true")] == [flag["id"]]
    assert ids(inbox(lead, "?flagged=true")) == [scene.id]
    assert ids(inbox(lead, "?flagged=false")) == [other.id]
    assert named(lead.http.post(scene.path("/close")))[2] == [("conversation_id", "open_flag")]
    assert lead.http.post(f"/v1/flags/{flag['id']}/acknowledge", json={"cause_count": 1}).status_code == 200
    assert lead.http.post(scene.path("/close")).json["open_flag_id"] is None
    assert inbox(lead, "?flagged=true") == []
