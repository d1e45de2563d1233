"""Mail to members: what was sent, what came back, and the code that an invitation's mail has of its own."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import also, held_key, protect

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BY_CODE = f"code_digest = decode({held_key('invitation')}, 'hex')"
BY_MAIL = f"mailed_digest = decode({held_key('invitation')}, 'hex')"


def upgrade() -> None:
    op.add_column("invitation", sa.Column("mailed_digest", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("invitation_mailed_digest_key"), "invitation", ["mailed_digest"])
    op.execute("DROP POLICY of_the_invited ON invitation")
    also("invitation", "of_the_invited", "SELECT", f"{BY_CODE} OR {BY_MAIL}")
    _add_sent_mail()
    _add_bounces()


def _add_sent_mail() -> None:
    op.create_table(
        "sent_mail",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('invitation', 'notices', 'digest')", name=op.f("sent_mail_kind_is_known_check")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("sent_mail_pkey")),
    )
    op.create_index("sent_mail_member_idx", "sent_mail", ["clinic_id", "member_id", "sent_at"])
    op.create_index("sent_mail_sent_at_idx", "sent_mail", ["clinic_id", "sent_at"])
    protect("sent_mail")


def _add_bounces() -> None:
    op.create_table(
        "mail_bounce",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bounced_at", INSTANT, nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.CheckConstraint("way IN ('refused', 'returned')", name=op.f("mail_bounce_way_is_known_check")),
        sa.CheckConstraint(
            "reason IN ('no_such_address', 'mailbox_closed', 'other')", name=op.f("mail_bounce_reason_is_known_check")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", name=op.f("mail_bounce_pkey")),
    )
    protect("mail_bounce")


def downgrade() -> None:
    op.drop_table("mail_bounce")
    op.drop_table("sent_mail")
    op.execute("DROP POLICY of_the_invited ON invitation")
    also("invitation", "of_the_invited", "SELECT", BY_CODE)
    op.drop_constraint(op.f("invitation_mailed_digest_key"), "invitation", type_="unique")
    op.drop_column("invitation", "mailed_digest")
