"""Which media stand in prescriptions: what a patient may fetch, and what must not go away."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class PrescriptionAsset(Base):
    """An asset that stands in an exercise as it was prescribed. Its key keeps the asset's row from being removed."""

    __tablename__ = "prescription_asset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
        ),
        ForeignKeyConstraint(["clinic_id", "asset_id"], ["asset.clinic_id", "asset.id"]),
        Index("prescription_asset_asset_idx", "clinic_id", "asset_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    prescription_id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
