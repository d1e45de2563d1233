"""Adherence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adherence_event",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("performed_offset_seconds", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=False),
        sa.Column("sets", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("sides", sa.SmallInteger(), nullable=True),
        sa.Column("load", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("pain", sa.SmallInteger(), nullable=True),
        sa.Column("effort", sa.SmallInteger(), nullable=True),
        sa.Column("difficulty", sa.String(40), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("skip_reason", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("target", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("batched", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "difficulty IN ('too_easy', 'right', 'too_hard')", name=op.f("adherence_event_difficulty_is_known_check")
        ),
        sa.CheckConstraint(
            "kind IN ('done', 'partial', 'skipped', 'void')", name=op.f("adherence_event_kind_is_known_check")
        ),
        sa.CheckConstraint(
            "skip_reason IN ('pain', 'no_time', 'forgot', 'unclear', 'no_equipment', 'too_hard', 'too_easy', 'unwell', "
            "'travelling', 'other')",
            name=op.f("adherence_event_skip_reason_is_known_check"),
        ),
        sa.CheckConstraint(
            "source IN ('patient', 'carer', 'practitioner', 'device', 'paper')",
            name=op.f("adherence_event_source_is_known_check"),
        ),
        sa.CheckConstraint("(id = entry_id) = (revision = 0)", name=op.f("adherence_event_first_has_revision_0_check")),
        sa.CheckConstraint(
            "pain BETWEEN 0 AND 10 AND effort BETWEEN 0 AND 10", name=op.f("adherence_event_ratings_in_range_check")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "id", name=op.f("adherence_event_pkey")),
    )
    op.create_index(
        "adherence_event_correction_idx",
        "adherence_event",
        ["clinic_id", "patient_id", "entry_id"],
        unique=False,
        postgresql_where=sa.text("revision > 0"),
    )
    op.create_index(
        "adherence_event_day_idx",
        "adherence_event",
        ["clinic_id", "patient_id", "performed_on", "prescription_id"],
        unique=False,
    )
    op.create_index("adherence_event_seq_key", "adherence_event", ["clinic_id", "patient_id", "seq"], unique=True)
    op.create_table(
        "counted_plan",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("counted_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "plan_id", name=op.f("counted_plan_pkey")),
    )
    op.create_index("counted_plan_until_idx", "counted_plan", ["clinic_id", "counted_until"], unique=False)
    op.create_table(
        "prescription_day",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("skip_reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("credited_numerator", sa.Numeric(), nullable=False),
        sa.Column("credited_denominator", sa.Numeric(), nullable=False),
        sa.Column("volume_numerator", sa.Numeric(), nullable=False),
        sa.Column("volume_denominator", sa.Numeric(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("as_needed_doings", sa.Integer(), nullable=False),
        sa.Column("over_maximum", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("pains", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("efforts", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.PrimaryKeyConstraint(
            "clinic_id", "patient_id", "prescription_id", "day", name=op.f("prescription_day_pkey")
        ),
    )
    op.create_index(
        "prescription_day_group_idx",
        "prescription_day",
        ["clinic_id", "day", "patient_id"],
        unique=False,
        postgresql_include=["expected", "done", "entries"],
    )
    op.create_index(
        "prescription_day_patient_idx",
        "prescription_day",
        ["clinic_id", "patient_id", "day", "prescription_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("prescription_day_patient_idx", table_name="prescription_day")
    op.drop_index(
        "prescription_day_group_idx", table_name="prescription_day", postgresql_include=["expected", "done", "entries"]
    )
    op.drop_table("prescription_day")
    op.drop_index("counted_plan_until_idx", table_name="counted_plan")
    op.drop_table("counted_plan")
    op.drop_index("adherence_event_seq_key", table_name="adherence_event")
    op.drop_index("adherence_event_day_idx", table_name="adherence_event")
    op.drop_index(
        "adherence_event_correction_idx", table_name="adherence_event", postgresql_where=sa.text("revision > 0")
    )
    op.drop_table("adherence_event")
