"""A plan's goals are rows of their own; values and preferences; the summary of a discharge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Each text of a plan's list becomes a goal without a measure, which whoever started the plan wrote.
FROM_LISTS = """
    INSERT INTO plan_goal (clinic_id, id, plan_id, position, text, created_at, created_by, state, version, sent_digest)
    SELECT plan.clinic_id, gen_random_uuid(), plan.id, said.place, said.goal, plan.started_at, plan.started_by, 'open',
           1, ''
      FROM plan, jsonb_array_elements_text(plan.goals) WITH ORDINALITY AS said(goal, place)
"""
TO_LISTS = """
    UPDATE plan
       SET goals = said.texts
      FROM (SELECT clinic_id, plan_id, jsonb_agg(text ORDER BY position) AS texts
              FROM plan_goal WHERE state <> 'withdrawn' GROUP BY clinic_id, plan_id) AS said
     WHERE said.clinic_id = plan.clinic_id AND said.plan_id = plan.id
"""


def upgrade() -> None:
    op.add_column("plan", sa.Column("values_and_preferences", sa.Text(), nullable=False, server_default=""))
    op.alter_column("plan", "values_and_preferences", server_default=None)
    op.add_column("plan_end", sa.Column("summary", sa.Text(), nullable=False, server_default=""))
    op.alter_column("plan_end", "summary", server_default=None)
    _create_goals()
    _create_values()
    op.execute(FROM_LISTS)
    op.drop_column("plan", "goals")
    for table in ("plan_goal", "goal_value"):
        protect(table)


def _create_goals() -> None:
    op.create_table(
        "plan_goal",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("start_value", sa.Double(), nullable=True),
        sa.Column("target_value", sa.Double(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_value", sa.Double(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("outcome_at", INSTANT, nullable=True),
        sa.Column("outcome_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'reached', 'not_reached', 'withdrawn')", name=op.f("plan_goal_state_is_known_check")
        ),
        sa.CheckConstraint(
            "(measure IS NULL) = (target_value IS NULL)", name=op.f("plan_goal_measure_has_target_check")
        ),
        sa.CheckConstraint(
            "measure IS NOT NULL OR (unit IS NULL AND start_value IS NULL)",
            name=op.f("plan_goal_unit_has_measure_check"),
        ),
        sa.CheckConstraint("start_value <> target_value", name=op.f("plan_goal_target_differs_from_start_check")),
        sa.CheckConstraint("(state = 'open') = (outcome_on IS NULL)", name=op.f("plan_goal_outcome_has_date_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"], name=op.f("plan_goal_clinic_id_plan_id_fkey")
        ),
        _names_member("plan_goal", "created_by"),
        _names_member("plan_goal", "outcome_by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("plan_goal_pkey")),
        sa.UniqueConstraint("clinic_id", "plan_id", "id", name=op.f("plan_goal_clinic_id_plan_id_id_key")),
        sa.UniqueConstraint("clinic_id", "plan_id", "position", name=op.f("plan_goal_clinic_id_plan_id_position_key")),
    )


def _create_values() -> None:
    op.create_table(
        "goal_value",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_id", "goal_id"],
            ["plan_goal.clinic_id", "plan_goal.plan_id", "plan_goal.id"],
            name=op.f("goal_value_clinic_id_plan_id_goal_id_fkey"),
        ),
        _names_member("goal_value", "recorded_by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("goal_value_pkey")),
    )
    op.create_index(
        "goal_value_goal_idx", "goal_value", ["clinic_id", "goal_id", "measured_on", "recorded_at"], unique=False
    )


def _names_member(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column], ["member.clinic_id", "member.id"], name=op.f(f"{table}_clinic_id_{column}_fkey")
    )


def downgrade() -> None:
    op.add_column("plan", sa.Column("goals", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("plan", "goals", server_default=None)
    op.execute(TO_LISTS)
    op.drop_table("goal_value")
    op.drop_table("plan_goal")
    op.drop_column("plan_end", "summary")
    op.drop_column("plan", "values_and_preferences")
