"""Copying an exercise into one's own: what comes along, and that nothing reaches the copy afterwards."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from hep_api.foundation.database import database
from hep_api.foundation.identifiers import new_id
from hep_api.library import starter_set
from hep_api.library.models.exercises import Exercise
from hep_api.library.starter_set import starter_id
from tests.library.conftest import NOW
from tests.library.editing import added, change, read
from tests.world import Person, World

BRIDGE = starter_id("bridge")
# What a copy has of its own.
OWN = ("id", "scope", "author_id", "source_key", "version", "created_at", "copied_from", "easier", "harder")


def copied(person: Person, exercise_id: Any, **body: Any) -> dict[str, Any]:
    answer = person.http.post(f"/v1/exercises/{exercise_id}/copy", json=body)
    assert answer.status_code == 201, answer.json
    assert answer.headers["ETag"]
    found: dict[str, Any] = answer.json
    return found


def same(exercise: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in exercise.items() if name not in (*OWN, "alternatives")}


def test_a_copy_of_a_starter_exercise_is_the_clinics_own(practitioner: Person, colleague: Person) -> None:
    original = read(practitioner, BRIDGE).json
    copy = copied(practitioner, BRIDGE, scope="clinic")
    assert same(copy) == same(original)
    assert (copy["scope"], copy["version"], copy["source_key"]) == ("clinic", 1, None)
    assert copy["author_id"] == str(practitioner.member_id)
    assert copy["copied_from"] == {"exercise_id": str(BRIDGE), "version": original["version"]}
    assert (copy["licence"], copy["source"], copy["media"]) == ("CC0-1.0", "starter", original["media"])
    assert (copy["easier"], copy["harder"], copy["alternatives"]) == ([], [], [])
    assert change(colleague, copy["id"], name="Bridge of ours").json["name"] == "Bridge of ours"
    found = practitioner.http.get("/v1/exercises", query_string={"q": "bridge of ours"}).json["items"]
    assert found[0]["id"] == copy["id"]


def test_a_copy_brings_the_translations_and_may_have_another_name(practitioner: Person, colleague: Person) -> None:
    shared = added(practitioner, scope="clinic")
    change(practitioner, shared["id"], "/translations/de", method="PUT", name="Kippen", steps=["Eins.", "Zwei."])
    for name, outdated in ((None, False), ("Tilting", True)):
        copy = copied(colleague, shared["id"], name=name)
        assert (copy["scope"], copy["name"]) == ("draft", name or shared["name"])
        texts = colleague.http.get(f"/v1/exercises/{copy['id']}/translations").json["items"]
        assert [(each["language"], each["outdated"]) for each in texts] == [("en", False), ("de", outdated)]
        assert read(colleague, copy["id"], "de").json["name"] == "Kippen"
    assert [each["is_own"] for each in texts] == [True, False]


def test_sent_again_it_is_the_same_copy_whatever_became_of_the_original(practitioner: Person) -> None:
    original, copy_id = added(practitioner), str(new_id())
    first = copied(practitioner, original["id"], id=copy_id)
    change(practitioner, original["id"], name="Changed")
    assert copied(practitioner, original["id"], id=copy_id) == first
    for other, body in ((original["id"], {"scope": "clinic"}), (original["id"], {"name": "N"}), (BRIDGE, {})):
        answer = practitioner.http.post(f"/v1/exercises/{other}/copy", json={"id": copy_id, **body})
        assert (answer.status_code, answer.json["errors"][0]["rule"]) == (409, "id_taken")


def test_only_what_one_sees_can_be_copied(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    draft, shared = added(practitioner), added(practitioner, scope="clinic")
    leader = world.owner(practitioner.clinic_id)
    for person, exercise, status in (
        (practitioner, draft, 201),
        (colleague, draft, 404),
        (colleague, shared, 201),
        (stranger, shared, 404),
        (leader, shared, 403),
    ):
        assert person.http.post(f"/v1/exercises/{exercise['id']}/copy", json={}).status_code == status
    refused = practitioner.http.post(f"/v1/exercises/{draft['id']}/copy", json={"scope": "starter", "name": ""})
    assert {(error["field"], error["rule"]) for error in refused.json["errors"]} == {
        ("/scope", "choice"),
        ("/name", "length"),
    }


def test_a_later_starter_set_touches_no_copy(app: Flask, practitioner: Person) -> None:
    copy = copied(practitioner, BRIDGE)
    # On a session that is rolled back: the shelf belongs to all tests.
    with app.app_context(), database().new_session() as session:
        entries = [entry for entry in starter_set.read_starter_set() if entry["key"] != "clamshell"]
        [bridge] = [entry for entry in entries if entry["key"] == "bridge"]
        bridge["summary"] = "Written anew."
        starter_set.shelve_entries(session, entries, NOW)
        rewritten = session.execute(select(Exercise.summary, Exercise.version).where(Exercise.id == BRIDGE)).one()
        assert rewritten == ("Written anew.", 2)
        archived = select(Exercise.archived_at).where(Exercise.id == starter_id("clamshell"))
        assert session.scalar(archived) == NOW
        assert read(practitioner, copy["id"]).json == copy
