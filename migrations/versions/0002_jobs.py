"""Jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("once_key", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('done', 'dead')", name=op.f("job_outcome_is_known_check")),
        sa.CheckConstraint("(outcome IS NULL) = (finished_at IS NULL)", name=op.f("job_finished_has_outcome_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("job_pkey")),
    )
    op.create_index(
        "job_dedupe_key",
        "job",
        ["kind", "dedupe_key"],
        unique=True,
        postgresql_where=sa.text("attempts = 0 AND dedupe_key IS NOT NULL"),
    )
    op.create_index(
        "job_due_idx",
        "job",
        [sa.literal_column("priority DESC"), "run_at"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        "job_finished_idx", "job", ["finished_at"], unique=False, postgresql_where=sa.text("outcome IS NOT NULL")
    )
    op.create_index(
        "job_once_key", "job", ["kind", "once_key"], unique=True, postgresql_where=sa.text("once_key IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("job_once_key", table_name="job", postgresql_where=sa.text("once_key IS NOT NULL"))
    op.drop_index("job_finished_idx", table_name="job", postgresql_where=sa.text("outcome IS NOT NULL"))
    op.drop_index("job_due_idx", table_name="job", postgresql_where=sa.text("outcome IS NULL"))
    op.drop_index(
        "job_dedupe_key", table_name="job", postgresql_where=sa.text("attempts = 0 AND dedupe_key IS NOT NULL")
    )
    op.drop_table("job")
