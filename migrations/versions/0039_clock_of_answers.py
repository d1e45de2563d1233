"""What clinics took to answer, and when patients were told that they are closed."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("response", "closed_notice")


def upgrade() -> None:
    op.create_table(
        "response",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("answered_seq", sa.Integer(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("open_seconds", sa.Integer(), nullable=False),
        sa.Column("promise_hours", sa.Integer(), nullable=False),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "opened_seq", name=op.f("response_pkey")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("response_clinic_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("response_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "answered_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("response_clinic_id_answered_by_fkey"),
        ),
        sa.CheckConstraint(
            "0 < opened_seq AND opened_seq < answered_seq", name=op.f("response_answer_comes_after_check")
        ),
        sa.CheckConstraint("open_seconds >= 0", name=op.f("response_seconds_count_check")),
    )
    op.create_index("response_opened_idx", "response", ["clinic_id", "opened_at"])
    op.create_table(
        "closed_notice",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", name=op.f("closed_notice_pkey")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("closed_notice_clinic_id_conversation_id_fkey"),
        ),
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
