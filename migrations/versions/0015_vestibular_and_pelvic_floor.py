"""Exercises for the organ of balance and for the pelvic floor have regions of their own."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


CHECK = "exercise_body_region_is_known_check"
BEFORE = (
    "'neck', 'shoulder', 'elbow_wrist_hand', 'back', 'hip', 'knee', 'ankle_foot', 'balance', 'breathing', 'whole_body'"
)
SINCE = (
    "'neck', 'shoulder', 'elbow_wrist_hand', 'back', 'pelvic_floor', 'hip', 'knee', 'ankle_foot', 'balance', "
    "'vestibular', 'breathing', 'whole_body'"
)


def upgrade() -> None:
    op.execute(f"ALTER TABLE exercise DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE exercise ADD CONSTRAINT {CHECK} CHECK (body_region IN ({SINCE}))")


def downgrade() -> None:
    # The nearest that was known before; a later upgrade and load of the starter set put them right again.
    op.execute("UPDATE exercise SET body_region = 'balance' WHERE body_region = 'vestibular'")
    op.execute("UPDATE exercise SET body_region = 'hip' WHERE body_region = 'pelvic_floor'")
    op.execute(f"ALTER TABLE exercise DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE exercise ADD CONSTRAINT {CHECK} CHECK (body_region IN ({BEFORE}))")
