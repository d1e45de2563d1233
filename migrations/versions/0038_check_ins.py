"""Content that was sent, and check-ins: questions asked by rule, with their answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# In an order in which each comes after what it refers to.
TABLES = (
    "check_in_template",
    "check_in_template_version",
    "check_in_rule",
    "check_in_outlook",
    "check_in",
    "check_in_answer",
    "check_in_value",
    "sent_content",
    "sent_content_asset",
    "content_opening",
)


def upgrade() -> None:
    _templates()
    _rules()
    _check_ins()
    _content()
    for table in TABLES:
        protect(table)


def _templates() -> None:
    op.create_table(
        "check_in_template",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("check_in_template_clinic_id_author_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("check_in_template_pkey")),
    )
    op.create_index("check_in_template_author_idx", "check_in_template", ["clinic_id", "author_id"])
    op.create_index("check_in_template_title_idx", "check_in_template", ["clinic_id", "title", "id"])
    op.create_table(
        "check_in_template_version",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "template_id"],
            ["check_in_template.clinic_id", "check_in_template.id"],
            name=op.f("check_in_template_version_clinic_id_template_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "written_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("check_in_template_version_clinic_id_written_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "template_id", "version", name=op.f("check_in_template_version_pkey")),
    )


def _rules() -> None:
    op.create_table(
        "check_in_rule",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(kind = 'weekly') = (days IS NULL)", name=op.f("check_in_rule_others_have_days_check")),
        sa.CheckConstraint(
            "(kind = 'weekly') = (weekday IS NOT NULL)", name=op.f("check_in_rule_weekly_has_weekday_check")
        ),
        sa.CheckConstraint(
            "kind IN ('after_start', 'weekly', 'missed_days')", name=op.f("check_in_rule_kind_is_known_check")
        ),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_by IS NULL)", name=op.f("check_in_rule_stopped_by_somebody_check")
        ),
        sa.CheckConstraint("from_on <= until_on", name=op.f("check_in_rule_is_not_empty_check")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND days BETWEEN 0 AND 1000", name=op.f("check_in_rule_numbers_in_range_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "made_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("check_in_rule_clinic_id_made_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("check_in_rule_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "stopped_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("check_in_rule_clinic_id_stopped_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "template_id"],
            ["check_in_template.clinic_id", "check_in_template.id"],
            name=op.f("check_in_rule_clinic_id_template_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("check_in_rule_pkey")),
    )
    op.create_index(
        "check_in_rule_present_idx",
        "check_in_rule",
        ["clinic_id", "patient_id"],
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "check_in_outlook",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("look_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("check_in_outlook_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "rule_id"],
            ["check_in_rule.clinic_id", "check_in_rule.id"],
            name=op.f("check_in_outlook_clinic_id_rule_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "rule_id", "patient_id", name=op.f("check_in_outlook_pkey")),
    )
    op.create_index(
        "check_in_outlook_look_idx",
        "check_in_outlook",
        ["clinic_id", "look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("check_in_outlook_patient_idx", "check_in_outlook", ["clinic_id", "patient_id"])


def _check_ins() -> None:
    op.create_table(
        "check_in",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (revision > 0)", name=op.f("check_in_answered_has_answer_check")),
        sa.CheckConstraint("state IN ('sent', 'answered', 'skipped')", name=op.f("check_in_state_is_known_check")),
        sa.CheckConstraint(
            "(rule_id IS NULL) = (asked_by IS NOT NULL)", name=op.f("check_in_somebody_or_a_rule_asks_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "asked_by"], ["member.clinic_id", "member.id"], name=op.f("check_in_clinic_id_asked_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["message.clinic_id", "message.conversation_id", "message.seq"],
            name=op.f("check_in_clinic_id_conversation_id_seq_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("check_in_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "rule_id"],
            ["check_in_rule.clinic_id", "check_in_rule.id"],
            name=op.f("check_in_clinic_id_rule_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "template_id", "version"],
            [
                "check_in_template_version.clinic_id",
                "check_in_template_version.template_id",
                "check_in_template_version.version",
            ],
            name=op.f("check_in_clinic_id_template_id_version_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("check_in_pkey")),
        sa.UniqueConstraint("clinic_id", "rule_id", "patient_id", "due_on", name="check_in_once_key"),
    )
    op.create_index("check_in_message_idx", "check_in", ["clinic_id", "conversation_id", "seq"])
    op.create_index("check_in_patient_idx", "check_in", ["clinic_id", "patient_id", "due_at", "id"])
    op.create_table(
        "check_in_answer",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_offset_seconds", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("check_in_answer_revision_counts_from_one_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "answered_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("check_in_answer_clinic_id_answered_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "check_in_id"],
            ["check_in.clinic_id", "check_in.id"],
            name=op.f("check_in_answer_clinic_id_check_in_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "check_in_id", "revision", name=op.f("check_in_answer_pkey")),
        sa.UniqueConstraint(
            "clinic_id", "check_in_id", "id", name=op.f("check_in_answer_clinic_id_check_in_id_id_key")
        ),
    )
    op.create_table(
        "check_in_value",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("choices", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(number, choices, words) > 0", name=op.f("check_in_value_says_something_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "check_in_id", "revision"],
            ["check_in_answer.clinic_id", "check_in_answer.check_in_id", "check_in_answer.revision"],
            name=op.f("check_in_value_clinic_id_check_in_id_revision_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "check_in_id", "revision", "key", name=op.f("check_in_value_pkey")),
    )


def _content() -> None:
    op.create_table(
        "sent_content",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("exercise", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("kind IN ('article', 'exercise')", name=op.f("sent_content_kind_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "content_id"],
            ["content_item.clinic_id", "content_item.id"],
            name=op.f("sent_content_clinic_id_content_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["message.clinic_id", "message.conversation_id", "message.seq"],
            name=op.f("sent_content_clinic_id_conversation_id_seq_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "seq", name=op.f("sent_content_pkey")),
    )
    op.create_index("sent_content_content_idx", "sent_content", ["clinic_id", "content_id"])
    op.create_table(
        "sent_content_asset",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "asset_id"],
            ["asset.clinic_id", "asset.id"],
            name=op.f("sent_content_asset_clinic_id_asset_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["sent_content.clinic_id", "sent_content.conversation_id", "sent_content.seq"],
            name=op.f("sent_content_asset_clinic_id_conversation_id_seq_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "clinic_id", "conversation_id", "seq", "asset_id", name=op.f("sent_content_asset_pkey")
        ),
    )
    op.create_index("sent_content_asset_asset_idx", "sent_content_asset", ["clinic_id", "asset_id"])
    op.create_table(
        "content_opening",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["sent_content.clinic_id", "sent_content.conversation_id", "sent_content.seq"],
            name=op.f("content_opening_clinic_id_conversation_id_seq_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("content_opening_clinic_id_member_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "seq", "member_id", name=op.f("content_opening_pkey")),
    )


def downgrade() -> None:
    # Their messages stay, with words that say what they were.
    for table in reversed(TABLES):
        op.drop_table(table)
