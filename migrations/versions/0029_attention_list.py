"""The attention list: patients who need somebody's attention, and what was done about it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


RULES = (
    "'high_pain', 'unanswered_message', 'rising_pain', 'skip_reasons', 'no_events', 'completion_drop', "
    "'unread_message', 'not_activated'"
)
CHANGES = "'opened', 'renewed', 'woken', 'resolved', 'dismissed', 'snoozed', 'reopened', 'assigned'"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add_entries()
    _add_changes()
    protect("attention_entry")
    protect("attention_change")


def _add_entries() -> None:
    op.create_table(
        "attention_entry",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("snoozed_until", INSTANT, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"rule IN ({RULES})", name=op.f("attention_entry_rule_is_known_check")),
        sa.CheckConstraint(
            "state IN ('open', 'snoozed', 'dismissed', 'resolved')", name=op.f("attention_entry_state_is_known_check")
        ),
        sa.CheckConstraint(
            "(state = 'snoozed') = (snoozed_until IS NOT NULL)", name=op.f("attention_entry_snooze_has_end_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("attention_entry_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "owner_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("attention_entry_clinic_id_owner_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("attention_entry_pkey")),
    )
    op.create_index(
        "attention_entry_live_key",
        "attention_entry",
        ["clinic_id", "patient_id", "rule"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'snoozed')"),
    )
    op.create_index("attention_entry_patient_idx", "attention_entry", ["clinic_id", "patient_id", "rule", "opened_at"])


def _add_changes() -> None:
    op.create_table(
        "attention_change",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(40), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"change IN ({CHANGES})", name=op.f("attention_change_change_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "entry_id"],
            ["attention_entry.clinic_id", "attention_entry.id"],
            name=op.f("attention_change_clinic_id_entry_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("attention_change_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "changed_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("attention_change_clinic_id_changed_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "owner_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("attention_change_clinic_id_owner_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("attention_change_pkey")),
    )
    op.create_index("attention_change_entry_idx", "attention_change", ["clinic_id", "entry_id", "changed_at", "id"])
    op.create_index("attention_change_patient_idx", "attention_change", ["clinic_id", "patient_id"])


def downgrade() -> None:
    op.drop_table("attention_change")
    op.drop_table("attention_entry")
