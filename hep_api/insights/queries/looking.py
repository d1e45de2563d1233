"""The statements that `standings` asks, each for a block of patients of one clinic.

`closed` is each patient's last closed day, beside `ids`; today is the day after it, and a phone may be a day ahead.
"""

_ASKED = "unnest(CAST(%(ids)s AS uuid[]), CAST(%(closed)s AS date[])) AS asked (patient_id, closed)"

PEOPLE = """
SELECT patient.id, patient.zone, patient.day_starts_at, member.status, patient.location_id,
       clinic.version AS clinic_version,
       (SELECT invitation.created_at FROM invitation
         WHERE invitation.clinic_id = patient.clinic_id AND invitation.member_id = patient.id
           AND invitation.accepted_at IS NULL AND invitation.superseded_at IS NULL) AS invited_at,
       flag.id AS flag_id, flag.causes AS flag_causes, flag.raised_at AS flagged_at,
       unheeded.days AS unheeded_days, unheeded.first_on AS unheeded_first_on, unheeded.last_on AS unheeded_last_on
  FROM patient
  JOIN member ON member.clinic_id = patient.clinic_id AND member.id = patient.id
  JOIN clinic ON clinic.id = patient.clinic_id
  LEFT JOIN red_flag AS flag
    ON flag.clinic_id = patient.clinic_id AND flag.patient_id = patient.id AND flag.acknowledged_at IS NULL
  LEFT JOIN unheeded_reminders AS unheeded
    ON unheeded.clinic_id = patient.clinic_id AND unheeded.patient_id = patient.id
   AND NOT EXISTS (SELECT 1 FROM adherence_event AS event
                    WHERE event.clinic_id = patient.clinic_id AND event.patient_id = patient.id
                      AND event.seq > unheeded.event_seq)
 WHERE patient.clinic_id = %(clinic_id)s AND patient.id = ANY (CAST(%(ids)s AS uuid[])) AND patient.erased_at IS NULL
   AND member.status <> 'disabled'
"""

# Plans that run today, with what they ask for today, and the stretches in which they asked for anything at all: what is
# done as needed nobody is asked for.
COURSES = f"""
SELECT plan.patient_id,
       (SELECT jsonb_agg(jsonb_build_array(lower(stretch), upper(stretch)))
          FROM unnest((SELECT range_agg(daterange(held.valid_from, held.valid_to)) FROM prescription_version AS held
                        WHERE held.clinic_id = plan.clinic_id AND held.plan_id = plan.id
                          AND held.schedule ->> 'kind' <> 'as_needed')) AS stretch) AS asks,
       (SELECT jsonb_agg(jsonb_build_array(pause.from_on, pause.to_on)) FROM plan_pause AS pause
         WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
           AND pause.replaced_at IS NULL AND NOT pause.withdrawn) AS pauses,
       (SELECT jsonb_agg(held.schedule) FROM prescription_version AS held
         WHERE held.clinic_id = plan.clinic_id AND held.plan_id = plan.id AND held.valid_from <= asked.closed + 1
           AND (held.valid_to IS NULL OR held.valid_to > asked.closed + 1)) AS schedules
  FROM {_ASKED}
  JOIN plan ON plan.clinic_id = %(clinic_id)s AND plan.patient_id = asked.patient_id
   AND plan.starts_on <= asked.closed + 1 AND (plan.ends_on IS NULL OR plan.ends_on > asked.closed + 1)
 ORDER BY plan.patient_id, plan.id
"""  # noqa: S608 - made of the constant above

COUNTS = f"""
SELECT asked.patient_id, counted.*,
       (SELECT reported.day FROM prescription_day AS reported
         WHERE reported.clinic_id = %(clinic_id)s AND reported.patient_id = asked.patient_id
           AND reported.day <= asked.closed + 2 AND reported.entries > 0
         ORDER BY reported.day DESC LIMIT 1) AS last_event_on
  FROM {_ASKED}
 CROSS JOIN LATERAL (
       SELECT sum(one.done) FILTER (WHERE one.day > asked.closed - 7 AND one.day <= asked.closed) AS week_done,
              sum(one.expected) FILTER (WHERE one.day > asked.closed - 7 AND one.day <= asked.closed) AS week_expected,
              sum(one.done) FILTER (WHERE one.day <= asked.closed) AS month_done,
              sum(one.expected) FILTER (WHERE one.day <= asked.closed) AS month_expected,
              jsonb_agg(jsonb_build_array(one.day, one.pains))
                  FILTER (WHERE one.day > asked.closed - 13 AND cardinality(one.pains) > 0) AS pains
         FROM prescription_day AS one
        WHERE one.clinic_id = %(clinic_id)s AND one.patient_id = asked.patient_id
          AND one.day BETWEEN asked.closed - 27 AND asked.closed + 2
       ) AS counted
"""  # noqa: S608 - the same

# Every event of each entry that one of its events puts among those that tell something: which one is in force is
# decided by who reads them. OFFSET 0 keeps it to a few days of each patient; else the planner reads all events.
TELLING = f"""
WITH told AS MATERIALIZED (
    SELECT DISTINCT asked.patient_id, recent.entry_id
      FROM {_ASKED}
     CROSS JOIN LATERAL (
           SELECT event.entry_id, event.pain, event.skip_reason FROM adherence_event AS event
            WHERE event.clinic_id = %(clinic_id)s AND event.patient_id = asked.patient_id
              AND event.performed_on BETWEEN asked.closed - 5 AND asked.closed + 2
           OFFSET 0
           ) AS recent
     WHERE recent.pain >= %(high_pain)s OR recent.skip_reason = ANY (%(reasons)s)
), original AS (
    SELECT event.* FROM told JOIN adherence_event AS event
        ON event.clinic_id = %(clinic_id)s AND event.patient_id = told.patient_id AND event.id = told.entry_id
), correction AS (
    SELECT event.* FROM told JOIN adherence_event AS event
        ON event.clinic_id = %(clinic_id)s AND event.patient_id = told.patient_id
       AND event.entry_id = told.entry_id AND event.revision > 0
)
SELECT * FROM original UNION ALL SELECT * FROM correction
"""  # noqa: S608 - the same

# What waits for an answer stands on the conversation; `answered_by` is for each patient the last instant since which
# nothing may have waited. Who writes has read what stands above, and what the product says itself nobody has to read.
TALKS = """
SELECT talk.patient_id, talk.id AS conversation_id, talk.waiting_since AS unanswered_since, unanswered.*, unread.*
  FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(answered_by)s AS timestamptz[])) AS asked (patient_id, answered_by)
  JOIN conversation AS talk ON talk.clinic_id = %(clinic_id)s AND talk.patient_id = asked.patient_id
   AND talk.kind = 'care_team' AND talk.last_seq > 0
  LEFT JOIN receipt ON receipt.clinic_id = talk.clinic_id AND receipt.conversation_id = talk.id
        AND receipt.member_id = talk.patient_id
 CROSS JOIN LATERAL (
       SELECT coalesce((SELECT said.seq FROM message AS said
                         WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id
                           AND said.sender_id = talk.patient_id ORDER BY said.seq DESC LIMIT 1), 0) AS by_patient
       ) AS last
 CROSS JOIN LATERAL (
       SELECT count(*) AS unanswered_messages, min(said.seq) AS unanswered_first_seq,
              max(said.seq) FILTER (WHERE said.sent_at <= asked.answered_by) AS unanswered_last_seq
         FROM message AS said
        WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id AND said.seq >= talk.waiting_seq
          AND said.sender_id = talk.patient_id AND said.withdrawn_at IS NULL
       ) AS unanswered
 CROSS JOIN LATERAL (
       SELECT count(*) AS unread_messages, min(said.seq) AS unread_first_seq,
              max(said.seq) FILTER (WHERE said.sent_at <= %(read_by)s) AS unread_last_seq,
              min(said.sent_at) AS unread_since
         FROM message AS said
        WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id
          AND said.seq > greatest(coalesce(receipt.read_seq, 0), last.by_patient)
          AND said.sender_id IS NOT NULL AND said.withdrawn_at IS NULL
       ) AS unread
"""
