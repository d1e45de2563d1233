"""Feeds by which a patient's calendar program shows what is due."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.Boolean(), nullable=False),
        sa.Column("times", sa.ARRAY(sa.Time()), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'es', 'de', 'fr')", name=op.f("calendar_feed_language_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("calendar_feed_clinic_id_patient_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("calendar_feed_pkey")),
    )
    op.create_index(
        "calendar_feed_patient_idx", "calendar_feed", ["clinic_id", "patient_id", "created_at", "id"], unique=False
    )
    protect("calendar_feed")


def downgrade() -> None:
    op.drop_index("calendar_feed_patient_idx", table_name="calendar_feed")
    op.drop_table("calendar_feed")
