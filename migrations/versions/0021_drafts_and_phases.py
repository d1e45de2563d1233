"""Drafts of plans; revisions say of which phase they are and where it came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ORIGIN = ("template_id", "template_version", "copied_from_plan_id")


def _origin() -> list[sa.Column[object]]:
    return [
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("template_version", sa.Integer(), nullable=True),
        sa.Column("copied_from_plan_id", sa.Uuid(), nullable=True),
    ]


def upgrade() -> None:
    op.add_column("plan_revision", sa.Column("phase", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("plan_revision", sa.Column("phase_name", sa.Text(), nullable=False, server_default=""))
    for column in ("phase", "phase_name"):
        op.alter_column("plan_revision", column, server_default=None)
    for origin in _origin():
        op.add_column("plan_revision", origin)
    op.create_table(
        "plan_draft",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        *_origin(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "changed_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("plan_draft_clinic_id_changed_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_draft_clinic_id_plan_id_fkey")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "plan_id", name=op.f("plan_draft_pkey")),
    )
    protect("plan_draft")


def downgrade() -> None:
    op.drop_table("plan_draft")
    for column in (*ORIGIN, "phase_name", "phase"):
        op.drop_column("plan_revision", column)
