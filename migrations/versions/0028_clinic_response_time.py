"""Within how many hours a clinic answers its patients' messages."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clinic", sa.Column("response_hours", sa.Integer(), nullable=False, server_default="24"))
    op.alter_column("clinic", "response_hours", server_default=None)
    op.create_check_constraint(
        op.f("clinic_response_hours_in_range_check"), "clinic", "response_hours BETWEEN 1 AND 336"
    )


def downgrade() -> None:
    op.drop_column("clinic", "response_hours")
