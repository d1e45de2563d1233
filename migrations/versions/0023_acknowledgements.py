"""That a patient has seen what a revision changed."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "revision_acknowledgement",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_at", instant, nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "revision_id"],
            ["plan_revision.clinic_id", "plan_revision.plan_id", "plan_revision.id"],
            name=op.f("revision_acknowledgement_clinic_id_plan_id_revision_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "acknowledged_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("revision_acknowledgement_clinic_id_acknowledged_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "revision_id", name=op.f("revision_acknowledgement_pkey")),
    )
    op.create_index(
        "revision_acknowledgement_plan_idx", "revision_acknowledgement", ["clinic_id", "plan_id"], unique=False
    )
    protect("revision_acknowledgement")


def downgrade() -> None:
    op.drop_table("revision_acknowledgement")
