"""Summing a patient's days up to weeks: always from all days of the week, in the transaction that counted them.

Decides nothing of its own: what a day is worth stands in `prescription_day`. The caller holds the patient's lock.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.adherence.models.weeks import PatientWeek
from hep_api.foundation.database import run

_KEY = ("clinic_id", "patient_id", "monday")
_NAMES = [column.name for column in PatientWeek.__table__.columns if column.name not in _KEY]
_RATED = ("pain_doubled", "pain_moments", "effort_doubled", "effort_moments")
_TOTALS = ("expected", "done", "extra", "credited_numerators", "volume_numerators", *_RATED)
_MASKS = ("due_days", "active_days", "full_days", "reported_days", "pain_days", "effort_days")


def _medians(rating: str) -> str:
    """Return the SQL of twice the medians of the days with a rating, which PostgreSQL interpolates exactly."""
    return f"""
        SELECT monday, place, (2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY value))::int AS {rating}_doubled
          FROM counted CROSS JOIN unnest({rating}s) AS value GROUP BY monday, place"""  # noqa: S608 - made of constants


# Materialized is what would else be worked out again for each day, as the planner expects one day of a patient.
_SUM_UP = f"""
    WITH counted AS MATERIALIZED (
        SELECT day - (extract(isodow FROM day)::int - 1) AS monday,
               (extract(isodow FROM day) - 1)::smallint AS place, d.*
          FROM prescription_day AS d
         WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s
           AND day BETWEEN %(first)s AND %(last)s
           AND day - (extract(isodow FROM day)::int - 1) = ANY (cast(%(mondays)s AS date[]))
    ), weeks AS (
        SELECT monday, lcm_of(credited_denominator) AS credited_denominator,
               lcm_of(volume_denominator) AS volume_denominator
          FROM counted GROUP BY monday
    ), days AS (
        SELECT monday, place, sum(expected) AS expected, sum(done) AS done,
               sum(greatest(completed - expected, 0)) AS extra,
               sum(credited_numerator * div(w.credited_denominator, c.credited_denominator)) AS credited_numerators,
               sum(volume_numerator * div(w.volume_denominator, c.volume_denominator)) AS volume_numerators,
               bool_or(due) AS due_days, bool_or(due AND completed > 0) AS active_days,
               bool_or(due) AND bool_and(completed >= expected OR NOT due) AS full_days,
               bool_or(entries > 0) AS reported_days
          FROM counted AS c JOIN weeks AS w USING (monday) GROUP BY monday, place
    ), pains AS MATERIALIZED ({_medians("pain")}
    ), efforts AS MATERIALIZED ({_medians("effort")}
    ), rated AS (
        SELECT *, place * pain_doubled AS pain_moments, place * effort_doubled AS effort_moments,
               pain_doubled IS NOT NULL AS pain_days, effort_doubled IS NOT NULL AS effort_days
          FROM days LEFT JOIN pains USING (monday, place) LEFT JOIN efforts USING (monday, place)
    ), running AS (
        SELECT monday, place, {", ".join(f"coalesce(sum({each}) OVER upto, 0) AS {each}" for each in _TOTALS)},
               {", ".join(_MASKS)}
          FROM weeks CROSS JOIN generate_series(0, 6) AS place LEFT JOIN rated USING (monday, place)
        WINDOW upto AS (PARTITION BY monday ORDER BY place)
    ), totals AS (
        SELECT monday, {", ".join(f"array_agg({each} ORDER BY place) AS {each}" for each in _TOTALS)},
               {", ".join(f"coalesce(sum(1 << place) FILTER (WHERE {each}), 0) AS {each}" for each in _MASKS)}
          FROM running GROUP BY monday
    ), skips AS (
        SELECT monday, array_agg(place ORDER BY place, reason) AS skip_days,
               array_agg(reason ORDER BY place, reason) AS skip_reasons
          FROM counted CROSS JOIN unnest(skip_reasons) AS reason GROUP BY monday
    ), fresh AS MATERIALIZED (
        SELECT monday, {", ".join(_TOTALS)}, credited_denominator, volume_denominator, {", ".join(_MASKS)},
               coalesce(skip_days, '{{}}') AS skip_days, coalesce(skip_reasons, '{{}}') AS skip_reasons
          FROM weeks JOIN totals USING (monday) LEFT JOIN skips USING (monday)
    ), gone AS (
        DELETE FROM patient_week
         WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s
           AND monday = ANY (cast(%(mondays)s AS date[])) AND monday NOT IN (SELECT monday FROM weeks)
    )
    INSERT INTO patient_week AS w (clinic_id, patient_id, monday, {", ".join(_NAMES)})
    SELECT %(clinic_id)s, %(patient_id)s, monday, {", ".join(_NAMES)} FROM fresh
        ON CONFLICT (clinic_id, patient_id, monday) DO UPDATE
       SET ({", ".join(_NAMES)}) = ROW({", ".join(f"excluded.{each}" for each in _NAMES)})
     WHERE ({", ".join(f"w.{each}" for each in _NAMES)})
        IS DISTINCT FROM ({", ".join(f"excluded.{each}" for each in _NAMES)})
"""  # noqa: S608 - made of the constants above


def sum_up(session: Session, clinic_id: UUID, patient_id: UUID, mondays: Collection[date]) -> None:
    """Write the patient's weeks from these Mondays on anew, in one statement; a week without a day has no row."""
    if mondays:
        values = {"clinic_id": clinic_id, "patient_id": patient_id, "mondays": list(mondays)}
        run(session, _SUM_UP, {**values, "first": min(mondays), "last": max(mondays) + timedelta(days=6)})
