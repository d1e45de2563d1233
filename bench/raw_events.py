"""A clinic's adherence without any count that is kept, in one statement: what was expected by the schedules, what was
done by the events in force. For the patients of the bench only: one version of each prescription, no pauses or slots.
"""

CLOSED_DAYS = """generate_series(cast(:today AS date) - 28, cast(:today AS date) - 1, interval '1 day')"""
MEANS = f"""
    WITH version AS MATERIALIZED (
        SELECT p.patient_id, v.prescription_id, v.schedule, (v.dose ->> 'sets')::int AS sets,
               (v.dose ->> 'reps')::int AS reps
          FROM prescription_version v JOIN plan p ON p.clinic_id = v.clinic_id AND p.id = v.plan_id
         WHERE v.clinic_id = :clinic_id
    ), in_force AS (
        SELECT DISTINCT ON (patient_id, entry_id) prescription_id, performed_on AS day, kind, sets, reps
          FROM adherence_event
         WHERE clinic_id = :clinic_id AND performed_on BETWEEN cast(:today AS date) - 34 AND cast(:today AS date) - 1
         ORDER BY patient_id, entry_id, revision DESC, id DESC
    ), done AS (
        SELECT prescription_id, e.day, count(*) AS doings
          FROM in_force e JOIN version v USING (prescription_id)
         WHERE e.kind IN ('done', 'partial')
           AND 2 * coalesce(e.sets, v.sets) * coalesce(e.reps, v.reps) >= v.sets * v.reps
         GROUP BY prescription_id, e.day
    ), of_week AS (
        SELECT prescription_id, date_trunc('week', day)::date + 6 AS day, count(*) AS days FROM done GROUP BY 1, 2
    ), asked AS (
        SELECT v.patient_id, g.day, 1 AS expected, least(1, coalesce(d.doings, 0)) AS done
          FROM version v CROSS JOIN {CLOSED_DAYS} AS g(day)
          LEFT JOIN done d ON d.prescription_id = v.prescription_id AND d.day = g.day::date
         WHERE v.schedule ->> 'kind' = 'weekdays' AND v.schedule -> 'weekdays' ? lower(to_char(g.day, 'dy'))
         UNION ALL
        SELECT v.patient_id, g.day, q.expected, least(q.expected, coalesce(w.days, 0))
          FROM version v CROSS JOIN LATERAL (SELECT (v.schedule ->> 'times_per_week')::int AS expected) AS q
         CROSS JOIN {CLOSED_DAYS} AS g(day)
          LEFT JOIN of_week w ON w.prescription_id = v.prescription_id AND w.day = g.day::date
         WHERE v.schedule ->> 'kind' = 'weekly_quota' AND extract(isodow FROM g.day) = 7
    ), patients AS (
        SELECT w.name, a.patient_id, sum(a.done) AS done, sum(a.expected) AS expected
          FROM asked a
          JOIN (VALUES ('trailing_7', 7), ('trailing_28', 28)) AS w(name, days)
            ON a.day >= cast(:today AS date) - w.days
         GROUP BY w.name, a.patient_id
    )
    SELECT name, avg(done::numeric / expected) AS mean FROM patients WHERE expected >= 3 GROUP BY name
"""  # noqa: S608 - made of the constant above
