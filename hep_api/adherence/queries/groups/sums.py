"""What a group's patients add up to over windows, read from their weeks: a few rows a patient, whatever the history.

Summed by patient in the database and told in columns, so that thousands of patients are one row; what figures they make
is left to `groups`. Exact: fractions are told over one denominator.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.groups import Measure, Rating, Tally, is_measurable
from hep_api.adherence.queries.groups.asked import Asked, cut
from hep_api.adherence.weeks import ONE_WEEK
from hep_api.adherence.windows import Window
from hep_api.foundation.database import run


class GroupBy(StrEnum):
    """What tells the groups apart, as SQL: nothing, who leads the patient now, where the patient belongs now."""

    NOTHING = "cast(NULL AS uuid)"
    LEAD = "t.member_id"
    LOCATION = "p.location_id"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the clinic's patients, and by what they are grouped."""

    by: GroupBy = GroupBy.NOTHING
    lead_id: UUID | None = None
    location_id: UUID | None = None
    patient_ids: tuple[UUID, ...] | None = None

    @property
    def is_whole_clinic(self) -> bool:
        return self.lead_id is None and self.location_id is None and self.patient_ids is None


Tallies = dict[UUID | None, Tally]
# How many of seven bits are set, by the number that they are.
_SET_BITS = f"('{{{','.join(str(mask.bit_count()) for mask in range(128))}}}'::smallint[])"
# A CTE has no statistics, so OFFSET 0 holds the planner to reading a clinic's weeks once and joining by hash, or, of
# some of its patients, to one look into the index for each.
_WEEKS_OF_CLINIC = """
      FROM (SELECT * FROM patient_week
             WHERE clinic_id = %(clinic_id)s AND monday = ANY (cast(%(mondays)s AS date[])) OFFSET 0) AS k
      JOIN members AS m ON m.id = k.patient_id
      JOIN asked AS w ON w.clock = m.clock AND w.monday = k.monday
"""
_WEEKS_OF_SOME = """
      FROM members AS m
     CROSS JOIN LATERAL (SELECT * FROM patient_week WHERE clinic_id = %(clinic_id)s AND patient_id = m.id
                            AND monday = ANY (cast(%(mondays)s AS date[])) OFFSET 0) AS k
      JOIN asked AS w ON w.clock = m.clock AND w.monday = k.monday
"""
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
          LEFT JOIN care_team_place t
            ON t.clinic_id = p.clinic_id AND t.patient_id = p.id AND t.left_at IS NULL AND t.is_lead
         WHERE p.clinic_id = %(clinic_id)s AND p.erased_at IS NULL
           AND (cast(%(location_id)s AS uuid) IS NULL OR p.location_id = %(location_id)s)
           AND (cast(%(lead_id)s AS uuid) IS NULL OR t.member_id = %(lead_id)s)
           AND (cast(%(patients)s AS uuid[]) IS NULL OR p.id = ANY (cast(%(patients)s AS uuid[])))
    )
"""


def _part(column: str) -> str:
    """Return the SQL of what a week's running totals come to between two of its days."""
    return f"(k.{column}[w.upto] - CASE w.skipped WHEN 0 THEN 0 ELSE k.{column}[w.skipped] END)"


def _days(column: str) -> str:
    return f"{_SET_BITS}[1 + (k.{column} & w.days)]"


_SUMS = f"""{_MEMBERS}, weeks AS MATERIALIZED (
        SELECT w.place, m.group_id, k.patient_id,
               {_part("expected")} AS expected, {_part("done")} AS done, {_part("extra")} AS extra,
               {_part("credited_numerators")} AS credited, k.credited_denominator,
               {_part("volume_numerators")} AS volume, k.volume_denominator,
               {_days("due_days")} AS due, {_days("active_days")} AS active, {_days("full_days")} AS whole,
               k.reported_days & w.days <> 0 AS reported,
               k.skip_days, k.skip_reasons, w.skipped, w.upto
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
               sum(due) AS due, sum(active) AS active, sum(whole) AS whole, bool_or(reported)::int AS reported
          FROM weeks AS w CROSS JOIN common AS c GROUP BY w.place, w.group_id, w.patient_id
    )
"""  # noqa: S608 - made of the constants above
_IDS = f"{_MEMBERS} SELECT id, clock, group_id FROM members ORDER BY id"  # noqa: S608 - made of the constant above
_WINDOWS = f"""{_SUMS}
    SELECT place, group_id, json_build_array(
               json_agg(expected), json_agg(done), json_agg(reported), json_agg(credited), json_agg(volume),
               json_agg(extra), json_agg(due), json_agg(active), json_agg(whole)) AS sums,
           (SELECT credited_denominator FROM common) AS credited_denominator,
           (SELECT volume_denominator FROM common) AS volume_denominator, NULL AS reason, 0 AS patients
      FROM patients GROUP BY place, group_id
     UNION ALL
    SELECT w.place, w.group_id, NULL, NULL, NULL, s.reason, count(*)
      FROM weeks AS w CROSS JOIN unnest(w.skip_days, w.skip_reasons) AS s(day, reason)
     WHERE s.day >= w.skipped AND s.day < w.upto GROUP BY w.place, w.group_id, s.reason
     UNION ALL
    SELECT -1, group_id, NULL, NULL, NULL, NULL, count(*) FROM members GROUP BY group_id
"""  # noqa: S608 - made of the constants above
_PATIENTS = f"""{_MEMBERS}
    SELECT k.patient_id, sum({_part("expected")}) AS expected, sum({_part("done")}) AS done,
           bool_or(k.reported_days & w.days <> 0) AS reported
      {{weeks}}
     GROUP BY k.patient_id
"""
_BUCKETS = f"""{_MEMBERS}
    SELECT w.place, m.group_id, {_part("expected")} AS expected, {_part("done")} AS done,
           k.reported_days & w.days <> 0 AS reported, count(*) AS patients
      {{weeks}}
     GROUP BY 1, 2, 3, 4, 5
"""
_SLOPES = f"""{_MEMBERS}, points AS (
        SELECT m.group_id, k.patient_id, r.rating, (k.monday - date '2000-01-03') + r.day AS x, r.doubled AS y
          {{weeks}}
         CROSS JOIN LATERAL (
             SELECT 'pain' AS rating, * FROM unnest(k.pain_days, k.pain_medians_doubled) AS p(day, doubled)
              UNION ALL
             SELECT 'effort', * FROM unnest(k.effort_days, k.effort_medians_doubled) AS e(day, doubled)) AS r
         WHERE r.day >= w.skipped AND r.day < w.upto
    ), slopes AS (
        SELECT group_id, rating, count(*) * sum(x * y) - sum(x) * sum(y) AS rise,
               2 * (count(*) * sum(x * x) - sum(x) * sum(x)) AS run
          FROM points GROUP BY group_id, rating, patient_id HAVING count(*) > 1
    )
    SELECT group_id, rating, json_agg(rise) AS rises, json_agg(run) AS runs FROM slopes GROUP BY group_id, rating
"""  # noqa: S608 - made of the constants above


def members_of(session: Session, asked: Asked, selection: Selection) -> Sequence[Any]:
    """Return (id, clock, group_id) of the patients, the clock's place among those asked counted from 1."""
    return _run(session, _IDS, asked, selection, []).all()


def tallies_of_windows(session: Session, asked: Asked, selection: Selection) -> list[Tallies]:
    """Return for each asked window the tallies of its groups, in two statements however many patients there are."""
    windows = [
        (place, clock, each.window) for clock, by in enumerate(asked.clocks, 1) for place, each in enumerate(by.windows)
    ]
    tallies: list[Tallies] = [{} for _ in asked.names]
    for row in _run(session, _WINDOWS, asked, selection, windows):
        if row.place < 0:
            for of_window in tallies:
                of_window.setdefault(row.group_id, Tally()).patients = row.patients
            continue
        tally = tallies[row.place].setdefault(row.group_id, Tally())
        if row.sums is None:
            tally.skips[None if row.reason is None else SkipReason(row.reason)] = row.patients
        else:
            _count_in(tally, row.sums, int(row.credited_denominator), int(row.volume_denominator))
    _add_slopes(session, asked, selection, tallies)
    return tallies


def tallies_of_buckets(session: Session, asked: Asked, selection: Selection, place: int) -> dict[date, Tallies]:
    """Return the tallies of completion alone, for each bucket of the window at `place`, in one statement.

    No bucket goes beyond a week, so a patient has one row in it.
    """
    buckets = asked.buckets(place)
    places = {bucket: place for place, bucket in enumerate(buckets)}
    windows = [
        (places[bucket], clock, window)
        for clock, by in enumerate(asked.clocks, 1)
        for bucket, window in cut(by.windows[place].window, asked.by)
    ]
    found: dict[date, Tallies] = {bucket: {} for bucket in buckets}
    for row in _run(session, _BUCKETS, asked, selection, windows):
        tally = found[buckets[row.place]].setdefault(row.group_id, Tally())
        tally.completions[row.done, row.expected, row.reported] += row.patients
    return found


def completions_of(session: Session, asked: Asked, selection: Selection) -> dict[UUID, tuple[int, int, bool]]:
    """Return (done, expected, reported) of each patient over the last of the asked windows, of those with anything."""
    windows = [(0, clock, by.windows[-1].window) for clock, by in enumerate(asked.clocks, 1)]
    rows = _run(session, _PATIENTS, asked, selection, windows)
    return {row.patient_id: (row.done, row.expected, row.reported) for row in rows}


def _count_in(tally: Tally, sums: Sequence[Sequence[int]], credited_under: int, volume_under: int) -> None:
    """Count in the patients of a group, each a place in every one of the columns."""
    expected, done, reported, credited, volume, extra, due, active, whole = sums
    tally.completions.update(zip(done, expected, map(bool, reported), strict=True))
    measurable = [is_measurable(each) for each in expected]
    for measure, numerators, denominators, under in (
        (Measure.DOSE, credited, expected, credited_under),
        (Measure.RELATIVE_DOSE, volume, expected, volume_under),
        (Measure.OVER_PERFORMANCE, extra, expected, 1),
        (Measure.ACTIVE_DAYS, active, due, 1),
        (Measure.FULL_DAYS, whole, due, 1),
    ):
        counted = Counter(
            pair for pair, counts in zip(zip(numerators, denominators, strict=True), measurable, strict=True) if counts
        )
        ratios = {(up, down * under): times for (up, down), times in counted.items() if down}
        tally.ratios[measure].update(ratios)


def _add_slopes(session: Session, asked: Asked, selection: Selection, tallies: Iterable[Tallies]) -> None:
    """Add how pain and effort went over the 14 dates that end with the windows, which all end on the same day."""
    windows = [
        (0, clock, Window(by.windows[0].window.trend_first, by.windows[0].window.last))
        for clock, by in enumerate(asked.clocks, 1)
        if by.windows[0].window.days
    ]
    for row in _run(session, _SLOPES, asked, selection, windows):
        slopes = Counter(zip(row.rises, row.runs, strict=True))
        for of_window in tallies:
            of_window[row.group_id].slopes[Rating(row.rating)].update(slopes)


def _run(
    session: Session,
    statement: str,
    asked: Asked,
    selection: Selection,
    windows: Iterable[tuple[int, int, Window]],
) -> CursorResult[Any]:
    """Run a statement over (place, clock, window), each cut into the weeks that it touches."""
    parts = [(place, clock, *part) for place, clock, window in windows for part in _parts(window)]
    places, clocks, mondays, skipped, upto, days = zip(*parts, strict=True) if parts else ((),) * 6
    weeks = _WEEKS_OF_CLINIC if selection.is_whole_clinic else _WEEKS_OF_SOME
    return run(
        session,
        statement.replace("{group}", selection.by).replace("{weeks}", weeks),
        {
            "clinic_id": asked.clinic_id,
            "lead_id": selection.lead_id,
            "location_id": selection.location_id,
            "patients": None if selection.patient_ids is None else list(selection.patient_ids),
            "zones": [clock.zone for clock in asked.clocks],
            "starts": [clock.day_starts_at for clock in asked.clocks],
            "places": list(places),
            "clocks": list(clocks),
            "mondays": sorted(set(mondays)),
            "asked_mondays": list(mondays),
            "skipped": list(skipped),
            "upto": list(upto),
            "days": list(days),
        },
    )


def _parts(window: Window) -> Iterable[tuple[date, int, int, int]]:
    """Yield (Monday, days of the week before the window, days up to its end, the days between as bits)."""
    monday = monday_of(window.first)
    while monday <= window.last:
        skipped = max(0, (window.first - monday) // timedelta(days=1))
        upto = min(7, (window.last - monday) // timedelta(days=1) + 1)
        yield monday, skipped, upto, (1 << upto) - (1 << skipped)
        monday += ONE_WEEK
