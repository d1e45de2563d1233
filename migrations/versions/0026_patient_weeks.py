"""A patient's weeks, summed over their prescriptions: what the figures of groups are made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.tenancy import APP, OWNER, protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patient_week",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("expected", ARRAY(sa.Integer()), nullable=False),
        sa.Column("done", ARRAY(sa.Integer()), nullable=False),
        sa.Column("extra", ARRAY(sa.Integer()), nullable=False),
        sa.Column("credited_numerators", ARRAY(sa.Numeric()), nullable=False),
        sa.Column("credited_denominator", sa.Numeric(), nullable=False),
        sa.Column("volume_numerators", ARRAY(sa.Numeric()), nullable=False),
        sa.Column("volume_denominator", sa.Numeric(), nullable=False),
        sa.Column("due_days", sa.SmallInteger(), nullable=False),
        sa.Column("active_days", sa.SmallInteger(), nullable=False),
        sa.Column("full_days", sa.SmallInteger(), nullable=False),
        sa.Column("reported_days", sa.SmallInteger(), nullable=False),
        sa.Column("skip_days", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("skip_reasons", ARRAY(sa.Text()), nullable=False),
        sa.Column("pain_days", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("pain_medians_doubled", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("effort_days", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("effort_medians_doubled", ARRAY(sa.SmallInteger()), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "monday", name=op.f("patient_week_pkey")),
    )
    op.create_index("patient_week_group_idx", "patient_week", ["clinic_id", "monday"])
    # Read in place, not copied first: summaries take single numbers out of these. And room on each page for a week's
    # many changes, so that they touch no index.
    for column in ("expected", "done", "extra"):
        op.execute(f"ALTER TABLE patient_week ALTER COLUMN {column} SET STORAGE PLAIN")
    op.execute("ALTER TABLE patient_week SET (fillfactor = 70)")
    protect("patient_week")
    op.execute(
        "CREATE AGGREGATE lcm_of(numeric) (SFUNC = lcm, STYPE = numeric, INITCOND = '1', COMBINEFUNC = lcm,"
        " PARALLEL = SAFE)"
    )
    op.execute(f"ALTER AGGREGATE lcm_of(numeric) OWNER TO {OWNER}")
    op.execute(f"REVOKE ALL ON ROUTINE lcm_of(numeric) FROM PUBLIC; GRANT EXECUTE ON ROUTINE lcm_of(numeric) TO {APP}")
    for clinic_id in op.get_bind().execute(sa.text("SELECT DISTINCT id FROM clinic ORDER BY id")).scalars().all():
        op.get_bind().execute(sa.text(_SUM_UP), {"clinic_id": clinic_id})


def downgrade() -> None:
    op.drop_table("patient_week")
    op.execute("DROP AGGREGATE lcm_of(numeric)")


def _medians(rating: str) -> str:
    return f"""
        SELECT patient_id, monday, array_agg(place ORDER BY place) AS {rating}_days,
               array_agg(doubled ORDER BY place) AS {rating}_medians_doubled
          FROM (SELECT patient_id, monday, place,
                       (2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY value))::smallint AS doubled
                  FROM counted CROSS JOIN unnest({rating}s) AS value GROUP BY patient_id, monday, place) AS daily
         GROUP BY patient_id, monday"""  # noqa: S608 - made of constants


_TOTALS = ("expected", "done", "extra", "credited_numerators", "volume_numerators")
_MASKS = ("due_days", "active_days", "full_days", "reported_days")
_LISTS = ("skip_days", "skip_reasons", "pain_days", "pain_medians_doubled", "effort_days", "effort_medians_doubled")
_NAMES = (
    "expected, done, extra, credited_numerators, credited_denominator, volume_numerators, volume_denominator, "
    + ", ".join(_MASKS)
)
_SUM_UP = f"""
    WITH counted AS MATERIALIZED (
        SELECT day - (extract(isodow FROM day)::int - 1) AS monday,
               (extract(isodow FROM day) - 1)::smallint AS place, d.*
          FROM prescription_day AS d WHERE clinic_id = :clinic_id
    ), weeks AS (
        SELECT patient_id, monday, lcm_of(credited_denominator) AS credited_denominator,
               lcm_of(volume_denominator) AS volume_denominator
          FROM counted GROUP BY patient_id, monday
    ), days AS (
        SELECT patient_id, monday, place, sum(expected) AS expected, sum(done) AS done,
               sum(greatest(completed - expected, 0)) AS extra,
               sum(credited_numerator * div(w.credited_denominator, c.credited_denominator)) AS credited_numerators,
               sum(volume_numerator * div(w.volume_denominator, c.volume_denominator)) AS volume_numerators,
               bool_or(due) AS due_days, bool_or(due AND completed > 0) AS active_days,
               bool_or(due) AND bool_and(completed >= expected OR NOT due) AS full_days,
               bool_or(entries > 0) AS reported_days
          FROM counted AS c JOIN weeks AS w USING (patient_id, monday) GROUP BY patient_id, monday, place
    ), running AS (
        SELECT patient_id, monday, place,
               {", ".join(f"coalesce(sum({each}) OVER upto, 0) AS {each}" for each in _TOTALS)}, {", ".join(_MASKS)}
          FROM weeks CROSS JOIN generate_series(0, 6) AS place LEFT JOIN days USING (patient_id, monday, place)
        WINDOW upto AS (PARTITION BY patient_id, monday ORDER BY place)
    ), totals AS (
        SELECT patient_id, monday, {", ".join(f"array_agg({each} ORDER BY place) AS {each}" for each in _TOTALS)},
               {", ".join(f"coalesce(sum(1 << place) FILTER (WHERE {each}), 0) AS {each}" for each in _MASKS)}
          FROM running GROUP BY patient_id, monday
    ), skips AS (
        SELECT patient_id, monday, array_agg(place ORDER BY place, reason) AS skip_days,
               array_agg(reason ORDER BY place, reason) AS skip_reasons
          FROM counted CROSS JOIN unnest(skip_reasons) AS reason GROUP BY patient_id, monday
    ), pains AS ({_medians("pain")}
    ), efforts AS ({_medians("effort")}
    )
    INSERT INTO patient_week (clinic_id, patient_id, monday, {_NAMES}, {", ".join(_LISTS)})
    SELECT :clinic_id, patient_id, monday, {_NAMES}, {", ".join(f"coalesce({each}, '{{}}')" for each in _LISTS)}
      FROM weeks JOIN totals USING (patient_id, monday) LEFT JOIN skips USING (patient_id, monday)
      LEFT JOIN pains USING (patient_id, monday) LEFT JOIN efforts USING (patient_id, monday)
"""  # noqa: S608 - made of the constants above
