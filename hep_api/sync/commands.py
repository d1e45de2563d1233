"""`flask sync ...`: what the keeper of an installation does for phones."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from hep_api.clinics.models import Clinic
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.plans.actions.touching import renew_epochs

sync = AppGroup("sync", help="What phones keep in step with.")


@sync.command("begin-anew")
def begin_anew() -> None:
    """Let every phone forget what it pulled and pull it anew: after a backup was restored, when it may hold what is
    no longer there. Its outbox stays.
    """
    with transaction() as session:
        clinic_ids = session.scalars(select(Clinic.id).order_by(Clinic.id)).all()
    for clinic_id in clinic_ids:
        with transaction() as session:
            tenancy.act_for(session, clinic_id)
            renew_epochs(session, clinic_id)
    click.echo(f"Clinics whose phones pull everything anew: {len(clinic_ids)}.")
