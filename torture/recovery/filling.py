"""A clinic with as many events as wished: of a few patients by the product itself, of all others as copies of them.

Each of the few does two exercises three times a day for a year, and reports their own share of it; so every count that
is stored is the product's own, and stays right in the copies.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from bench.copies import loading, make_clinic, settle
from bench.histories import Model, ModelClinic
from hep_api.adherence.actions.locking import lock_patient_for
from hep_api.adherence.actions.record import record_events
from hep_api.adherence.reading import read_batch
from hep_api.clinics.models import Clinic
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from tests.plans import making
from tests.world import Person, World

MODELS = 6
EXERCISES = 2
DAYS = 360
TIMES_A_DAY = 3
BATCH = 500
SCHEDULE = {"kind": "daily", "times_per_day": TIMES_A_DAY}


def fill(world: World, url: str, events: int, lots: Random) -> Person:
    """Make clinics with about so many events in all; return who leads the patients of the copied one."""
    lead = world.practitioner(world.clinic())
    with world.transaction() as session:
        session.get_one(Clinic, lead.clinic_id).events_accepted_days_back = 365
    models = [_prescribe(world, lead) for _ in range(MODELS)]
    days = min(DAYS - 1, max(7, events // (EXERCISES * MODELS * TIMES_A_DAY)))
    made = sum(_report(world, model, days, (place + 0.5) / MODELS, lots) for place, model in enumerate(models))
    with psycopg.connect(url) as connection:
        with loading(connection):
            copied = make_clinic(connection, world, ModelClinic(lead, models), copies=events // made, number=1)
        settle(connection)
    return copied


def _prescribe(world: World, lead: Person) -> Model:
    """Make a patient whose plan, begun a year ago, has two exercises of the starter set."""
    found = lead.http.get(f"/v1/exercises?limit={EXERCISES}").get_json()["items"]
    patient, began = world.patient(lead), making.in_days(-DAYS)
    plan = making.start(lead, patient, starts_on=began)
    items = [making.new_item(one["id"], schedule=SCHEDULE) for one in found]
    return Model(patient, plan.id, making.publish(plan, *items, effective_on=began))


def _report(world: World, model: Model, days: int, share: float, lots: Random) -> int:
    """Report the last so many days, a batch of the phone's at a time; return how many events it were."""
    events = list(_events(model, days, share, lots))
    for begun in range(0, len(events), BATCH):
        with world.app.app_context(), transaction() as session:
            tenancy.act_for(session, model.person.clinic_id)
            patient = lock_patient_for(session, model.person.viewer, model.person.patient_id)
            batch = read_batch(events[begun : begun + BATCH])
            answers = record_events(session, model.person.viewer, patient, batch, datetime.now(UTC))
        assert {each.outcome.value for each in answers} == {"applied"}
    return len(events)


def _events(model: Model, days: int, share: float, lots: Random) -> Iterator[dict[str, Any]]:
    for back in range(days, 0, -1):
        for prescription_id in model.prescriptions:
            for slot in range(1, TIMES_A_DAY + 1):
                if lots.random() < share:
                    yield _event(prescription_id, making.in_days(-back), slot, lots)


def _event(prescription_id: UUID, day: str, slot: int, lots: Random) -> dict[str, Any]:
    noon = datetime.combine(date.fromisoformat(day), time(8), making.BERLIN) + timedelta(hours=3 * slot)
    return {
        "id": str(UUID(int=lots.getrandbits(128), version=4)),
        "prescription_id": str(prescription_id),
        "version": 1,
        "kind": "done",
        "slot": slot,
        "performed_at": noon.isoformat(),
        "zone": "Europe/Berlin",
        "performed_on": day,
        "pain": lots.randrange(5),
        "sets": 3,
        "reps": lots.choice((10, 10, 8)),
    }
