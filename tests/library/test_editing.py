"""Changing an exercise of one's own, and the archive: who may, what stays, what is refused."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from hep_api.library.starter_set import starter_id
from tests.library.editing import added, change, read, rules
from tests.plans import making
from tests.world import Person, World


def names(person: Person, q: str = "wobble board tilt") -> list[str]:
    items = person.http.get("/v1/exercises", query_string={"q": q, "scope": ["clinic", "draft"]}).json["items"]
    return [item["name"] for item in items]


def test_what_is_named_changes_and_the_rest_stays(practitioner: Person) -> None:
    before = added(practitioner, author="Kim", licence="CC-BY-4.0", source_url="https://example.org/a")
    changes = {
        "name": "Wobble board circle",
        "steps": ["Stand.", "Circle.", "Stop."],
        "default_dose": {"sets": 3, "reps": 8},
        "position": None,
        "tags": [],
        "source": "Our course of 2026",
    }
    answer = change(practitioner, before["id"], **changes)
    assert answer.status_code == 200, answer.json
    dose = {**before["default_dose"], "sets": 3, "reps": 8, "duration_seconds": None}
    assert answer.json == {**before, **changes, "default_dose": dose, "version": 2}
    assert read(practitioner, before["id"]).json == answer.json
    assert answer.headers["ETag"] == read(practitioner, before["id"]).headers["ETag"]
    assert names(practitioner, q="board circle") == ["Wobble board circle"]


def test_a_draft_is_its_authors_and_the_clinics_is_every_practitioners(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    draft, shared = added(practitioner), added(practitioner, scope="clinic")
    for person, exercise, status in (
        (colleague, draft, 404),
        (stranger, draft, 404),
        (stranger, shared, 404),
        (world.manager(practitioner.clinic_id), shared, 403),
        (practitioner, draft, 200),
        (colleague, shared, 200),
    ):
        for method, path in (("PATCH", ""), ("POST", "/archive"), ("POST", "/restore")):
            assert change(person, exercise["id"], path, method=method).status_code == status, (method, path)


def test_the_starter_set_is_read_only_and_says_so(practitioner: Person) -> None:
    bridge = starter_id("bridge")
    texts = {"name": "Brücke", "steps": ["Heben."]}
    for method, path, body in (
        ("PATCH", "", {"name": "Bridge of ours"}),
        ("POST", "/archive", {}),
        ("POST", "/restore", {}),
        ("PUT", "/translations/de", texts),
        ("DELETE", "/translations/de", {}),
    ):
        answer = change(practitioner, bridge, path, method=method, **body)
        assert (answer.status_code, answer.json["code"]) == (403, "read_only"), path
        assert "read only" in answer.json["detail"]
    assert read(practitioner, bridge).json["name"] == "Bridge"


def test_two_who_edit_at_once_are_told(practitioner: Person, colleague: Person) -> None:
    exercise = added(practitioner, scope="clinic")
    path = f"/v1/exercises/{exercise['id']}"
    mine, theirs = (read(person, exercise["id"]).headers["ETag"] for person in (practitioner, colleague))
    first = practitioner.http.patch(path, json={"name": "Mine"}, headers={"If-Match": mine})
    late = colleague.http.patch(path, json={"name": "Theirs"}, headers={"If-Match": theirs})
    blind = colleague.http.patch(path, json={"name": "Theirs"})
    assert [answer.status_code for answer in (first, late, blind)] == [200, 412, 428]
    again = colleague.http.patch(path, json={"summary": "Theirs."}, headers={"If-Match": first.headers["ETag"]})
    assert (again.json["name"], again.json["summary"]) == ("Mine", "Theirs.")


def test_a_draft_becomes_the_clinics_and_never_a_draft_again(practitioner: Person, colleague: Person) -> None:
    draft = added(practitioner)
    assert read(colleague, draft["id"]).status_code == 404
    assert change(practitioner, draft["id"], scope="clinic").json["scope"] == "clinic"
    assert read(colleague, draft["id"]).status_code == 200
    assert rules(change(practitioner, draft["id"], scope="draft")) == [("/scope", "stays_with_the_clinic")]
    assert rules(change(practitioner, draft["id"], scope="starter")) == [("/scope", "choice")]


def test_sent_again_after_an_edit_it_is_the_same_exercise(practitioner: Person) -> None:
    first = added(practitioner, id=str(UUID(int=7)))
    change(practitioner, first["id"], name="Edited")
    assert added(practitioner, id=first["id"])["name"] == "Edited"


def test_an_edit_and_the_archive_leave_a_published_plan_as_it_was(world: World, practitioner: Person) -> None:
    exercise = added(practitioner, scope="clinic")
    plan = making.start(practitioner, world.patient(practitioner))
    [prescription] = making.publish(plan, making.new_item(UUID(exercise["id"])))
    revision = f"/v1/plans/{plan.id}/revisions/1"
    before = practitioner.http.get(revision).json["items"][0]["exercise"]
    assert (before["name"], before["library_version"]) == (exercise["name"], 1)
    change(practitioner, exercise["id"], name="Another", steps=["Other."])
    change(practitioner, exercise["id"], "/archive", method="POST")
    assert practitioner.http.get(revision).json["items"][0]["exercise"] == before
    anew = {"items": [making.carried_item(prescription), making.new_item(UUID(exercise["id"]))]}
    assert rules(plan.send("POST", "/revisions", anew)) == [("/items/1/exercise_id", "archived")]
    assert plan.send("POST", "/revisions", {"items": [making.carried_item(prescription)]}).status_code == 201


def test_what_is_in_the_archive_is_read_and_not_found_until_it_is_restored(practitioner: Person) -> None:
    exercise = added(practitioner)
    archived = change(practitioner, exercise["id"], "/archive", method="POST")
    again = change(practitioner, exercise["id"], "/archive", method="POST")
    assert archived.json["archived_at"] is not None
    assert again.json == archived.json == read(practitioner, exercise["id"]).json
    assert names(practitioner) == []
    for _ in range(2):
        restored = change(practitioner, exercise["id"], "/restore", method="POST")
    assert restored.json == {**exercise, "version": 3}
    assert names(practitioner) == [exercise["name"]]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"id": str(UUID(int=1))}, "/id", "unknown"),
        ({"name": ""}, "/name", "length"),
        ({"name": None}, "/name", "null"),
        ({"summary": "s" * 501}, "/summary", "length"),
        ({"steps": []}, "/steps", "length"),
        ({"steps": ["s"] * 31}, "/steps", "length"),
        ({"cues": ["c"] * 11}, "/cues", "length"),
        ({"mistakes": ["m" * 1001]}, "/mistakes/0", "length"),
        ({"precautions": "p"}, "/precautions", "type"),
        ({"contraindications": [1]}, "/contraindications/0", "type"),
        ({"body_region": "tail"}, "/body_region", "choice"),
        ({"joints": ["hip", "hip"]}, "/joints", "repeated"),
        ({"goals": ["fame"]}, "/goals/0", "choice"),
        ({"position": "floating"}, "/position", "choice"),
        ({"equipment": ["band"] * 11}, "/equipment", "length"),
        ({"sides": 3}, "/sides", "range"),
        ({"difficulty": "none"}, "/difficulty", "choice"),
        ({"default_dose": {"reps": 3}}, "/default_dose/sets", "required"),
        ({"default_schedule": {"kind": "daily"}}, "/default_schedule/times_per_day", "required"),
        ({"tags": ["t" * 61]}, "/tags/0", "length"),
        ({"synonyms": ["s", "s"]}, "/synonyms", "repeated"),
        ({"language": "english"}, "/language", "language"),
        ({"language": "DE"}, "/language", "language"),
        ({"language": 7}, "/language", "type"),
        ({"author": "a" * 201}, "/author", "length"),
        ({"source": ""}, "/source", "length"),
        ({"source_url": "javascript:alert(1)"}, "/source_url", "url"),
        ({"source_url": "https://example.org/" + "a" * 500}, "/source_url", "url"),
        ({"source_url": 'https://example.org/"onclick="x'}, "/source_url", "url"),
        ({"licence": "l" * 101}, "/licence", "length"),
        ({"easier": ["x"]}, "/easier/0", "uuid"),
        ({"harder": [str(UUID(int=n)) for n in range(21)]}, "/harder", "length"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_by_field_and_rule(
    edited: tuple[Person, str], changes: dict[str, Any], field: str, rule: str
) -> None:
    person, exercise_id = edited
    before = read(person, exercise_id).json
    assert (field, rule) in rules(change(person, exercise_id, **changes))
    assert read(person, exercise_id).json == before


@pytest.fixture(scope="module")
def edited(app: Flask) -> tuple[Person, str]:
    world = World(app)
    person = world.practitioner(world.clinic())
    return person, added(person)["id"]
