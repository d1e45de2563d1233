"""What an account is signed in from; Firebase accounts that are linked to one."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import hand_over

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "familiar_mark",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("familiar_mark_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("familiar_mark_pkey")),
    )
    op.create_index("familiar_mark_seen_at_idx", "familiar_mark", ["seen_at"])
    op.create_table(
        "firebase_link",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(uid) BETWEEN 1 AND 128", name=op.f("firebase_link_uid_length_check")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("firebase_link_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("firebase_link_pkey")),
        sa.UniqueConstraint("uid", name=op.f("firebase_link_uid_key")),
    )
    for table in ("familiar_mark", "firebase_link"):
        hand_over(table)


def downgrade() -> None:
    op.drop_table("firebase_link")
    op.drop_table("familiar_mark")
