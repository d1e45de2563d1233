"""Templates: a clinic's protocols, and those of the starter set, each in all its versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import also, protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STARTER_SHELF = "00000000-0000-0000-0000-000000000000"
REGIONS = (
    "'neck', 'shoulder', 'elbow_wrist_hand', 'back', 'pelvic_floor', 'hip', 'knee', 'ankle_foot', 'balance', "
    "'vestibular', 'breathing', 'whole_body'"
)


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body_region", sa.String(40), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("copied_from_version", sa.Integer(), nullable=True),
        sa.Column("phase_count", sa.Integer(), nullable=False),
        sa.Column("exercise_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"body_region IN ({REGIONS})", name=op.f("template_body_region_is_known_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("template_clinic_id_author_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("template_pkey")),
        sa.UniqueConstraint("clinic_id", "source_key", name=op.f("template_clinic_id_source_key_key")),
    )
    op.create_index("template_author_idx", "template", ["clinic_id", "author_id"])
    op.create_table(
        "template_version",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "template_id"],
            ["template.clinic_id", "template.id"],
            name=op.f("template_version_clinic_id_template_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "written_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("template_version_clinic_id_written_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "template_id", "version", name=op.f("template_version_pkey")),
    )
    for table in ("template", "template_version"):
        protect(table)
        also(table, "of_the_starter_set", "SELECT", f"clinic_id = '{STARTER_SHELF}'")


def downgrade() -> None:
    op.drop_table("template_version")
    op.drop_table("template")
