"""Reactions to messages, what messages said before they were edited, and conversations that somebody has muted."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SIGNS = "'thumbs_up', 'heart', 'thanks', 'done', 'question', 'sad'"


def upgrade() -> None:
    op.create_table(
        "message_version",
        *_of_message("message_version"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("message_version_version_counts_from_one_check")),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "seq", "version", name=op.f("message_version_pkey")),
        sa.UniqueConstraint("clinic_id", "conversation_id", "seq", "client_id", name="message_version_edited_once_key"),
    )
    op.create_table(
        "message_reaction",
        *_of_message("message_reaction"),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sign", sa.String(40), nullable=False),
        sa.Column("reacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"sign IN ({SIGNS})", name=op.f("message_reaction_sign_is_known_check")),
        _member("message_reaction"),
        sa.PrimaryKeyConstraint(
            "clinic_id", "conversation_id", "seq", "member_id", "sign", name=op.f("message_reaction_pkey")
        ),
    )
    op.create_table(
        "conversation_mute",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("conversation_mute_clinic_id_conversation_id_fkey"),
        ),
        _member("conversation_mute"),
        sa.PrimaryKeyConstraint("clinic_id", "conversation_id", "member_id", name=op.f("conversation_mute_pkey")),
    )
    for table in ("message_version", "message_reaction", "conversation_mute"):
        protect(table)


def _of_message(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["message.clinic_id", "message.conversation_id", "message.seq"],
            name=op.f(f"{table}_clinic_id_conversation_id_seq_fkey"),
        ),
    )


def _member(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_clinic_id_member_id_fkey")
    return sa.ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"], name=name)


def downgrade() -> None:
    for table in ("conversation_mute", "message_reaction", "message_version"):
        op.drop_table(table)
