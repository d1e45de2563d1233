"""Accounts and clinics."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("account_email_is_lower_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
        sa.UniqueConstraint("email", name=op.f("account_email_key")),
    )
    op.create_table(
        "clinic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("managers_may_read_records", sa.Boolean(), nullable=False),
        sa.Column("on_track_from", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("watch_from", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("events_accepted_days_back", sa.Integer(), nullable=False),
        sa.Column("ended_plan_readable_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= watch_from AND watch_from <= on_track_from AND on_track_from <= 1",
            name=op.f("clinic_bands_in_order_check"),
        ),
        sa.CheckConstraint(
            "ended_plan_readable_days BETWEEN 0 AND 3650", name=op.f("clinic_readable_days_in_range_check")
        ),
        sa.CheckConstraint("events_accepted_days_back BETWEEN 1 AND 365", name=op.f("clinic_days_back_in_range_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("clinic_pkey")),
        sa.UniqueConstraint("slug", name=op.f("clinic_slug_key")),
    )
    op.create_table(
        "location",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("location_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("location_pkey")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("location_clinic_id_name_key")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("sign_in_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_pkey")),
    )
    op.create_index("sign_in_account_id_idx", "sign_in", ["account_id"], unique=False)
    op.create_index("sign_in_member_idx", "sign_in", ["clinic_id", "member_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('patient', 'practitioner', 'manager', 'owner')", name=op.f("member_role_is_known_check")
        ),
        sa.CheckConstraint(
            "status <> 'active' OR account_id IS NOT NULL", name=op.f("member_active_has_account_check")
        ),
        sa.CheckConstraint("status IN ('invited', 'active', 'disabled')", name=op.f("member_status_is_known_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("member_account_id_fkey")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("member_clinic_id_location_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("member_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("member_pkey")),
        sa.UniqueConstraint("clinic_id", "account_id", name=op.f("member_clinic_id_account_id_key")),
        sa.UniqueConstraint("clinic_id", "email", name=op.f("member_clinic_id_email_key")),
    )
    op.create_index("member_account_id_idx", "member", ["account_id"], unique=False)
    op.create_index("member_role_name_idx", "member", ["clinic_id", "role", "name_folded", "id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_nonce", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (successor_nonce IS NULL)", name=op.f("refresh_token_used_has_successor_check")
        ),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("refresh_token_sign_in_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("refresh_token_pkey")),
        sa.UniqueConstraint("digest", name=op.f("refresh_token_digest_key")),
    )
    op.create_index("refresh_token_expires_at_idx", "refresh_token", ["expires_at"], unique=False)
    op.create_index("refresh_token_sign_in_id_idx", "refresh_token", ["sign_in_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("invitation_clinic_id_member_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("invitation_pkey")),
        sa.UniqueConstraint("code_digest", name=op.f("invitation_code_digest_key")),
    )
    op.create_index(
        "invitation_one_open_key",
        "invitation",
        ["clinic_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_table(
        "patient",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("day_starts_at", sa.Time(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("day_starts_at <= '04:00'", name=op.f("patient_day_starts_by_four_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "id"], ["member.clinic_id", "member.id"], name=op.f("patient_clinic_id_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("patient_clinic_id_location_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("patient_pkey")),
    )
    op.create_index("patient_location_idx", "patient", ["clinic_id", "location_id"], unique=False)
    op.create_table(
        "care_team_place",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("care_team_place_clinic_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patient.clinic_id", "patient.id"],
            name=op.f("care_team_place_clinic_id_patient_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("care_team_place_pkey")),
    )
    op.create_index(
        "care_team_place_member_idx",
        "care_team_place",
        ["clinic_id", "member_id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "care_team_place_one_lead_key",
        "care_team_place",
        ["clinic_id", "patient_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL AND is_lead"),
    )
    op.create_index(
        "care_team_place_present_key",
        "care_team_place",
        ["clinic_id", "patient_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "care_team_place_present_key", table_name="care_team_place", postgresql_where=sa.text("left_at IS NULL")
    )
    op.drop_index(
        "care_team_place_one_lead_key",
        table_name="care_team_place",
        postgresql_where=sa.text("left_at IS NULL AND is_lead"),
    )
    op.drop_index(
        "care_team_place_member_idx", table_name="care_team_place", postgresql_where=sa.text("left_at IS NULL")
    )
    op.drop_table("care_team_place")
    op.drop_index("patient_location_idx", table_name="patient")
    op.drop_table("patient")
    op.drop_index(
        "invitation_one_open_key",
        table_name="invitation",
        postgresql_where=sa.text("accepted_at IS NULL AND superseded_at IS NULL"),
    )
    op.drop_table("invitation")
    op.drop_index("refresh_token_sign_in_id_idx", table_name="refresh_token")
    op.drop_index("refresh_token_expires_at_idx", table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index("member_role_name_idx", table_name="member")
    op.drop_index("member_account_id_idx", table_name="member")
    op.drop_table("member")
    op.drop_index("sign_in_member_idx", table_name="sign_in")
    op.drop_index("sign_in_account_id_idx", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("location")
    op.drop_table("clinic")
    op.drop_table("account")
