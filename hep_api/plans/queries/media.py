"""The media in a patient's plans, as far as the viewer may read these: nothing else is handed out to a patient."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, invalid
from hep_api.library.models.assets import Asset
from hep_api.library.queries.media import entry_of
from hep_api.plans.models.assets import PrescriptionAsset
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries.patients import known_patient

Entry = dict[str, Any]


def media_in_plans_for(
    session: Session, viewer: Viewer, patient_id: UUID, asset_ids: Sequence[UUID], now: datetime
) -> list[Entry]:
    """Return the asked assets in their order, in two statements.

    Errors: 404 for a patient whom the viewer may not see, 422 naming each asset that is in no plan that they may read:
    one that does not exist, and one that is another's, look the same.
    """
    patient = known_patient(session, viewer, patient_id)
    is_prescribed = (
        select(PrescriptionAsset.asset_id)
        .join(Plan, (Plan.clinic_id == PrescriptionAsset.clinic_id) & (Plan.id == PrescriptionAsset.plan_id))
        .where(
            PrescriptionAsset.clinic_id == patient.clinic_id,
            Plan.patient_id == patient.patient_id,
            or_(Plan.ends_on.is_(None), Plan.ends_on > patient.ended_after(patient.today(now))),
        )
    )
    query = select(Asset).where(
        Asset.clinic_id == patient.clinic_id, Asset.id.in_(asset_ids), Asset.id.in_(is_prescribed)
    )
    found = {asset.id: entry_of(asset) for asset in session.scalars(query)}
    missing = [
        FieldError(f"/asset_ids/{place}", "unknown_asset", "There is no such asset in a plan that is yours to see.")
        for place, asset_id in enumerate(asset_ids)
        if asset_id not in found
    ]
    if missing:
        raise invalid(*missing)
    return [found[asset_id] for asset_id in dict.fromkeys(asset_ids)]
