"""Patients with years behind them, made by the product itself: plans through its doors, reports through its action.

Two exercises, four doings due a week, of which each patient reports their own share: some 104 events a year. Every
count is thus the product's own; `copies` makes many patients of these few.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine
from flask import Flask

from hep_api.adherence.actions.locking import lock_patient_for
from hep_api.adherence.actions.record import record_events
from hep_api.adherence.actions.recount import recount_plan
from hep_api.adherence.reading import read_batch
from hep_api.clinics.models import Clinic
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from tests.everything import everything
from tests.plans import making
from tests.world import Person, World

SCHEDULES: tuple[dict[str, Any], ...] = (
    {"kind": "weekdays", "weekdays": ["mon", "thu"], "times_per_day": 1},
    {"kind": "weekly_quota", "times_per_week": 2},
)
REPORTED_DAYS = ((0, 3), (1, 5))  # of each week, by exercise
BATCH, DAYS_BACK = 500, 365
A_YEAR = timedelta(days=DAYS_BACK - 5)


@dataclass(frozen=True, slots=True)
class Model:
    """A patient to copy, with the plan's prescriptions."""

    person: Person
    plan_id: UUID
    prescriptions: list[UUID]


@dataclass(frozen=True, slots=True)
class ModelClinic:
    """A small clinic whose patients all have a history of the same length."""

    lead: Person
    models: list[Model]


def make_models(app: Flask, world: World, *, patients: int, days: int) -> ModelClinic:
    """Make a clinic with patients who have been at it for so many days, and report differently much."""
    # No plan starts more than three years ago, so it is made then.
    with time_machine.travel(datetime.now(UTC) - timedelta(days=days)):
        lead = world.practitioner(world.clinic())
        models = [prescribe(world, lead, SCHEDULES, 0) for _ in range(patients)]
    with everything(app) as session:
        session.get_one(Clinic, lead.clinic_id).events_accepted_days_back = DAYS_BACK
    chance = random.Random(days)  # noqa: S311 - a load to measure with
    for place, model in enumerate(models):
        with app.app_context():
            _count_until_now(model, days)
            _report(model, days, (place + 0.5) / patients, chance)
    return ModelClinic(lead, models)


def prescribe(world: World, lead: Person, schedules: Sequence[dict[str, Any]], days: int) -> Model:
    """Make a patient whose plan, begun so many days ago, has an exercise of the starter set for each schedule."""
    found = lead.http.get("/v1/exercises", query_string={"limit": len(schedules)}).get_json()["items"]
    patient, began = world.patient(lead), making.in_days(-days)
    plan = making.start(lead, patient, starts_on=began)
    items = [making.new_item(one["id"], schedule=each) for one, each in zip(found, schedules, strict=True)]
    return Model(patient, plan.id, making.publish(plan, *items, effective_on=began))


def _count_until_now(model: Model, days: int) -> None:
    """Count what the plan expects up to now, which the product does week by week."""
    person, began = model.person, making.today() - timedelta(days=days)
    with transaction() as session:
        tenancy.act_for(session, person.clinic_id)
        recount_plan(session, person.clinic_id, person.patient_id, model.plan_id, began, datetime.now(UTC))


def _report(model: Model, days: int, share: float, chance: random.Random) -> None:
    """Report year by year, as if each batch had come at the end of its year."""
    batch: list[dict[str, Any]] = []
    begun = making.today() - timedelta(days=days)
    for day in _days(days):
        for one, weekdays in zip(model.prescriptions, REPORTED_DAYS, strict=True):
            if day.weekday() in weekdays and chance.random() < share:
                batch.append(_event(one, day, chance))
        if batch and (len(batch) >= BATCH - 2 or day - begun >= A_YEAR):
            _upload(model, batch, day)
            batch, begun = [], day
    _upload(model, batch, making.today())


def _days(days: int) -> Iterator[date]:
    last = making.today() - timedelta(days=1)
    return (last - timedelta(days=n) for n in range(days - 1, -1, -1))


def _event(prescription_id: UUID, day: date, chance: random.Random) -> dict[str, Any]:
    skipped = chance.random() < 0.08
    return {
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "prescription_id": str(prescription_id),
        "version": 1,
        "kind": "skipped" if skipped else "done",
        "performed_at": datetime.combine(day, datetime.min.time(), making.BERLIN).replace(hour=12).isoformat(),
        "zone": "Europe/Berlin",
        "performed_on": day.isoformat(),
        "pain": chance.randrange(5),
        "effort": chance.randrange(2, 7),
        **({"skip_reason": "no_time"} if skipped else {"sets": 3, "reps": chance.choice((10, 10, 10, 8))}),
    }


def _upload(model: Model, batch: list[dict[str, Any]], day: date) -> None:
    if not batch:
        return
    received = min(datetime.now(UTC), datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC))
    with transaction() as session:
        tenancy.act_for(session, model.person.clinic_id)
        patient = lock_patient_for(session, model.person.viewer, model.person.patient_id)
        answers = record_events(session, model.person.viewer, patient, read_batch(batch), received)
    outcomes = {each.outcome.value for each in answers}
    assert outcomes == {"applied"}, outcomes
