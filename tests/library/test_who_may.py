"""Who finds and reads which exercise."""

from uuid import UUID

import pytest

from hep_api.foundation.identifiers import new_id
from hep_api.library.starter_set import starter_id
from tests.counting import StatementCounter
from tests.library.exercises import an_exercise
from tests.world import Person, World

WOBBLE = {"q": "wobble board"}


def added(person: Person, scope: str) -> str:
    answer = person.http.post("/v1/exercises", json=an_exercise(scope=scope))
    assert answer.status_code == 201
    found: str = answer.json["id"]
    return found


def found(person: Person) -> list[str]:
    items = person.http.get("/v1/exercises", query_string=WOBBLE).json["items"]
    return [item["id"] for item in items if item["scope"] != "starter"]


def reads(person: Person, exercise_id: str | UUID) -> int:
    return person.http.get(f"/v1/exercises/{exercise_id}").status_code


def test_the_clinics_exercise_is_seen_by_its_staff_and_nobody_else(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    exercise_id = added(practitioner, "clinic")
    for person in (practitioner, colleague, world.manager(practitioner.clinic_id), world.owner(practitioner.clinic_id)):
        assert found(person) == [exercise_id]
        assert reads(person, exercise_id) == 200
    assert found(stranger) == []
    assert reads(stranger, exercise_id) == 404


def test_a_draft_is_seen_by_its_author_alone(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    exercise_id = added(practitioner, "draft")
    assert found(practitioner) == [exercise_id]
    assert reads(practitioner, exercise_id) == 200
    for person in (colleague, stranger, world.manager(practitioner.clinic_id), world.owner(practitioner.clinic_id)):
        assert found(person) == []
        assert reads(person, exercise_id) == 404


def test_a_hidden_exercise_looks_like_none(practitioner: Person, colleague: Person) -> None:
    exercise_id = added(practitioner, "draft")
    hidden, unknown = (colleague.http.get(f"/v1/exercises/{that}").json for that in (exercise_id, new_id()))
    assert {**hidden, "request_id": ""} == {**unknown, "request_id": ""}


def test_a_hidden_exercise_does_not_make_a_word_known(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    # Were a draft's words counted for others, "brige" would stop finding bridges for them.
    practitioner.http.post("/v1/exercises", json=an_exercise(name="Brige"))
    for person in (colleague, stranger):
        first = person.http.get("/v1/exercises", query_string={"q": "brige"}).json["items"][0]
        assert first["name"] == "Bridge"


def test_patients_do_not_search_the_library(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    assert patient.http.get("/v1/exercises").status_code == 403
    assert reads(patient, starter_id("bridge")) == 403
    assert patient.http.post("/v1/exercises", json=an_exercise()).status_code == 403


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_leaders_read_the_library_but_do_not_write_it(world: World, practitioner: Person, role: str) -> None:
    leader = getattr(world, role)(practitioner.clinic_id)
    assert reads(leader, starter_id("bridge")) == 200
    assert leader.http.post("/v1/exercises", json=an_exercise(scope="clinic")).status_code == 403


def test_nobody_reads_it_without_signing_in(world: World, starter_set: None) -> None:
    assert world.anyone().get("/v1/exercises").status_code == 401
    assert world.anyone().get(f"/v1/exercises/{starter_id('bridge')}").status_code == 401


def test_a_starter_exercise_shows_where_it_leads(practitioner: Person, statements: StatementCounter) -> None:
    with statements() as seen:
        bridge = practitioner.http.get(f"/v1/exercises/{starter_id('bridge')}").json
    assert len(seen) == 4  # who asks, the exercise, its pictures, its links
    assert [link["name"] for link in bridge["easier"]] == ["Buttock squeeze"]
    assert [link["name"] for link in bridge["harder"]] == ["Marching bridge", "Single-leg bridge"]
    assert (bridge["scope"], bridge["licence"], bridge["author_id"]) == ("starter", "CC0-1.0", None)
    easier = practitioner.http.get(f"/v1/exercises/{bridge['easier'][0]['id']}").json
    assert {"id": bridge["id"], "name": "Bridge"} in easier["harder"]


def test_an_exercise_that_one_has_is_not_sent_again(practitioner: Person) -> None:
    first = practitioner.http.get(f"/v1/exercises/{starter_id('bridge')}")
    again = practitioner.http.get(
        f"/v1/exercises/{starter_id('bridge')}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
