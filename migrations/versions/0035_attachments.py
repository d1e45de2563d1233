"""Files of messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.tenancy import protect

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = "'picture', 'video', 'voice', 'document'"
STATES = "'arriving', 'processing', 'ready', 'refused'"
OF_A_MESSAGE = ["clinic_id", "conversation_id", "seq"]


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("refused_rule", sa.String(40), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kept_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("metadata_removed", sa.Boolean(), nullable=False),
        sa.Column("renditions", JSONB(), nullable=False),
        sa.Column("put_away_at", INSTANT, nullable=True),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pieces", ARRAY(sa.Text()), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("attachment_kind_is_known_check")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("attachment_state_is_known_check")),
        sa.CheckConstraint(
            "(state = 'refused') = (refused_rule IS NOT NULL)", name=op.f("attachment_refusal_has_rule_check")
        ),
        sa.CheckConstraint("(seq IS NULL) = (position IS NULL)", name=op.f("attachment_place_is_whole_check")),
        sa.CheckConstraint("received_bytes <= total_bytes", name=op.f("attachment_is_not_more_than_declared_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "conversation_id"],
            ["conversation.clinic_id", "conversation.id"],
            name=op.f("attachment_clinic_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            OF_A_MESSAGE,
            ["message.clinic_id", "message.conversation_id", "message.seq"],
            name=op.f("attachment_clinic_id_conversation_id_seq_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "uploaded_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("attachment_clinic_id_uploaded_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("attachment_pkey")),
    )
    op.create_index("attachment_message_key", "attachment", [*OF_A_MESSAGE, "position"], unique=True)
    op.create_index(
        "attachment_waiting_idx",
        "attachment",
        ["clinic_id", "uploaded_by"],
        postgresql_where=sa.text("seq IS NULL"),
    )
    protect("attachment")


def downgrade() -> None:
    op.drop_table("attachment")
