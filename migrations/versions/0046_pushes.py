"""Pushes: what is told on which device and what came of it, and providers in trouble."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import hand_over, protect

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = (
    "'message', 'plan_published', 'plan_changed', 'reminder', 'second_nudge', 'check_in', 'answer_waiting', "
    "'red_flag', 'test'"
)
PROVIDERS = "'fcm', 'web_push'"
STATES = "'waiting', 'sent', 'not_configured', 'dropped', 'expired', 'dead'"
RESULTS = (
    "'accepted', 'unregistered', 'sender_mismatch', 'refused', 'third_party_auth', 'too_often', 'server_error', "
    "'garbled', 'no_answer', 'not_let_in', 'device_gone', 'cause_gone'"
)
WAITING = "state = 'waiting'"


def upgrade() -> None:
    _make_push()
    _make_push_pause()
    op.create_index("job_dead_idx", "job", ["clinic_id"], postgresql_where=sa.text("outcome = 'dead'"))
    protect("push")
    hand_over("push_pause")


def _make_push() -> None:
    op.create_table(
        "push",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("collapse_key", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("result", sa.String(40), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("retried_at", INSTANT, nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("push_kind_is_known_check")),
        sa.CheckConstraint(f"provider IN ({PROVIDERS})", name=op.f("push_provider_is_known_check")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("push_state_is_known_check")),
        sa.CheckConstraint(f"result IN ({RESULTS})", name=op.f("push_result_is_known_check")),
        sa.CheckConstraint(f"({WAITING}) = (finished_at IS NULL)", name=op.f("push_finished_is_not_waiting_check")),
        sa.CheckConstraint("attempts >= 0", name=op.f("push_attempts_counted_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "device_id"],
            ["device.clinic_id", "device.id"],
            name=op.f("push_clinic_id_device_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("push_pkey")),
    )
    op.create_index(
        "push_due_idx", "push", ["clinic_id", sa.text("urgent DESC"), "due_at"], postgresql_where=sa.text(WAITING)
    )
    op.create_index("push_finished_idx", "push", ["clinic_id", "state", "finished_at", "id"])
    op.create_index("push_device_idx", "push", ["clinic_id", "device_id"])
    op.create_index("push_member_idx", "push", ["clinic_id", "member_id", "created_at"])


def _make_push_pause() -> None:
    op.create_table(
        "push_pause",
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.CheckConstraint(f"provider IN ({PROVIDERS})", name=op.f("push_pause_provider_is_known_check")),
        sa.CheckConstraint(f"result IN ({RESULTS})", name=op.f("push_pause_result_is_known_check")),
        sa.CheckConstraint("failures > 0", name=op.f("push_pause_failures_counted_check")),
        sa.PrimaryKeyConstraint("provider", name=op.f("push_pause_pkey")),
    )


def downgrade() -> None:
    op.drop_table("push")
    op.drop_table("push_pause")
    op.drop_index("job_dead_idx", table_name="job")
