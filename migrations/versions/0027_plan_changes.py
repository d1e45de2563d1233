"""What of plans changed last is numbered for each patient, so that phones pull only that."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = "'plan', 'revision', 'pause', 'goal', 'acknowledgement'"
# All that phones show by now, numbered as it came about; what was withdrawn shows nowhere.
NUMBER_WHAT_IS_THERE = """
    INSERT INTO plan_change (clinic_id, patient_id, kind, subject_id, plan_id, number)
    SELECT plan.clinic_id, plan.patient_id, shown.kind, shown.id, shown.plan_id,
           row_number() OVER (PARTITION BY plan.clinic_id, plan.patient_id ORDER BY shown.at, shown.kind, shown.id)
      FROM plan
      JOIN (SELECT clinic_id, id AS plan_id, 'plan' AS kind, id, started_at AS at FROM plan
            UNION ALL
            SELECT clinic_id, plan_id, 'revision', id, published_at FROM plan_revision
            UNION ALL
            SELECT clinic_id, plan_id, 'pause', pause_id, recorded_at FROM plan_pause
             WHERE replaced_at IS NULL AND NOT withdrawn
            UNION ALL
            SELECT clinic_id, plan_id, 'goal', id, created_at FROM plan_goal WHERE state <> 'withdrawn'
            UNION ALL
            SELECT clinic_id, plan_id, 'acknowledgement', revision_id, received_at FROM revision_acknowledgement
           ) AS shown ON shown.clinic_id = plan.clinic_id AND shown.plan_id = plan.id
"""
COUNT_THEM = """
    INSERT INTO plan_state (clinic_id, patient_id, state, changes)
    SELECT clinic_id, patient_id, gen_random_uuid(), max(number) FROM plan_change GROUP BY clinic_id, patient_id
        ON CONFLICT (clinic_id, patient_id) DO UPDATE SET changes = excluded.changes
"""


def upgrade() -> None:
    op.add_column("plan_state", sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("plan_state", "changes", server_default=None)
    op.add_column(
        "plan_state", sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)
    )
    op.create_table(
        "plan_change",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("plan_change_kind_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("plan_change_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_change_clinic_id_plan_id_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "kind", "subject_id", name=op.f("plan_change_pkey")),
    )
    op.create_index("plan_change_number_key", "plan_change", ["clinic_id", "patient_id", "number"], unique=True)
    op.create_index("plan_change_plan_idx", "plan_change", ["clinic_id", "plan_id"], unique=False)
    op.execute(NUMBER_WHAT_IS_THERE)
    op.execute(COUNT_THEM)
    protect("plan_change")


def downgrade() -> None:
    op.drop_table("plan_change")
    op.drop_column("plan_state", "epoch")
    op.drop_column("plan_state", "changes")
