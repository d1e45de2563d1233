"""The statement of a morning: lists of what waits and what begins and ends today, of the patients in the CTE `mine`.

Each list is one JSON value: how many there are in all, and the first of them. `:reader` is whose unread messages are
counted; leaders take no part in conversations, and have none.
"""

CONVERSATIONS = """
SELECT row_number() OVER (ORDER BY talk.waiting_since, talk.active_at DESC, talk.id) AS place,
       talk.id AS conversation_id, mine.id AS patient_id, mine.name AS patient_name, mine.location_id, talk.last_seq,
       unread.messages AS unread_count, talk.waiting_since AS unanswered_since
  FROM mine
  JOIN conversation AS talk ON talk.clinic_id = mine.clinic_id AND talk.patient_id = mine.id
       AND talk.kind = 'care_team' AND talk.last_seq > 0
  LEFT JOIN receipt ON receipt.clinic_id = talk.clinic_id AND receipt.conversation_id = talk.id
       AND receipt.member_id = CAST(:reader AS uuid)
 CROSS JOIN LATERAL (
       SELECT count(*) AS messages FROM message AS said
        WHERE said.clinic_id = talk.clinic_id AND said.conversation_id = talk.id AND CAST(:reader AS uuid) IS NOT NULL
          AND said.seq > coalesce(receipt.read_seq, 0) AND said.sender_id IS DISTINCT FROM CAST(:reader AS uuid)
          AND said.withdrawn_at IS NULL
       ) AS unread
 WHERE unread.messages > 0 OR talk.waiting_since IS NOT NULL
"""

SUGGESTIONS = """
SELECT row_number() OVER (ORDER BY one.suggested_at, one.id) AS place, one.id, mine.id AS patient_id,
       mine.name AS patient_name, one.plan_id, named.exercise ->> 'name' AS exercise, one.suggested_at
  FROM mine
  JOIN dose_suggestion AS one ON one.clinic_id = mine.clinic_id AND one.patient_id = mine.id AND one.state = 'open'
  JOIN prescription AS named ON named.clinic_id = one.clinic_id AND named.id = one.prescription_id
"""

PLANS = """
SELECT row_number() OVER (ORDER BY mine.name, plan.id) AS place, plan.id AS plan_id, mine.id AS patient_id,
       mine.name AS patient_name, plan.title, plan.starts_on, plan.ends_on
  FROM mine
  JOIN plan ON plan.clinic_id = mine.clinic_id AND plan.patient_id = mine.id
"""
# The end is the first date without: a plan is done today for the last time, or was ended as of today.
STARTING = f"{PLANS} WHERE plan.starts_on = mine.today AND (plan.ends_on IS NULL OR plan.ends_on > mine.today)"
FINISHING = f"{PLANS} WHERE plan.ends_on IN (mine.today, mine.today + 1) AND plan.ends_on > plan.starts_on"

COUNTS = """
(SELECT jsonb_build_object(
            'patients', (SELECT count(*) FROM mine),
            'patients_in_need', count(DISTINCT entry.patient_id),
            'entries', count(*),
            'own_entries', count(*) FILTER (WHERE coalesce(entry.owner_id, lead.member_id) = CAST(:reader AS uuid)))
   FROM mine
   JOIN attention_entry AS entry ON entry.clinic_id = mine.clinic_id AND entry.patient_id = mine.id
        AND entry.state IN ('open', 'snoozed')
        AND (entry.state = 'open' OR entry.snoozed_until <= CAST(:now AS timestamptz))
   LEFT JOIN care_team_place AS lead ON lead.clinic_id = mine.clinic_id AND lead.patient_id = mine.id
        AND lead.left_at IS NULL AND lead.is_lead)
"""

# By which a process sees whether it knows the clinic's opening hours.
VERSION = "(SELECT clinic.version FROM clinic WHERE clinic.id = CAST(:clinic_id AS uuid)) AS clinic_version"

LISTS = {
    "conversations": CONVERSATIONS,
    "suggestions": SUGGESTIONS,
    "starting": STARTING,
    "finishing": FINISHING,
}


def _listed(query: str) -> str:
    return f"""
(SELECT jsonb_build_object('n', count(*), 'items', coalesce(
            jsonb_agg(to_jsonb(one) - 'place' ORDER BY one.place) FILTER (WHERE one.place <= :most), '[]'))
   FROM ({query}) AS one)"""  # noqa: S608 - our own statements


# In SQLAlchemy's texts a colon names a parameter, and here none stands for anything else.
GLANCE = ",".join([*(f"{_listed(query)} AS {name}" for name, query in LISTS.items()), f"{COUNTS} AS counts", VERSION])
