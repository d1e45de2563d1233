"""Plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("own_why", sa.Text(), nullable=False),
        sa.Column("visits_prescribed", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("discharge_reason", sa.String(40), nullable=True),
        sa.Column("last_revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "discharge_reason IN ('goals_met', 'transitioned_to_independent', 'plateau', 'referred_on', "
            "'self_discharged', 'lost_to_follow_up', 'other')",
            name=op.f("plan_discharge_reason_is_known_check"),
        ),
        sa.CheckConstraint("(ends_on IS NULL) = (discharge_reason IS NULL)", name=op.f("plan_end_has_reason_check")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("plan_ends_after_start_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("plan_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "started_by"], ["member.clinic_id", "member.id"], name=op.f("plan_clinic_id_started_by_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("plan_pkey")),
    )
    op.create_index("plan_patient_idx", "plan", ["clinic_id", "patient_id", "started_at", "id"], unique=False)
    op.create_table(
        "plan_end",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("discharge_reason", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_end_clinic_id_plan_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "recorded_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("plan_end_clinic_id_recorded_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("plan_end_pkey")),
        sa.UniqueConstraint("clinic_id", "plan_id", "change", name=op.f("plan_end_clinic_id_plan_id_change_key")),
    )
    op.create_table(
        "plan_pause",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pause_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("to_on > from_on", name=op.f("plan_pause_is_not_empty_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_pause_clinic_id_plan_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "recorded_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("plan_pause_clinic_id_recorded_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("plan_pause_pkey")),
        sa.UniqueConstraint(
            "clinic_id", "plan_id", "pause_id", "change", name=op.f("plan_pause_clinic_id_plan_id_pause_id_change_key")
        ),
    )
    op.create_index(
        "plan_pause_present_key",
        "plan_pause",
        ["clinic_id", "plan_id", "pause_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "plan_revision",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_revision_clinic_id_plan_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "published_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("plan_revision_clinic_id_published_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("plan_revision_pkey")),
        sa.UniqueConstraint("clinic_id", "plan_id", "id", name=op.f("plan_revision_clinic_id_plan_id_id_key")),
        sa.UniqueConstraint("clinic_id", "plan_id", "number", name=op.f("plan_revision_clinic_id_plan_id_number_key")),
    )
    op.create_table(
        "prescription",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("exercise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("prescription_clinic_id_plan_id_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("prescription_pkey")),
        sa.UniqueConstraint("clinic_id", "plan_id", "id", name=op.f("prescription_clinic_id_plan_id_id_key")),
    )
    op.create_table(
        "prescription_version",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dose", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("prescription_version_is_not_empty_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
            name=op.f("prescription_version_clinic_id_plan_id_prescription_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("prescription_version_pkey")),
        sa.UniqueConstraint(
            "clinic_id",
            "plan_id",
            "prescription_id",
            "version",
            name="prescription_version_number_key",
        ),
    )
    op.create_table(
        "revision_item",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dose", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
            name=op.f("revision_item_clinic_id_plan_id_prescription_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "revision_id"],
            ["plan_revision.clinic_id", "plan_revision.plan_id", "plan_revision.id"],
            name=op.f("revision_item_clinic_id_plan_id_revision_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("revision_item_pkey")),
        sa.UniqueConstraint(
            "clinic_id",
            "revision_id",
            "prescription_id",
            name=op.f("revision_item_clinic_id_revision_id_prescription_id_key"),
        ),
    )
    op.create_index("revision_item_prescription_idx", "revision_item", ["clinic_id", "prescription_id"], unique=False)


def downgrade() -> None:
    op.drop_index("revision_item_prescription_idx", table_name="revision_item")
    op.drop_table("revision_item")
    op.drop_table("prescription_version")
    op.drop_table("prescription")
    op.drop_table("plan_revision")
    op.drop_index("plan_pause_present_key", table_name="plan_pause", postgresql_where=sa.text("replaced_at IS NULL"))
    op.drop_table("plan_pause")
    op.drop_table("plan_end")
    op.drop_index("plan_patient_idx", table_name="plan")
    op.drop_table("plan")
