"""What a patient's phone shows of plans has a state, so that it can ask cheaply whether anything changed."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_state",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("plan_state_clinic_id_patient_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("plan_state_pkey")),
    )
    protect("plan_state")


def downgrade() -> None:
    op.drop_table("plan_state")
