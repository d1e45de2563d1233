"""Progress reports as they were issued."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import APP, protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "progress_report",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("page_digest", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_digest", sa.LargeBinary(), nullable=True),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("audience IN ('patient', 'doctor')", name=op.f("progress_report_audience_is_known_check")),
        sa.CheckConstraint(
            "language IN ('en', 'es', 'de', 'fr')", name=op.f("progress_report_language_is_known_check")
        ),
        sa.CheckConstraint("(pdf IS NULL) = (pdf_digest IS NULL)", name=op.f("progress_report_pdf_has_digest_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("progress_report_clinic_id_patient_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("progress_report_clinic_id_plan_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "issued_by"],
            ["member.clinic_id", "member.id"],
            name=op.f("progress_report_clinic_id_issued_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("progress_report_pkey")),
    )
    op.create_index("progress_report_plan_idx", "progress_report", ["clinic_id", "plan_id", "issued_at", "id"])
    op.create_index("progress_report_patient_idx", "progress_report", ["clinic_id", "patient_id"])
    # What was issued stays as it was: the app may add the PDF to it, and nothing else.
    protect("progress_report", rights="SELECT, INSERT, DELETE")
    op.execute(f"GRANT UPDATE (pdf, pdf_digest) ON progress_report TO {APP}")


def downgrade() -> None:
    op.drop_table("progress_report")
