"""Reminders: what is wished, when to look, what was reminded of; and those that nobody heeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("reminder_default", "reminder_setting", "reminder_outlook", "reminder", "unheeded_reminders")
RULES = (
    "'red_flag', 'high_pain', 'unanswered_message', 'rising_pain', 'skip_reasons', 'no_events', 'completion_drop', "
    "'unread_message', 'not_activated'"
)
_COMPLETE = """
    UPDATE attention_entry
       SET evidence = '{"flag_id": null, "causes": null, "reminded_days": null}'::jsonb || evidence
     WHERE NOT evidence ? 'reminded_days'
"""


def upgrade() -> None:
    _settings()
    _outlooks()
    _reminders()
    _unheeded()
    for table in TABLES:
        protect(table)
    _know_rules(f"{RULES}, 'reminders_ignored'")
    # Entries are shown with every key that any rule has.
    op.execute(_COMPLETE)


def _know_rules(words: str) -> None:
    """Let the attention list have entries of these rules."""
    name = op.f("attention_entry_rule_is_known_check")
    op.drop_constraint(name, "attention_entry", type_="check")
    op.create_check_constraint(name, "attention_entry", f"rule IN ({words})")


def _of_patient(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_clinic_id_patient_id_fkey")
    return sa.ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"], name=name)


def _settings() -> None:
    op.create_table(
        "reminder_default",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("times", postgresql.JSONB(), nullable=False),
        sa.Column("nudge", sa.Boolean(), nullable=False),
        sa.Column("nudge_at", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("reminder_default_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("reminder_default_pkey")),
    )
    op.create_table(
        "reminder_setting",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=True),
        sa.Column("times", postgresql.JSONB(), nullable=True),
        sa.Column("nudge", sa.Boolean(), nullable=True),
        sa.Column("nudge_at", sa.Time(), nullable=True),
        sa.Column("dismissed", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        _of_patient("reminder_setting"),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("reminder_setting_pkey")),
    )


def _outlooks() -> None:
    op.create_table(
        "reminder_outlook",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("look_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("zone_since", INSTANT, nullable=False),
        sa.Column("zone_before", sa.Text(), nullable=True),
        _of_patient("reminder_outlook"),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("reminder_outlook_pkey")),
    )
    op.create_index(
        "reminder_outlook_look_idx",
        "reminder_outlook",
        ["clinic_id", "look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )


def _reminders() -> None:
    op.create_table(
        "reminder",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('reminder', 'second_nudge')", name=op.f("reminder_kind_is_known_check")),
        sa.CheckConstraint("state IN ('told', 'unreached', 'passed')", name=op.f("reminder_state_is_known_check")),
        _of_patient("reminder"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("reminder_pkey")),
        sa.UniqueConstraint("clinic_id", "patient_id", "due_on", "at", "kind", name="reminder_once_key"),
    )
    op.create_index("reminder_due_at_idx", "reminder", ["clinic_id", "due_at"])


def _unheeded() -> None:
    op.create_table(
        "unheeded_reminders",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        _of_patient("unheeded_reminders"),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("unheeded_reminders_pkey")),
    )


def downgrade() -> None:
    # What a rule said that is known no more is no entry any more; its history goes with it.
    op.execute(
        "DELETE FROM attention_change AS told USING attention_entry AS entry WHERE entry.rule = 'reminders_ignored' "
        "AND told.clinic_id = entry.clinic_id AND told.entry_id = entry.id"
    )
    op.execute("DELETE FROM attention_entry WHERE rule = 'reminders_ignored'")
    _know_rules(RULES)
    for table in reversed(TABLES):
        op.drop_table(table)
