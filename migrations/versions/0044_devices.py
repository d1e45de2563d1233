"""Devices: where pushes go, and the one account that each phone belongs to."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import also, hand_over, held_key, protect

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ENDS = (
    "'sign_in_ended', 'sign_in_expired', 'member_disabled', 'moved', 'removed', 'replaced', 'too_many', "
    "'unregistered', 'sender_mismatch'"
)


def upgrade() -> None:
    _make_holder()
    _make_device()
    standing = sa.text("ended_at IS NULL")
    op.create_index("device_holder_idx", "device", ["digest", "account_id"], postgresql_where=standing)
    op.create_index("device_member_idx", "device", ["clinic_id", "member_id", "refreshed_at"])
    op.create_index("device_sign_in_idx", "device", ["clinic_id", "sign_in_id"], postgresql_where=standing)
    hand_over("device_holder")
    protect("device")
    # Who registers a phone finds it in other clinics by what only this phone can say, to end it there.
    also("device", "of_the_bearer", "SELECT", f"digest = decode({held_key('device')}, 'hex')")


def _make_holder() -> None:
    op.create_table(
        "device_holder",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("device_holder_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("device_holder_pkey")),
        sa.UniqueConstraint("digest", "account_id", name=op.f("device_holder_digest_account_id_key")),
    )
    op.create_index("device_holder_account_id_idx", "device_holder", ["account_id"])


def _make_device() -> None:
    op.create_table(
        "device",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("p256dh", sa.Text(), nullable=True),
        sa.Column("auth", sa.Text(), nullable=True),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("refreshed_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_reason", sa.String(40), nullable=True),
        *_rules(),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"], ["member.clinic_id", "member.id"], name=op.f("device_clinic_id_member_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["digest", "account_id"],
            ["device_holder.digest", "device_holder.account_id"],
            name=op.f("device_digest_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("device_pkey")),
        sa.UniqueConstraint("clinic_id", "digest", name=op.f("device_clinic_id_digest_key")),
    )


def _rules() -> list[sa.CheckConstraint]:
    rules = {
        "kind_is_known": "kind IN ('fcm_token', 'fcm_installation', 'web_push')",
        "platform_is_known": "platform IN ('android', 'ios', 'web')",
        "end_is_known": f"ended_reason IN ({ENDS})",
        "ended_for_a_reason": "(ended_at IS NULL) = (ended_reason IS NULL)",
        "value_until_it_ends": (
            "(ended_at IS NULL) = (value IS NOT NULL) AND (ended_at IS NULL) = (digest IS NOT NULL) "
            "AND (ended_at IS NULL) = (account_id IS NOT NULL)"
        ),
        "keys_of_web_push": (
            "(kind = 'web_push' AND ended_at IS NULL) = (p256dh IS NOT NULL) AND (p256dh IS NULL) = (auth IS NULL)"
        ),
    }
    return [sa.CheckConstraint(rule, name=op.f(f"device_{name}_check")) for name, rule in rules.items()]


def downgrade() -> None:
    op.drop_table("device")
    op.drop_table("device_holder")
