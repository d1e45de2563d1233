"""Exercises have languages, an archive, drawings, and links that lead from shelf to shelf."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import also, hand_over, protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STARTER_SHELF = "00000000-0000-0000-0000-000000000000"
OF_EXERCISES = ("language", "author", "source_url", "copied_from_id", "copied_from_version", "archived_at")
BOTH_ENDS = {
    "exercise_id": "exercise_link_clinic_id_exercise_id_fkey",
    "linked_id": "exercise_link_clinic_id_linked_id_fkey",
}

# One row for each link, not one for each end of it: the harder one is what is linked, of alternatives the greater id.
TURN_ROUND = """
INSERT INTO exercise_link (clinic_id, exercise_id, kind, linked_id)
SELECT clinic_id, linked_id, CASE kind WHEN 'easier' THEN 'harder' ELSE kind END, exercise_id
  FROM exercise_link
 WHERE kind = 'easier' OR (kind = 'alternative' AND exercise_id > linked_id)
ON CONFLICT DO NOTHING
"""
DROP_TURNED = "DELETE FROM exercise_link WHERE kind = 'easier' OR (kind = 'alternative' AND exercise_id > linked_id)"
# Before, a link led nowhere but along one shelf.
DROP_ACROSS = """
DELETE FROM exercise_link l
 WHERE NOT EXISTS (SELECT FROM exercise e WHERE e.clinic_id = l.clinic_id AND e.id = l.exercise_id)
    OR NOT EXISTS (SELECT FROM exercise e WHERE e.clinic_id = l.clinic_id AND e.id = l.linked_id)
"""
TURN_BACK = """
INSERT INTO exercise_link (clinic_id, exercise_id, kind, linked_id)
SELECT clinic_id, linked_id, CASE kind WHEN 'harder' THEN 'easier' ELSE kind END, exercise_id FROM exercise_link
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    _drawings()
    _exercises()
    _translations()
    _links()


def _drawings() -> None:
    op.create_table(
        "drawing",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("drawing_pkey")),
    )
    # A plan may show one for years: they are only ever added.
    hand_over("drawing", rights="SELECT, INSERT")


def _exercises() -> None:
    op.add_column("exercise", sa.Column("language", sa.Text(), nullable=False, server_default="en"))
    op.add_column("exercise", sa.Column("author", sa.Text(), nullable=False, server_default=""))
    for column in ("language", "author"):
        op.alter_column("exercise", column, server_default=None)
    op.add_column("exercise", sa.Column("source_url", sa.Text(), nullable=True))
    op.add_column("exercise", sa.Column("copied_from_id", sa.Uuid(), nullable=True))
    op.add_column("exercise", sa.Column("copied_from_version", sa.Integer(), nullable=True))
    op.add_column("exercise", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("exercise", sa.Column("drawing_digest", sa.Text(), nullable=True))


def _translations() -> None:
    op.create_table(
        "exercise_translation",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cues", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("mistakes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("precautions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("contraindications", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("synonyms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "exercise_id"],
            ["exercise.clinic_id", "exercise.id"],
            name=op.f("exercise_translation_clinic_id_exercise_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "exercise_id", "language", name=op.f("exercise_translation_pkey")),
    )
    protect("exercise_translation")
    also("exercise_translation", "of_the_starter_set", "SELECT", f"clinic_id = '{STARTER_SHELF}'")


def _links() -> None:
    for name in BOTH_ENDS.values():
        op.drop_constraint(name, "exercise_link", type_="foreignkey")
    op.execute(TURN_ROUND)
    op.execute(DROP_TURNED)
    op.drop_constraint(op.f("exercise_link_kind_is_known_check"), "exercise_link", type_="check")
    op.create_check_constraint(
        op.f("exercise_link_kind_is_known_check"), "exercise_link", "kind IN ('harder', 'alternative')"
    )
    op.create_check_constraint(
        op.f("exercise_link_alternatives_in_order_check"), "exercise_link", "kind = 'harder' OR exercise_id < linked_id"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("exercise_link_alternatives_in_order_check"), "exercise_link", type_="check")
    op.drop_constraint(op.f("exercise_link_kind_is_known_check"), "exercise_link", type_="check")
    op.create_check_constraint(
        op.f("exercise_link_kind_is_known_check"), "exercise_link", "kind IN ('easier', 'harder', 'alternative')"
    )
    op.execute(DROP_ACROSS)
    op.execute(TURN_BACK)
    for column, name in BOTH_ENDS.items():
        op.create_foreign_key(
            name, "exercise_link", "exercise", ["clinic_id", column], ["clinic_id", "id"], ondelete="CASCADE"
        )
    op.drop_table("exercise_translation")
    for column in (*OF_EXERCISES, "drawing_digest"):
        op.drop_column("exercise", column)
    op.drop_table("drawing")
