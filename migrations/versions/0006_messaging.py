"""Messaging."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('care_team', 'staff')", name=op.f("conversation_kind_is_known_check")),
        sa.CheckConstraint("last_seq >= 0", name=op.f("conversation_last_seq_counts_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("conversation_clinic_id_patient_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("conversation_pkey")),
        sa.UniqueConstraint("clinic_id", "patient_id", "kind", name=op.f("conversation_clinic_id_patient_id_kind_key")),
    )
    op.create_index("conversation_active_idx", "conversation", ["clinic_id", "active_at", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.String(40), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("about_kind IN ('prescription', 'event')", name=op.f("message_about_kind_is_known_check")),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name=op.f("message_about_is_whole_check")),
        sa.CheckConstraint("seq > 0", name=op.f("message_seq_counts_from_one_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("message_clinic_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "sender_id"], ["member.clinic_id", "member.id"], name=op.f("message_clinic_id_sender_id_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "seq", name=op.f("message_pkey")),
        sa.UniqueConstraint("clinic_id", "conversation_id", "sender_id", "client_id", name="message_sent_once_key"),
    )
    op.create_table(
        "receipt",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_seq", sa.Integer(), nullable=False),
        sa.Column("read_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= read_seq AND read_seq <= delivered_seq", name=op.f("receipt_read_is_delivered_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("receipt_clinic_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"], ["member.clinic_id", "member.id"], name=op.f("receipt_clinic_id_member_id_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "member_id", name=op.f("receipt_pkey")),
    )


def downgrade() -> None:
    op.drop_table("receipt")
    op.drop_table("message")
    op.drop_index("conversation_active_idx", table_name="conversation")
    op.drop_table("conversation")
