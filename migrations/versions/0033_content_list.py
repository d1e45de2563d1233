"""A clinic's content list: articles and exercises to send to patients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "content_item",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('article', 'exercise')", name=op.f("content_item_kind_is_known_check")),
        sa.CheckConstraint(
            "(kind = 'exercise') = (exercise_id IS NOT NULL)", name=op.f("content_item_exercise_is_named_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("content_item_clinic_id_author_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("content_item_pkey")),
    )
    op.create_index("content_item_author_idx", "content_item", ["clinic_id", "author_id"])
    op.create_index("content_item_title_idx", "content_item", ["clinic_id", "title", "id"])
    protect("content_item")


def downgrade() -> None:
    op.drop_table("content_item")
