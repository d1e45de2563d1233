"""Saved replies: texts that staff send again and again."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_reply",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("saved_reply_clinic_id_fkey")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "owner_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("saved_reply_clinic_id_owner_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("saved_reply_pkey")),
    )
    op.create_index("saved_reply_title_idx", "saved_reply", ["clinic_id", "title", "id"])
    protect("saved_reply")


def downgrade() -> None:
    op.drop_table("saved_reply")
