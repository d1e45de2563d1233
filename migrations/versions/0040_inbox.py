"""What staff do about conversations, and messages found by what they are about."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLE = "conversation_handling"
WORDS = "change IN ('assigned', 'closed', 'reopened', 'ended', 'resumed')"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(40), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint(WORDS, name=op.f(f"{TABLE}_change_is_known_check")),
        sa.CheckConstraint(
            "assigned_to IS NULL OR change = 'assigned'", name=op.f(f"{TABLE}_assigned_to_somebody_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f(f"{TABLE}_clinic_id_conversation_id_fkey"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["clinic_id", column], ["member.clinic_id", "member.id"], name=op.f(f"{TABLE}_clinic_id_{column}_fkey")
            )
            for column in ("changed_by", "assigned_to")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"{TABLE}_pkey")),
    )
    op.create_index("conversation_handling_of_idx", TABLE, ["clinic_id", "conversation_id", "changed_at", "id"])
    protect(TABLE)
    op.create_index(
        "message_about_idx",
        "message",
        ["clinic_id", "about_kind", "about_id", "conversation_id"],
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("message_about_idx", "message")
    op.drop_table(TABLE)
