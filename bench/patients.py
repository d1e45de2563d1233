"""Patients in the middle of a plan: six exercises of the starter set, a changed dose, a week of reports."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from tests.plans import making
from tests.world import Person, World

SCHEDULES: tuple[dict[str, Any], ...] = (
    {"kind": "daily", "times_per_day": 2},
    {"kind": "daily", "times_per_day": 1},
    {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1},
    {"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1},
    {"kind": "weekly_quota", "times_per_week": 3},
    {"kind": "as_needed", "max_per_day": 3},
)
DAYS_REPORTED = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """A patient whose phone asks, with the plan that a bare view reads."""

    person: Person
    plan_id: UUID


def make_patients(app: Flask, world: World, count: int) -> list[Measured]:
    """Make so many patients of one practitioner, each with six exercises, a changed dose and a week of reports."""
    lead = world.practitioner(world.clinic())
    found = lead.http.get("/v1/exercises", query_string={"limit": len(SCHEDULES)}).get_json()
    exercises = [UUID(each["id"]) for each in found["items"]]
    return [_make(app, world, lead, exercises) for _ in range(count)]


def _make(app: Flask, world: World, lead: Person, exercises: list[UUID]) -> Measured:
    patient = world.patient(lead)
    began = making.in_days(-DAYS_REPORTED)
    plan = making.start(lead, patient, starts_on=began)
    items = [making.new_item(one, schedule=each) for one, each in zip(exercises, SCHEDULES, strict=True)]
    ids = making.publish(plan, *items, effective_on=began)
    carried = [making.carried_item(one, schedule=each) for one, each in zip(ids, SCHEDULES, strict=True)]
    carried[0]["dose"] = {"sets": 2, "reps": 12}
    making.publish(plan, *carried, effective_on=making.in_days(-2))
    with app.app_context():
        _report(patient, ids)
    return Measured(patient, plan.id)


def _report(patient: Person, ids: list[UUID]) -> None:
    days = [date.fromisoformat(making.in_days(-n)) for n in range(DAYS_REPORTED)]
    events = [_event(one, day) for day in days for one in ids[:4]]
    answer = patient.http.post(f"/v1/patients/{patient.patient_id}/events", json={"events": events})
    outcomes = {each["outcome"] for each in answer.get_json()["outcomes"]}
    assert outcomes == {"applied"}, outcomes


def _event(prescription_id: UUID, day: date) -> dict[str, Any]:
    at = min(datetime.combine(day, datetime.min.time(), making.BERLIN) + timedelta(hours=12), datetime.now(UTC))
    return {
        "id": str(uuid4()),
        "prescription_id": str(prescription_id),
        "version": 1,
        "kind": "done",
        "performed_at": at.isoformat(timespec="seconds"),
        "zone": "Europe/Berlin",
        "performed_on": day.isoformat(),
        "pain": 2,
    }
