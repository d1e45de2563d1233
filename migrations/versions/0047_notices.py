"""Notices: what people and clinics wish to be told of; what was told, what waits for the end of quiet, how often."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = (
    "kind IN ('message', 'plan_published', 'plan_changed', 'reminder', 'second_nudge', 'check_in', 'answer_waiting', "
    "'red_flag', 'test')"
)
TABLES = ("notification_preference", "notification_policy", "notice_told", "notice_held", "notice_day")


def upgrade() -> None:
    _make_wishes("notification_preference", _of_member("notification_preference"))
    _make_wishes("notification_policy", _of_clinic())
    _make_told()
    _make_held()
    _make_day()
    for table in TABLES:
        protect(table)


def _make_wishes(table: str, parts: tuple[sa.schema.SchemaItem, ...]) -> None:
    op.create_table(
        table,
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=True),
        sa.Column("quiet_starts", sa.Time(), nullable=True),
        sa.Column("quiet_ends", sa.Time(), nullable=True),
        sa.Column("most_a_day", sa.Integer(), nullable=True),
        sa.CheckConstraint("(quiet_starts IS NULL) = (quiet_ends IS NULL)", name=op.f(f"{table}_quiet_is_whole_check")),
        sa.CheckConstraint("quiet_starts <> quiet_ends", name=op.f(f"{table}_quiet_is_not_empty_check")),
        sa.CheckConstraint(
            "quiet IS NOT TRUE OR quiet_starts IS NOT NULL", name=op.f(f"{table}_quiet_has_hours_check")
        ),
        sa.CheckConstraint("most_a_day BETWEEN 1 AND 200", name=op.f(f"{table}_most_a_day_in_range_check")),
    )


def _of_member(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key_of_member(table),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", name=op.f(f"{table}_pkey")),
    )


def _of_clinic() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("audience", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("notification_policy_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("clinic_id", "audience", name=op.f("notification_policy_pkey")),
        sa.CheckConstraint(
            "audience IN ('patients', 'staff')", name=op.f("notification_policy_audience_is_known_check")
        ),
    )


def _make_told() -> None:
    op.create_table(
        "notice_told",
        *_of_subject("notice_told"),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('pushed', 'mailed', 'both', 'held', 'capped')",
            name=op.f("notice_told_outcome_is_known_check"),
        ),
    )
    op.create_index("notice_told_at_idx", "notice_told", ["clinic_id", "told_at"])


def _make_held() -> None:
    op.create_table("notice_held", *_of_subject("notice_held"), sa.Column("due_at", INSTANT, nullable=False))
    op.create_index("notice_held_due_idx", "notice_held", ["clinic_id", "due_at"])


def _make_day() -> None:
    op.create_table(
        "notice_day",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("told", sa.SmallInteger(), nullable=False),
        sa.Column("capped", sa.SmallInteger(), nullable=False),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.Column("last_told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("told >= 0 AND capped >= 0", name=op.f("notice_day_counts_check")),
        _key_of_member("notice_day"),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", "on_date", name=op.f("notice_day_pkey")),
    )


def _of_subject(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        _key_of_member(table),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", "kind", "subject_id", name=op.f(f"{table}_pkey")),
        sa.CheckConstraint(KINDS, name=op.f(f"{table}_kind_is_known_check")),
    )


def _key_of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "member_id"], ["member.clinic_id", "member.id"], name=op.f(f"{table}_clinic_id_member_id_fkey")
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
