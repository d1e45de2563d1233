"""What looks after every clinic by itself: one job for each, so that none waits for another or fails with it."""

from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.models import Job
from hep_api.messaging.jobs import attachments, check_ins, flags
from tests.world import World


@pytest.mark.parametrize(
    ("module", "kind"),
    [(attachments, attachments.SWEEP), (check_ins, check_ins.TEND), (flags, flags.SWEEP)],
    ids=["attachments", "check-ins", "flags"],
)
def test_a_sweep_is_a_job_for_each_clinic_and_one_of_each_waits(module: ModuleType, kind: str, app: Flask) -> None:
    world = World(app)
    clinics = [str(world.clinic()) for _ in range(2)]
    sweep = module.JOBS[kind]
    with app.app_context(), transaction() as session:
        for _ in range(2):
            sweep(session, {}, clock.now())
        waiting = select(Job.clinic_id, Job.payload).where(
            Job.kind == kind, Job.payload["clinic_id"].astext.in_(clinics)
        )
        added = session.execute(waiting.order_by(Job.clinic_id)).all()
        assert [(str(row.clinic_id), row.payload) for row in added] == [
            (each, {"clinic_id": each}) for each in sorted(clinics)
        ]
        session.rollback()
