"""Which device used a refresh token; ways to a new password."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import hand_over

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("device_digest", sa.LargeBinary(), nullable=True))
    op.add_column("refresh_token", sa.Column("used_by", sa.LargeBinary(), nullable=True))
    op.create_table(
        "password_reset",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("password_reset_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("password_reset_pkey")),
        sa.UniqueConstraint("digest", name=op.f("password_reset_digest_key")),
    )
    op.create_index("password_reset_expires_at_idx", "password_reset", ["expires_at"])
    hand_over("password_reset")


def downgrade() -> None:
    op.drop_table("password_reset")
    op.drop_column("refresh_token", "used_by")
    op.drop_column("sign_in", "device_digest")
