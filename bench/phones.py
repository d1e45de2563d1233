"""Phones that were offline for two weeks: what their patients did of six exercises is one batch of 100 events."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from bench import load
from bench.ceilings import EVENTS
from bench.copies import copied
from bench.histories import Model, ModelClinic, prescribe
from bench.patients import SCHEDULES
from hep_api.accounts.viewer import Role, Viewer
from hep_api.adherence.actions.locking import lock_patient_for
from hep_api.adherence.actions.record import record_events
from hep_api.adherence.reading import read_batch
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.web import strict_json
from tests.plans import making
from tests.world import Person, World

MODELS, PLAN_DAYS, STRETCH, STRETCHES = 4, 60, 14, 4
SEED = 20261122
NUMBER = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What one phone sends."""

    viewer: Viewer
    body: bytes
    request: bytes

    def record(self) -> int:
        """Hand it to the action as the door would, in a transaction of its own; return how long its body is."""
        batch = read_batch(strict_json.loads(self.body)["events"])
        with transaction() as session:
            tenancy.act_for(session, self.viewer.clinic_id)
            patient = lock_patient_for(session, self.viewer, self.viewer.member_id)
            answers = record_events(session, self.viewer, patient, batch, datetime.now(UTC))
        assert all(each.outcome == "applied" for each in answers)
        return len(self.body)


def make_offline_models(world: World) -> ModelClinic:
    """Make a clinic whose patients have six exercises since two months and reported nothing yet."""
    lead = world.practitioner(world.clinic())
    return ModelClinic(lead, [prescribe(world, lead, SCHEDULES, PLAN_DAYS) for _ in range(MODELS)])


def batches_of(app: Flask, model: ModelClinic, clinic_id: UUID, *, copies: int) -> Iterator[Batch]:
    """Yield four batches of every copy, patient after patient within one stretch of two weeks."""
    chance = random.Random(SEED)  # noqa: S311 - a load to measure with
    for stretch in range(STRETCHES):
        last = making.today() - timedelta(days=1 + STRETCH * stretch)
        for copy in range(copies):
            for each in model.models:
                yield _batch(app, each, clinic_id, copy, last, chance)


def _batch(app: Flask, model: Model, clinic_id: UUID, copy: int, last: date, chance: random.Random) -> Batch:
    person = _copied_person(model.person, clinic_id, copy)
    prescriptions = [str(copied(each, NUMBER, copy)) for each in model.prescriptions]
    days = [last - timedelta(days=n) for n in range(STRETCH - 1, -1, -1)]
    events = [_event(one, slot, day, chance) for day in days for one, slot in _done_on(day, prescriptions)]
    body = json.dumps({"events": events[:EVENTS]}).encode()
    assert len(events) >= EVENTS
    address = f"/v1/patients/{person.member_id}/events"
    token = app.extensions["hep_tokens"].issue(person.account_id, person.sign_in_id, datetime.now(UTC))
    return Batch(person, body, load.request(address, {"Authorization": f"Bearer {token}"}, body))


def _copied_person(person: Person, clinic_id: UUID, copy: int) -> Viewer:
    account_id, sign_in_id, member_id = (
        copied(each, NUMBER, copy) for each in (person.account_id, person.sign_in_id, person.member_id)
    )
    return Viewer(account_id, sign_in_id, clinic_id, member_id, Role.PATIENT, False)


def _done_on(day: date, prescriptions: list[str]) -> list[tuple[str, int | None]]:
    """Return what is done on a day, with its slot where one is named."""
    twice, daily, weekdays, second, quota, as_needed = prescriptions
    done: list[tuple[str, int | None]] = [(twice, 1), (twice, 2)]
    done += [(one, None) for one in (daily, second, quota, as_needed, as_needed)]
    return [*done, (weekdays, None)] if day.weekday() in (0, 2, 4) else done


def _event(prescription_id: str, slot: int | None, day: date, chance: random.Random) -> dict[str, Any]:
    at = datetime.combine(day, datetime.min.time(), making.BERLIN) + timedelta(hours=8, minutes=chance.randrange(600))
    skipped = chance.random() < 0.1
    return {
        "id": str(uuid4()),
        "prescription_id": prescription_id,
        "version": 1,
        "kind": "skipped" if skipped else "done",
        **({} if slot is None else {"slot": slot}),
        "performed_at": at.isoformat(timespec="seconds"),
        "zone": "Europe/Berlin",
        "performed_on": day.isoformat(),
        "pain": chance.randrange(5),
        "effort": chance.randrange(2, 7),
        **({"skip_reason": "no_time"} if skipped else {"sets": 3, "reps": chance.choice((10, 10, 10, 8))}),
        **({"comment": "Went well, but the last set was hard."} if chance.random() < 0.05 else {}),
    }
