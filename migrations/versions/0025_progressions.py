"""A rule for the next dose stands with what a revision prescribes; suggestions that follow from it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revision_item", sa.Column("progression", postgresql.JSONB(), nullable=True))
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "dose_suggestion",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("suggested_at", instant, nullable=False),
        sa.Column("settled_at", instant, nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("revision_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'dismissed', 'outdated')", name=op.f("dose_suggestion_state_is_known_check")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("dose_suggestion_settled_has_instant_check")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("dose_suggestion_pkey")),
    )
    op.create_index(
        "dose_suggestion_open_key",
        "dose_suggestion",
        ["clinic_id", "prescription_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("dose_suggestion_patient_idx", "dose_suggestion", ["clinic_id", "patient_id", "suggested_at"])
    protect("dose_suggestion")


def downgrade() -> None:
    op.drop_table("dose_suggestion")
    op.drop_column("revision_item", "progression")
