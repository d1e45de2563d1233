"""What a plan gets when it prescribes exercises."""

import json
from uuid import UUID

import pytest

from hep_api.foundation.errors import Problem
from hep_api.foundation.identifiers import new_id
from hep_api.library.queries import exercises as queries
from hep_api.library.starter_set import starter_id
from tests.counting import StatementCounter
from tests.library.exercises import an_exercise
from tests.world import Person, World


def added(person: Person, scope: str) -> UUID:
    return UUID(person.http.post("/v1/exercises", json=an_exercise(scope=scope)).json["id"])


def test_it_gets_what_the_patient_reads_in_two_statements(
    world: World, practitioner: Person, statements: StatementCounter
) -> None:
    wanted = [starter_id("bridge"), added(practitioner, "draft"), starter_id("clamshell"), starter_id("bridge")]
    with world.transaction() as session, statements() as seen:
        found = queries.exercises_for_plan(session, practitioner.viewer, wanted)
    assert len(seen) == 2  # the exercises, and their pictures
    assert list(found[wanted[0]]) == [
        *("exercise_id", "name", "summary", "steps", "cues", "mistakes", "precautions", "contraindications"),
        *("body_region", "position", "equipment", "sides", "difficulty", "language", "author", "source", "licence"),
        *("library_version", "translations", "media"),
    ]
    assert [found[exercise_id]["name"] for exercise_id in wanted[:3]] == ["Bridge", "Wobble board tilt", "Clamshell"]
    assert json.loads(json.dumps(found[wanted[1]])) == found[wanted[1]]


def test_what_cannot_be_prescribed_is_named_by_its_place_and_looks_the_same(
    world: World, practitioner: Person, colleague: Person, stranger: Person
) -> None:
    wanted = [starter_id("bridge"), added(colleague, "draft"), added(stranger, "clinic"), new_id()]
    assert all(
        world_sees(world, owner, exercise_id)
        for owner, exercise_id in ((colleague, wanted[1]), (stranger, wanted[2]), (practitioner, wanted[0]))
    )
    with world.transaction() as session, pytest.raises(Problem) as refusal:
        queries.exercises_for_plan(session, practitioner.viewer, wanted)
    assert refusal.value.status == 422
    assert [error.field for error in refusal.value.errors] == [f"/items/{place}/exercise_id" for place in (1, 2, 3)]
    assert len({(error.rule, error.detail) for error in refusal.value.errors}) == 1


def test_the_field_that_is_named_is_the_callers(world: World, practitioner: Person) -> None:
    with world.transaction() as session, pytest.raises(Problem) as refusal:
        queries.exercises_for_plan(session, practitioner.viewer, [new_id()], "/exercises/{}")
    assert refusal.value.errors[0].field == "/exercises/0"


def world_sees(world: World, person: Person, exercise_id: UUID) -> bool:
    with world.transaction() as session:
        return exercise_id in queries.exercises_for_plan(session, person.viewer, [exercise_id])
