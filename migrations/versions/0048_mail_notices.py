"""Mail: what waits to be told in the next one, and who wants a digest when."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = (
    "kind IN ('message', 'plan_published', 'plan_changed', 'reminder', 'second_nudge', 'check_in', 'answer_waiting', "
    "'red_flag', 'test')"
)


def upgrade() -> None:
    op.create_table(
        "mail_notice",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", INSTANT, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("mail_notice_kind_is_known_check")),
        _of_member("mail_notice"),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", "kind", "subject_id", name=op.f("mail_notice_pkey")),
    )
    op.create_table(
        "mail_digest",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(at IS NULL) = (next_at IS NULL)", name=op.f("mail_digest_has_a_next_time_check")),
        _of_member("mail_digest"),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", name=op.f("mail_digest_pkey")),
    )
    op.create_index(
        "mail_digest_due_idx",
        "mail_digest",
        ["clinic_id", "next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    for table in ("mail_notice", "mail_digest"):
        protect(table)


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", "member_id"],
        ["member.clinic_id", "member.id"],
        name=op.f(f"{table}_clinic_id_member_id_fkey"),
    )


def downgrade() -> None:
    for table in ("mail_digest", "mail_notice"):
        op.drop_table(table)
