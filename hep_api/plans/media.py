"""Which media stand in an exercise as it was prescribed."""

from uuid import UUID

from hep_api.library.media_links import ASSETS
from hep_api.plans.models.assets import PrescriptionAsset
from hep_api.plans.models.revisions import Prescription


def assets_in(prescription: Prescription) -> list[PrescriptionAsset]:
    """Return the rows that keep a new prescription's pictures and videos, and let its patient fetch them."""
    named = [UUID(entry["asset_id"]) for entry in prescription.exercise["media"] if entry["kind"] in ASSETS]
    return [
        PrescriptionAsset(
            clinic_id=prescription.clinic_id,
            prescription_id=prescription.id,
            asset_id=asset_id,
            plan_id=prescription.plan_id,
        )
        for asset_id in named
    ]
