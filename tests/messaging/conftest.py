"""The scene of the tests: a patient, the lead of the care team, and those who have no part in it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from hep_api.foundation.identifiers import new_id
from tests.world import Person, World


@dataclass
class Scene:
    """A conversation of `patient` and `lead`."""

    world: World
    lead: Person
    patient: Person
    id: UUID

    def path(self, rest: str = "") -> str:
        return f"/v1/conversations/{self.id}{rest}"

    def send(self, person: Person, text: str = "hello", **content: Any) -> TestResponse:
        body = {"client_id": str(new_id()), "body": text, **content}
        return person.http.post(self.path("/messages"), json=body)

    def say(self, person: Person, *texts: str) -> list[dict[str, Any]]:
        """Send messages that are to be accepted."""
        said = [self.send(person, text) for text in texts]
        assert [answer.status_code for answer in said] == [201] * len(texts), said[-1].get_json()
        return [answer.get_json() for answer in said]

    def read(self, person: Person, query: str = "") -> dict[str, Any]:
        answer = person.http.get(self.path("/messages") + query)
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def seen_by(self, person: Person) -> dict[str, Any]:
        answer = person.http.get(self.path())
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def report(self, person: Person, **numbers: int) -> TestResponse:
        return person.http.put(self.path("/receipt"), json=numbers)


def make_scene(world: World, clinic_id: UUID | None = None) -> Scene:
    lead = world.practitioner(clinic_id or world.clinic())
    patient = world.patient(lead)
    listed = patient.http.get("/v1/conversations").get_json()["items"]
    assert len(listed) == 1
    return Scene(world, lead, patient, UUID(listed[0]["id"]))


@pytest.fixture
def scene(world: World) -> Scene:
    return make_scene(world)


def named(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status, code and (field, rule) of each error in a problem."""
    problem = answer.get_json()
    return answer.status_code, problem["code"], [(error["field"], error["rule"]) for error in problem["errors"]]
