"""Covers: who stands in for an absent practitioner, and the places that they hold meanwhile."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PRESENT = sa.text("left_at IS NULL")
OPEN = sa.text("ended_at IS NULL")
CHECKS = {
    "cover_has_an_end": "(covers_for IS NULL) = (until IS NULL)",
    "cover_does_not_lead": "covers_for IS NULL OR NOT is_lead",
    "covers_for_another": "covers_for <> member_id",
}


def upgrade() -> None:
    op.add_column("care_team_place", sa.Column("covers_for", sa.Uuid(), nullable=True))
    op.add_column("care_team_place", sa.Column("until", INSTANT, nullable=True))
    op.create_foreign_key(
        "care_team_place_clinic_id_covers_for_fkey",
        "care_team_place",
        "member",
        ["clinic_id", "covers_for"],
        ["clinic_id", "id"],
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"care_team_place_{name}_check"), "care_team_place", condition)
    op.drop_index("care_team_place_present_key", "care_team_place")
    op.create_index(
        "care_team_place_present_key",
        "care_team_place",
        ["clinic_id", "patient_id", "member_id", "covers_for"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=PRESENT,
    )
    _create_cover()
    protect("cover")


def downgrade() -> None:
    op.drop_table("cover")
    # Whoever stood in for somebody has no place without it.
    op.execute("DELETE FROM care_team_place WHERE covers_for IS NOT NULL")
    op.drop_index("care_team_place_present_key", "care_team_place")
    for name in CHECKS:
        op.drop_constraint(op.f(f"care_team_place_{name}_check"), "care_team_place")
    op.drop_constraint("care_team_place_clinic_id_covers_for_fkey", "care_team_place")
    op.drop_column("care_team_place", "until")
    op.drop_column("care_team_place", "covers_for")
    op.create_index(
        "care_team_place_present_key",
        "care_team_place",
        ["clinic_id", "patient_id", "member_id"],
        unique=True,
        postgresql_where=PRESENT,
    )


def _create_cover() -> None:
    members = ("absent_id", "covering_id", "named_by", "ended_by")
    op.create_table(
        "cover",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("absent_id", sa.Uuid(), nullable=False),
        sa.Column("covering_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("cover_starts_before_it_ends_check")),
        sa.CheckConstraint("absent_id <> covering_id", name=op.f("cover_by_another_check")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("cover_ended_by_somebody_check")),
        *(
            sa.ForeignKeyConstraint(
                ["clinic_id", column], ["member.clinic_id", "member.id"], name=op.f(f"cover_clinic_id_{column}_fkey")
            )
            for column in members
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("cover_pkey")),
    )
    for side in ("absent", "covering"):
        columns = ["clinic_id", f"{side}_id", "ends_at"]
        op.create_index(f"cover_{side}_idx", "cover", columns, postgresql_where=OPEN)
    op.create_index("cover_starts_at_idx", "cover", ["clinic_id", "starts_at", "id"])
