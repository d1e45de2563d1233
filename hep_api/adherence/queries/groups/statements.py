"""The statements that sum up patients' weeks, for `sums`: `{group}` is what tells groups apart, `{weeks}` how the weeks
are found.

Every one starts from the same two lists: which part of which week is asked for, by clock and place, and whose.
"""

from collections.abc import Callable

_BITS = [[place for place in range(7) if bits >> place & 1] for bits in range(128)]


def _of_bits(worth: Callable[[int], int]) -> str:
    """Return the SQL of what the set ones of seven bits are worth in all, to be asked by 1 + the number they make."""
    return f"('{{{','.join(str(sum(map(worth, places))) for places in _BITS)}}}'::smallint[])"


_SET, _PLACES, _SQUARES = _of_bits(lambda _: 1), _of_bits(lambda place: place), _of_bits(lambda place: place * place)
# A CTE has no statistics, so OFFSET 0 holds the planner to reading a clinic's weeks once and joining by hash, or, of
# some of its patients, to one look into the index for each.
WEEKS_OF_CLINIC = """
      FROM (SELECT * FROM patient_week
             WHERE clinic_id = %(clinic_id)s AND monday = ANY (cast(%(mondays)s AS date[])) {with} OFFSET 0) AS k
      JOIN members AS m ON m.id = k.patient_id
      JOIN asked AS w ON w.clock = m.clock AND w.monday = k.monday
"""
WEEKS_OF_SOME = """
      FROM members AS m
     CROSS JOIN LATERAL (SELECT * FROM patient_week WHERE clinic_id = %(clinic_id)s AND patient_id = m.id
                            AND monday = ANY (cast(%(mondays)s AS date[])) {with} OFFSET 0) AS k
      JOIN asked AS w ON w.clock = m.clock AND w.monday = k.monday
"""
WITH_SKIPS, WITH_RATINGS = "AND cardinality(skip_days) > 0", "AND pain_days | effort_days <> 0"
_MEMBERS = """
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(cast(%(places)s AS int[]), cast(%(clocks)s AS int[]), cast(%(asked_mondays)s AS date[]),
                             cast(%(skipped)s AS int[]), cast(%(upto)s AS int[]), cast(%(days)s AS int[]))
                 AS w(place, clock, monday, skipped, upto, days)
    ), members AS MATERIALIZED (
        SELECT p.id, c.clock, {group} AS group_id
          FROM patient p
          JOIN unnest(cast(%(zones)s AS text[]), cast(%(starts)s AS time[])) WITH ORDINALITY
            AS c(zone, day_starts_at, clock) ON c.zone = p.zone AND c.day_starts_at = p.day_starts_at
          {leads}
         WHERE p.clinic_id = %(clinic_id)s AND p.erased_at IS NULL {of}
    )
"""
# What is only asked where it matters, for it costs planning and reading.
LEADS = """
          LEFT JOIN care_team_place t
            ON t.clinic_id = p.clinic_id AND t.patient_id = p.id AND t.left_at IS NULL AND t.is_lead
"""
OF_LEAD = "AND t.member_id = %(lead_id)s"
OF_LOCATION = "AND p.location_id = %(location_id)s"
OF_PATIENTS = "AND p.id = ANY (cast(%(patients)s AS uuid[]))"


def _part(column: str) -> str:
    """Return the SQL of what a week's running totals come to between two of its days."""
    return f"(k.{column}[w.upto] - CASE w.skipped WHEN 0 THEN 0 ELSE k.{column}[w.skipped] END)"


def _days(column: str) -> str:
    return f"{_SET}[1 + (k.{column} & w.days)]"


def _line(rating: str) -> str:
    """Return the SQL of what a patient's line of least squares is made of.

    The days of a week are x0 + 0 to 6; their number, sum and squares follow from which they are.
    """
    n, x, xx = (f"{each}[1 + {rating}_days]" for each in (_SET, _PLACES, _SQUARES))
    return f"""sum({n}) AS {rating}_n, sum({x} + x0 * {n}) AS {rating}_x,
               sum({xx} + 2 * x0 * {x} + x0 * x0 * {n}) AS {rating}_xx, sum({rating}_y) AS {rating}_y,
               sum({rating}_xy + x0 * {rating}_y) AS {rating}_xy"""


def _slopes(rating: str) -> str:
    """Return the SQL of the slopes as rise and run, of those with two rated days or more."""
    n, x, xx, y, xy = (f"{rating}_{each}" for each in ("n", "x", "xx", "y", "xy"))
    return f"""array_agg({n} * {xy} - {x} * {y}) FILTER (WHERE {n} > 1) AS {rating}_rises,
           array_agg(2 * ({n} * {xx} - {x} * {x})) FILTER (WHERE {n} > 1) AS {rating}_runs"""


# A week in one number, so that weeks can be put in order: its Monday, seven bits of days with something due, seven of
# active ones. Closed days only: what somebody does today would show in the figures of all.
_STREAK = """((k.monday - cast(%(since)s AS date))::bigint << 14) | ((k.due_days & w.days) << 7)
                   | (k.active_days & w.days)"""
STREAK_BITS = (1 << 14) - 1
_SUMS = f"""{_MEMBERS}, weeks AS MATERIALIZED (
        SELECT w.place, m.group_id, k.patient_id,
               {_part("expected")} AS expected, {_part("done")} AS done, {_part("extra")} AS extra,
               {_part("credited_numerators")} AS credited, k.credited_denominator,
               {_part("volume_numerators")} AS volume, k.volume_denominator,
               {_days("due_days")} AS due, {_days("active_days")} AS active, {_days("full_days")} AS whole,
               k.reported_days & w.days <> 0 AS reported,
               CASE WHEN k.due_days & w.days <> 0 THEN {_STREAK} END AS streak
          {{weeks}}
    ), common AS MATERIALIZED (
        SELECT (SELECT lcm_of(credited_denominator) FROM (SELECT DISTINCT credited_denominator FROM weeks) AS c)
                   AS credited_denominator,
               (SELECT lcm_of(volume_denominator) FROM (SELECT DISTINCT volume_denominator FROM weeks) AS v)
                   AS volume_denominator
    ), patients AS (
        SELECT w.place, w.group_id, w.patient_id, sum(expected) AS expected, sum(done) AS done, sum(extra) AS extra,
               sum(CASE WHEN w.credited_denominator = c.credited_denominator THEN credited
                        ELSE credited * div(c.credited_denominator, w.credited_denominator) END) AS credited,
               sum(CASE WHEN w.volume_denominator = c.volume_denominator THEN volume
                        ELSE volume * div(c.volume_denominator, w.volume_denominator) END) AS volume,
               sum(due) AS due, sum(active) AS active, sum(whole) AS whole, bool_or(reported)::int AS reported,
               array_agg(streak) FILTER (WHERE streak IS NOT NULL) AS streak
          FROM weeks AS w CROSS JOIN common AS c GROUP BY w.place, w.group_id, w.patient_id
    )
"""  # noqa: S608 - made of the constants above
IDS = f"{_MEMBERS} SELECT id, clock, group_id FROM members ORDER BY id"  # noqa: S608 - made of the constant above
# Numbers of any size are told as text, which costs a tenth of as many decimals.
COLUMNS = ("expected", "done", "reported", "extra", "due", "active", "whole")
_NONE = ", ".join("NULL" for _ in (*COLUMNS, "streaks", "credited", "volume"))
WINDOWS = f"""{_SUMS}
    SELECT place, group_id, {", ".join(f"array_agg({each}) AS {each}" for each in COLUMNS)},
           json_agg(streak) AS streaks, array_agg(credited)::text AS credited, array_agg(volume)::text AS volume,
           (SELECT credited_denominator FROM common) AS credited_denominator,
           (SELECT volume_denominator FROM common) AS volume_denominator, NULL AS reason, 0 AS patients
      FROM patients GROUP BY place, group_id
     UNION ALL
    SELECT w.place, m.group_id, {_NONE}, NULL, NULL, s.reason, count(*)
      {{weeks with skips}}
     CROSS JOIN unnest(k.skip_days, k.skip_reasons) AS s(day, reason)
     WHERE s.day >= w.skipped AND s.day < w.upto GROUP BY w.place, m.group_id, s.reason
     UNION ALL
    SELECT -1, group_id, {_NONE}, NULL, NULL, NULL, count(*) FROM members GROUP BY group_id
"""  # noqa: S608 - made of the constants above
PATIENTS = f"""{_MEMBERS}
    SELECT k.patient_id, sum({_part("expected")}) AS expected, sum({_part("done")}) AS done,
           bool_or(k.reported_days & w.days <> 0) AS reported
      {{weeks}}
     GROUP BY k.patient_id
"""
BUCKETS = f"""{_MEMBERS}
    SELECT w.place, m.group_id, {_part("expected")} AS expected, {_part("done")} AS done,
           k.reported_days & w.days <> 0 AS reported, count(*) AS patients
      {{weeks}}
     GROUP BY 1, 2, 3, 4, 5
"""
SLOPES = f"""{_MEMBERS}, weeks AS (
        SELECT m.group_id, k.patient_id, k.monday - cast(%(since)s AS date) AS x0,
               {", ".join(f"k.{each}_days & w.days AS {each}_days" for each in ("pain", "effort"))},
               {", ".join(f"{_part(f'{each}_doubled')} AS {each}_y" for each in ("pain", "effort"))},
               {", ".join(f"{_part(f'{each}_moments')} AS {each}_xy" for each in ("pain", "effort"))}
          {{weeks with ratings}}
    ), lines AS (
        SELECT group_id, {_line("pain")}, {_line("effort")} FROM weeks GROUP BY group_id, patient_id
    )
    SELECT group_id, {_slopes("pain")}, {_slopes("effort")} FROM lines GROUP BY group_id
"""  # noqa: S608 - made of the constants above
