"""Rights of the person: exports, erasures and holds; how long a clinic keeps records; tombstones."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("clinic", sa.Column("records_kept_years", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("clinic_kept_years_in_range_check"), "clinic", "records_kept_years BETWEEN 1 AND 100"
    )
    op.add_column("patient", sa.Column("erased_at", INSTANT, nullable=True))
    _create_exports()
    _create_erasures()
    _create_holds()
    for table in ("patient_export", "erasure", "retention_hold"):
        protect(table)


def _create_exports() -> None:
    op.create_table(
        "patient_export",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("ready_at", INSTANT, nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("(ready_at IS NULL) = (sha256 IS NULL)", name=op.f("patient_export_ready_has_digest_check")),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (size_bytes IS NULL)", name=op.f("patient_export_ready_has_size_check")
        ),
        _belongs_to_patient("patient_export"),
        _names_member("patient_export", "asked_by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("patient_export_pkey")),
    )
    op.create_index(
        "patient_export_waiting_key",
        "patient_export",
        ["clinic_id", "patient_id", "asked_by"],
        unique=True,
        postgresql_where=sa.text("ready_at IS NULL AND removed_at IS NULL"),
    )
    op.create_index(
        "patient_export_ready_idx",
        "patient_export",
        ["clinic_id", "ready_at"],
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def _create_erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("carried_out_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "status IN ('asked', 'approved', 'refused', 'carried_out')", name=op.f("erasure_status_is_known_check")
        ),
        sa.CheckConstraint(
            "(status = 'carried_out') = (carried_out_at IS NOT NULL)",
            name=op.f("erasure_carried_out_has_instant_check"),
        ),
        _belongs_to_patient("erasure"),
        _names_member("erasure", "asked_by"),
        _names_member("erasure", "decided_by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("erasure_pkey")),
    )
    op.create_index(
        "erasure_open_key",
        "erasure",
        ["clinic_id", "patient_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('asked', 'approved')"),
    )
    op.create_index("erasure_asked_idx", "erasure", ["clinic_id", "asked_at", "id"])


def _create_holds() -> None:
    op.create_table(
        "retention_hold",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        _belongs_to_patient("retention_hold"),
        _names_member("retention_hold", "set_by"),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", name=op.f("retention_hold_pkey")),
    )


def _belongs_to_patient(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "patient_id"],
        ["patient.clinic_id", "patient.id"],
        name=op.f(f"{table}_clinic_id_patient_id_fkey"),
    )


def _names_member(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column], ["member.clinic_id", "member.id"], name=op.f(f"{table}_clinic_id_{column}_fkey")
    )


def downgrade() -> None:
    for table in ("retention_hold", "erasure", "patient_export"):
        op.drop_table(table)
    op.drop_column("patient", "erased_at")
    op.drop_constraint(op.f("clinic_kept_years_in_range_check"), "clinic")
    op.drop_column("clinic", "records_kept_years")
