"""Reading over HTTP: history in both directions, catching up, receipts, what is unread, and the list."""

from typing import Any
from uuid import UUID

import pytest

from tests.messaging.conftest import Scene, make_scene, named
from tests.world import World


def bodies(history: dict[str, Any]) -> list[str]:
    return [message["body"] for message in history["items"]]


def test_history_goes_back_and_forth_in_the_order_of_the_numbers(scene: Scene) -> None:
    scene.say(scene.patient, *"abcdefg")
    last = scene.read(scene.lead, "?limit=3")
    assert (bodies(last), last["has_more"], last["last_seq"]) == (["e", "f", "g"], True, 7)
    older = scene.read(scene.lead, "?before=5&limit=3")
    assert (bodies(older), older["has_more"]) == (["b", "c", "d"], True)
    oldest = scene.read(scene.lead, "?before=2&limit=3")
    assert (bodies(oldest), oldest["has_more"]) == (["a"], False)
    missed = scene.read(scene.lead, "?after=2&limit=3")
    assert (bodies(missed), missed["has_more"]) == (["c", "d", "e"], True)
    rest = scene.read(scene.lead, "?after=5")
    assert (bodies(rest), rest["has_more"]) == (["f", "g"], False)
    assert bodies(scene.read(scene.lead, "?after=7")) == bodies(scene.read(scene.lead, "?before=1")) == []


def test_catching_up_page_by_page_gives_each_message_once(scene: Scene) -> None:
    scene.say(scene.patient, *[str(number) for number in range(11)])
    got, after = [], 0
    while True:
        page = scene.read(scene.lead, f"?after={after}&limit=4")
        got += bodies(page)
        if not page["has_more"]:
            break
        after = page["items"][-1]["seq"]
    assert got == [str(number) for number in range(11)]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("?after=1&before=2", ("/before", "one_of")),
        ("?after=-1", ("/after", "range")),
        ("?after=x", ("/after", "type")),
        ("?limit=0", ("/limit", "range")),
        ("?limit=201", ("/limit", "range")),
        ("?after=99999999999999999999", ("/after", "type")),
        ("?since=1", ("/since", "unknown")),
    ],
)
def test_a_bad_question_is_named(scene: Scene, query: str, error: tuple[str, str]) -> None:
    answer = scene.patient.http.get(scene.path("/messages") + query)
    assert named(answer) == (422, "invalid_input", [error])


def test_receipts_never_go_back_and_never_pass_the_last_message(scene: Scene) -> None:
    scene.say(scene.patient, "a", "b", "c")
    for sent, kept in [
        ({"delivered_seq": 2}, (2, 0)),
        ({"read_seq": 1}, (2, 1)),
        ({"delivered_seq": 1, "read_seq": 0}, (2, 1)),
        ({"read_seq": 3}, (3, 3)),
        ({"delivered_seq": 99, "read_seq": 99}, (3, 3)),
        ({}, (3, 3)),
    ]:
        answer = scene.report(scene.lead, **sent)
        assert (answer.get_json()["delivered_seq"], answer.get_json()["read_seq"]) == kept
    receipts = {UUID(each["member_id"]): each["read_seq"] for each in scene.seen_by(scene.patient)["receipts"]}
    assert receipts == {scene.lead.member_id: 3}


@pytest.mark.parametrize("numbers", [{"read_seq": -1}, {"read_seq": 1.5}, {"read_seq": 2**31}, {"seen": 1}])
def test_a_bad_receipt_is_named(scene: Scene, numbers: dict[str, Any]) -> None:
    scene.say(scene.patient, "a")
    assert scene.report(scene.lead, **numbers).status_code == 422
    assert scene.seen_by(scene.lead)["receipts"] == []


def test_unread_are_the_messages_of_others_above_what_one_has_read(scene: Scene) -> None:
    scene.say(scene.patient, "a", "b")
    scene.say(scene.lead, "c")
    scene.say(scene.patient, "d")
    assert scene.seen_by(scene.lead)["unread_count"] == 3
    assert scene.seen_by(scene.patient)["unread_count"] == 1
    scene.report(scene.lead, read_seq=2)
    seen = scene.seen_by(scene.lead)
    assert (seen["unread_count"], seen["read_seq"], seen["delivered_seq"]) == (1, 2, 2)
    scene.report(scene.lead, read_seq=4)
    assert scene.seen_by(scene.lead)["unread_count"] == 0


def test_a_conversation_names_everyone_also_those_who_left(scene: Scene) -> None:
    second = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, second)
    scene.say(second, "I stand in for a week.")
    scene.lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    people = {UUID(each["member_id"]): each for each in scene.seen_by(scene.patient)["people"]}
    assert {member_id: each["takes_part"] for member_id, each in people.items()} == {
        scene.patient.member_id: True,
        scene.lead.member_id: True,
        second.member_id: False,
    }
    assert people[second.member_id]["role"] == "practitioner"


def test_the_list_shows_the_most_recently_active_first_by_pages(world: World) -> None:
    clinic_id = world.clinic()
    lead = world.practitioner(clinic_id)
    patients = [world.patient(lead) for _ in range(5)]
    ids = [UUID(each.http.get("/v1/conversations").get_json()["items"][0]["id"]) for each in patients]
    scenes = [Scene(world, lead, each, id_) for each, id_ in zip(patients, ids, strict=True)]
    for number in (3, 0, 4):
        scenes[number].say(scenes[number].patient, f"from {number}")
    listed, cursor = [], ""
    while cursor is not None:
        page = lead.http.get(f"/v1/conversations?limit=2{cursor}").get_json()
        listed += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert [UUID(each["id"]) for each in listed[:3]] == [ids[4], ids[0], ids[3]]
    assert {UUID(each["id"]) for each in listed} == set(ids)
    assert len(listed) == 5
    assert [each["last_message"] and each["last_message"]["body"] for each in listed[:4]] == [
        "from 4", "from 0", "from 3", None,
    ]  # fmt: skip
    assert [each["unread_count"] for each in listed[:4]] == [1, 1, 1, 0]


def test_the_list_costs_as_many_statements_however_long(world: World, statements: Any) -> None:
    clinic_id = world.clinic()
    lead = world.practitioner(clinic_id)
    for _ in range(4):
        world.patient(lead)
    scene = make_scene(world, clinic_id)
    for person in (lead, scene.patient):
        with statements() as seen:
            person.http.get("/v1/conversations")
        # One recognises the viewer; one is the record of all whose last message was shown.
        assert len(seen) == 3
    for listed in lead.http.get("/v1/conversations").get_json()["items"]:
        Scene(world, lead, lead, UUID(listed["id"])).say(lead, "hello")
    scene.say(scene.patient, "hello")
    for person in (lead, scene.patient):
        with statements() as seen:
            person.http.get("/v1/conversations")
        # Where there are last messages, reactions and attachments of all of them are asked for in one each.
        assert len(seen) == 5
