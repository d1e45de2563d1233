"""The scene of the door tests: Wednesday, 6 May 2026, noon in Berlin; a patient with a plan that began on 2 March."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.foundation.identifiers import new_id
from tests.plans import making
from tests.plans.making import MadePlan
from tests.world import Person, World

NOON = "2026-05-06T10:00:00+00:00"
TODAY, YESTERDAY, TOMORROW = "2026-05-06", "2026-05-05", "2026-05-07"
PLAN_BEGAN = "2026-03-02"
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: str, hour: str = "08:00") -> str:
    """An instant of a day in Berlin, with its offset."""
    return datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=BERLIN).isoformat()


def event(prescription_id: Any, on: str = TODAY, kind: str = "done", **fields: Any) -> dict[str, Any]:
    """An event as a phone sends it; fields that are `...` are left out."""
    said = {
        "id": str(new_id()),
        "prescription_id": str(prescription_id) if isinstance(prescription_id, UUID) else prescription_id,
        "version": 1,
        "kind": kind,
        "performed_at": at(on),
        "zone": "Europe/Berlin",
        "performed_on": on,
        **fields,
    }
    return {name: value for name, value in said.items() if value is not ...}


def correction(of: dict[str, Any], revision: int = 1, **fields: Any) -> dict[str, Any]:
    """An event that corrects another; it carries the whole entry anew."""
    entry_id = of.get("entry_id", of["id"])
    return {**of, "id": str(new_id()), "entry_id": entry_id, "revision": revision, **fields}


@dataclass
class Scene:
    """A patient with one plan, the practitioner who leads, and the prescriptions of the plan by schedule."""

    world: World
    lead: Person
    patient: Person
    plan: MadePlan
    prescriptions: list[UUID] = field(default_factory=list)

    @property
    def daily(self) -> UUID:
        return self.prescriptions[0]

    def upload(self, *items: Any, by: Person | None = None, to: UUID | None = None) -> TestResponse:
        sender = by or self.patient
        path = f"/v1/patients/{to or self.patient.member_id}/events"
        # Escaped to ASCII, so that half a surrogate pair reaches the door.
        body = json.dumps({"events": items})
        return sender.http.post(path, data=body, headers={"Content-Type": "application/json"})

    def outcomes(self, *items: Any, by: Person | None = None) -> list[str]:
        response = self.upload(*items, by=by)
        assert response.status_code == 200, response.get_json()
        return [each["outcome"] for each in response.get_json()["outcomes"]]

    def refusal(self, item: Any, by: Person | None = None) -> tuple[str, str, str]:
        """Return (outcome, field, rule) of one item, having seen that it changed nothing."""
        before = self.stand()
        (answer,) = self.upload(item, by=by).get_json()["outcomes"]
        assert self.stand() == before
        return answer["outcome"], answer["error"]["field"], answer["error"]["rule"]

    def stand(self) -> tuple[list[Any], list[Any]]:
        """Return all events and counts of the patient."""
        with self.world.transaction() as session:
            events = session.execute(
                select(AdherenceEvent.__table__)
                .where(AdherenceEvent.patient_id == self.patient.member_id)
                .order_by(AdherenceEvent.seq)
            ).all()
        return list(events), self.days()

    def days(self, first: str = "2026-01-01", last: str = "2027-01-01") -> list[Any]:
        """Return the stored counts by prescription and day."""
        with self.world.transaction() as session:
            return list(
                session.execute(
                    select(PrescriptionDay.__table__)
                    .where(PrescriptionDay.patient_id == self.patient.member_id)
                    .where(PrescriptionDay.day.between(date.fromisoformat(first), date.fromisoformat(last)))
                    .order_by(PrescriptionDay.prescription_id, PrescriptionDay.day)
                )
            )

    def day(self, on: str, prescription_id: UUID | None = None) -> Any:
        """Return the stored count of one day."""
        (row,) = [each for each in self.days(on, on) if each.prescription_id == (prescription_id or self.daily)]
        return row


SCHEDULES: tuple[dict[str, Any], ...] = (
    {"kind": "daily", "times_per_day": 1},
    {"kind": "weekly_quota", "times_per_week": 3},
    {"kind": "as_needed", "max_per_day": 2},
)


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(world: World, noon: time_machine.Traveller) -> Scene:
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    return begin(world, lead, patient, *SCHEDULES)


def begin(world: World, lead: Person, patient: Person, *schedules: dict[str, Any], on: str = PLAN_BEGAN) -> Scene:
    """Start a plan with one squat for each schedule, in force from its first day."""
    plan = making.start(lead, patient, starts_on=on, reason="Taken over.")
    squat = making.exercise(lead)
    items = [making.new_item(squat, schedule=schedule) for schedule in schedules]
    return Scene(world, lead, patient, plan, making.publish(plan, *items, effective_on=on))
