"""Phones that are shared: by which app a phone is known, so that signing in on it ends what others had there."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_holder", sa.Column("app_digest", sa.LargeBinary(), nullable=True))
    op.create_index("device_holder_app_idx", "device_holder", ["app_digest"])


def downgrade() -> None:
    op.drop_column("device_holder", "app_digest")
