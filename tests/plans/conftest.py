"""The scene of the door tests: Wednesday, 6 May 2026, noon in Berlin; a patient there and the one who leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation import clock
from hep_api.plans.queries.due import DayAsked, DueItem, due_on
from hep_api.plans.queries.patients import known_patient
from hep_api.plans.schemas.due import DueItemOut
from tests.plans import making
from tests.plans.making import MadePlan
from tests.world import Person, World

NOON = "2026-05-06T10:00:00+00:00"
TODAY, TOMORROW, YESTERDAY = "2026-05-06", "2026-05-07", "2026-05-05"


@dataclass
class Scene:
    """A patient and the practitioner who leads the care team, with one exercise in the clinic's library."""

    world: World
    lead: Person
    patient: Person
    squat: UUID

    def plan(self, **content: Any) -> MadePlan:
        return making.start(self.lead, self.patient, **content)

    def item(self, **content: Any) -> dict[str, Any]:
        return making.new_item(self.squat, **content)

    def stand(self, plan: MadePlan) -> list[Any]:
        """Return all that the doors tell of a plan, to see that a refusal changed none of it."""
        paths = ("", "/revisions", "/pauses")
        return [self.lead.http.get(f"/v1/plans/{plan.id}{path}").get_json() for path in paths]

    def due(self, on: str = TODAY) -> list[dict[str, Any]]:
        """Return what the rule of due finds for the patient on a day, asked as the patient."""
        with self.world.transaction() as session:
            found = due_of(session, self.patient.viewer, self.patient.patient_id, date.fromisoformat(on))
        return [DueItemOut().dump(item) for item in found]


def due_of(session: Session, viewer: Viewer, patient_id: UUID, day: date | None) -> list[DueItem]:
    """Return what is due for a patient on a day, None for today, as the viewer is told."""
    patient = known_patient(session, viewer, patient_id)
    today = patient.today(clock.now())
    return list(due_on(session, DayAsked(patient, day or today, today, ())).items)


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(world: World, noon: time_machine.Traveller) -> Scene:
    lead = world.practitioner(world.clinic())
    return Scene(world, lead, world.patient(lead), making.exercise(lead))


def named(response: Any) -> list[tuple[str, str]]:
    """Return (field, rule) of each error in a problem."""
    return [(error["field"], error["rule"]) for error in response.get_json()["errors"]]
