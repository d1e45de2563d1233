"""What a clinic settles about messages, and the languages of clinics and patients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("messaging_policy", "location_hours")


def upgrade() -> None:
    op.add_column("clinic", sa.Column("language", sa.Text(), nullable=False, server_default="en"))
    op.alter_column("clinic", "language", server_default=None)
    op.add_column("patient", sa.Column("language", sa.Text(), nullable=True))
    op.create_table(
        "messaging_policy",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(), nullable=True),
        sa.Column("holidays", postgresql.JSONB(), nullable=False),
        sa.Column("out_of_hours_text", postgresql.JSONB(), nullable=False),
        sa.Column("emergency_text", postgresql.JSONB(), nullable=False),
        sa.Column("emergency_line", sa.Text(), nullable=True),
        sa.Column("red_flag_pain", sa.Integer(), nullable=True),
        sa.Column("red_flag_phrases", postgresql.JSONB(), nullable=False),
        sa.Column("red_flag_shipped_phrases", sa.Boolean(), nullable=False),
        sa.Column("escalate_after_minutes", sa.Integer(), nullable=False),
        sa.Column("card_on_pain", sa.Integer(), nullable=True),
        sa.Column("card_on_unclear", sa.Boolean(), nullable=False),
        sa.Column("after_plan_end", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("messaging_policy_pkey")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("messaging_policy_clinic_id_fkey")),
        sa.CheckConstraint(
            "red_flag_pain BETWEEN 0 AND 10", name=op.f("messaging_policy_red_flag_pain_is_rating_check")
        ),
        sa.CheckConstraint("card_on_pain BETWEEN 0 AND 10", name=op.f("messaging_policy_card_on_pain_is_rating_check")),
        sa.CheckConstraint(
            "escalate_after_minutes BETWEEN 1 AND 1440", name=op.f("messaging_policy_escalation_within_a_day_check")
        ),
        sa.CheckConstraint(
            "after_plan_end IN ('open', 'closed')", name=op.f("messaging_policy_after_plan_end_is_known_check")
        ),
    )
    op.create_table(
        "location_hours",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(), nullable=False),
        sa.Column("holidays", postgresql.JSONB(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "location_id", name=op.f("location_hours_pkey")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("location_hours_clinic_id_location_id_fkey"),
        ),
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("patient", "language")
    op.drop_column("clinic", "language")
