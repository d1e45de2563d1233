"""A clinic's own row is changed only by a transaction that acts for it; all of them are seen as before."""

from alembic import op

from migrations.tenancy import CLINIC

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


SEEN = f"id = {CLINIC} OR {CLINIC} IS NULL"


def upgrade() -> None:
    op.execute("DROP POLICY of_the_clinic ON clinic")
    op.execute(f"CREATE POLICY of_the_clinic ON clinic USING (id = {CLINIC}) WITH CHECK (id = {CLINIC})")
    # Who acts for no clinic yet looks for one, and may change none.
    op.execute(f"CREATE POLICY seen_by_who_acts_for_none ON clinic FOR SELECT USING ({CLINIC} IS NULL)")


def downgrade() -> None:
    op.execute("DROP POLICY seen_by_who_acts_for_none ON clinic")
    op.execute("DROP POLICY of_the_clinic ON clinic")
    op.execute(f"CREATE POLICY of_the_clinic ON clinic USING ({SEEN}) WITH CHECK ({SEEN})")
