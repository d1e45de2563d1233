"""Red flags: alerts about a patient, their causes, and whose turn it was."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = "acknowledged_at IS NULL"
RULES = (
    "'high_pain', 'unanswered_message', 'rising_pain', 'skip_reasons', 'no_events', 'completion_drop', "
    "'unread_message', 'not_activated'"
)
STEPS = "'raised', 'cause_added', 'passed_on', 'passed_to_leaders', 'acknowledged'"


def upgrade() -> None:
    _add_flags()
    _add_causes()
    _add_steps()
    for table in ("red_flag", "red_flag_cause", "red_flag_step"):
        protect(table)
    _know_rules(f"'red_flag', {RULES}")


def _know_rules(words: str) -> None:
    """Let the attention list have entries of these rules."""
    name = op.f("attention_entry_rule_is_known_check")
    op.drop_constraint(name, "attention_entry", type_="check")
    op.create_check_constraint(name, "attention_entry", f"rule IN ({words})")


def _add_flags() -> None:
    op.create_table(
        "red_flag",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("causes", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("held_since", INSTANT, nullable=False),
        sa.Column("passes_on_at", INSTANT, nullable=False),
        sa.Column("leaders_told_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("red_flag_acknowledged_by_somebody_check"),
        ),
        sa.CheckConstraint(
            "acknowledged_at IS NOT NULL OR note IS NULL", name=op.f("red_flag_note_is_of_acknowledging_check")
        ),
        sa.CheckConstraint(
            "causes > 0 AND steps > 0 AND passes >= 0 AND round > 0", name=op.f("red_flag_counts_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("red_flag_clinic_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "held_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("red_flag_clinic_id_held_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "acknowledged_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("red_flag_clinic_id_acknowledged_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("red_flag_pkey")),
    )
    is_open = sa.text(OPEN)
    op.create_index("red_flag_open_key", "red_flag", ["clinic_id", "patient_id"], unique=True, postgresql_where=is_open)
    op.create_index("red_flag_due_idx", "red_flag", ["clinic_id", "passes_on_at"], postgresql_where=is_open)
    op.create_index("red_flag_raised_idx", "red_flag", ["clinic_id", "raised_at", "id"])
    op.create_index("red_flag_patient_idx", "red_flag", ["clinic_id", "patient_id", "raised_at"])


def _add_causes() -> None:
    op.create_table(
        "red_flag_cause",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("noticed_at", INSTANT, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("prescription_id", sa.Uuid(), nullable=True),
        sa.Column("performed_on", sa.Date(), nullable=True),
        sa.Column("pain", sa.SmallInteger(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("phrase", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('pain', 'phrase')", name=op.f("red_flag_cause_kind_is_known_check")),
        sa.CheckConstraint("pain BETWEEN 0 AND 10", name=op.f("red_flag_cause_pain_is_rating_check")),
        sa.CheckConstraint(
            "(kind = 'pain') = (event_id IS NOT NULL AND entry_id IS NOT NULL AND pain IS NOT NULL)",
            name=op.f("red_flag_cause_pain_is_whole_check"),
        ),
        sa.CheckConstraint(
            "(kind = 'phrase') = (conversation_id IS NOT NULL AND seq IS NOT NULL AND phrase IS NOT NULL)",
            name=op.f("red_flag_cause_phrase_is_whole_check"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "flag_id"],
            ["red_flag.clinic_id", "red_flag.id"],
            name=op.f("red_flag_cause_clinic_id_flag_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "flag_id", "number", name=op.f("red_flag_cause_pkey")),
    )
    op.create_index(
        "red_flag_cause_entry_key",
        "red_flag_cause",
        ["clinic_id", "patient_id", "entry_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'pain'"),
    )
    op.create_index(
        "red_flag_cause_phrase_key",
        "red_flag_cause",
        ["clinic_id", "conversation_id", "seq", "phrase"],
        unique=True,
        postgresql_where=sa.text("kind = 'phrase'"),
    )


def _add_steps() -> None:
    op.create_table(
        "red_flag_step",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"kind IN ({STEPS})", name=op.f("red_flag_step_kind_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "flag_id"],
            ["red_flag.clinic_id", "red_flag.id"],
            name=op.f("red_flag_step_clinic_id_flag_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("red_flag_step_clinic_id_member_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "flag_id", "number", name=op.f("red_flag_step_pkey")),
    )


def downgrade() -> None:
    # What a rule said that is known no more is no entry any more; its history goes with it.
    op.execute(
        "DELETE FROM attention_change AS told USING attention_entry AS entry WHERE entry.rule = 'red_flag' "
        "AND told.clinic_id = entry.clinic_id AND told.entry_id = entry.id"
    )
    op.execute("DELETE FROM attention_entry WHERE rule = 'red_flag'")
    _know_rules(RULES)
    for table in ("red_flag_step", "red_flag_cause", "red_flag"):
        op.drop_table(table)
