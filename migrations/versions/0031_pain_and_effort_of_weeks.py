"""Pain and effort of a patient's weeks as running totals, by which slopes are made without looking at single days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


RATINGS = ("pain", "effort")


def upgrade() -> None:
    smalls = ARRAY(sa.SmallInteger())
    for rating in RATINGS:
        op.alter_column("patient_week", f"{rating}_days", new_column_name=f"{rating}_listed")
        op.add_column("patient_week", sa.Column(f"{rating}_days", sa.SmallInteger(), nullable=True))
        op.add_column("patient_week", sa.Column(f"{rating}_doubled", smalls, nullable=True))
        op.add_column("patient_week", sa.Column(f"{rating}_moments", smalls, nullable=True))
        # Read in place, as the other totals.
        for column in ("doubled", "moments"):
            op.execute(f"ALTER TABLE patient_week ALTER COLUMN {rating}_{column} SET STORAGE PLAIN")
    op.execute(f"UPDATE patient_week SET {', '.join(map(_summed, RATINGS))}")  # noqa: S608 - constants
    for rating in RATINGS:
        for column in ("days", "doubled", "moments"):
            op.alter_column("patient_week", f"{rating}_{column}", nullable=False)
        op.drop_column("patient_week", f"{rating}_listed")
        op.drop_column("patient_week", f"{rating}_medians_doubled")


def downgrade() -> None:
    smalls = ARRAY(sa.SmallInteger())
    for rating in RATINGS:
        op.alter_column("patient_week", f"{rating}_days", new_column_name=f"{rating}_bits")
        op.add_column("patient_week", sa.Column(f"{rating}_days", smalls, nullable=True))
        op.add_column("patient_week", sa.Column(f"{rating}_medians_doubled", smalls, nullable=True))
    op.execute(f"UPDATE patient_week SET {', '.join(map(_listed, RATINGS))}")  # noqa: S608 - constants
    for rating in RATINGS:
        for column in ("days", "medians_doubled"):
            op.alter_column("patient_week", f"{rating}_{column}", nullable=False)
        for column in ("bits", "doubled", "moments"):
            op.drop_column("patient_week", f"{rating}_{column}")


def _summed(rating: str) -> str:
    listed = f"unnest({rating}_listed, {rating}_medians_doubled) AS l(day, doubled)"
    return f"""{rating}_days = (SELECT coalesce(sum(1 << day), 0) FROM {listed}),
        {rating}_doubled = ARRAY(SELECT coalesce((SELECT sum(doubled) FROM {listed} WHERE day <= place), 0)
                                   FROM generate_series(0, 6) AS place ORDER BY place),
        {rating}_moments = ARRAY(SELECT coalesce((SELECT sum(day * doubled) FROM {listed} WHERE day <= place), 0)
                                   FROM generate_series(0, 6) AS place ORDER BY place)"""  # noqa: S608 - constants


def _listed(rating: str) -> str:
    days = f"generate_series(0, 6) AS place WHERE {rating}_bits >> place & 1 = 1 ORDER BY place"
    return f"""{rating}_days = ARRAY(SELECT place FROM {days}),
        {rating}_medians_doubled =
            ARRAY(SELECT {rating}_doubled[place + 1] - coalesce({rating}_doubled[place], 0) FROM {days})"""  # noqa: S608 - constants
