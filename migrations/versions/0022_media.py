"""Pictures and videos of a clinic, resumable uploads, and what they show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("asset", "media_upload", "exercise_asset", "prescription_asset")


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("refused_rule", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("metadata_removed", sa.Boolean(), nullable=False),
        sa.Column("renditions", postgresql.JSONB(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("alt_translations", postgresql.JSONB(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'video')", name=op.f("asset_kind_is_known_check")),
        sa.CheckConstraint("state IN ('processing', 'ready', 'refused')", name=op.f("asset_state_is_known_check")),
        sa.CheckConstraint(
            "(state = 'refused') = (refused_rule IS NOT NULL)", name=op.f("asset_refusal_has_rule_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "uploaded_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("asset_clinic_id_uploaded_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("asset_pkey")),
    )
    op.create_index("asset_created_idx", "asset", ["clinic_id", "created_at", "id"])
    _make_uploads()
    _make_uses()
    for table in TABLES:
        protect(table)


def _make_uploads() -> None:
    op.create_table(
        "media_upload",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pieces", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("received_bytes <= total_bytes", name=op.f("media_upload_is_not_more_than_declared_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "uploaded_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("media_upload_clinic_id_uploaded_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("media_upload_pkey")),
    )


def _make_uses() -> None:
    op.create_table(
        "exercise_asset",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "exercise_id"],
            ["exercise.clinic_id", "exercise.id"],
            name=op.f("exercise_asset_clinic_id_exercise_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "asset_id"],
            ["asset.clinic_id", "asset.id"],
            name=op.f("exercise_asset_clinic_id_asset_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "exercise_id", "asset_id", name=op.f("exercise_asset_pkey")),
    )
    op.create_index("exercise_asset_asset_idx", "exercise_asset", ["clinic_id", "asset_id"])
    op.create_table(
        "prescription_asset",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("prescription_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
            name=op.f("prescription_asset_clinic_id_plan_id_prescription_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "asset_id"],
            ["asset.clinic_id", "asset.id"],
            name=op.f("prescription_asset_clinic_id_asset_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "prescription_id", "asset_id", name=op.f("prescription_asset_pkey")),
    )
    op.create_index("prescription_asset_asset_idx", "prescription_asset", ["clinic_id", "asset_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
